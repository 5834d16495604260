"""One matter of a request: whether the association may still ask for it, and of which survey it is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import select

from app.pipeline.transaction import db
from models.exchange import Exchange
from models.request_matter import RequestMatter
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation

OVER_BUT_OWED = frozenset({"no_answer", "finished"})


def is_moot(matter: RequestMatter, exchange: Exchange | None) -> bool:
    """Whether the consultation was taken back, so that the company owes nothing of it any more.

    A case that was concluded for want of an answer is no reason: the company still owes what it did not do.
    """
    if matter.settled_at is not None or exchange is None or exchange.state != "closed":
        return False
    return exchange.closed_because not in OVER_BUT_OWED


def exempted_of(request_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """The matters of these requests that ask for an answer from which the company was exempted: it owes none."""
    found = (
        select(RequestMatter.id)
        .join(SurveyInvitation, SurveyInvitation.id == RequestMatter.survey_invitation_id)
        .where(RequestMatter.formal_request_id.in_(request_ids), SurveyInvitation.is_exempt)
    )
    return frozenset(db().scalars(found))


def surveys_of(request_id: uuid.UUID) -> Mapping[uuid.UUID, str]:
    """What the surveys are called of which the matters of a request ask an answer, by the matter."""
    found = (
        select(RequestMatter.id, SurveyRound.title)
        .join(SurveyInvitation, SurveyInvitation.id == RequestMatter.survey_invitation_id)
        .join(SurveyRound, SurveyRound.id == SurveyInvitation.survey_id)
        .where(RequestMatter.formal_request_id == request_id)
    )
    return dict(db().execute(found).all())


def survey_named(invitation_id: uuid.UUID | None) -> str:
    """What the survey of an invitation is called."""
    title = (
        select(SurveyRound.title)
        .join(SurveyInvitation, SurveyInvitation.survey_id == SurveyRound.id)
        .where(SurveyInvitation.id == invitation_id)
    )
    return db().scalars(title).one()
