"""What is asked at the telephone desk: what is due, how somebody is reached, and whose words these are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from app.clocks.queries import calendar
from app.custody.queries import opened_statement
from app.mailbox.queries import Said, receipt_is_valid
from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import facets
from app.pipeline.standing import towards_case, visible_cases
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from crypto import CannotOpen, ReceiptMistyped, receipt_keys, same
from models.audit_record import AuditRecord
from models.case import Case
from models.case_facet import CaseFacet
from models.compartment import Compartment
from models.complaint_count import ComplaintCount
from models.keyed_intake import KeyedIntake
from models.message import Message
from models.person import Person
from models.receipt import Receipt
from models.recovery_answers import RecoveryAnswers
from models.reply_task import ReplyTask
from models.rules.lost_code import COUNTED_FOR, folded_answer
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission, decide
from models.rules.replies import CallSlot, ReplyResult, ReplyWay
from models.rules.working_days import JST
from models.sealed import open_answers, open_from

ROWS = 50
DAYS_OF_COMPLAINTS = 14
ASKED_OF_LATE = "lost_code.ask"


@dataclass(frozen=True)
class DueReply:
    """One line of the list: a call or a letter, without a word of what it is about."""

    task: ReplyTask
    case: Case
    left: TimeLeft
    assignee: str
    may_open: bool


@dataclass(frozen=True, repr=False)
class Reach:
    """How somebody is reached, and what she is to be told; opened for a registered handler alone."""

    name: str
    number: str
    slot: CallSlot
    address: str
    notes: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class KeyedBy:
    """That a consultation was keyed, as the page of the case says it."""

    entry: KeyedIntake
    name: str
    reply_way: ReplyWay


def reply_way_of(case: Case) -> ReplyWay:
    """How she wants to hear from the desk; the mailbox, where nothing else was said."""
    known = {token: way for way in ReplyWay for token in facets("reply_way", way.value)}
    token = db().scalar(select(CaseFacet.token).where(CaseFacet.case_id == case.id, CaseFacet.field == "reply_way"))
    return known.get(token, ReplyWay.MAILBOX) if token else ReplyWay.MAILBOX


def open_task(case: Case) -> ReplyTask | None:
    """The call or letter that is due to her, if there is one."""
    return db().scalar(select(ReplyTask).where(ReplyTask.case_id == case.id, ReplyTask.ended_at.is_(None)).limit(1))


def due_replies(actor: Actor) -> list[DueReply]:
    """The calls and letters that are due, the most urgent first, of the cases that the one present may list."""
    rows = db().execute(
        select(ReplyTask, Case)
        .join(Case, Case.id == ReplyTask.case_id)
        .where(ReplyTask.ended_at.is_(None), visible_cases(actor, Permission.REPLY_LIST))
        .order_by(ReplyTask.due_at, ReplyTask.id)
        .limit(ROWS)
    )
    at, known = now(), calendar()
    return [
        DueReply(
            task,
            case,
            time_left(task.due_at, at=at, calendar=known),
            name_of(db().get(Person, case.assignee_id)) if case.assignee_id else "",
            may_reach(case, actor),
        )
        for task, case in rows
    ]


def is_handler(actor: Actor) -> bool:
    """Whether the one present is a registered handler, to whom alone names and answers open."""
    return actor.person is not None and actor.person.is_handler


def may_reach(case: Case, actor: Actor) -> bool:
    """Whether the one present may open number and address: a registered handler, towards this case."""
    allowed = decide(Permission.CASE_READ_IDENTITY, role=actor.role, standing=towards_case(actor, case))
    return bool(allowed) and is_handler(actor)


def reach_of(task: ReplyTask, *, actor: Actor) -> Reach:
    """Open how somebody is reached and what is to be told. Raises CannotOpen for whoever was not granted it."""
    case = db().get_one(Case, task.case_id)
    identity = opened_statement(case, CompartmentKind.IDENTITY, actor=actor)
    asked: Mapping[str, str] = identity.get("reply", {})
    return Reach(
        name=str(identity.get("name", "")),
        number=asked.get("number", ""),
        slot=CallSlot(asked.get("slot", CallSlot.ANY.value)),
        address=asked.get("address", ""),
        notes=asked.get("notes", ""),
        said=tuple(_not_yet_told(task, case, actor)),
    )


def _not_yet_told(task: ReplyTask, case: Case, actor: Actor) -> list[Said]:
    """What the desk wrote since it last reached her."""
    told_at = db().scalar(
        select(func.max(ReplyTask.ended_at)).where(
            ReplyTask.case_id == case.id,
            ReplyTask.id != task.id,
            ReplyTask.result.in_((ReplyResult.REACHED, ReplyResult.POSTED)),
        )
    )
    query = select(Message).where(Message.case_id == case.id, Message.author == "desk").order_by(Message.sent_at)
    rows = db().scalars(query if told_at is None else query.where(Message.sent_at > told_at))
    return [
        Said(
            row.sent_at,
            row.author,
            row.purpose,
            open_from(
                row, "sealed_text", key=actor.held.compartment_key(db().get_one(Compartment, row.compartment_id))
            ),
        )
        for row in rows
    ]


def keyed_by(case: Case) -> KeyedBy | None:
    """Who keyed a consultation, if the consulter did not type it herself."""
    entry = db().scalar(select(KeyedIntake).where(KeyedIntake.case_id == case.id))
    return KeyedBy(entry, name_of(db().get_one(Person, entry.keyed_by_id)), reply_way_of(case)) if entry else None


def receipt_of(code: str) -> Receipt | None:
    """The receipt that a code leads to; None also for what cannot be a code."""
    try:
        locator = receipt_keys(code).locator
    except ReceiptMistyped:
        return None
    return db().scalar(select(Receipt).where(Receipt.locator == locator))


def tries_of(actor: Actor) -> tuple[int, int]:
    """How often answers were compared of late, by the one present and by the whole desk, as the record says."""
    since = now() - COUNTED_FOR
    tries = (
        select(func.count())
        .select_from(AuditRecord)
        .where(
            AuditRecord.subject_kind == "association",
            AuditRecord.subject_id == uuid.UUID(int=0),
            AuditRecord.name == ASKED_OF_LATE,
            AuditRecord.at > since,
        )
    )
    by_the_desk = db().scalar(tries) or 0
    by_this_person = db().scalar(tries.where(AuditRecord.actor_id == actor.id)) or 0
    return by_this_person, by_the_desk


def case_behind(words: Sequence[str], *, first: date, last: date, actor: Actor) -> Case | None:
    """The one case of these days for which these words were chosen; None says nothing of why not.

    Every case of the days with words is opened and compared, whether one was found before or not.
    """
    begins = datetime.combine(first, time(0), JST)
    ends = datetime.combine(last, time(0), JST) + timedelta(days=1)
    rows = db().execute(
        select(RecoveryAnswers, Case)
        .join(Case, Case.id == RecoveryAnswers.case_id)
        .where(Case.received_at >= begins, Case.received_at < ends, visible_cases(actor, Permission.CASE_ISSUE_CODE))
    )
    found = [case for kept, case in rows if _are_the_same(kept, words, actor)]
    return found[0] if len(found) == 1 and _has_a_living_code(found[0]) else None


def words_are_of(case: Case, words: Sequence[str], *, actor: Actor) -> bool:
    """Whether these are the words that were chosen for this one case."""
    kept = db().scalar(select(RecoveryAnswers).where(RecoveryAnswers.case_id == case.id))
    return kept is not None and _are_the_same(kept, words, actor)


def _are_the_same(kept: RecoveryAnswers, words: Sequence[str], actor: Actor) -> bool:
    """Whether all of them were said, in any order; under which name each is kept makes no difference."""
    try:
        key = actor.held.compartment_key(db().get_one(Compartment, kept.compartment_id))
        chosen = open_answers(kept, "sealed_answers", key=key)
    except CannotOpen:
        return False
    wanted, told = sorted(map(str, chosen.values())), sorted(map(folded_answer, words))
    if not wanted or len(wanted) != len(told):
        return False
    matches = [same(one.encode(), other.encode()) for one, other in zip(wanted, told, strict=True)]
    return all(matches)


def _has_a_living_code(case: Case) -> bool:
    """A code that ran out twelve months after the end is not brought back to life."""
    receipts: Sequence[Receipt] = db().scalars(select(Receipt).where(Receipt.case_id == case.id)).all()
    return any(receipt_is_valid(receipt, case) for receipt in receipts)


def complaints_of_late() -> list[tuple[date, int]]:
    """How many consumers were shown the way on each of the last days."""
    since = (now() - timedelta(days=DAYS_OF_COMPLAINTS)).astimezone(JST).date()
    rows = db().execute(
        select(ComplaintCount.day, ComplaintCount.number)
        .where(ComplaintCount.day > since)
        .order_by(ComplaintCount.day.desc())
    )
    return [(day, number) for day, number in rows]
