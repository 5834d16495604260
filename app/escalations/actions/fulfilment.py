"""What a company did of what was asked: each matter is settled once, and a request with all of them is met."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.clocks.actions import meet_clocks
from app.escalations.actions.files import note_compliance
from app.escalations.letter import CLOCKS_OF_STEP
from app.escalations.queries.files import open_item_of
from app.escalations.queries.inherited import followed_in
from app.escalations.queries.letters import matters_of
from app.people.queries import serving
from app.pipeline.acting import ChangedMeanwhile, perform
from app.pipeline.audit import of_company_file
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import towards_company
from app.pipeline.transaction import db
from models.clock import Clock
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.report import Report
from models.request_matter import RequestMatter
from models.rules.company_duties import CLOCK_OF_COMPANY, Duty, covered_by
from models.rules.deadlines import ClockKind
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
    for matter in matters:
        matter.settled_at = now()
    for request_id in sorted({matter.formal_request_id for matter in matters}):
        conclude_if_settled(db().get_one(FormalRequest, request_id), actor=actor)


def settle_by_the_facts(request: FormalRequest) -> bool:
    """Settle what the records show to be done, for the sweep that looks before it counts; whether all of it is done."""
    changed = False
    for matter, exchange in matters_of(request):
        if matter.settled_at is None:
            matter.settled_at = _done_at(matter, exchange, request)
            changed = changed or matter.settled_at is not None
    return changed and conclude_if_settled(request, actor=THE_CLOCK)


def _done_at(matter: RequestMatter, exchange: Exchange | None, request: FormalRequest) -> datetime | None:
    """When a duty was done after it fell due, as far as the records show."""
    if matter.duty in CLOCK_OF_COMPANY:
        file = db().get_one(CompanyFile, request.company_file_id)
        return _met_at(file.company_id, CLOCK_OF_COMPANY[matter.duty], matter.owed_since)
    if exchange is None:
        return None
    if matter.duty is Duty.POOR_REPORT:
        return exchange.accepted_at
    if matter.duty is Duty.ACKNOWLEDGE:
        return _after(exchange.acknowledged_at, matter.owed_since)
    submitted = db().scalar(
        select(func.min(Report.submitted_at)).where(
            Report.exchange_id == exchange.id, Report.submitted_at > matter.owed_since
        )
    )
    if submitted is None and matter.duty is Duty.INITIAL_REPORT:
        return _met_at(exchange.id, ClockKind.INITIAL_REPORT, matter.owed_since)
    return submitted


def _met_at(subject_id: object, kind: ClockKind, since: datetime) -> datetime | None:
    return db().scalar(
        select(func.min(Clock.met_at)).where(Clock.subject_id == subject_id, Clock.kind == kind, Clock.met_at > since)
    )


def _after(moment: datetime | None, since: datetime) -> datetime | None:
    return moment if moment is not None and moment > since else None


def conclude_if_settled(request: FormalRequest, *, actor: Actor) -> bool:
    """Close the circle when the last matter of a request is settled: met in time, or noted as late compliance."""
    db().flush()
    settled = [matter.settled_at for matter, _exchange in matters_of(request)]
    done = [moment for moment in settled if moment is not None]
    if len(done) < len(settled) or not done:
        return False
    if request.state is RequestState.SERVED:
        late = request.due_at is not None and max(done) > request.due_at
        _perform(request, RequestAct.MARK_UNMET if late else RequestAct.FULFIL)
    if request.state is RequestState.UNMET:
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
    meet_clocks(request, CLOCKS_OF_STEP[Step(request.step)])
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
