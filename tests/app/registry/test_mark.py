"""The mark in the pages of a company, and the page behind it: true of the moment, and of any past day that is asked."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from app.pipeline.clock import TOKYO, FixedClock
from tests.app.registry.test_the_public_list import ALPHA, NUMBER, revoke
from tests.support.visitor import Visitor, sign_in

SVG = "{http://www.w3.org/2000/svg}"
MARK = f"/registry/{NUMBER}/mark.svg"


def drawn(app: Flask) -> ET.Element:
    answer = app.test_client().get(MARK)
    assert answer.mimetype == "image/svg+xml"
    return ET.fromstring(answer.data)  # noqa: S314 - the service drew it a moment ago


def test_the_mark_says_in_words_what_is_true_and_leads_to_the_live_status(app: Flask, clock: FixedClock) -> None:
    mark = drawn(app)
    title, link = mark.findtext(f"{SVG}title"), mark.find(f"{SVG}a")
    assert title is not None
    assert link is not None
    assert "認定 / Certified" in title
    assert link.get("href") == f"{app.config['KIKITE'].base_url}/registry/{NUMBER}"
    _item, effect_at = revoke(app, clock)
    clock.move(to=effect_at)
    after = drawn(app)
    words = " ".join(after.itertext())
    assert "認定されていません" in words
    assert "取消" not in words
    assert ALPHA not in words


def test_the_mark_is_the_one_thing_that_others_may_show_and_carries_nothing_that_acts(app: Flask) -> None:
    client = app.test_client()
    allowed = {path: client.get(path).headers["Cross-Origin-Resource-Policy"] for path in (MARK, f"/registry/{NUMBER}")}
    assert allowed == {MARK: "cross-origin", f"/registry/{NUMBER}": "same-origin"}
    kinds = {element.tag.removeprefix(SVG) for element in drawn(app).iter()}
    assert kinds == {"svg", "title", "a", "rect", "g", "path", "text"}
    assert client.get("/registry/KC-1999-0001/mark.svg").status_code == 404


def test_only_a_company_on_the_list_is_offered_the_mark_for_its_own_pages(app: Flask, clock: FixedClock) -> None:
    page = sign_in(app, "alpha_officer").get("/certifications/")
    (snippet,) = ["".join(one.itertext()) for one in page.root.iter("textarea")]
    base = app.config["KIKITE"].base_url
    assert re.fullmatch(
        rf'\s*<a href="{base}/registry/{NUMBER}"><img src="{base}{MARK}" width="288" height="80" alt="[^"]+"></a>\s*',
        snippet,
    )
    clock.move(to=datetime(2027, 10, 2, 12, 0, tzinfo=TOKYO))
    ended = sign_in(app, "alpha_officer").get("/certifications/")
    assert not list(ended.root.iter("textarea"))
    assert "mark.svg" not in ended.html


def test_the_page_behind_the_mark_answers_for_a_past_day_and_for_no_day_ahead(app: Flask, clock: FixedClock) -> None:
    _item, effect_at = revoke(app, clock)
    clock.move(to=effect_at + timedelta(days=30))
    day = effect_at.astimezone(TOKYO).date()
    visitor = Visitor(app)
    before = visitor.get(f"/registry/{NUMBER}?on={day - timedelta(days=1)}").text
    assert "この日は、認定していました" in before
    assert ALPHA in before
    assert "この状態の証明" not in before
    assert "この日は、認定していませんでした" in visitor.get(f"/registry/{NUMBER}?on={day}").text
    assert ALPHA not in visitor.get(f"/registry/{NUMBER}?on=2025-09-30").text
    assert "先の日付にはお答えできません" in visitor.get(f"/registry/{NUMBER}?on=2028-01-01").text


@pytest.mark.parametrize("asked", ["gestern", "2026-02-31", "0001-01-01"])
def test_nonsense_in_the_place_of_a_day_is_answered_in_words_with_the_status_of_today(app: Flask, asked: str) -> None:
    page = Visitor(app).get(f"/registry/{NUMBER}?on={asked}")
    assert "認定しています" in page.text
    assert page.title.startswith("エラー")
