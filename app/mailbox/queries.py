"""What a consulter may ask of her own case: the conversation, the copies put before her, and what she has agreed to."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from app.cases.queries import exchanges_of
from app.clocks.queries import calendar
from app.custody.queries import compartment_of_case
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.standing import one_or_404, visible_cases
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_at, rulebook
from models.attachment import Attachment
from models.case import Case
from models.company import Company
from models.compartment import Compartment
from models.consent_entry import ConsentEntry
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.receipt import Receipt
from models.rules.case_lifecycle import CaseState
from models.rules.consent import Consent, ConsentLevel, ConsentOption, is_raised
from models.rules.deadlines import ClockKind, due
from models.rules.decision import ALLOWED, Decision
from models.rules.mailbox_writing import COUNTED_FOR, may_widen, may_write
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.sealed import open_answers, open_from
from models.statement import Statement
from models.succession import Succession

OPEN_EXCHANGES = ("preparing", "routed")


@dataclass(frozen=True, repr=False)
class Said:
    """One message of the conversation, opened."""

    at: datetime
    author: str
    purpose: str
    text: str
    company: str = ""
    """Whose officer wrote it."""


@dataclass(frozen=True, repr=False)
class Opinion:
    """What the consulter said of one version of a copy."""

    at: datetime
    text: str


def own_case(actor: Actor, permission: Permission) -> Case:
    """The one case that this receipt leads to."""
    case: Case = one_or_404(select(Case).where(visible_cases(actor, permission)))
    return case


def receipt_months(*, ends_now: bool) -> int:
    """For how many months a receipt opens a matter that ends now, or at least those that ended before."""
    kind, policies = ClockKind.RECEIPT_VALID, rulebook().deadlines
    in_force = deadlines_at(now()).term(kind).amount
    if ends_now:
        return in_force
    return min([in_force, *(row.term(kind).amount for row in policies if row.valid_from <= today())])


def receipt_is_valid(receipt: Receipt, case: Case) -> bool:
    """Whether a receipt still opens its mailbox: until it is ended, or twelve months after the case was closed.

    The term is counted for every receipt, also where the answer is known without, so that no time tells them apart.
    """
    until = receipt_until(case)
    return receipt.ended_at is None and now() <= until


def receipt_until(case: Case) -> datetime:
    """The last moment at which a receipt opens a case that was closed; of an open one, what it would be from now on."""
    from_ = case.closed_at or now()
    return due(ClockKind.RECEIPT_VALID, from_=from_, calendar=calendar(), policy=deadlines_at(from_)).due_at


def put_copies(case: Case, *, pending_only: bool) -> Sequence[ForwardedCopy]:
    """The newest copy that was put before the consulter, of each exchange that is still open."""
    rows = db().scalars(
        select(ForwardedCopy)
        .join(Exchange, Exchange.id == ForwardedCopy.exchange_id)
        .where(Exchange.case_id == case.id, Exchange.state.in_(OPEN_EXCHANGES), ForwardedCopy.put_at.is_not(None))
        .order_by(ForwardedCopy.exchange_id, ForwardedCopy.number)
    )
    newest = {copy.exchange_id: copy for copy in rows}.values()
    return [copy for copy in newest if not (pending_only and (copy.approved_at or copy.declined_at))]


def pending_copies(case: Case) -> Sequence[ForwardedCopy]:
    """The copies that wait for the consulter's word."""
    return put_copies(case, pending_only=True)


def may_write_more(case: Case) -> Decision:
    """Whether the desk takes one more message from this mailbox now."""
    hers = select(func.count()).where(Message.case_id == case.id, Message.author == "consulter")
    of_late = hers.where(Message.sent_at > now() - COUNTED_FOR)
    return may_write(now(), in_a_day=db().scalar(of_late) or 0, in_all=db().scalar(hers) or 0)


def may_widen_now(case: Case, now_told: Consent, level: ConsentLevel, options: Iterable[ConsentOption]) -> Decision:
    """Whether she may say so from her mailbox now: always, unless it tells more, and she has said much in a day."""
    adds_options = level is now_told.level and bool(frozenset(options) - now_told.options)
    if not adds_options and not is_raised(now_told.level, level):
        return ALLOWED
    hers = select(func.count()).where(
        ConsentEntry.case_id == case.id,
        ConsentEntry.keyed_by_id.is_(None),
        ConsentEntry.given_at > now() - COUNTED_FOR,
    )
    return may_widen(now(), in_a_day=db().scalar(hers) or 0)


def put_after(case: Case, copy: ForwardedCopy) -> ForwardedCopy | None:
    """The newer version that lies before the consulter instead of this one, if there is one."""
    waiting = (one for one in pending_copies(case) if one.exchange_id == copy.exchange_id)
    return next((one for one in waiting if one.number > copy.number), None)


def conversation(case: Case, *, actor: Actor) -> list[Said]:
    """All that was said between the consulter, the desk and the companies' officers, oldest first."""
    rows = db().scalars(select(Message).where(Message.case_id == case.id).order_by(Message.sent_at, Message.id)).all()
    keys = _keys({row.compartment_id for row in rows}, actor=actor)
    companies = {exchange.id: name for exchange, name in company_names(case)}
    return [
        Said(
            at=row.sent_at,
            author=row.author,
            purpose=row.purpose,
            text=open_from(row, "sealed_text", key=keys[row.compartment_id]),
            company=companies[row.exchange_id] if row.exchange_id else "",
        )
        for row in rows
    ]


def group_replies(group_case: Case, forwarded: Compartment, *, actor: Actor) -> list[Said]:
    """What an officer wrote to all who are counted in a group's copy; it lies with that copy."""
    key = actor.held.compartment_key(forwarded)
    rows = db().scalars(
        select(Message)
        .where(Message.case_id == group_case.id, Message.compartment_id == forwarded.id)
        .order_by(Message.sent_at, Message.id)
    )
    return [Said(row.sent_at, row.author, row.purpose, open_from(row, "sealed_text", key=key)) for row in rows]


def opinions_on(copies: Sequence[ForwardedCopy], *, actor: Actor) -> dict[uuid.UUID, tuple[Opinion, ...]]:
    """What the consulter said of each version, oldest first."""
    rows = db().scalars(
        select(Message).where(Message.copy_id.in_([copy.id for copy in copies])).order_by(Message.sent_at, Message.id)
    )
    found: defaultdict[uuid.UUID, list[Opinion]] = defaultdict(list)
    for row in rows:
        key = actor.held.compartment_key(db().get_one(Compartment, row.compartment_id))
        if row.copy_id is not None:
            found[row.copy_id].append(Opinion(row.sent_at, open_from(row, "sealed_text", key=key)))
    return {copy_id: tuple(said) for copy_id, said in found.items()}


def company_names(case: Case) -> list[tuple[Exchange, str]]:
    """What passes with each company that is or was in question, with the company's present name."""
    rows = db().execute(
        select(Exchange, Company)
        .join(Company, Company.id == Exchange.company_id)
        .where(Exchange.case_id == case.id)
        .order_by(Exchange.id)
    )
    return [(exchange, _name(company)) for exchange, company in rows]


def companies_that_left(case: Case) -> list[tuple[str, date]]:
    """The companies that something lies with and that are members no longer, with their last day; of an open case."""
    if not case.is_open:
        return []
    rows = db().scalars(
        select(Company)
        .join(Exchange, Exchange.company_id == Company.id)
        .where(
            Exchange.case_id == case.id,
            Exchange.state.in_(OPEN_EXCHANGES),
            Company.left_on < today(),
            Exchange.succession_id.is_(None),
        )
        .order_by(Company.id)
    )
    return [(_name(company), company.left_on) for company in rows if company.left_on is not None]


def companies_absorbed(case: Case) -> list[tuple[str, str, date, bool]]:
    """Each merger that concerns her open case: the company before, its successor, the day, and whether it went over."""
    if not case.is_open:
        return []
    rows = db().execute(
        select(Exchange, Succession)
        .join(Succession, Succession.id == Exchange.succession_id)
        .where(Exchange.case_id == case.id, Exchange.state.in_(OPEN_EXCHANGES))
        .order_by(Exchange.id)
    )
    return [
        (
            _name(db().get_one(Company, merger.predecessor_id)),
            _name(db().get_one(Company, merger.successor_id)),
            merger.effective_on,
            exchange.company_id != merger.predecessor_id,
        )
        for exchange, merger in rows
    ]


def count_files(case: Case) -> int:
    """How many files the consulter can open."""
    return _count(Attachment.case_id == case.id, Attachment.giver != "officer")


def files_wait(case: Case) -> int:
    """How many files wait for her word, whether a company may have them."""
    return _count(Attachment.case_id == case.id, Attachment.offered_at.is_not(None), Attachment.approved_at.is_(None))


def _count(*which: ColumnElement[bool]) -> int:
    present = select(func.count()).select_from(Attachment).where(Attachment.removed_at.is_(None), *which)
    return db().scalar(present) or 0


def own_words(case: Case, *, actor: Actor) -> str:
    """What she wrote at the start."""
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        return ""
    statement = db().scalar(select(Statement).where(Statement.compartment_id == narrative.id))
    if statement is None:
        return ""
    return str(open_answers(statement, "sealed", key=actor.held.compartment_key(narrative))["text"])


def _name(company: Company) -> str:
    return company.name_on(today()).name


def _keys(compartment_ids: set[uuid.UUID], *, actor: Actor) -> dict[uuid.UUID, bytes]:
    compartments = db().scalars(select(Compartment).where(Compartment.id.in_(compartment_ids)))
    return {one.id: actor.held.compartment_key(one) for one in compartments}


def result_was_told(case: Case) -> bool:
    """Whether the desk has told a result that the consulter has not yet answered with "not satisfied"."""
    if case.state is not CaseState.FEEDBACK:
        return False
    newest = db().scalar(
        select(Message.purpose)
        .where(Message.case_id == case.id, Message.purpose.in_(("feedback", "dissatisfied")))
        .order_by(Message.sent_at.desc())
        .limit(1)
    )
    return newest == "feedback"


def told_above(case: Case, level: ConsentLevel) -> set[uuid.UUID]:
    """The exchanges in which more was put before a company than this level allows."""
    return {copy.exchange_id for copy in live_copies(case) if is_raised(level, copy.level)}


def live_copies(case: Case) -> list[ForwardedCopy]:
    """The newest copy that was put before her for each company, unless she said no to it."""
    return [copy for copy in put_copies(case, pending_only=False) if copy.declined_at is None]


def open_exchanges(case: Case) -> list[Exchange]:
    """What passes with companies and is not closed."""
    return [exchange for exchange in exchanges_of(case) if exchange.state in OPEN_EXCHANGES]
