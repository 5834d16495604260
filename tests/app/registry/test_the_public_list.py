"""What the public sees: who is certified, from which minute not, and nothing of a procedure."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.certifications.queries import certification_of
from app.companies.actions import rename_company
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import begin_writing, commit, db
from app.resolutions.actions import re_examine, record_resolution, take_due_effects
from models.board_item import BoardItem
from models.rules.board import BoardOption
from tests.support.board import all_vote, begin_vote, in_hearing, keep, proposed, voting
from tests.support.present import company, present
from tests.support.visitor import Visitor

ALPHA, NUMBER = "青葉台コンタクト株式会社", "KC-2025-0001"
PAGES = ("/registry", "/registry.json", f"/registry/{NUMBER}", "/registry?q=青葉台", "/registry?lang=en")


def revoke(app: Flask, clock: FixedClock) -> tuple[object, datetime]:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        resolution = record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager"))
        commit()
        return item.id, resolution.effect_at


def test_a_revocation_at_midnight_is_seen_at_five_past_without_any_sweep(app: Flask, clock: FixedClock) -> None:
    _item, effect_at = revoke(app, clock)
    visitor = Visitor(app)
    clock.move(to=effect_at - timedelta(seconds=1))
    assert ALPHA in visitor.get("/registry").text
    assert "認定しています" in visitor.get(f"/registry/{NUMBER}").text
    clock.move(to=effect_at + timedelta(minutes=5))
    listing = visitor.get("/registry")
    assert NUMBER not in listing.links
    assert "誓約事項9" in listing.text
    page = visitor.get(f"/registry/{NUMBER}")
    assert "認定していません" in page.text
    assert "誓約事項9" in page.text
    data = json.loads(visitor.client.get("/registry.json").get_data(as_text=True))
    assert NUMBER not in {one["number"] for one in data["companies"]}
    assert [one["number"] for one in data["revocations"]] == [NUMBER]


def test_the_publication_ends_after_twelve_months(app: Flask, clock: FixedClock) -> None:
    _item, effect_at = revoke(app, clock)
    visitor = Visitor(app)
    clock.move(to=effect_at + timedelta(days=364))
    assert "誓約事項9" in visitor.get("/registry").text
    clock.move(to=effect_at + timedelta(days=368))
    assert "誓約事項9" not in visitor.get("/registry").text
    page = visitor.get(f"/registry/{NUMBER}")
    assert "認定していません" in page.text
    assert ALPHA not in page.text


def test_a_reversal_brings_the_company_back_and_withdraws_the_publication(app: Flask, clock: FixedClock) -> None:
    item_id, effect_at = revoke(app, clock)
    clock.move(to=effect_at + timedelta(days=2))
    with app.app_context():
        begin_writing()
        take_due_effects()
        keep()
        item = db().get_one(BoardItem, item_id)
        following = begin_vote(re_examine(item, grounds="新しい事実", actor=present("head")), clock)
        all_vote(following, BoardOption.WARNING)
        record_resolution(following, reasons="取消しを撤回します。", actor=present("head"))
        commit()
    visitor = Visitor(app)
    listing = visitor.get("/registry")
    assert NUMBER in listing.links
    assert "誓約事項9" not in listing.text
    assert "認定しています" in visitor.get(f"/registry/{NUMBER}").text


def test_a_procedure_changes_no_byte_and_no_header_of_the_list(app: Flask, clock: FixedClock) -> None:
    client = app.test_client()

    def seen() -> list[tuple[bytes, str | None, str | None]]:
        answers = [client.get(path) for path in PAGES]
        return [(one.data, one.headers.get("ETag"), one.headers.get("Content-Length")) for one in answers]

    before = seen()
    with app.app_context():
        proposed("alpha")
        in_hearing("beta")
        commit()
    assert seen() == before


def test_a_day_ahead_is_not_answered_because_a_revocation_may_lie_there(app: Flask, clock: FixedClock) -> None:
    _item, effect_at = revoke(app, clock)
    ahead = (effect_at + timedelta(days=1)).astimezone(TOKYO).date().isoformat()
    visitor = Visitor(app)
    page = visitor.get(f"/registry?on={ahead}")
    assert "先の日付にはお答えできません" in page.text
    assert NUMBER in page.links
    assert visitor.client.get(f"/registry.json?on={ahead}").status_code == 400


def test_the_status_of_a_past_day_can_be_asked(app: Flask, clock: FixedClock) -> None:
    _item, effect_at = revoke(app, clock)
    clock.move(to=effect_at + timedelta(days=30))
    visitor = Visitor(app)
    day_before = (effect_at.astimezone(TOKYO) - timedelta(days=1)).date()
    assert NUMBER in visitor.get(f"/registry?on={day_before.isoformat()}").links
    assert NUMBER not in visitor.get(f"/registry?on={effect_at.astimezone(TOKYO).date().isoformat()}").links
    assert not [words for words in visitor.get("/registry?on=2025-09-30").links if words.startswith("KC-")]


@pytest.mark.parametrize("words", ["旧青葉台", "青葉台", "アオバダイ", "あおばだい", "aobadai"])
def test_a_renamed_company_is_found_under_every_name(app: Flask, words: str) -> None:
    page = Visitor(app).get(f"/registry?q={words}")
    assert NUMBER in page.links
    assert [one for one in page.links if one.startswith("KC-")] == [NUMBER]
    assert ALPHA in page.text


def test_the_list_shows_the_name_of_the_day_that_is_asked_about(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        begin_writing()
        rename_company(
            company("beta"),
            name="新みなも株式会社",
            kana="シンミナモ",
            english="Shin Minamo",
            from_=date(2026, 11, 1),
            actor=THE_CLOCK,
        )
        commit()
    visitor = Visitor(app)
    assert "新みなも株式会社" in visitor.get("/registry").text
    assert "みなも応対サービス株式会社" in visitor.get("/registry?on=2026-10-01").text
    found = visitor.get("/registry?q=みなも応対")
    assert "以前の会社名: みなも応対サービス株式会社" in found.text


def test_a_company_without_certification_is_not_found(app: Flask) -> None:
    assert not [words for words in Visitor(app).get("/registry?q=白樺").links if words.startswith("KC-")]


def test_the_order_is_that_of_the_syllables_whatever_the_number(app: Flask) -> None:
    data = json.loads(Visitor(app).client.get("/registry.json").get_data(as_text=True))
    kana = [one["kana"] for one in data["companies"]]
    assert kana == sorted(kana)
    assert data["shape"] == "kikite-registry/1"
    assert {one["status"] for one in data["companies"]} == {"certified"}


def test_the_term_ends_by_the_clock_and_a_renewal_filed_in_time_keeps_it(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        begin_writing()
        certification = certification_of(company("beta").id)
        certification.renewal_filed_on = date(2027, 9, 1)
        commit()
    clock.move(to=datetime(2027, 10, 5, 3, 0, tzinfo=UTC))
    visitor = Visitor(app)
    listing = visitor.get("/registry")
    assert "KC-2025-0002" in listing.links
    assert "認定(更新審査中)" in listing.text
    assert NUMBER not in listing.links
    assert "認定していません" in visitor.get(f"/registry/{NUMBER}").text


def test_a_number_that_was_never_given_is_not_certified(app: Flask) -> None:
    page = Visitor(app).get("/registry/KC-1999-0001", status=404)
    assert "認定していません" in page.text
    assert "KC-1999-0001" not in page.text


@pytest.mark.parametrize("path", [*PAGES, "/registry/KC-1999-0001"])
def test_no_page_of_the_list_sets_a_cookie_and_others_may_keep_it_a_minute(app: Flask, path: str) -> None:
    response = app.test_client().get(path)
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_who_has_the_newest_list_is_told_so(app: Flask) -> None:
    client = app.test_client()
    mark = client.get("/registry").headers["ETag"]
    assert client.get("/registry", headers={"If-None-Match": mark}).status_code == 304


@pytest.mark.parametrize(
    "asked", ["?on=gestern", "?on=2026-02-31", "?q=" + "あ" * 500, "?after=x", "?q=%00", "?lang=x"]
)
def test_nonsense_in_the_address_is_answered_in_words(app: Flask, asked: str) -> None:
    assert Visitor(app).get("/registry" + asked).h1 == "認定会社の一覧"


def test_the_list_is_small_and_speaks_english(app: Flask) -> None:
    page = Visitor(app).get("/registry?lang=en")
    assert "Aobadai Contact" in page.text
    assert len(page.html.encode()) < 20_000
