"""A counselor narrows the list and looks for words, on a phone and at a desk, without scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from models.rules.taxonomy.harassment_type import HarassmentType
from tests.support import road
from tests.support.watched import DESK, PHONE, Opens

PICTURES = os.environ.get("KIKITE_TEST_PICTURES", "")


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_a_case_is_found_by_its_codes_and_by_its_words(app: Flask, opens: Opens, window: tuple[int, int]) -> None:
    with app.app_context():
        case, _code = road.triaged(text="昨夜、ホタルイカの苦情で三時間の電話になりました。", company="alpha")
        road.triaged(types=(HarassmentType.REPETITION,))
        number = case.number
    desk = opens(window, scripts=False)
    desk.sign_in("counselor")
    desk.follow("条件や言葉で探す")
    page = desk.page
    page.get_by_text("条件で絞り込む").click()
    page.get_by_label("カスハラの類型").select_option("HT-ABU")
    desk.press("絞り込む")
    expect(page.locator("main table tbody tr")).to_have_count(1)
    page.get_by_text("書かれている言葉で探す").click()
    page.get_by_label("探す言葉").fill("ほたるいか　三時間")
    desk.press("開いて探す")
    expect(page.get_by_text("1件で言葉が見つかりました")).to_be_visible()
    expect(page.get_by_text("ホタルイカの苦情で三時間")).to_be_visible()
    assert "ほたるいか" not in page.url
    assert not desk.runs_over()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"finding-{window[0]}.png", full_page=True)
    desk.follow(number)
    expect(page.get_by_text("ホタルイカ").first).to_be_visible()
