"""What is asked of applications: which are open, what each pledge says and lacks, and who may decide on it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, select

from app.certifications.queries import waits_until_day
from app.people.queries import serving
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.standing import one_or_404, visible_companies
from app.pipeline.transaction import db
from app.presentation.filters import ja_date, label
from app.resolutions.queries import excluded_by_register, related_companies
from models.approval import Approval
from models.board_meeting import BoardMeeting
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.company import Company
from models.compartment import Compartment
from models.person import Person
from models.pledge_entry import PledgeEntry
from models.rules.certification_lifecycle import ENDS, HELD, CertificationState
from models.rules.membership import may_be_certified
from models.rules.people import COMPANY, Role
from models.rules.permissions import Permission
from models.rules.pledges import AnswerKind, Asked, Pledge, Question, ReviewMark, lacking
from models.sealed import open_answers, open_from

WRITABLE = frozenset({CertificationState.DRAFT, CertificationState.RETURNED, CertificationState.RENEWAL_OPEN})
IN_REVIEW = frozenset({CertificationState.UNDER_REVIEW, CertificationState.RENEWAL_REVIEW})
BEFORE_THE_BOARD = frozenset({CertificationState.BOARD_PENDING, CertificationState.RENEWAL_REVIEW})
# Begun, and not decided by the board; with its certification an application ends as well.
_UNDER_WAY = (CertificationApplication.ended_at.is_(None), Certification.state.not_in(ENDS))


@dataclass(frozen=True, repr=False)
class Written:
    """One pledge of an application as its reader sees it; nothing was written yet when there is no entry."""

    pledge: Pledge
    entry: PledgeEntry | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def agreed(self) -> bool:
        return self.entry is not None and self.entry.agreed

    @property
    def mark(self) -> ReviewMark | None:
        return self.entry.mark if self.entry else None

    @property
    def lacks(self) -> tuple[Question | None, ...]:
        return lacking(self.pledge, self.answers, agreed=self.agreed)


def within_reach(actor: Actor, permission: Permission) -> Select[CertificationApplication]:
    """The applications that somebody may see: a company's own, or every company's for the association."""
    return (
        select(CertificationApplication)
        .join(Company, Company.id == CertificationApplication.company_id)
        .where(visible_companies(actor, permission))
    )


def submitted_within_reach(actor: Actor) -> Select[CertificationApplication]:
    """What was submitted; a director sees what is on an agenda and concerns no company of the own."""
    query = within_reach(actor, Permission.CERTIFICATION_READ).where(CertificationApplication.submitted_at.is_not(None))
    if actor.role is not Role.DIRECTOR:
        return query
    own = actor.person.company_id if actor.person else None
    concerned = {own, *related_companies(own, now())} if own else set()
    return query.where(
        CertificationApplication.meeting_id.is_not(None), CertificationApplication.company_id.not_in(concerned)
    )


def application_within_reach(number: str, actor: Actor) -> CertificationApplication:
    """The application of this number, for whoever may see it; what is out of reach is not there."""
    query = within_reach(actor, Permission.CERTIFICATION_READ)
    query = query if actor.role in COMPANY else submitted_within_reach(actor)
    found: CertificationApplication = one_or_404(query.where(CertificationApplication.number == number))
    return found


def open_application(company_id: uuid.UUID) -> CertificationApplication | None:
    """What a company has begun and the board has not decided on."""
    return _open_of.scalar(company_id)


@made_once
def _open_of(company_id: uuid.UUID) -> Select[CertificationApplication]:
    return (
        select(CertificationApplication)
        .join(Certification, Certification.id == CertificationApplication.certification_id)
        .where(CertificationApplication.company_id == company_id, *_UNDER_WAY)
    )


def applying_of(company_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these companies have an application under way."""
    under_way = select(CertificationApplication.company_id).join(
        Certification, Certification.id == CertificationApplication.certification_id
    )
    return set(db().scalars(under_way.where(CertificationApplication.company_id.in_(company_ids), *_UNDER_WAY)))


def applications_of(company_id: uuid.UUID) -> Sequence[CertificationApplication]:
    """Every application of a company, the newest first."""
    return (
        db()
        .scalars(
            select(CertificationApplication)
            .where(CertificationApplication.company_id == company_id)
            .order_by(CertificationApplication.begun_at.desc(), CertificationApplication.id)
        )
        .all()
    )


def certification_of_application(application: CertificationApplication) -> Certification:
    return db().get_one(Certification, application.certification_id)


def state_of(application: CertificationApplication) -> CertificationState:
    return certification_of_application(application).state


def compartment_of(application: CertificationApplication) -> Compartment:
    """Where the words of an application lie."""
    return _compartment.scalars(application.id).one()


@made_once
def _compartment(application_id: uuid.UUID) -> Select[Compartment]:
    return select(Compartment).where(Compartment.application_id == application_id)


def entries_of(application: CertificationApplication) -> dict[Pledge, PledgeEntry]:
    return {entry.pledge: entry for entry in _entries.scalars(application.id)}


@made_once
def _entries(application_id: uuid.UUID) -> Select[PledgeEntry]:
    return select(PledgeEntry).where(PledgeEntry.application_id == application_id)


def entry_of(application: CertificationApplication, pledge: Pledge) -> PledgeEntry | None:
    return _entry.scalar(application.id, pledge)


@made_once
def _entry(application_id: uuid.UUID, pledge: Pledge) -> Select[PledgeEntry]:
    return select(PledgeEntry).where(PledgeEntry.application_id == application_id, PledgeEntry.pledge == pledge)


def sheet_of(application: CertificationApplication, *, actor: Actor) -> list[Written]:
    """All nine pledges with what was written. Raises CannotOpen for whoever was not granted it."""
    key = actor.held.compartment_key(compartment_of(application))
    entries = entries_of(application)
    return [_written(pledge, entries.get(pledge), key) for pledge in Pledge]


def _written(pledge: Pledge, entry: PledgeEntry | None, key: bytes) -> Written:
    if entry is None:
        return Written(pledge)
    note = open_from(entry, "sealed_note", key=key) if entry.sealed_note is not None else ""
    return Written(pledge, entry, open_answers(entry, "sealed_answers", key=key), note)


def marks_of(application: CertificationApplication) -> dict[Pledge, ReviewMark]:
    return {pledge: entry.mark for pledge, entry in entries_of(application).items() if entry.mark is not None}


def approval_of(application: CertificationApplication) -> Approval | None:
    return db().scalar(select(Approval).where(Approval.application_id == application.id))


def meeting_of(application: CertificationApplication) -> BoardMeeting | None:
    return db().get(BoardMeeting, application.meeting_id) if application.meeting_id else None


def directors_for(company_id: uuid.UUID) -> list[Person]:
    """The serving directors whom the register does not exclude from a company's matters."""
    excluded = excluded_by_register(company_id, now())
    return [person for person in serving(now(), Role.DIRECTOR) if person not in excluded]


def may_begin_first(company: Company) -> bool:
    """Whether a company may begin an application: a member that operates contact centers, with nothing held or open."""
    held = select(Certification.id).where(Certification.company_id == company.id, Certification.state.in_(HELD))
    return (
        company.is_member_on(today())
        and may_be_certified(company.member_type, company.operator_type)
        and db().scalar(held.limit(1)) is None
        and open_application(company.id) is None
        and waits_until_day(company.id) is None
    )


def renewable(company: Company) -> Certification | None:
    """The certification whose renewal a company may begin now."""
    if open_application(company.id) is not None:
        return None
    return db().scalar(
        select(Certification).where(
            Certification.company_id == company.id, Certification.state == CertificationState.RENEWAL_OPEN
        )
    )


def latest_decided(company_id: uuid.UUID) -> CertificationApplication | None:
    """The application that a renewal begins from."""
    return next((one for one in applications_of(company_id) if one.ended_at is not None), None)


def words_of(one: Asked, answer: str) -> str:
    """An answer as it is read: the words of a choice, a day, or the text itself."""
    if not answer:
        return ""
    if one.options is not None:
        return str(label(one.options(answer)))
    return ja_date(date.fromisoformat(answer)) if one.kind is AnswerKind.DAY else answer
