"""What a company reads about its own hearing: the notice as it was served, its own words, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from app.clocks.queries import calendar, clocks_of
from app.letters.queries import letter_numbered
from app.people.queries import name_of, serving
from app.pipeline.audit import of_company_file, record_reading
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_company
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from app.resolutions.queries import (
    explanations_of,
    file_of,
    is_objection,
    newest_of,
    objection_due_at,
    objection_to,
    resolution_of,
)
from models.board_item import BoardItem
from models.certification import Certification
from models.clock import Clock
from models.company import Company
from models.compartment import Compartment
from models.explanation import Explanation
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.resolution import Resolution
from models.rules.board import BoardOption, ItemAct, item_allows
from models.rules.company_duties import Duty
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Step
from models.rules.people import Role
from models.rules.permissions import Permission, decide
from models.rules.request_lifecycle import RequestState
from models.rules.working_days import in_japan
from models.sealed import open_from


@dataclass(frozen=True)
class UnmetRequest:
    """One request on which the notice rests: number, step, when it was served and due, and what it asked for."""

    number: str
    step: Step
    served_on: date
    due_on: date
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class Given:
    """The company's own words, as it sent them."""

    text: str
    at: datetime
    is_objection: bool
    wants_to_attend: bool


@dataclass(frozen=True)
class Told:
    """A decision that the company was told, with the letter's number."""

    resolution: Resolution
    notice_number: str


@dataclass(frozen=True)
class HearingView:
    """Everything that a company sees of its hearing."""

    item: BoardItem
    company: str
    number: str
    served_at: datetime
    due_at: datetime
    clock: Clock | None
    time_left: TimeLeft
    requests: Sequence[UnmetRequest]
    given: Sequence[Given]
    may_open: bool
    may_explain: bool
    told: Sequence[Told]
    objection_due_at: datetime | None
    may_object: bool
    newest: BoardItem
    files: frozenset[str]
    """The numbers of those of its letters that can be had as the file that was issued."""


def hearing_of(item: BoardItem, *, actor: Actor) -> HearingView:
    """A hearing as this person sees it; the company's words are opened only after the reading was recorded."""
    newest, number, served_at, due_at = (
        newest_of(item),
        item.notice_number,
        item.notice_served_at,
        item.explanation_due_at,
    )
    if number is None or served_at is None or due_at is None:
        raise ValueError("a hearing begins with its notice")
    given = explanations_of(newest)
    may_open = _opens_all(given, actor)
    if given and may_open:
        facts = {"board_item_id": item.id.hex}
        record_reading(of_company_file(file_of(item)), "board.read_explanation", actor=actor, facts=dict(facts))
    clocks = [clock for clock in clocks_of(item.id) if clock.kind is ClockKind.EXPLANATION]
    ends = objection_due_at(newest)
    answers = _answers(item, actor)
    return HearingView(
        item=item,
        company=company_name(item, at=served_at),
        number=number,
        served_at=served_at,
        due_at=due_at,
        clock=clocks[-1] if clocks else None,
        time_left=time_left(due_at, at=now(), calendar=calendar()),
        requests=unmet_requests(item, served_at),
        given=[_given(one, actor) for one in given] if may_open else (),
        may_open=may_open,
        may_explain=answers and item_allows(newest.state, ItemAct.EXPLAIN) and newest.follows_id is None,
        told=decisions_told(item),
        objection_due_at=ends,
        may_object=answers and ends is not None and now() <= ends and objection_to(newest) is None,
        newest=newest,
        files=frozenset(
            one for one in (number, *(told.notice_number for told in decisions_told(item))) if letter_numbered(one)
        ),
    )


def unmet_requests(item: BoardItem, served_at: datetime) -> list[UnmetRequest]:
    """The requests that were unmet when the notice was served; the letter says the same whenever it is read."""
    requests = db().scalars(
        select(FormalRequest)
        .where(
            FormalRequest.company_file_id == item.company_file_id,
            FormalRequest.state.in_((RequestState.UNMET, RequestState.VOID)),
            FormalRequest.served_at.is_not(None),
            FormalRequest.due_at <= served_at,
            or_(FormalRequest.void_at.is_(None), FormalRequest.void_at > served_at),
        )
        .order_by(FormalRequest.served_at)
    )
    return [
        UnmetRequest(
            number=request.number or "",
            step=Step(request.step),
            served_on=in_japan(request.served_at).date(),
            due_on=in_japan(request.due_at).date(),
            duties=_duties_of(request),
        )
        for request in requests
        if request.served_at is not None and request.due_at is not None
    ]


def decisions_told(item: BoardItem) -> list[Told]:
    """Every decision on this matter that the company was told, oldest first."""
    told: list[Told] = []
    step: BoardItem | None = item
    while step is not None:
        resolution = resolution_of(step)
        if resolution is not None and resolution.notice_number is not None:
            told.append(Told(resolution, resolution.notice_number))
        step = db().scalar(select(BoardItem).where(BoardItem.follows_id == step.id))
    return told


def reasons_of(resolution: Resolution, item: BoardItem, *, actor: Actor) -> str:
    """Why the board decided so, as the company was told."""
    compartment = db().get_one(Compartment, resolution.compartment_id)
    key = actor.held.compartment_key(compartment)
    facts = {"board_item_id": item.id.hex}
    record_reading(of_company_file(file_of(item)), "board.read_explanation", actor=actor, facts=dict(facts))
    return open_from(resolution, "sealed_reasons", key=key)


def company_name(item: BoardItem, *, at: datetime) -> str:
    """The company's name on the day of a letter: old documents keep the old name (scenario 7.32)."""
    company = db().get_one(Company, file_of(item).company_id)
    return company.name_on(in_japan(at).date()).name


def certification_number(item: BoardItem) -> str:
    """The number of the certification that the matter is about."""
    numbers = select(Certification.number).where(
        Certification.company_id == file_of(item).company_id, Certification.number.is_not(None)
    )
    return db().scalar(numbers.order_by(Certification.valid_from.desc()).limit(1)) or ""


def signatory(role: Role, *, at: datetime) -> str:
    """Who signs a letter of that day: the head, or the chair of the board."""
    people = [person for person in serving(at, role) if role is not Role.DIRECTOR or person.is_chair]
    return name_of(people[0]) if people else ""


def is_revocation(resolution: Resolution) -> bool:
    return resolution.option is BoardOption.REVOKE


def _opens_all(given: Sequence[Explanation], actor: Actor) -> bool:
    return all(actor.held.opens(db().get_one(Compartment, one.compartment_id)) for one in given)


def _given(explanation: Explanation, actor: Actor) -> Given:
    compartment = db().get_one(Compartment, explanation.compartment_id)
    return Given(
        text=open_from(explanation, "sealed_text", key=actor.held.compartment_key(compartment)),
        at=explanation.submitted_at,
        is_objection=is_objection(explanation),
        wants_to_attend=explanation.wants_to_attend,
    )


def _answers(item: BoardItem, actor: Actor) -> bool:
    standing = towards_company(actor, file_of(item).company_id)
    return bool(decide(Permission.ESCALATION_ANSWER, role=actor.role, standing=standing))


def _duties_of(request: FormalRequest) -> tuple[Duty, ...]:
    found = db().scalars(select(RequestMatter.duty).where(RequestMatter.formal_request_id == request.id).distinct())
    return tuple(sorted(found, key=list(Duty).index))
