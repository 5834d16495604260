"""What is done with surveys: one is opened for every certified company, and each company's answer is noted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.people.queries import officers_of
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from models.certification import Certification
from models.rules.certification_lifecycle import HELD
from models.rules.mail_kinds import MailKind
from models.rules.people import Standing
from models.rules.permissions import Permission
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
        db().add(SurveyInvitation(id=new_id(), survey_id=survey.id, company_id=company_id, version=1, is_exempt=False))
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
    facts: dict[str, Fact] = {
        "survey_id": invitation.survey_id.hex,
        "answered_on": answered_on.isoformat() if answered_on else None,
        "is_exempt": invitation.is_exempt,
    }
    record(of_company(invitation.company_id), "survey.note_answer", actor=actor, facts=facts)
