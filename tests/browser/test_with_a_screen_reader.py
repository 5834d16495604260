"""A worker with a screen reader and large letters, in the scenario's own words (domain 7.38)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.pipeline.clock import FixedClock
from tests.browser.test_a_worker_writes import comes_back, shown_to
from tests.browser.test_keyboard_and_language import STORY, tab_to
from tests.support.watched import Opens

AT_TWICE_THE_SIZE = {"desk": (640, 400), "phone": (320, 360)}
"""What is left of 1280 by 800 when everything is twice as large, and the least width that may be asked for."""


@pytest.mark.parametrize("window", AT_TWICE_THE_SIZE.values(), ids=AT_TWICE_THE_SIZE)
def test_at_200_percent_every_step_is_reached_by_keyboard_errors_are_announced_and_time_outs_warn_first(
    opens: Opens, clock: FixedClock, window: tuple[int, int]
):
    """7.38: Given a worker with a screen reader at 200% zoom, when she completes the form by keyboard, then every step
    is reachable, errors are announced, and time-outs warn first.
    """
    worker = opens(window)
    page = worker.open("/consult")
    tab_to(page, words="確認へ進む")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    announced = page.get_by_role("alert")
    expect(announced).to_be_focused()
    expect(announced).to_contain_text("何があったかを入力してください。")
    assert page.title().startswith("エラー: ")
    tab_to(page, name="text")
    described = page.locator(":focus").get_attribute("aria-describedby")
    assert described, "the field itself says what is wrong"
    page.keyboard.insert_text(STORY)
    for words in ("確認へ進む", "この内容で送信する"):
        tab_to(page, words=words)
        assert not worker.runs_over()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    receipt = shown_to(worker)
    assert not worker.runs_over()
    page.clock.install(time=clock.now())
    comes_back(worker, receipt)
    warning = page.get_by_role("alert")
    page.clock.fast_forward("11:30")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("01:00")
    expect(warning).to_contain_text("まもなく接続が切れます")
