"""The grouped copy: made from the counts, approved by a second person, read by those whom it counts."""

from __future__ import annotations

from collections.abc import Sequence

from app.cases.actions import lay_out_what_is_sent, new_version, note_what_was_approved, open_triage
from app.cases.queries import latest_copy, may_draft, receipts_of, severity_of
from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.custody.actions import end_grant_to_receipt, grant_to_receipt
from app.custody.queries import compartment_of_exchange
from app.incidents.queries import (
    Belonging,
    belonging,
    belonging_to,
    case_of,
    company_of,
    copy_text,
    countable,
    exchange_of,
    is_copy_of,
    membership_of,
    token_of_copy,
    was_told,
)
from app.pipeline.acting import ChangedMeanwhile, perform
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.case import Case
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.mass_incident import GroupWord
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission


class TooFew(Exception):
    """Fewer people may be counted than the smallest number that tells of nobody; the page asks first and says so."""


def draft_group_copy(group: IncidentGroup, *, actor: Actor) -> ForwardedCopy:
    """Make the copy that the counts of now give; nobody types a word of it."""
    case, company = case_of(group), company_of(group)
    must_be_allowed(Permission.CASE_PREPARE_COPY, actor=actor, standing=towards_case(actor, case))
    if case.state is CaseState.RECEIVED:
        open_triage(case, actor=actor)
    may_begin = case.state in {CaseState.TRIAGE, CaseState.READY}
    if company is None or not may_begin or not may_draft(case, company, ConsentLevel.CN_1):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.APPROVE_GROUP_COPY)
    text = copy_text(countable(belonging_to(group)))
    if text is None:
        raise TooFew
    copy = new_version(case, company, text=text, level=ConsentLevel.CN_1, actor=actor)
    copy.put_at = now()
    group.copy_token = token_of_copy(text)
    if case.state is CaseState.READY:
        _perform(case, CaseAct.REVISE_GROUP_COPY, copy, actor=actor)
        # What was decided is open again, and the desk's time for it begins anew.
        stop_clocks(case, [ClockKind.ROUTE])
        start_clock(case, ClockKind.TRIAGE, severity=severity_of(case))
    else:
        case.version += 1
    return copy


def approve_group_copy(group: IncidentGroup, *, actor: Actor) -> ForwardedCopy:
    """Agree, as the second person, to what another made; from then on those who are counted may read it."""
    case, exchange = case_of(group), exchange_of(group)
    copy = latest_copy(exchange) if exchange else None
    if exchange is None or copy is None or copy.approved_at is not None:
        raise ChangedMeanwhile(of_case(case))
    if copy.drafted_by_id == actor.id:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.APPROVE_GROUP_COPY)
    people = belonging_to(group)
    counted = countable(people)
    text = copy_text(counted)
    if text is None or not is_copy_of(group, text):
        # Somebody came or went since it was made: what is approved is what those of now give.
        raise ChangedMeanwhile(of_case(case))
    _perform(case, CaseAct.APPROVE_GROUP_COPY, copy, actor=actor)
    note_what_was_approved(case, copy, actor=actor)
    group.is_gathering = False
    lay_out_what_is_sent(case, exchange, actor=actor)
    _let_them_read(exchange, people, {one.member.id for one in counted}, actor=actor)
    meet_clocks(case, [ClockKind.TRIAGE])
    start_clock(case, ClockKind.ROUTE)
    return copy


def say(member: IncidentMember, word: GroupWord, *, actor: Actor) -> None:
    """Her own word, until the copy is sent: count me, or do not."""
    case, group = db().get_one(Case, member.case_id), db().get_one(IncidentGroup, member.group_id)
    must_be_allowed(Permission.MAILBOX_CONSENT, actor=actor, standing=towards_case(actor, case))
    if member.left_at is not None or was_told(group):
        raise ChangedMeanwhile(of_case(case))
    member.word, member.word_at = word, now()
    case.version += 1
    record(of_case(case), "incident.say", actor=actor, facts={"group_id": group.id.hex, "word": word.value})
    no_longer_counted(case)


def no_longer_counted(case: Case) -> None:
    """Whoever may not be counted any more, by her word or her consent, reads the group's copy no longer.

    The number itself is looked at again when the copy is about to leave.
    """
    member = membership_of(case)
    if member is None or not member.is_counted:
        return
    db().flush()
    group = db().get_one(IncidentGroup, member.group_id)
    if was_told(group) or belonging(member).may_be_counted:
        return
    stop_counting(member, group)


def stop_counting(member: IncidentMember, group: IncidentGroup) -> None:
    """She is one of the numbers no longer."""
    member.is_counted = False
    exchange = exchange_of(group)
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED) if exchange else None
    if forwarded is not None:
        for receipt in receipts_of(db().get_one(Case, member.case_id)):
            end_grant_to_receipt(forwarded, receipt)


def _let_them_read(exchange: Exchange, people: Sequence[Belonging], counted: set[object], *, actor: Actor) -> None:
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    if forwarded is None:
        raise CannotOpen
    secret = actor.held.compartment_secret(forwarded)
    for one in people:
        one.member.is_counted = one.member.id in counted
        for receipt in receipts_of(one.case):
            if one.member.is_counted:
                grant_to_receipt(forwarded, secret, receipt)
            else:
                end_grant_to_receipt(forwarded, receipt)


def _perform(case: Case, act: CaseAct, copy: ForwardedCopy, *, actor: Actor) -> None:
    standing = towards_case(actor, case)
    facts = {"copy_id": copy.id.hex}
    perform(CASE_LIFECYCLE, case, act, actor=actor, standing=standing, subject=of_case(case), facts=dict(facts))
