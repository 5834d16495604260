"""What is asked of surveys: which there are, who was asked, and where one company stands towards the newest."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from app.escalations.queries import invitations_that_bind
from app.pipeline.clock import today
from app.pipeline.transaction import db
from models.clock import Clock
from models.company import Company
from models.rules.deadlines import ClockKind
from models.rules.pledge_standing import Survey
from models.rules.survey import standing_in_survey
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation

Asked = tuple[SurveyInvitation, str, Survey]


def all_surveys() -> Sequence[SurveyRound]:
    """Every survey, the newest first."""
    return db().scalars(select(SurveyRound).order_by(SurveyRound.asked_on.desc(), SurveyRound.id)).all()


def asked_in(survey: SurveyRound) -> list[Asked]:
    """The companies that were asked, by their names, and where each stands."""
    day = today()
    rows = db().execute(
        select(SurveyInvitation, Company)
        .join(Company, Company.id == SurveyInvitation.company_id)
        .where(SurveyInvitation.survey_id == survey.id)
    )
    asked = [(invitation, company.name_on(day), standing_in(invitation, survey)) for invitation, company in rows]
    asked.sort(key=lambda row: (row[1].kana, row[1].name))
    return [(invitation, name.name, standing) for invitation, name, standing in asked]


def newest_of(company_id: uuid.UUID) -> tuple[SurveyRound, SurveyInvitation] | None:
    """The newest survey that a company was asked to answer."""
    row = db().execute(
        select(SurveyRound, SurveyInvitation)
        .join(SurveyInvitation, SurveyInvitation.survey_id == SurveyRound.id)
        .where(SurveyInvitation.company_id == company_id, SurveyRound.asked_on <= today())
        .order_by(SurveyRound.asked_on.desc(), SurveyRound.id)
        .limit(1)
    )
    found = row.one_or_none()
    return None if found is None else (found[0], found[1])


def standing_in(invitation: SurveyInvitation, survey: SurveyRound) -> Survey:
    return standing_in_survey(
        answered_on=invitation.answered_on,
        is_exempt=invitation.is_exempt,
        closes_on=survey.closes_on,
        today=today(),
    )


def awaited_of(company_id: uuid.UUID) -> Sequence[Clock]:
    """The clocks of the answers that are awaited from a company, the nearest first."""
    query = (
        select(Clock)
        .join(SurveyInvitation, SurveyInvitation.id == Clock.subject_id)
        .where(
            SurveyInvitation.company_id == company_id,
            Clock.kind == ClockKind.SURVEY_ANSWER,
            Clock.met_at.is_(None),
            Clock.stopped_at.is_(None),
            SurveyInvitation.id.in_(invitations_that_bind()),
        )
        .order_by(Clock.due_at, Clock.id)
    )
    return db().scalars(query).all()
