"""What is done with surveys: one for every certified company, each answer noted, and the silent reminded."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Select, select

from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.clocks.actions.reminding import Reminding, may_be_reminded_of
from app.clocks.queries import calendar, running_clock
from app.escalations.actions import note_survey_answered, wait_for_survey
from app.escalations.queries import invitations_that_bind
from app.people.queries import officers_of, whom_to_tell
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.made_once import made_once
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_at
from models.certification import Certification
from models.clock import Clock
from models.rules.certification_lifecycle import HELD
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.people import Role, Standing
from models.rules.permissions import Permission
from models.rules.survey import answered_at, due_of_survey
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation


def open_survey(*, title: str, asked_on: date, closes_on: date, actor: Actor) -> SurveyRound:
    """Ask every company that holds a certification now, and tell its people that there is something to answer."""
    must_be_allowed(Permission.SURVEY_KEEP, actor=actor, standing=Standing.NONE)
    if actor.person is None:
        raise TypeError("a person opens a survey")
    survey = SurveyRound(
        id=new_id(),
        title=title,
        asked_on=asked_on,
        closes_on=closes_on,
        opened_by_id=actor.person.id,
        opened_at=now(),
    )
    db().add(survey)
    db().flush()
    held = select(Certification.company_id).where(Certification.state.in_(HELD)).distinct()
    for company_id in sorted(db().scalars(held)):
        invitation = SurveyInvitation(
            id=new_id(), survey_id=survey.id, company_id=company_id, version=1, is_exempt=False
        )
        db().add(invitation)
        _wait_for(invitation, survey)
        facts: dict[str, Fact] = {"survey_id": survey.id.hex}
        record(of_company(company_id), "survey.ask", actor=actor, facts=facts)
        for person in officers_of(company_id, at=now()):
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"survey:{survey.id.hex}")
    return survey


def note_answer(
    invitation: SurveyInvitation, *, answered_on: date | None, is_exempt: bool = False, actor: Actor
) -> None:
    """Note that a company has answered, that it need not, or, with neither, that it was noted by mistake."""
    standing = towards_company(actor, invitation.company_id)
    must_be_allowed(Permission.SURVEY_KEEP, actor=actor, standing=standing)
    invitation.answered_on, invitation.is_exempt = answered_on, is_exempt and answered_on is None
    invitation.version += 1
    db().flush()
    if answered_on is not None:
        meet_clocks(invitation, [ClockKind.SURVEY_ANSWER])
        note_survey_answered(invitation.id, answered_at(answered_on, now=now()), actor=actor)
    elif invitation.is_exempt:
        stop_clocks(invitation, [ClockKind.SURVEY_ANSWER])
        note_survey_answered(invitation.id, now(), actor=actor)
    elif running_clock(invitation.id, ClockKind.SURVEY_ANSWER) is None:
        _wait_for(invitation, db().get_one(SurveyRound, invitation.survey_id))
        wait_for_survey(invitation.id)
    facts: dict[str, Fact] = {
        "survey_id": invitation.survey_id.hex,
        "answered_on": answered_on.isoformat() if answered_on else None,
        "is_exempt": invitation.is_exempt,
    }
    record(of_company(invitation.company_id), "survey.note_answer", actor=actor, facts=facts)


def _wait_for(invitation: SurveyInvitation, survey: SurveyRound) -> None:
    due = due_of_survey(survey.closes_on, policy_version=deadlines_at(now()).version, calendar=calendar())
    start_clock(invitation, ClockKind.SURVEY_ANSWER, due_date=due)


@made_once
def _running(looked_ahead: datetime) -> Select[Clock]:
    binding = Clock.subject_id.in_(invitations_that_bind())
    return may_be_reminded_of([ClockKind.SURVEY_ANSWER], looked_ahead).where(binding)


def _company_of(clock: Clock) -> uuid.UUID:
    return db().get_one(SurveyInvitation, clock.subject_id).company_id


_REMINDING = Reminding(
    "remind_of_surveys",
    _running,
    whom=lambda clock, at: whom_to_tell(_company_of(clock), first=Role.OFFICER, at=at),
    note=lambda clock, facts: record(of_company(_company_of(clock)), "survey.remind", actor=THE_CLOCK, facts=facts),
)


def remind_of_surveys() -> int:
    """Remind those who have not answered, in the rhythm of all reminders; returns how many were mailed."""
    return _REMINDING.remind()


def is_a_survey_to_be_reminded_of() -> bool:
    """Whether the day of any reminder has come that was not noted."""
    return _REMINDING.is_one_due()
