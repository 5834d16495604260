"""A company begins an application, writes and submits it, and may take it back; the clock opens renewals."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import Select, or_, select

from app.applications.actions.steps import Incomplete, act_on, note_down, person_of, tell
from app.applications.queries import (
    WRITABLE,
    certification_of_application,
    compartment_of,
    entries_of,
    entry_of,
    latest_decided,
    may_begin_first,
    renewable,
    sheet_of,
    state_of,
)
from app.custody.actions import make_compartment
from app.people.queries import officers_of, serving
from app.pipeline.audit import Fact
from app.pipeline.clock import now, today
from app.pipeline.first_look import Day, Reasons, day_by_rule
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id, new_number
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import key_store
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.company import Company
from models.pledge_entry import PledgeEntry
from models.rules.certification_lifecycle import (
    CERTIFICATION_LIFECYCLE,
    CertificationAct,
    CertificationState,
    certification_policy_at,
    renewal_opens,
)
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.pledges import PLEDGE_VERSION, Pledge
from models.sealed import open_answers, seal_answers_into


def begin(company: Company, *, actor: Actor) -> CertificationApplication:
    """A company begins its first application, or a renewal with what it pledged the last time."""
    must_be_allowed(Permission.CERTIFICATION_APPLY, actor=actor, standing=towards_company(actor, company.id))
    renewal = renewable(company)
    if renewal is not None:
        return _begin(renewal, "renewal", copied_from=latest_decided(company.id), actor=actor)
    if not may_begin_first(company):
        raise Incomplete
    certification = Certification(id=new_id(), company_id=company.id, state=CERTIFICATION_LIFECYCLE.begins, version=1)
    db().add(certification)
    db().flush()
    act_on(certification, CertificationAct.DRAFT, actor)
    return _begin(certification, "first", copied_from=None, actor=actor)


def write_pledge(
    application: CertificationApplication,
    pledge: Pledge,
    answers: Mapping[str, str],
    *,
    agreed: bool,
    actor: Actor,
) -> None:
    """Keep what a company says of one pledge; a reviewer's mark on what was written before is taken away."""
    _must_own(application, actor)
    if state_of(application) not in WRITABLE:
        raise NotAllowedNow("certification", state_of(application), CertificationAct.SUBMIT)
    compartment = compartment_of(application)
    # Before anything is added: to look for a key asks the database, which would store the half-made entry first.
    key = actor.held.compartment_key(compartment)
    entry = entry_of(application, pledge)
    if entry is None:
        entry = PledgeEntry(
            id=new_id(), application_id=application.id, compartment_id=compartment.id, pledge=pledge, agreed=False
        )
        db().add(entry)
    entry.agreed, entry.written_at = agreed, now()
    entry.written_by_id = person_of(actor).id
    entry.mark, entry.sealed_note, entry.marked_by_id = None, None, None
    seal_answers_into(entry, "sealed_answers", dict(answers), key=key)
    application.version += 1
    note_down(application, "pledge.write", actor, {"pledge": pledge.value})


def submit(application: CertificationApplication, *, actor: Actor) -> None:
    """The representative files the nine pledges. Raises Incomplete while any of them lacks something."""
    if any(written.lacks for written in sheet_of(application, actor=actor)):
        raise Incomplete
    certification = certification_of_application(application)
    application.pledge_version = PLEDGE_VERSION
    if application.kind == "renewal":
        # What was filed in time stays filed in time, however often it is returned.
        certification.renewal_filed_on = certification.renewal_filed_on or today()
        filed = certification.renewal_filed_on.isoformat()
        facts: dict[str, Fact] = {"pledge_version": PLEDGE_VERSION, "renewal_filed_on": filed}
        act_on(certification, CertificationAct.SUBMIT_RENEWAL, actor, facts)
    else:
        act_on(certification, CertificationAct.SUBMIT, actor, {"pledge_version": PLEDGE_VERSION})
    application.submitted_at = now()
    application.version += 1
    tell(serving(now(), Role.COUNSELOR, Role.MANAGER), application, actor)


def take_back(application: CertificationApplication, *, actor: Actor) -> None:
    """The company takes a first application back before the review; it stays as a draft."""
    act_on(certification_of_application(application), CertificationAct.TAKE_BACK, actor)
    application.submitted_at = None
    application.version += 1


def end_with_the_company(company_id: uuid.UUID, *, actor: Actor) -> None:
    """The company has ceased to exist: what it had begun or filed is decided by nobody any more."""
    own = CertificationApplication.company_id == company_id
    still_open = CertificationApplication.ended_at.is_(None)
    for application in db().scalars(select(CertificationApplication).where(own, still_open)).all():
        application.ended_at = now()
        application.version += 1
        note_down(application, "application.end", actor, {"reason_code": "absorbed"})


def open_renewals() -> int:
    """Open the renewal of every certification whose time for it has come, and tell its company. Returns how many."""
    near = _renewals_near(today(), _latest_end_now_open())
    found = db().scalars(near.order_by(Certification.valid_to, Certification.id).with_for_update(skip_locked=True))
    return one_by_one(found.all(), _open_renewal, work="open_renewals")


def due_renewals(day: Day) -> Reasons:
    """The certifications whose renewal opens by the rules of the look."""
    return (_renewals_near(day, day_by_rule(_latest_end_now_open)),)


def _renewals_near(day: Day, latest_end: Day) -> Select[Certification]:
    return select(Certification).where(
        Certification.state.in_((CertificationState.CERTIFIED, CertificationState.REINSTATED)),
        # Filed in time, and certified again only because the board ended a procedure after the term: it goes on.
        or_(Certification.valid_to >= day, Certification.renewal_filed_on.is_not(None)),
        Certification.valid_to <= latest_end,
    )


def _open_renewal(certification: Certification) -> bool:
    end = certification.valid_to
    if end is None or renewal_opens(end, certification_policy_at(now())) > today():
        return False
    act_on(certification, CertificationAct.OPEN_RENEWAL, THE_CLOCK)
    for person in officers_of(certification.company_id, at=now()):
        queue_mail(person, MailKind.UPDATE, actor=THE_CLOCK, key=f"renewal:{certification.id.hex}:{end.isoformat()}")
    return True


def _latest_end_now_open() -> date:
    """The last day of the latest term whose renewal is open today: counted back, because months differ in length."""
    policy = certification_policy_at(now())
    end = today() + timedelta(days=31 * policy.renewal_opens_months_before + 3)
    while renewal_opens(end, policy) > today():
        end -= timedelta(days=1)
    return end


def _begin(
    certification: Certification, kind: str, *, copied_from: CertificationApplication | None, actor: Actor
) -> CertificationApplication:
    at = now()
    application = CertificationApplication(
        id=new_id(),
        number=new_number("P"),
        company_id=certification.company_id,
        certification_id=certification.id,
        kind=kind,
        pledge_version=PLEDGE_VERSION,
        version=1,
        begun_by_id=person_of(actor).id,
        begun_at=at,
    )
    key_store().make(application.id, at=at)
    db().add(application)
    db().flush()
    make_compartment(CompartmentKind.PLEDGES, application=application, company_id=certification.company_id, actor=actor)
    db().flush()
    note_down(application, "application.begin", actor, {"kind": kind})
    if copied_from is not None:
        _copy(copied_from, application, actor)
    return application


def _copy(old: CertificationApplication, new: CertificationApplication, actor: Actor) -> None:
    """What was said the last time, to be looked through; nothing of it is agreed to until it is saved again."""
    key = actor.held.compartment_key(compartment_of(old))
    for pledge, entry in entries_of(old).items():
        write_pledge(new, pledge, open_answers(entry, "sealed_answers", key=key), agreed=False, actor=actor)


def _must_own(application: CertificationApplication, actor: Actor) -> None:
    standing = towards_company(actor, application.company_id)
    must_be_allowed(Permission.CERTIFICATION_APPLY, actor=actor, standing=standing)
