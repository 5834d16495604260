"""What a sample shows: of each that was drawn its metadata, timings, readings and proof, and no content."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, select

from app.companies.queries import name_on
from app.custody.actions import ASSOCIATION
from app.operations.queries import Proof, TrailRow, prove, trail_rows
from app.people.queries import name_of
from app.pipeline.audit import Subject, of_case, of_company
from app.pipeline.transaction import db
from app.statistics.queries import LimitKept, of_limit
from models.audit_record import AuditRecord
from models.case import Case
from models.clock import Clock
from models.company import Company
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.person import Person
from models.rules.board import start_of_day
from models.rules.escalation_ladder import Step
from models.rules.readings import READINGS
from models.rules.sampling import SampleOf, digest_of_all, drawn

Row = TypeVar("Row", Case, FormalRequest)

DRAWN = "sample.draw"
MOST_SAMPLES = 50


@dataclass(frozen=True)
class Sample:
    """A sample as the record tells of it."""

    number: int
    at: datetime
    by: str
    what: SampleOf
    first: date
    last: date
    size: int
    seed: str
    population: int
    population_digest: str


@dataclass(frozen=True)
class Timing:
    """One deadline of what was drawn, and whether it was kept."""

    clock: Clock
    about: str
    """The number of the exchange, where it is not the case's own."""
    kept: LimitKept
    is_running: bool


@dataclass(frozen=True)
class DrawnCase:
    """One case of a sample."""

    case: Case
    assignee: str
    timings: tuple[Timing, ...]
    readings: tuple[TrailRow, ...]
    proof: Proof


@dataclass(frozen=True)
class DrawnRequest:
    """One formal request of a sample."""

    request: FormalRequest
    step: Step
    company_name: str
    company: Company
    timings: tuple[Timing, ...]
    acts: tuple[TrailRow, ...]
    digest_agrees: bool | None
    """Whether the letter's digest is the one that the record named when it was issued; None where none was kept."""
    proof: Proof


def samples() -> list[Sample]:
    """The samples that were drawn last, the newest first."""
    return [_sample(row) for row in db().scalars(_draws().order_by(AuditRecord.number.desc()).limit(MOST_SAMPLES))]


def sample_numbered(number: int) -> Sample | None:
    row = db().scalar(_draws().where(AuditRecord.number == number))
    return _sample(row) if row else None


def could_be_drawn(what: SampleOf, first: date, last: date) -> list[str]:
    """The identifiers of everything of this kind between two days."""
    column, identifier = (
        (Case.received_at, Case.id) if what is SampleOf.CASES else (FormalRequest.issued_at, FormalRequest.id)
    )
    between = select(identifier).where(column >= start_of_day(first), column < start_of_day(last + timedelta(days=1)))
    return [one.hex for one in db().scalars(between)]


def is_as_it_was(sample: Sample) -> bool:
    """Whether there is still exactly that from which the sample was to be drawn."""
    return digest_of_all(could_be_drawn(sample.what, sample.first, sample.last)) == sample.population_digest


def drawn_cases(sample: Sample) -> list[DrawnCase]:
    """The cases of a sample, in the order in which they were drawn."""
    cases = _drawn(Case, sample)
    proofs = prove(of_case(case) for case in cases)
    return [
        DrawnCase(
            case=case,
            assignee=name_of(db().get(Person, case.assignee_id)) if case.assignee_id else "",
            timings=_timings_of_case(case),
            readings=trail_rows(_records(of_case(case), READINGS)),
            proof=proofs[of_case(case)],
        )
        for case in cases
    ]


def drawn_requests(sample: Sample) -> list[DrawnRequest]:
    """The formal requests of a sample, in the order in which they were drawn."""
    found = []
    for request in _drawn(FormalRequest, sample):
        file = db().get_one(CompanyFile, request.company_file_id)
        company = db().get_one(Company, file.company_id)
        subject = of_company(company)
        acts = [one for one in _records(subject) if json.loads(one.facts).get("request_id") == request.id.hex]
        issued_as = [json.loads(one.facts)["letter_digest"] for one in acts if one.name == "request.issued"]
        agrees = issued_as == [request.letter_digest.hex()] if request.letter_digest is not None else None
        found.append(
            DrawnRequest(
                request=request,
                step=Step(request.step),
                company_name=name_on(company, request.issued_at.date() if request.issued_at else date.max),
                company=company,
                timings=_timings(_clocks(request.id), {}),
                acts=trail_rows(acts),
                digest_agrees=agrees,
                proof=prove([subject])[subject],
            )
        )
    return found


def _drawn(table: type[Row], sample: Sample) -> list[Row]:
    everything = could_be_drawn(sample.what, sample.first, sample.last)
    chosen = [uuid.UUID(hex=one) for one in drawn(everything, seed=sample.seed, size=sample.size)]
    return [db().get_one(table, one) for one in chosen]


def _draws() -> Select[Any]:
    return select(AuditRecord).where(
        AuditRecord.subject_kind == ASSOCIATION.kind,
        AuditRecord.subject_id == ASSOCIATION.id,
        AuditRecord.name == DRAWN,
    )


def _sample(row: AuditRecord) -> Sample:
    facts = json.loads(row.facts)
    return Sample(
        number=row.number,
        at=row.at,
        by=name_of(db().get(Person, row.actor_id)) if row.actor_id else "",
        what=SampleOf(facts["kind"]),
        first=date.fromisoformat(facts["first_day"]),
        last=date.fromisoformat(facts["last_day"]),
        size=facts["size"],
        seed=facts["seed"],
        population=facts["population"],
        population_digest=facts["population_digest"],
    )


def _records(subject: Subject, names: frozenset[str] | None = None) -> Sequence[AuditRecord]:
    query = select(AuditRecord).where(AuditRecord.subject_kind == subject.kind, AuditRecord.subject_id == subject.id)
    if names is not None:
        query = query.where(AuditRecord.name.in_(names))
    return db().scalars(query.order_by(AuditRecord.number)).all()


def _timings_of_case(case: Case) -> tuple[Timing, ...]:
    exchanges = {one.id: one.reference for one in db().scalars(select(Exchange).where(Exchange.case_id == case.id))}
    return _timings(_clocks(case.id, *exchanges), exchanges)


def _clocks(*subjects: uuid.UUID) -> Sequence[Clock]:
    return (
        db().scalars(select(Clock).where(Clock.subject_id.in_(subjects)).order_by(Clock.started_at, Clock.kind)).all()
    )


def _timings(clocks: Sequence[Clock], about: dict[uuid.UUID, str]) -> tuple[Timing, ...]:
    return tuple(
        Timing(clock, about.get(clock.subject_id, ""), of_limit(clock), is_running=clock.is_running) for clock in clocks
    )
