"""A company is reminded of a survey and of the yearly confirmation by the same steps: each says whom it tells first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.people.queries import officers_of
from app.pipeline.clock import now
from app.pipeline.transaction import db
from app.pledges.actions import (
    follow_confirmations,
    is_a_confirmation_to_be_reminded_of,
    remind_of_confirmations,
)
from app.surveys.actions import is_a_survey_to_be_reminded_of, open_survey, remind_of_surveys
from models.audit_record import AuditRecord
from models.clock import Clock
from models.outbox_message import OutboxMessage
from models.reminder import Reminder
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.survey_invitation import SurveyInvitation
from tests.support import road
from tests.support.ladder import move_to
from tests.support.present import company, person, present

OFFICER, DEPUTY, REPRESENTATIVE = SERVE = ("alpha_officer", "alpha_deputy", "alpha_representative")


@dataclass(frozen=True)
class Way:
    """One of the things that a company is reminded of."""

    kind: ClockKind
    begin: Callable[[], object]
    remind: Callable[[], int]
    is_due: Callable[[], bool]
    event: str
    first: str
    second: str


def open_one() -> object:
    return open_survey(
        title="応対の実態調査", asked_on=date(2026, 11, 24), closes_on=date(2026, 12, 18), actor=present("manager")
    )


WAYS = [
    Way(
        ClockKind.SURVEY_ANSWER,
        open_one,
        remind_of_surveys,
        is_a_survey_to_be_reminded_of,
        "survey.remind",
        OFFICER,
        DEPUTY,
    ),
    Way(
        ClockKind.PLEDGE_CONFIRMATION,
        follow_confirmations,
        remind_of_confirmations,
        is_a_confirmation_to_be_reminded_of,
        "confirmation.remind",
        REPRESENTATIVE,
        OFFICER,
    ),
]
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.kind.value)


def clock_of(way: Way) -> Clock:
    subjects = select(SurveyInvitation.id).where(SurveyInvitation.company_id == company("alpha").id)
    of_alpha = (Clock.subject_id == company("alpha").id) | Clock.subject_id.in_(subjects)
    return db().scalars(select(Clock).where(Clock.kind == way.kind, of_alpha)).one()


def noted(way: Way) -> list[tuple[str, str]]:
    """Of each reminder its place in the rhythm, and who was mailed."""
    names = {person(one).id: one for one in SERVE}
    found = db().scalars(select(Reminder).where(Reminder.clock_id == clock_of(way).id).order_by(Reminder.scheduled_at))
    return [(one.kind, names[one.person_id] if one.person_id else "") for one in found]


def mailed() -> list[str]:
    names = {person(one).id: one for one in SERVE}
    found = db().scalars(
        select(OutboxMessage.person_id).where(
            OutboxMessage.kind == MailKind.REMINDER, OutboxMessage.person_id.in_(names)
        )
    )
    return [names[one] for one in found]


def recorded(way: Way) -> list[str]:
    """What the chain of the company says of each reminder, oldest first."""
    found = db().scalars(
        select(AuditRecord)
        .where(
            AuditRecord.name == way.event,
            AuditRecord.subject_kind == "company",
            AuditRecord.subject_id == company("alpha").id,
            AuditRecord.actor_id.is_(None),
        )
        .order_by(AuditRecord.number)
    )
    return [json.loads(one.facts)["kind"] for one in found]


@each_way
def test_the_post_that_it_concerns_is_told_first_and_once(app: Flask, way: Way) -> None:
    with app.app_context():
        road.done(way.begin)
        assert not way.is_due()
        move_to(clock_of(way).due_at - timedelta(days=1))
        assert way.is_due()
        road.done(way.remind)
        assert not way.is_due()
        assert road.done(way.remind) == 0
        assert noted(way) == [("before", way.first)]
        assert mailed() == [way.first]
        assert recorded(way) == ["before"]


@each_way
def test_where_that_post_is_vacant_the_other_is_told(app: Flask, way: Way) -> None:
    with app.app_context():
        road.done(way.begin)
        road.done(lambda: setattr(person(way.first), "ends_at", now()))
        move_to(clock_of(way).due_at - timedelta(days=1))
        road.done(way.remind)
        assert noted(way) == [("before", way.second)]
        assert mailed() == [way.second]


@each_way
def test_of_several_that_came_while_the_machine_was_off_the_newest_is_mailed(app: Flask, way: Way) -> None:
    with app.app_context():
        road.done(way.begin)
        move_to(clock_of(way).due_at + timedelta(days=60))
        road.done(way.remind)
        assert noted(way)[-1] == ("after_3", way.first)
        assert {who for _kind, who in noted(way)[:-1]} == {""}
        assert len(noted(way)) > 1
        assert mailed() == [way.first]
        assert recorded(way) == [kind for kind, _who in noted(way)]


@each_way
def test_where_nobody_serves_it_is_noted_with_nobodys_name(app: Flask, way: Way) -> None:
    with app.app_context():
        road.done(way.begin)
        move_to(clock_of(way).due_at - timedelta(days=1))
        for one in officers_of(company("alpha").id, at=now()):
            road.done(lambda leaving=one: setattr(leaving, "ends_at", now()))
        road.done(way.remind)
        assert noted(way) == [("before", "")]
        assert mailed() == []
        assert recorded(way) == ["before"]
