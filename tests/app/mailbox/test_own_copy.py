"""Before it goes she is told in plain words, and takes her own copy along: all that she may read, and no more."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.cases.actions import advise, close_case, write_note
from app.operations.erasing import erase_due
from app.operations.sweep import Work, sweep
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from app.retention.queries import until_of
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.taxonomy.outcome import Outcome
from tests.app.retention.test_holds import Of, held
from tests.support import road
from tests.support.present import present
from tests.support.visitor import enter, sign_in

ADVICE = "相談先をお伝えします。"
NOTE = "窓口だけのメモです。"
SOON = "まもなく、この画面を開けなくなります"


def closed_with_code() -> tuple[Of, str]:
    case, code = road.triaged()
    road.done(lambda: write_note(road.case_of(case), NOTE, actor=present("counselor")))
    road.done(lambda: advise(road.case_of(case), ADVICE, actor=present("counselor")))
    road.done(lambda: close_case(road.case_of(case), Outcome.ADVICE, actor=present("counselor")))
    case = road.case_of(case)
    return Of(case.id, case.number), code


def recorded(case: Of) -> list[str]:
    rows = select(AuditRecord.facts).where(AuditRecord.subject_id == case.id, AuditRecord.name == "case.export_own")
    return [json.loads(facts)["how"] for facts in db().scalars(rows.order_by(AuditRecord.number))]


def test_she_is_told_from_sixty_days_before_and_not_the_day_before_that(app: Flask, clock: FixedClock):
    with app.app_context():
        case, code = closed_with_code()
        until = until_of(db().get_one(Case, case.id))
        assert until is not None
        last = until - timedelta(days=1)
        clock.move(to=clock.now() + (last - today() - timedelta(days=61)))
    assert SOON not in enter(app, code).page.text
    with app.app_context():
        clock.move(to=clock.now() + timedelta(days=1))
    her = enter(app, code)
    assert SOON in her.page.text
    assert f"{last.year}年{last.month}月{last.day}日" in her.page.text
    her.get(her.page.links["控えを手もとに残す"])
    assert "鍵がかかりません" in her.page.text
    with app.app_context():
        held(case)
        # Her code outlasts the term by a day, and is what counts now.
        clock.move(to=clock.now() + timedelta(days=1))
    assert "消去は止めています" in enter(app, code).page.text
    english = enter(app, code, language="en")
    assert "This page will soon be closed to you" in english.page.text


def test_her_copy_holds_what_she_may_read_and_is_recorded_and_kept_nowhere(app: Flask):
    with app.app_context():
        exchange = road.closed(road.routed(*(made := road.triaged())))
        case, code = made
        of = Of(exchange.case_id, "")
        number = road.case_of(case).number
    sign_in(app, "counselor").get(f"/desk/{number}")
    her = enter(app, code)
    page = her.client.get("/mailbox/own/page")
    data = her.client.get("/mailbox/own/data")
    for answer, ending in ((page, "html"), (data, "json")):
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="copy.{ending}"'
        assert "no-store" in answer.headers["Cache-Control"]
        assert number not in answer.text, "the desk's number is the desk's"
    parts = {part["heading"]: part["entries"] for part in json.loads(data.text)["parts"]}
    (first, *_others) = parts["最初に書いたこと"]
    assert first["text"] in her.get("/mailbox").text
    assert first["text"].splitlines()[0] in page.text
    assert parts["会社に伝える文章"][0]["text"]
    assert parts["会社に渡したもの"]
    assert parts["結果のご案内"]
    assert parts["あなたの相談を開いた記録"]
    assert page.text.count("<h2>") == len(parts)
    for outside in ("<script", "<style", "src=", "href="):
        assert outside not in page.text, "it needs nothing but itself"
    with app.app_context():
        assert recorded(of) == ["page", "data"]


def test_the_desks_notes_and_another_ones_words_are_not_in_it(app: Flask):
    with app.app_context():
        _case, code = closed_with_code()
    text = enter(app, code).client.get("/mailbox/own/data").text
    assert ADVICE in text
    assert NOTE not in text


def test_after_it_has_gone_nothing_is_taken_along(app: Flask, clock: FixedClock):
    with app.app_context():
        case, code = closed_with_code()
    her = enter(app, code)
    with app.app_context():
        clock.move(to=clock.now() + timedelta(days=400))
    sweep(app, works=(Work("erase_due", erase_due, waits=True),))
    for address in ("/mailbox/own", "/mailbox/own/page", "/mailbox/own/data"):
        assert her.client.get(address).status_code == 302
    with app.app_context():
        assert recorded(case) == []
