"""What the public may know: who is certified on a day, what is published, and the status behind one number.

Everything is read from the lines that say from which moment a certification has which state. A revocation procedure
writes no such line, so that no answer here can differ because of one; and no day ahead is answered, because a line may
lie ahead that is not public yet.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from app.successions.queries import merger_that_ended, mergers_into, standing_company
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company import Company
from models.company_name import CompanyName
from models.publication import Publication
from models.rules.board import start_of_day
from models.rules.certification_lifecycle import (
    HELD,
    CertificationState,
    PublicStatus,
    certification_policy_at,
    is_listed,
    public_status,
)
from models.rules.company_search import folded
from models.rules.working_days import in_japan


@dataclass(frozen=True)
class Entry:
    """One company on the list."""

    number: str
    name: str
    kana: str
    english: str
    status: PublicStatus
    valid_from: date
    valid_to: date
    former_name: str = ""
    """The name by which it was found, where that is not its name of the day."""


@dataclass(frozen=True)
class Published:
    """A revocation as it is published: four facts in one line, until it expires or is withdrawn."""

    number: str
    name: str
    english: str
    revoked_on: date


@dataclass(frozen=True)
class StatusAnswer:
    """What is true of a number on a day; a name only where the company is listed or its revocation is published."""

    number: str
    entry: Entry | None
    published: Published | None
    succeeded_by: Entry | None = None
    """The company on the list that absorbed the one of this number."""
    succeeded_on: date | None = None


@dataclass(frozen=True)
class _Held:
    """A certification with the state that it had at the moment asked about."""

    number: str
    company_id: uuid.UUID
    state: CertificationState
    valid_from: date
    valid_to: date
    filed_in_time: bool


@dataclass(frozen=True)
class _Name:
    name: str
    kana: str
    english: str
    search_key: str
    valid_from: date


def listed(on: date, *, words: str = "") -> list[Entry]:
    """Who is on the list on a day, by the Japanese syllables of the names: an order without rank, always the same."""
    moment = now() if on >= today() else start_of_day(on + timedelta(days=1)) - timedelta(microseconds=1)
    policy = certification_policy_at(moment)
    held = [
        one
        for one in _held_at(moment)
        if is_listed(
            one.state,
            on=on,
            valid_from=min(one.valid_from, on),
            valid_to=one.valid_to,
            renewal_filed=one.filed_in_time,
            policy=policy,
        )
    ]
    names = _names_of(one.company_id for one in held)
    wanted = folded(words)
    before = _names_of_absorbed([one.company_id for one in held], on) if wanted else {}
    entries = [_entry(one, names[one.company_id], before.get(one.company_id, ()), on=on, wanted=wanted) for one in held]
    found = [entry for entry in entries if entry is not None]
    return sorted(found, key=lambda entry: (entry.kana, entry.number))


def published_revocations() -> list[Published]:
    """The revocations that are published now, the newest first."""
    at = now()
    rows = db().execute(
        select(Certification.number, Certification.company_id, Publication.published_from)
        .join(Certification, Certification.id == Publication.certification_id)
        .where(Publication.published_from <= at, Publication.expires_at >= at, Publication.withdrawn_at.is_(None))
        .order_by(Publication.published_from.desc(), Certification.number)
    )
    found = [(str(number), company_id, in_japan(since).date()) for number, company_id, since in rows]
    names = _names_of(company_id for _, company_id, _ in found)
    return [
        Published(number, name.name, name.english, day)
        for number, company_id, day in found
        for name in (_name_on(names[company_id], day),)
    ]


def status_behind(number: str, *, on: date | None = None) -> StatusAnswer | None:
    """What the mark's link answers, now or of a past day. None for a number that was never given."""
    if db().scalar(select(Certification.id).where(Certification.number == number)) is None:
        return None
    day = on or today()
    entry = next((one for one in listed(day) if one.number == number), None)
    revocations = published_revocations() if day >= today() else []
    published = next((one for one in revocations if one.number == number), None)
    answer = StatusAnswer(number, entry, None if entry else published)
    return answer if entry or published else _with_successor(answer, day)


def _with_successor(answer: StatusAnswer, day: date) -> StatusAnswer:
    """Where a number ended with a merger, the company on the list that goes on; that is no secret once it is so."""
    company_id = db().scalar(
        select(Certification.company_id).where(
            Certification.number == answer.number, Certification.state == CertificationState.TRANSFERRED
        )
    )
    merger = merger_that_ended(company_id) if company_id is not None else None
    if merger is None or merger.effective_on > day:
        return answer
    successor = standing_company(db().get_one(Company, merger.predecessor_id))
    number = db().scalar(
        select(Certification.number)
        .where(Certification.company_id == successor.id, Certification.state.in_(HELD))
        .limit(1)
    )
    entry = next((one for one in listed(day) if one.number == number), None)
    return replace(answer, succeeded_by=entry, succeeded_on=merger.effective_on) if entry else answer


def _held_at(moment: datetime) -> Iterable[_Held]:
    rows = db().execute(
        select(
            CertificationStatus.certification_id,
            CertificationStatus.state,
            Certification.number,
            Certification.company_id,
            Certification.valid_from,
            Certification.valid_to,
            Certification.renewal_filed_on,
        )
        .join(Certification, Certification.id == CertificationStatus.certification_id)
        .where(CertificationStatus.effective_at <= moment)
        .order_by(CertificationStatus.effective_at, CertificationStatus.recorded_at)
    )
    latest: dict[uuid.UUID, _Held] = {}
    for row in rows:
        if row.number is None or row.valid_from is None or row.valid_to is None:
            continue
        filed = row.renewal_filed_on is not None and row.renewal_filed_on <= row.valid_to
        latest[row.certification_id] = _Held(row.number, row.company_id, row.state, row.valid_from, row.valid_to, filed)
    return latest.values()


def _names_of(company_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[_Name]]:
    wanted = set(company_ids)
    names: dict[uuid.UUID, list[_Name]] = {company_id: [] for company_id in wanted}
    rows = db().execute(
        select(
            CompanyName.company_id,
            CompanyName.name,
            CompanyName.kana,
            CompanyName.english,
            CompanyName.search_key,
            CompanyName.valid_from,
        )
        .where(CompanyName.company_id.in_(wanted))
        .order_by(CompanyName.valid_from)
    )
    for row in rows:
        names[row.company_id].append(_Name(row.name, row.kana, row.english, row.search_key, row.valid_from))
    return names


def _names_of_absorbed(company_ids: Sequence[uuid.UUID], on: date) -> Mapping[uuid.UUID, list[_Name]]:
    """The names of the companies that each has absorbed by a day: whoever types one of them finds the successor."""
    mergers = mergers_into(company_ids, on=on)
    names = _names_of(merger.predecessor_id for found in mergers.values() for merger in found)
    return {
        company_id: [name for merger in found for name in names[merger.predecessor_id]]
        for company_id, found in mergers.items()
        if found
    }


def _name_on(names: Sequence[_Name], day: date) -> _Name:
    in_force = [name for name in names if name.valid_from <= day]
    return in_force[-1] if in_force else names[0]


def _entry(held: _Held, names: Sequence[_Name], absorbed: Sequence[_Name], *, on: date, wanted: str) -> Entry | None:
    name = _name_on(names, on)
    hits = [one for one in (*absorbed, *names) if wanted in one.search_key]
    if wanted and not hits:
        return None
    former = "" if not wanted or name in hits else hits[-1].name
    status = public_status(
        held.state,
        on=on,
        valid_from=min(held.valid_from, on),
        valid_to=held.valid_to,
        renewal_filed=held.filed_in_time,
    )
    return Entry(
        number=held.number,
        name=name.name,
        kana=name.kana,
        english=name.english,
        status=status,
        valid_from=held.valid_from,
        valid_to=held.valid_to,
        former_name=former,
    )
