"""What is asked of pledges: which confirmation is awaited, what was said, what a look at a page found."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import aliased

from app.applications.queries import compartment_of as compartment_of_application
from app.applications.queries import latest_decided
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.approval import Approval
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.clock import Clock
from models.company import Company
from models.compartment import Compartment
from models.confirmed_pledge import ConfirmedPledge
from models.pledge_confirmation import PledgeConfirmation
from models.policy_check import PolicyCheck
from models.rules.approvals import ApprovalDecision
from models.rules.certification_lifecycle import HELD
from models.rules.deadlines import ClockKind
from models.rules.labelled import Labelled
from models.rules.pledge_confirmation import SAYS_WHAT
from models.rules.pledges import Pledge
from models.rules.policy_page import look_again_at, page_check_policy_at
from models.rules.working_days import in_japan
from models.sealed import open_from

AWAITED = and_(PledgeConfirmation.confirmed_at.is_(None), PledgeConfirmation.ended_at.is_(None))


@dataclass(frozen=True, repr=False)
class SaidOf:
    """What was said of one pledge, and in which words where the reader holds the key to them."""

    row: ConfirmedPledge
    note: str | None
    """None where there are words that this reader does not open."""


def confirmations_of(company_id: uuid.UUID) -> Sequence[PledgeConfirmation]:
    """Every year's question to a company, the newest first."""
    own = select(PledgeConfirmation).where(PledgeConfirmation.company_id == company_id)
    return db().scalars(own.order_by(PledgeConfirmation.asked_for.desc(), PledgeConfirmation.id)).all()


def present_confirmation(company_id: uuid.UUID) -> PledgeConfirmation | None:
    """The question that is open, or the last one that was answered: what may be said anew."""
    newest = next(iter(confirmations_of(company_id)), None)
    return newest if newest is not None and newest.ended_at is None else None


def last_confirmed(company_id: uuid.UUID) -> PledgeConfirmation | None:
    """The last year for which a company has said all nine."""
    return next((one for one in confirmations_of(company_id) if one.confirmed_at is not None), None)


def said_in(confirmation: PledgeConfirmation) -> dict[Pledge, ConfirmedPledge]:
    rows = db().scalars(select(ConfirmedPledge).where(ConfirmedPledge.confirmation_id == confirmation.id))
    return {row.pledge: row for row in rows}


def compartment_of(confirmation: PledgeConfirmation) -> Compartment | None:
    """Where the words of a year lie; None while there are none."""
    return db().scalar(select(Compartment).where(Compartment.confirmation_id == confirmation.id))


def opened(confirmation: PledgeConfirmation, *, actor: Actor) -> Mapping[Pledge, SaidOf]:
    """What was said of each pledge, with the words for whoever holds their key."""
    compartment = compartment_of(confirmation)
    opens = compartment is not None and actor.held.opens(compartment)
    key = actor.held.compartment_key(compartment) if compartment is not None and opens else b""
    found = {}
    for pledge, row in said_in(confirmation).items():
        note: str | None = ""
        if row.sealed_note is not None:
            note = open_from(row, "sealed_note", key=key) if opens else None
        found[pledge] = SaidOf(row, note)
    return found


def readable_application(company_id: uuid.UUID, *, actor: Actor) -> CertificationApplication | None:
    """The application that the board decided last, for whoever holds the key to what a company wrote in it."""
    application = latest_decided(company_id)
    if application is None or not actor.held.opens(compartment_of_application(application)):
        return None
    return application


def said_on(company_id: uuid.UUID) -> date | None:
    """The day on which a company last said all nine: in a confirmation, or in an application that was approved."""
    moments = [
        db().scalar(
            select(func.max(PledgeConfirmation.confirmed_at)).where(PledgeConfirmation.company_id == company_id)
        ),
        db().scalar(
            select(func.max(CertificationApplication.submitted_at))
            .join(Approval, Approval.application_id == CertificationApplication.id)
            .where(CertificationApplication.company_id == company_id, Approval.decision == ApprovalDecision.APPROVED)
        ),
    ]
    given = [moment for moment in moments if moment is not None]
    return in_japan(max(given)).date() if given else None


def is_looking_on() -> bool:
    """Whether the installation was told to look at pages at all."""
    return bool(current_app.config["KIKITE"].policy_check)


def latest_check(company: Company) -> PolicyCheck | None:
    """The newest look at the page that the company has now; none of an address that it had before."""
    return db().scalar(
        select(PolicyCheck)
        .where(PolicyCheck.company_id == company.id, PolicyCheck.address == company.policy_url)
        .order_by(PolicyCheck.checked_at.desc())
        .limit(1)
    )


def pages_due() -> list[Company]:
    """Certified companies with a page that was not looked at for long enough, the longest ago first."""
    at = now()
    policy = page_check_policy_at(at)
    newest = (
        select(PolicyCheck.company_id, PolicyCheck.address, func.max(PolicyCheck.checked_at).label("at"))
        .group_by(PolicyCheck.company_id, PolicyCheck.address)
        .subquery()
    )
    held = select(Certification.company_id).where(Certification.state.in_(HELD))
    companies: Sequence[Company] = (
        db()
        .scalars(
            select(Company)
            .outerjoin(newest, (newest.c.company_id == Company.id) & (newest.c.address == Company.policy_url))
            .where(Company.policy_url.is_not(None), Company.policy_url != "", Company.id.in_(held))
            .order_by(newest.c.at.is_not(None), newest.c.at, Company.id)
        )
        .all()
    )
    due = []
    for company in companies:
        last = latest_check(company)
        if last is None or look_again_at(last.found, checked_at=last.checked_at, policy=policy) <= at:
            due.append(company)
    return due


class ShownCompanies(Labelled):
    """Which companies the list shows."""

    # fmt: off
    ALL       = "all",       "認定のある会社すべて",   "All certified"
    AWAITED   = "awaited",   "確認を待っている",       "Confirmation awaited"
    OVERDUE   = "overdue",   "確認の期限を過ぎた",     "Confirmation overdue"
    DIFFERENT = "different", "変化・不足の申出あり",   "Something changed or missing"
    # fmt: on

    @classmethod
    def of(cls, typed: str | None) -> ShownCompanies:
        """The part that an address names; the first for anything else."""
        return cls(typed) if typed in {one.value for one in cls} else cls.ALL


def companies_shown(which: ShownCompanies) -> ColumnElement[bool]:
    """The condition of a list, which its number is counted by as well."""
    held = Company.id.in_(select(Certification.company_id).where(Certification.state.in_(HELD)))
    awaited = exists().where(PledgeConfirmation.company_id == Company.id, AWAITED)
    later = aliased(PledgeConfirmation)
    different = exists().where(
        PledgeConfirmation.company_id == Company.id,
        ConfirmedPledge.confirmation_id == PledgeConfirmation.id,
        ConfirmedPledge.keeping.in_(SAYS_WHAT),
        ~exists().where(
            later.company_id == Company.id,
            later.confirmed_at.is_not(None),
            later.asked_for > PledgeConfirmation.asked_for,
        ),
    )
    more: dict[ShownCompanies, ColumnElement[bool]] = {
        ShownCompanies.ALL: true(),
        ShownCompanies.AWAITED: awaited,
        ShownCompanies.OVERDUE: and_(awaited, exists().where(*runs_for_company(), Clock.due_at < now())),
        ShownCompanies.DIFFERENT: different,
    }
    return and_(held, more[which])


def runs_for_company() -> tuple[ColumnElement[bool], ...]:
    """The clock of the confirmation that is awaited, of the company of a query."""
    return (
        Clock.subject_id == Company.id,
        Clock.kind == ClockKind.PLEDGE_CONFIRMATION,
        Clock.met_at.is_(None),
        Clock.stopped_at.is_(None),
    )
