"""The board: in danger first, then by what is due; page by page, at the same cost however long it is."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.board import PROTECTION, SIZE, STRETCHES, lines_of, page_of_board
from app.intake.actions import new_case_number
from app.pipeline.clock import now
from app.pipeline.secrets import facet
from app.pipeline.transaction import db, transactions
from models.case import Case
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import person, present
from tests.support.questions import noted
from tests.support.visitor import sign_in


def fill(count: int) -> None:
    """Cases in every corner of the board; only what the board itself reads."""
    counselor = person("counselor").id
    at = now()
    for number in range(count):
        due = at + timedelta(hours=number % 17 - 8) if number % 5 else None
        case = Case(
            id=uuid.uuid4(),
            number=new_case_number(),
            state=CaseState.TRIAGE,
            is_crisis=number % 7 == 0,
            received_at=at,
            consent_level=ConsentLevel.CN_0,
            assignee_id=counselor if number % 3 == 0 else None,
            severity_token=facet("severity", Severity.MODERATE.value) if number % 2 else None,
            next_due_at=due,
            next_due_kind=ClockKind.TRIAGE if due else None,
        )
        db().add(case)


def walk(app: Flask, tab: str = "all") -> list[list[Case]]:
    """Every page, from the first to the last."""
    actor, pages, after = present("counselor"), [], None
    while True:
        page = page_of_board(actor, tab, after=after, before=None)
        pages.append(list(page.rows))
        if page.next is None:
            return pages
        after = page.next


def test_whoever_is_in_danger_comes_first_and_then_what_is_due(app: Flask):
    with app.app_context():
        road.done(lambda: fill(80))
        cases = [case for page in walk(app) for case in page]
        far = now() + timedelta(days=999)
        order = [(not case.is_crisis, case.next_due_at is None, case.next_due_at or far) for case in cases]
        assert order == sorted(order)
        assert len({case.id for case in cases}) == len(cases) == 80
        assert {(stretch.is_crisis, stretch.has_day) for stretch in STRETCHES} == {
            (case.is_crisis, case.next_due_at is not None) for case in cases
        }


def test_going_back_shows_the_same_pages(app: Flask):
    with app.app_context():
        road.done(lambda: fill(80))
        actor = present("counselor")
        first = page_of_board(actor, "all", after=None, before=None)
        second = page_of_board(actor, "all", after=first.next, before=None)
        third = page_of_board(actor, "all", after=second.next, before=None)
        back = page_of_board(actor, "all", after=None, before=third.previous)
        assert [case.id for case in back.rows] == [case.id for case in second.rows]
        begin = page_of_board(actor, "all", after=None, before=second.previous)
        assert [case.id for case in begin.rows] == [case.id for case in first.rows]
        assert begin.previous is None


@pytest.mark.parametrize("cursor", ["", "nonsense", "WzksIiIsIiJd", "WzAsIngiLCJ5Il0", "WzAsIiIsIiJd"])
def test_a_cursor_that_is_none_means_the_first_page(app: Flask, cursor: str):
    with app.app_context():
        road.done(lambda: fill(30))
        actor = present("counselor")
        first = page_of_board(actor, "all", after=None, before=None)
        again = page_of_board(actor, "all", after=cursor, before=None)
        assert [case.id for case in again.rows] == [case.id for case in first.rows]


def test_the_tabs_narrow_the_list(app: Flask):
    with app.app_context():
        road.done(lambda: fill(60))
        me = person("counselor").id
        assert {case.assignee_id for page in walk(app, "mine") for case in page} == {me}
        assert {case.assignee_id for page in walk(app, "untaken") for case in page} == {None}
        assert walk(app, "closed") == [[]]
        assert walk(app, "company") == [[]]


def test_a_page_is_small_and_opens_nothing_sealed(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        road.done(lambda: fill(200))

    def refuse(*_anything: object, **_named: object) -> None:
        raise AssertionError("the board opened something sealed")

    visitor = sign_in(app, "counselor")
    monkeypatch.setattr("models.sealed.open_text", refuse)
    visitor.get("/desk/")
    assert len(visitor.page.html.encode()) < 60_000


def test_a_page_costs_as_many_questions_with_many_cases_as_with_few(app: Flask):
    with app.app_context(), noted(transactions().engine) as questions:
        actor, asked = present("counselor"), questions.statements
        counts = []
        for more in (SIZE * 2, SIZE * 10):
            road.done(lambda more=more: fill(more))
            asked.clear()
            lines_of(page_of_board(actor, "all", after=None, before=None).rows, actor)
            counts.append(len(asked))
            # The rules' version is counted: a handful of rows, however many cases there are.
        assert not [words for words in asked if "count(" in words.lower() and "FROM rule_change" not in words]
        assert counts[1] <= counts[0]


def test_the_severity_is_read_back_from_its_token(app: Flask):
    with app.app_context():
        road.triaged(severity=Severity.HIGH)
    visitor = sign_in(app, "counselor")
    visitor.get("/desk/")
    assert "S3 重大" in visitor.page.text


def test_whoever_asks_to_be_protected_stands_out_for_those_who_may_open_the_case(app: Flask):
    wish = (RequestedHelp.NO_RETALIATION,)
    with app.app_context():
        asks, _code = road.submitted(requested=wish)
        anothers, _code = road.triaged(by="second_counselor", requested=wish)
        listens, _code = road.submitted(requested=(RequestedHelp.LISTEN,))
        actor = present("counselor")
        lines = lines_of(page_of_board(actor, "all", after=None, before=None).rows, actor)
        marked = {line.case.number for line in lines if str(PROTECTION[0]) in dict(line.flags)}
        assert {line.case.number for line in lines} == {asks.number, anothers.number, listens.number}
        assert marked == {asks.number}


def test_a_case_of_another_counselor_is_listed_without_a_way_in(app: Flask):
    with app.app_context():
        road.triaged(by="second_counselor")
        number = db().scalars(select(Case.number)).one()
    visitor = sign_in(app, "counselor")
    visitor.get("/desk/")
    assert number in visitor.page.text
    assert number not in visitor.page.links
