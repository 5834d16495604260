"""The file of the pre-certified, held against the register of now, and what it asks for entered."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, false, or_, select

from app.applications.queries import applying_of
from app.certifications.actions import enter_pre_certified
from app.certifications.queries import waits_until_day
from app.custody.actions import ASSOCIATION
from app.pipeline.audit import record, take_turn
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.successions.queries import mergers_into
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company import Company
from models.company_name import CompanyName
from models.rules.certification_lifecycle import (
    CERTIFICATION_POLICIES,
    HELD,
    CertificationState,
    certification_policy_at,
)
from models.rules.company_search import folded
from models.rules.corporate_number import read_corporate_number
from models.rules.membership import may_be_certified
from models.rules.pre_certified import Judged, KnownCompany, Outcome, Register, Term, judge
from models.rules.pre_certified_file import Column, Line, read_file


class NotAsSeen(Exception):
    """The register has changed since the file was checked; nothing was entered."""

    def __init__(self, checked: Checked) -> None:
        super().__init__("not as seen")
        self.checked = checked


@dataclass(frozen=True)
class Checked:
    """A file with what becomes of each of its lines, as the register stands."""

    body: bytes
    lines: tuple[Judged, ...]

    @property
    def taken(self) -> list[Judged]:
        return self._with(Outcome.TAKEN)

    @property
    def already(self) -> list[Judged]:
        return self._with(Outcome.ALREADY)

    @property
    def refused(self) -> list[Judged]:
        return self._with(Outcome.REFUSED)

    @property
    def digest(self) -> str:
        """The digest of the file itself."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def seen(self) -> str:
        """The digest of what the check page shows: a confirmation is of this and of nothing else."""
        said = "\n".join(f"{one.line.at} {one.outcome.value} {one.refusal or ''}" for one in self.lines)
        return hashlib.sha256(f"{self.digest}\n{said}".encode()).hexdigest()

    def _with(self, outcome: Outcome) -> list[Judged]:
        return [one for one in self.lines if one.outcome is outcome]


def check_file(body: bytes) -> Checked:
    """What would become of a file now. Raises Unusable; changes nothing."""
    lines = read_file(body)
    return Checked(body, tuple(judge(lines, _register(lines))))


def bring_in(body: bytes, *, seen: str, actor: Actor) -> Checked:
    """Enter every certification of a file that can be taken, all of them or none; what is there already stays as it is.

    Raises Unusable, and NotAsSeen when something else would become of it than the check page showed.
    """
    take_turn(ASSOCIATION)
    # Nobody enters anything else for one of them meanwhile.
    found = db().scalars(_companies(read_file(body)).with_for_update())
    companies = {_key(company): company for company in found}
    checked = check_file(body)
    if checked.seen != seen:
        raise NotAsSeen(checked)
    terms = [one.term for one in checked.taken if one.term is not None]
    for term in terms:
        enter_pre_certified(
            companies[term.corporate_number],
            number=term.number,
            valid_from=term.valid_from,
            valid_to=term.valid_to,
            actor=actor,
        )
    if terms:
        record(
            ASSOCIATION,
            "certification.bring_in",
            actor=actor,
            facts={
                "taken": len(terms),
                "already": len(checked.already),
                "refused": len(checked.refused),
                "file_digest": checked.digest,
            },
        )
    return checked


def _companies(lines: Sequence[Line]) -> Select[Company]:
    numbers = {read_corporate_number(line.cells[Column.CORPORATE_NUMBER]) for line in lines} - {None}
    named = {folded(line.cells[Column.COMPANY]) for line in lines} - {""}
    of_name = exists().where(
        CompanyName.company_id == Company.id, or_(false(), *(CompanyName.search_key.contains(name) for name in named))
    )
    meant = or_(Company.corporate_number.in_(numbers), and_(Company.corporate_number.is_(None), of_name))
    return select(Company).where(meant).order_by(Company.id)


def _key(company: Company) -> str:
    """What a company is kept under while a file is judged."""
    return company.corporate_number or f"company {company.id.hex}"


def _register(lines: Sequence[Line]) -> Register:
    companies = db().scalars(_companies(lines)).all()
    ids = [company.id for company in companies]
    holding = set(
        db().scalars(
            select(Certification.company_id).where(Certification.company_id.in_(ids), Certification.state.in_(HELD))
        )
    )
    ever = _may_wait(ids)
    applying = applying_of(ids)
    known = {
        company: _known(
            company,
            holds=company.id in holding,
            waits=company.id in ever and waits_until_day(company.id) is not None,
            applies=company.id in applying,
        )
        for company in companies
    }
    return Register(
        companies={one.corporate_number: of_it for one, of_it in known.items() if one.corporate_number},
        without_number=[of_it for one, of_it in known.items() if not one.corporate_number],
        names_with_number=_names_with_number(lines),
        terms=_terms(),
        scheme=certification_policy_at(now()),
        scheme_began=min(policy.valid_from for policy in CERTIFICATION_POLICIES),
        today=today(),
    )


def _known(company: Company, *, holds: bool, waits: bool, applies: bool) -> KnownCompany:
    return KnownCompany(
        names=frozenset(spelling for name in company.names for spelling in name.search_key.split("|")),
        joined_on=company.joined_on,
        is_member=company.is_member_on(today()),
        is_operator=may_be_certified(company.member_type, company.operator_type),
        holds=holds,
        waits=waits,
        applies=applies,
        key=_key(company),
    )


def _names_with_number(lines: Sequence[Line]) -> frozenset[str]:
    """Of the names in lines without a number, those of companies that have one."""
    named = {
        folded(line.cells[Column.COMPANY]) for line in lines if not line.cells[Column.CORPORATE_NUMBER].strip()
    } - {""}
    if not named:
        return frozenset()
    keys = db().scalars(
        select(CompanyName.search_key)
        .join(Company, Company.id == CompanyName.company_id)
        .where(
            Company.corporate_number.is_not(None),
            or_(false(), *(CompanyName.search_key.contains(name) for name in named)),
        )
    )
    return frozenset(name for key in keys for name in key.split("|") if name in named)


def _may_wait(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of whom it is worth asking whether they wait: revoked, left while the board had the matter, or a successor."""
    marked = select(Certification.company_id).where(
        Certification.company_id.in_(ids), Certification.ended_in_procedure_on.is_not(None)
    )
    successors = {company_id for company_id, mergers in mergers_into(ids).items() if mergers}
    return _ever_revoked(ids) | set(db().scalars(marked)) | successors


def _ever_revoked(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Whose revocation was decided, whatever ended the certification then."""
    revoked = (
        select(Certification.company_id)
        .join(CertificationStatus, CertificationStatus.certification_id == Certification.id)
        .where(Certification.company_id.in_(ids), CertificationStatus.state == CertificationState.REVOKED)
    )
    return set(db().scalars(revoked))


def _terms() -> dict[str, Term]:
    """Every number that was ever given: a few hundred, and one that is written in other letters is found as well."""
    rows = db().execute(
        select(Company, Certification.number, Certification.valid_from, Certification.valid_to)
        .join(Company, Company.id == Certification.company_id)
        .where(Certification.number.is_not(None))
    )
    return {row.number.casefold(): Term(_key(row.Company), row.number, row.valid_from, row.valid_to) for row in rows}
