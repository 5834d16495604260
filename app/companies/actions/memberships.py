"""What is done with a company's membership: it joins, its type changes, it leaves and comes back (1.5, 7.31)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Select, exists, or_, select

from app.certifications.actions import lapse_with_membership
from app.certifications.queries import is_held_or_applied_for
from app.clocks.actions import start_clock, stop_clocks
from app.clocks.queries import last_stopped, running_clock
from app.escalations.actions import freeze_file
from app.escalations.queries import file_of_company
from app.people.queries import companies_with_officer, serving
from app.pipeline.audit import of_case, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.first_look import Day
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from app.successions.queries import absorbed, standing_merger_of
from models.audit_record import AuditRecord
from models.case import Case
from models.certification import Certification
from models.clock import Clock
from models.company import Company
from models.exchange import Exchange
from models.membership import Membership
from models.person import Person
from models.rules.board import start_of_day
from models.rules.certification_lifecycle import HELD
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.membership import (
    Beginning,
    MembershipRefusal,
    MemberType,
    owes_an_officer,
    refusal_of_change,
    refusal_of_joining,
    refusal_of_leaving,
)
from models.rules.people import Role


class MembershipRefused(Exception):
    """It cannot be entered, for one of the reasons of the rules; nothing was done."""

    def __init__(self, refusal: MembershipRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def end_membership(company: Company, *, left_on: date, actor: Actor) -> None:
    """A company leaves the association: its file, if there is one, is frozen, and found again on a return (7.31).

    What follows waits for the day after the last one of the membership, when the clock sees to it.
    Raises MembershipRefused.
    """
    _as_it_is_now(company)
    _must_be_possible(refusal_of_leaving(company.stretches(), left_on, today=today()))
    close_membership(company, last_day=left_on, actor=actor)
    file = file_of_company(company.id)
    if file is not None:
        freeze_file(file, reason_code="membership_ended", actor=actor)
    db().flush()
    if left_on < today():
        _follow_the_end(company, actor=actor)


def close_membership(company: Company, *, last_day: date, actor: Actor) -> None:
    """The membership of now ends with a day; what follows from that is for whoever ends it."""
    company.memberships[-1].valid_to = last_day
    company.take_standing()
    record(of_company(company), "company.change_membership", actor=actor, facts={"is_member": False})
    db().flush()


def join_again(company: Company, *, member_type: MemberType, joined_on: date, actor: Actor) -> None:
    """A company comes back, or joins that was registered as no member: a certification is applied for anew.

    Its frozen file, if it had one, is there as it was. Raises MembershipRefused.
    """
    _as_it_is_now(company)
    if standing_merger_of(company.id) is not None:
        raise MembershipRefused(MembershipRefusal.TAKEN_OVER)
    known = is_held_or_applied_for(company.id)
    _must_be_possible(refusal_of_joining(company.stretches(), member_type, joined_on, certification=known))
    begin_membership(company, member_type, on=joined_on)
    db().flush()
    _wait_for_an_officer(company)
    record(of_company(company), "company.change_membership", actor=actor, facts={"is_member": True})


def begin_membership(company: Company, member_type: MemberType, *, on: date) -> Membership:
    """The row of a company that joins, for the first time or again."""
    began = Beginning.CAME_BACK if company.memberships else Beginning.JOINED
    return _add(company, member_type, began, first=on)


def change_member_type(company: Company, member_type: MemberType, *, on: date, actor: Actor) -> None:
    """A member is of another type from a day on; until the day before it was of the one it had.

    On the first day of the present type it was the other one from its beginning. Raises MembershipRefused.
    """
    _as_it_is_now(company)
    if standing_merger_of(company.id) is not None:
        raise MembershipRefused(MembershipRefusal.TAKEN_OVER)
    known = is_held_or_applied_for(company.id)
    _must_be_possible(refusal_of_change(company.stretches(), member_type, on, today=today(), certification=known))
    before, changed = company.member_type, company.memberships[-1]
    if on == changed.valid_from:
        _was_it_from_its_beginning(company, member_type)
    else:
        last_day, changed.valid_to = changed.valid_to, on - timedelta(days=1)
        db().flush()
        _add(company, member_type, Beginning.TYPE_CHANGED, first=on, last=last_day)
    company.take_standing()
    db().flush()
    if owes_an_officer(member_type):
        _wait_for_an_officer(company)
    else:
        stop_clocks(company, [ClockKind.VACANCY])
    record(
        of_company(company),
        "company.change_member_type",
        actor=actor,
        facts={"from_type": before.value, "to_type": member_type.value, "day": on.isoformat()},
    )


def _was_it_from_its_beginning(company: Company, member_type: MemberType) -> None:
    """A type that held for no day is no part of the history: the stretch is of the other, or the one before goes on."""
    last = company.memberships[-1]
    before = company.memberships[-2] if last.began is Beginning.TYPE_CHANGED else None
    if before is None or before.member_type is not member_type:
        last.was_of(member_type)
        return
    last_day = last.valid_to
    company.memberships.remove(last)
    db().flush()
    before.valid_to = last_day


def _add(
    company: Company, member_type: MemberType, began: Beginning, *, first: date, last: date | None = None
) -> Membership:
    added = Membership(
        id=uuid.uuid4(),
        company_id=company.id,
        member_type=member_type,
        began=began,
        valid_from=first,
        valid_to=last,
    )
    company.memberships.append(added)
    company.take_standing()
    return added


def _as_it_is_now(company: Company) -> None:
    """Two people may enter something at once: the second of them waits, and meets what the first has entered."""
    db().flush()
    # What else refers to the company meanwhile, such as a consultation that is sent to it, does not wait.
    db().refresh(company, ["member_type", "joined_on", "left_on"], with_for_update={"key_share": True})
    db().expire(company, ["memberships"])


def _must_be_possible(refusal: MembershipRefusal | None) -> None:
    if refusal is not None:
        raise MembershipRefused(refusal)


def _wait_for_an_officer(company: Company) -> None:
    """It left, or owed none any more, without an officer: it is given the whole time anew to appoint one."""
    if not owes_an_officer(company.member_type) or running_clock(company.id, ClockKind.VACANCY) is not None:
        return
    if last_stopped(company.id, [ClockKind.VACANCY]) and not companies_with_officer([company.id], at=now()):
        start_clock(company, ClockKind.VACANCY)


def ended_memberships(day: Day) -> Select[Company]:
    """The companies whose last day is over, and for which something of it is still to be done."""
    # Asked for each of the few who left, and not of all that was ever open.
    open_matter = exists().where(Exchange.company_id == Company.id, Exchange.state != "closed")
    certified = exists().where(Certification.company_id == Company.id, Certification.state.in_(HELD))
    vacant = exists().where(
        Clock.subject_id == Company.id,
        Clock.kind == ClockKind.VACANCY,
        Clock.met_at.is_(None),
        Clock.stopped_at.is_(None),
    )
    return select(Company).where(Company.left_on < day, or_(certified, open_matter, vacant), ~absorbed())


def follow_ended_memberships() -> int:
    """What follows from the end of a membership, once its last day is over. Returns for how many companies it did."""
    gone = ended_memberships(today()).order_by(Company.id).with_for_update(skip_locked=True, of=Company)
    follow = partial(_follow_the_end, actor=THE_CLOCK)
    return one_by_one(db().scalars(gone).all(), follow, work="follow_ended_memberships")


def _follow_the_end(company: Company, *, actor: Actor) -> bool:
    """The certification lapses; what lies with the company goes on as a request, and its workers' desk is told.

    Nobody waits for the appointment of its officer any more.
    """
    left_on = company.left_on
    held = db().scalars(
        select(Certification).where(Certification.company_id == company.id, Certification.state.in_(HELD))
    )
    lapsed = [one for one in held.all() if left_on is not None]
    stop_clocks(company, [ClockKind.VACANCY])
    for certification in lapsed:
        lapse_with_membership(certification, left_on=left_on or today(), actor=actor)
    open_ones = db().scalars(select(Exchange).where(Exchange.company_id == company.id, Exchange.state != "closed"))
    told = [exchange for exchange in open_ones.all() if _goes_on_as_a_request(exchange, company, actor=actor)]
    return bool(lapsed or told)


def _goes_on_as_a_request(exchange: Exchange, company: Company, *, actor: Actor) -> bool:
    """Once for each exchange and each end of a membership. The consulter reads it in her mailbox from that day on."""
    since = start_of_day(company.left_on or today())
    known = select(AuditRecord.facts).where(
        AuditRecord.subject_id == exchange.case_id, AuditRecord.name == "exchange.company_left", AuditRecord.at >= since
    )
    if any(exchange.id.hex in facts for facts in db().scalars(known)):
        return False
    exchange.feeds_ladder = False
    exchange.version += 1
    record(of_case(exchange.case_id), "exchange.company_left", actor=actor, facts={"exchange_id": exchange.id.hex})
    assignee = db().get_one(Case, exchange.case_id).assignee_id
    readers = [db().get_one(Person, assignee)] if assignee else serving(now(), Role.COUNSELOR)
    for reader in readers:
        queue_mail(reader, MailKind.UPDATE, actor=actor, key=f"company-left:{exchange.id.hex}:{exchange.version}")
    return True
