"""The whole road, by actions alone: from what somebody wrote to the end of the case."""

from __future__ import annotations

from flask import Flask

from models.rules.case_lifecycle import CaseState
from models.rules.taxonomy.severity import Severity
from tests.support import road


def test_a_consultation_travels_the_whole_road(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        assert road.case_of(case).state is CaseState.TRIAGE
        copy = road.copied(case)
        assert road.case_of(case).state is CaseState.AWAIT_CONSENT
        road.approved(case, code, copy)
        assert road.case_of(case).state is CaseState.READY
        exchange = road.routed(case, code)
        assert road.case_of(case).state is CaseState.ROUTED
        road.reported(exchange)
        assert road.case_of(case).state is CaseState.REPORTED
        road.closed(exchange)
        found = road.case_of(case)
        assert (found.state, found.is_open, found.next_due_at) == (CaseState.CLOSED, False, None)


def test_what_is_grave_goes_at_once_and_is_closed_by_two(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        before = app.extensions["kikite_clock"].now()
        exchange = road.routed(case, code)
        assert app.extensions["kikite_clock"].now() == before
        road.closed(road.reported(exchange))
        assert road.case_of(case).state is CaseState.CLOSED
