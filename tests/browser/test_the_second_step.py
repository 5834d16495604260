"""An officer sets up the second step and comes in with it, on a phone and at a desk, without scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from app.pipeline.clock import FixedClock
from tests.support.watched import DESK, PHONE, Opens
from tests.support.world import PASSWORD

PICTURES = os.environ.get("KIKITE_TEST_PICTURES", "")


def picture(page: Page, name: str, width: int) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"second-step-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.usefixtures("app")
def test_the_second_step_is_set_up_and_taken(opens: Opens, clock: FixedClock, window: tuple[int, int]) -> None:
    hers = opens(window, scripts=False)
    hers.sign_in("alpha_officer")
    hers.follow("サインインの設定")
    picture(hers.page, "account", window[0])
    assert not hers.runs_over()
    hers.follow("確認アプリを登録する")
    hers.page.get_by_label("いまのパスワード").fill(PASSWORD)
    hers.press("次へ進む")
    expect(hers.page.get_by_role("img", name="確認アプリで読み取る二次元コード")).to_be_visible()
    picture(hers.page, "set-up", window[0])
    assert not hers.runs_over()
    totp = TOTP((hers.page.locator("code").text_content() or "").replace(" ", ""))
    hers.page.get_by_label("確認コード").fill(totp.at(clock.now()))
    hers.press("登録する")
    expect(hers.page.locator("main code")).to_have_count(10)
    picture(hers.page, "codes", window[0])
    code = hers.page.locator("main code").first.text_content() or ""
    hers.follow("控えました。次へ進む")
    expect(hers.page.get_by_text("登録済み")).to_be_visible()
    again = opens(window, scripts=False)
    again.sign_in("alpha_officer")
    expect(again.page.get_by_role("heading", name="確認コードを入力する")).to_be_visible()
    picture(again.page, "code", window[0])
    again.page.get_by_label("確認コード").fill(code)
    again.press("サインインする")
    expect(again.page.get_by_text("残りは9個")).to_be_visible()
    picture(again.page, "told", window[0])
