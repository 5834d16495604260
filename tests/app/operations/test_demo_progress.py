"""In the demonstration the desk keeps a consulter informed: no progress clock is ever overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask
from sqlalchemy import select

from app.clocks.queries import running_clock
from app.operations.demo.progress import NOTES, keeps_informed
from app.operations.demo.stories import Telling
from app.pipeline.clock import FixedClock, now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.case import Case
from models.message import Message
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import present


@dataclass
class Told:
    """As much of a telling as keeping somebody informed needs."""

    case_id: object

    @property
    def case(self) -> Case:
        return db().get_one(Case, self.case_id)

    def desk(self) -> Actor:
        return present("counselor")


def test_a_case_that_lies_with_a_silent_company_is_never_without_word(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.routed(case, code)
        began, overdue = now(), []
        story = keeps_informed(cast(Telling, Told(case.id)), from_=began)
        while now() < began + timedelta(days=120):
            at: datetime = road.done(lambda: next(story))
            clock.move(to=max(at, now()))
            running = running_clock(case.id, ClockKind.PROGRESS_NOTE)
            overdue.append(running is not None and running.due_at < now())
        assert not any(overdue)
        words = db().scalars(select(Message).where(Message.case_id == case.id)).all()
        assert len(words) >= 3


def test_what_is_over_gets_no_more_notes(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.closed(road.routed(case, code))
        story = keeps_informed(cast(Telling, Told(case.id)), from_=now())
        road.done(lambda: next(story))
        assert road.done(lambda: next(story, None)) is None


def test_there_are_words_for_every_state_in_which_the_progress_clock_runs() -> None:
    with_the_company = ("routed", "acked", "in_action", "responded", "reported", "review", "monitor")
    assert set(NOTES) == {CaseState(state).value for state in with_the_company}
