"""Telling of retaliation: one case for each sheet, for her alone, and never first to whom the first case was told."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.actions import exclude, let_be_asked, open_triage
from app.cases.actions.linking import link_cases
from app.cases.queries import severity_of, who_receives
from app.intake.actions import Sent
from app.pipeline.clock import FixedClock
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.watch.actions.telling import tell_of_retaliation
from app.watch.queries import open_question, told_before
from models.case import Case
from models.case_link import CaseLink
from models.check_in import CheckIn
from models.clock import Clock
from models.exclusion import Exclusion
from models.message import Message
from models.rules.case_links import CaseLinkKind
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.routing import Addressee, Hold, HoldReason
from models.rules.taxonomy.severity import Severity
from tests.app.watch.test_watching import asked
from tests.support import road
from tests.support.present import company, consulter, person, present
from tests.support.visitor import enter, sign_in

WORDS = "先月から、夜のシフトだけ外されています。"
SHEET = "c2hlZXQ="
CODE = re.compile(r"(?:[0-9A-Z]{4} ?- ?){6}[0-9A-Z]{4}")


def told(at: str = "alpha") -> tuple[Case, str]:
    case, code = road.triaged(company=at, severity=Severity.MODERATE, name="佐伯", contact="090-0000-1111")
    road.routed(case, code, company=at)
    return road.case_of(case), code


def telling(case: Case, code: str, *, sheet: str = SHEET) -> Case:
    receipted = road.done(lambda: tell_of_retaliation(case, WORDS, sheet=sheet, actor=consulter(code)))
    return db().get_one(Case, receipted.case_id)


def taken(case: Case) -> None:
    road.done(lambda: open_triage(case, actor=present("counselor")))


def how_many(table: type) -> int:
    return db().scalar(select(func.count()).select_from(table)) or 0


def test_who_answers_that_she_is_treated_worse_has_a_case_of_its_own_and_a_code_for_it(
    app: Flask, clock: FixedClock
) -> None:
    earlier, code = asked(app, clock)
    visitor = enter(app, code)
    visitor.get("/mailbox/check-in")
    page = visitor.page
    visitor.send({"answer": "happened", "words": WORDS})
    found = CODE.search(visitor.page.text)
    assert found is not None
    # Sent twice, as by a browser that repeats it: the same code, and no second case.
    visitor.send({"answer": "happened", "words": WORDS}, page=page)
    assert found.group() in visitor.page.text
    with app.app_context():
        assert how_many(Case) == 2
        row = db().scalars(select(CheckIn)).one()
        assert row.answered_at is not None
        words_to_the_first = select(Message).where(Message.case_id == earlier.id, Message.author == "consulter")
        assert db().scalars(words_to_the_first).all() == []
    assert WORDS in enter(app, found.group()).page.text


def test_nobody_elses_session_asks_for_the_new_code_again(app: Flask, clock: FixedClock) -> None:
    _earlier, code = asked(app, clock)
    with app.app_context():
        other, others_code = told()
        question = open_question(_earlier.id)
        assert question is not None
        number = question.id.hex
        assert other.id != _earlier.id
    visitor = enter(app, code)
    visitor.get("/mailbox/check-in")
    visitor.send({"answer": "happened", "words": WORDS})
    found = CODE.search(visitor.page.text)
    assert found is not None
    # The desk sees the number of the question and reads the words: with a mailbox of its own it gains nothing.
    stranger = enter(app, others_code)
    token = stranger.page.form_with("message").fields["csrf_token"]
    sent = {"csrf_token": token, "check_in": number, "answer": "happened", "words": WORDS}
    stranger.post("/mailbox/check-in", sent, status=409)
    assert found.group() not in stranger.page.text
    with app.app_context():
        assert how_many(Case) == 3
        # Nor with the very name of the sheet, by the act itself: other words of hers would be another case of her own.
        receipted = road.done(lambda: tell_of_retaliation(other, WORDS, sheet=number, actor=consulter(others_code)))
        assert receipted.sent is Sent.STORED
        assert receipted.code != found.group().replace(" ", "")


def test_the_new_case_takes_over_who_and_where_she_is_and_its_clock_is_that_of_a_grave_one(app: Flask) -> None:
    with app.app_context():
        earlier, code = told()
        case = telling(earlier, code)
        assert case.workplace_token == earlier.workplace_token
        triage = db().scalars(select(Clock).where(Clock.subject_id == case.id, Clock.kind == ClockKind.TRIAGE)).all()
        first = db().scalars(select(Clock).where(Clock.subject_id == earlier.id, Clock.kind == ClockKind.TRIAGE)).all()
        term = min(one.due_at - one.started_at for one in triage)
        assert term < max(one.due_at - one.started_at for one in first)
        assert case.next_due_at == min(one.due_at for one in triage)
        number = case.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}/identity?reason=contact")
    assert "佐伯" in desk.page.text


def test_a_stranger_tells_nothing_in_her_name(app: Flask) -> None:
    with app.app_context():
        earlier, _code = told()
        _other, strangers = road.submitted()
        with pytest.raises(OutOfReach):
            tell_of_retaliation(earlier, WORDS, sheet=SHEET, actor=consulter(strangers))
        with pytest.raises(OutOfReach):
            tell_of_retaliation(earlier, WORDS, sheet=SHEET, actor=present("counselor"))


def test_without_a_watch_the_page_leads_back_and_nothing_is_made(app: Flask) -> None:
    with app.app_context():
        _case, code = road.triaged()
    visitor = enter(app, code)
    assert "不利な扱いについて、新しい相談を書く" not in visitor.page.links
    visitor.get("/mailbox/retaliation")
    assert visitor.page.path == "/mailbox"
    token = visitor.page.form_with("message").fields["csrf_token"]
    visitor.post("/mailbox/retaliation", {"csrf_token": token, "text": WORDS}, status=409)
    with app.app_context():
        assert how_many(Case) == 1


def test_an_empty_message_is_refused_in_words(app: Flask) -> None:
    with app.app_context():
        _case, code = told()
    visitor = enter(app, code)
    visitor.get("/mailbox/retaliation")
    visitor.send({"text": "  "})
    assert "どのような扱いを受けたかを入力してください" in visitor.page.text
    with app.app_context():
        assert how_many(Case) == 1


def test_with_nobody_left_but_whom_the_first_was_told_it_is_held_until_she_agrees(app: Flask) -> None:
    with app.app_context():
        earlier, code = told("gamma")
        case = telling(earlier, code)
        assert told_before(earlier) == [person("gamma_representative").id]
        to = who_receives(case, company("gamma").id)
        assert isinstance(to, Hold)
        assert to.reason is HoldReason.ASKED_BEFORE
        taken(case)
        road.done(lambda: let_be_asked(case, person("gamma_representative"), actor=present("counselor")))
        again = who_receives(road.case_of(case), company("gamma").id)
        assert isinstance(again, Addressee)
        assert again.person_ids == (person("gamma_representative").id.hex,)


def test_a_conflict_is_not_lifted_by_her_word_about_who_was_told_before(app: Flask) -> None:
    with app.app_context():
        earlier, code = told()
        case = telling(earlier, code)
        officer = person("alpha_officer")
        taken(case)
        road.done(lambda: exclude(case, officer, "consulter", actor=present("counselor")))
        road.done(lambda: let_be_asked(case, officer, actor=present("counselor")))
        kept = db().scalars(select(Exclusion).where(Exclusion.case_id == case.id)).one()
        assert (kept.person_id, kept.declared_by) == (officer.id, "consulter")


def test_while_something_lies_with_the_office_nobody_of_it_is_let_in(app: Flask) -> None:
    with app.app_context():
        earlier, code = told()
        receipted = road.done(lambda: tell_of_retaliation(earlier, WORDS, sheet=SHEET, actor=consulter(code)))
        case = db().get_one(Case, receipted.case_id)
        taken(case)
        road.routed(case, receipted.code)
        with pytest.raises(NotAllowedNow):
            let_be_asked(road.case_of(case), person("alpha_officer"), actor=present("counselor"))


def test_the_desk_records_her_word_on_the_page(app: Flask) -> None:
    with app.app_context():
        earlier, code = told()
        case = telling(earlier, code)
        taken(case)
        number, officer = road.case_of(case).number, person("alpha_officer").id.hex
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    assert "前の相談を伝えた人" in desk.page.text
    desk.send(action=f"/desk/{number}/let-be-asked/{officer}")
    assert "相談者の了承により" in desk.page.text
    with app.app_context():
        assert db().scalars(select(Exclusion).where(Exclusion.case_id == case.id)).all() == []


def test_a_link_that_the_desk_makes_lifts_the_case_too(app: Flask) -> None:
    with app.app_context():
        first, second = road.triaged(severity=Severity.LOW)[0], road.triaged(severity=Severity.LOW)[0]
        actor = present("counselor")
        road.done(lambda: link_cases(first, second, CaseLinkKind.RETALIATION, reason="本人が電話で", actor=actor))
        assert severity_of(road.case_of(first)) is Severity.HIGH
        assert severity_of(road.case_of(second)) is Severity.LOW
        assert how_many(CaseLink) == 1
