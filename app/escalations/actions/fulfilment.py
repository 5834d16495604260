"""What a company did of what was asked: each matter is settled once, and a request with all of them is met."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.clocks.actions import meet_clocks, stop_clocks
from app.escalations.actions.files import note_compliance, note_owed_again
from app.escalations.letter import CLOCKS_OF_STEP
from app.escalations.queries.facts import done_of
from app.escalations.queries.files import open_item_of
from app.escalations.queries.inherited import followed_in
from app.escalations.queries.letters import matters_of
from app.escalations.queries.matters import exempted_of
from app.people.queries import serving
from app.pipeline.acting import ChangedMeanwhile, perform
from app.pipeline.audit import of_company_file
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import towards_company
from app.pipeline.transaction import db
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.rules.company_duties import Duty, covered_by
from models.rules.escalation_ladder import Step
from models.rules.mail_kinds import MailKind
from models.rules.people import Role, Standing
from models.rules.request_lifecycle import RequestAct, RequestState, request_lifecycle

STANDING_REQUESTS = (RequestState.ISSUED, RequestState.SERVED, RequestState.UNMET)


def note_fulfilled(exchange: Exchange, duty: str, *, actor: Actor) -> None:
    """A company did what it owed for an exchange: every request that asks for it is told, in time or late."""
    matters = (
        db()
        .scalars(
            select(RequestMatter)
            .join(FormalRequest, FormalRequest.id == RequestMatter.formal_request_id)
            .where(
                RequestMatter.exchange_id == exchange.id,
                RequestMatter.duty.in_(covered_by(Duty(duty))),
                RequestMatter.settled_at.is_(None),
                FormalRequest.state.in_(STANDING_REQUESTS),
            )
            .order_by(RequestMatter.id)
        )
        .all()
    )
    _settle(matters, now(), actor=actor)


def _settle(matters: Sequence[RequestMatter], moment: datetime, *, actor: Actor) -> None:
    for matter in matters:
        matter.settled_at = moment
    for request_id in sorted({matter.formal_request_id for matter in matters}):
        conclude_if_settled(db().get_one(FormalRequest, request_id), actor=actor)


def note_survey_answered(invitation_id: uuid.UUID, moment: datetime, *, actor: Actor) -> None:
    """A company answered a survey, or need not: every request that asks for it is told, in time or late."""
    _settle(_matters_of_survey(invitation_id), moment, actor=actor)


def wait_for_survey(invitation_id: uuid.UUID) -> None:
    """What was noted of a survey was a mistake: whatever is still looked at asks for the answer again.

    A request that was concluded stays so. The answer is owed, and the ladder goes on with it.
    """
    matters = _matters_of_survey(invitation_id)
    for matter in matters:
        matter.settled_at = None
    db().flush()
    for request_id in {matter.formal_request_id for matter in matters}:
        note_owed_again(followed_in(_file_of(db().get_one(FormalRequest, request_id))))


def _matters_of_survey(invitation_id: uuid.UUID) -> Sequence[RequestMatter]:
    query = (
        select(RequestMatter)
        .join(FormalRequest, FormalRequest.id == RequestMatter.formal_request_id)
        .where(
            RequestMatter.survey_invitation_id == invitation_id,
            FormalRequest.state.in_(STANDING_REQUESTS),
        )
        .order_by(RequestMatter.id)
    )
    return db().scalars(query).all()


def settle_by_the_facts(request: FormalRequest) -> bool:
    """Settle what the records show to be done, for the sweep that looks before it counts; whether all of it is done."""
    done = done_of(request)
    for matter, moment in done:
        matter.settled_at = moment
    # A survey may have been settled while the letter was on its way.
    looks = bool(done) or request.state is RequestState.SERVED
    return looks and conclude_if_settled(request, actor=THE_CLOCK)


def conclude_if_settled(request: FormalRequest, *, actor: Actor) -> bool:
    """Close the circle when the last matter of a request is settled: met in time, done late, or let off altogether."""
    db().flush()
    matters = [matter for matter, _exchange in matters_of(request)]
    if not matters or any(matter.settled_at is None for matter in matters):
        return False
    exempted = exempted_of([request.id])
    # What the company need not do any more it does neither in time nor late.
    done = [matter.settled_at for matter in matters if matter.settled_at is not None and matter.id not in exempted]
    if request.state is RequestState.SERVED and not done:
        _perform(request, RequestAct.WAIVE)
    elif request.state is RequestState.SERVED:
        late = request.due_at is not None and max(done) > request.due_at
        _perform(request, RequestAct.MARK_UNMET if late else RequestAct.FULFIL)
    if request.state is RequestState.UNMET and done:
        _perform(request, RequestAct.FULFIL_LATE)
    elif request.state is RequestState.MET:
        request.met_at = max(done)
    end_waiting(request, actor=actor)
    return True


def accept_as_met(request: FormalRequest, *, actor: Actor) -> None:
    """A person judges that the company did what was asked, such as a plan and its proof."""
    _settle_all(request)
    _perform(request, RequestAct.MEET, actor=actor)
    end_waiting(request, actor=actor)


def record_late_compliance(request: FormalRequest, *, actor: Actor) -> None:
    """A person judges that the company did what was asked, after its day; the request stays counted as unmet."""
    if all(matter.settled_at is not None for matter, _exchange in matters_of(request)):
        raise ChangedMeanwhile(of_company_file(_file_of(request)))
    _settle_all(request)
    _perform(request, RequestAct.COMPLY_LATE, actor=actor)
    end_waiting(request, actor=actor)


def _settle_all(request: FormalRequest) -> None:
    for matter, _exchange in matters_of(request):
        matter.settled_at = matter.settled_at or now()


def end_waiting(request: FormalRequest, *, actor: Actor) -> None:
    """Nothing more is awaited from a request; where the whole file has complied, those who decide on it are told."""
    (stop_clocks if request.state is RequestState.WAIVED else meet_clocks)(request, CLOCKS_OF_STEP[Step(request.step)])
    db().flush()
    file = followed_in(_file_of(request))
    if note_compliance(file):
        roles = (Role.MANAGER, Role.HEAD) if open_item_of(file) is not None else (Role.MANAGER,)
        for person in serving(now(), *roles):
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"complied:{request.id.hex}")


def _file_of(request: FormalRequest) -> CompanyFile:
    return db().get_one(CompanyFile, request.company_file_id)


def _perform(request: FormalRequest, act: RequestAct, *, actor: Actor = THE_CLOCK) -> None:
    file = _file_of(request)
    facts = {"request_id": request.id.hex}
    if act is RequestAct.MARK_UNMET:
        facts["step"] = request.step
    perform(
        request_lifecycle(Step(request.step)),
        request,
        act,
        actor=actor,
        standing=Standing.NONE if actor is THE_CLOCK else towards_company(actor, file.company_id),
        subject=of_company_file(file),
        facts=dict(facts),
    )
