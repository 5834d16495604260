"""What the page of a letter shows, to the desk that wrote it and to the company that it addresses."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.clocks.queries import calendar, clocks_of
from app.escalations.letter import Letter
from app.escalations.queries import addressed_people, answers_of, matters_of
from app.escalations.queries.letters import first_read_at, posts_addressed
from app.escalations.queries.matters import exempted_of, surveys_of
from app.escalations.queries.two_persons import annulment_asked, of_request
from app.joint_acts.queries import approval_for
from app.letters.queries import letter_numbered
from app.people.queries import name_of
from app.pipeline.audit import of_company_file, record_reading
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_company, visible_exchanges
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from models.clock import Clock
from models.company import Company
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.joint_act import JointAct
from models.person import Person
from models.request_matter import RequestMatter
from models.rules.escalation_ladder import Addressee, Step
from models.rules.joint_acts import JointKind
from models.rules.people import SECRETARIAT, Role
from models.rules.permissions import Permission, decide, may_ever
from models.rules.request_lifecycle import RequestAct, RequestState, request_lifecycle
from models.rules.working_days import in_japan
from models.sealed import open_from

FINGERS = 8
ENDED = frozenset({RequestState.UNMET, RequestState.VOID, RequestState.WAIVED})


@dataclass(frozen=True)
class AnswerLine:
    """One answer, opened."""

    at: datetime
    by: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class AddresseeLine:
    """One person to whom the letter went, and when she first read it."""

    name: str
    role: Role
    read_at: datetime | None


@dataclass(frozen=True)
class Annulment:
    """What two persons do about a request that is not to count, as the one who looks takes part in it."""

    asked: JointAct | None
    may_ask: bool
    may_do: bool
    sees_act: bool


@dataclass(frozen=True)
class LetterView:
    """A letter, opened for somebody who may read it."""

    request: FormalRequest
    file: CompanyFile
    step: Step
    company_name: str
    day: datetime | None
    posts: Sequence[Addressee]
    issuer: Role | None
    text: str = field(repr=False)
    is_as_issued: bool
    clocks: Sequence[Clock]
    time_left: TimeLeft | None
    matters: Sequence[tuple[RequestMatter, Exchange | None]]
    surveys: Mapping[uuid.UUID, str]
    exempted: AbstractSet[uuid.UUID]
    answers: Sequence[AnswerLine]
    addressees: Sequence[AddresseeLine]
    readable: frozenset[uuid.UUID]
    """The exchanges among the matters whose page the one who looks may open."""
    acts: frozenset[str]
    annulment: Annulment
    for_the_desk: bool
    has_file: bool
    """Whether the letter can be had as the file that was issued; those of before were not kept so."""

    @property
    def fingerprint(self) -> str:
        """The digest in groups of eight, which breaks where a line ends."""
        digits = self.request.letter_digest.hex() if self.request.letter_digest else ""
        return " ".join(digits[place : place + FINGERS] for place in range(0, len(digits), FINGERS))


def open_letter(request: FormalRequest, actor: Actor) -> LetterView:
    """Open a letter with its answers; that it is read is recorded before it is opened."""
    file = db().get_one(CompanyFile, request.company_file_id)
    answers = answers_of(request)
    record_reading(of_company_file(file), "request.read", actor=actor, facts={"request_id": request.id.hex})
    for answer in answers:
        record_reading(of_company_file(file), "request.read_answer", actor=actor, facts={"answer_id": answer.id.hex})
    key = actor.held.compartment_key(db().get_one(Compartment, request.compartment_id))
    text = open_from(request, "sealed_matter", key=key)
    company = db().get_one(Company, file.company_id)
    day = in_japan(request.issued_at or now()).date()
    name, step = company.name_on(day).name, Step(request.step)
    posts = posts_addressed(company.id, step, at=request.issued_at or now())
    issued = Letter(request.number or "", day, name, posts, text).digest()
    waits = request.due_at if request.state is RequestState.SERVED else None
    issuer = db().get(Person, request.issued_by_id) if request.issued_by_id else None
    acts = acts_of(request, file, actor)
    return LetterView(
        request=request,
        file=file,
        step=step,
        company_name=name,
        day=request.issued_at,
        posts=posts,
        issuer=issuer.role if issuer else None,
        text=text,
        is_as_issued=issued == request.letter_digest,
        clocks=[clock for clock in clocks_of(request.id) if clock.stopped_at is None or request.state in ENDED],
        time_left=time_left(waits, at=now(), calendar=calendar()) if waits else None,
        matters=matters_of(request),
        surveys=surveys_of(request.id),
        exempted=_exempted(request),
        answers=[
            AnswerLine(
                answer.answered_at,
                name_of(db().get(Person, answer.person_id)),
                open_from(answer, "sealed_text", key=key),
            )
            for answer in answers
        ],
        addressees=[
            AddresseeLine(name_of(person), person.role, first_read_at(request, person))
            for person in addressed_people(request)
        ],
        readable=frozenset(
            db().scalars(
                select(Exchange.id)
                .join(RequestMatter, RequestMatter.exchange_id == Exchange.id)
                .where(
                    RequestMatter.formal_request_id == request.id,
                    visible_exchanges(actor, Permission.RESPONSE_READ),
                )
            )
        ),
        acts=acts,
        annulment=_annulment(request, actor, acts),
        for_the_desk=actor.role in SECRETARIAT,
        has_file=letter_numbered(request.number) is not None,
    )


def _exempted(request: FormalRequest) -> AbstractSet[uuid.UUID]:
    """What the company was let off; of a request that ended by it all, if the exemption was taken back later too."""
    if request.state is RequestState.WAIVED:
        return frozenset(matter.id for matter, _exchange in matters_of(request))
    return exempted_of([request.id])


def _annulment(request: FormalRequest, actor: Actor, acts: frozenset[str]) -> Annulment:
    may = RequestAct.ANNUL.value in acts
    return Annulment(
        asked=annulment_asked(request) if actor.role in SECRETARIAT else None,
        may_ask=may and may_ever(Permission.KEYS_FIRST_SHARE, actor.role),
        may_do=may and approval_for(JointKind.LADDER_RESET, subject=of_request(request), actor=actor) is not None,
        sees_act=may_ever(Permission.JOINT_LIST, actor.role),
    )


def acts_of(request: FormalRequest, file: CompanyFile, actor: Actor) -> frozenset[str]:
    """What the one who looks may do with a request as it is."""
    standing = towards_company(actor, file.company_id)
    rows = request_lifecycle(Step(request.step)).acts_from(request.state)
    found = {row.act.value for row in rows if decide(Permission(row.by), role=actor.role, standing=standing)}
    if all(matter.settled_at is not None for matter, _exchange in matters_of(request)):
        found.discard(RequestAct.COMPLY_LATE.value)
    return frozenset(found)
