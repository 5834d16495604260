"""What is asked of responses: how far an office is, what was forwarded to it, and what it has written since."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.absences.queries import calendars_of_clocks
from app.clocks.queries import calendar, running_clock, running_clocks
from app.custody.queries import compartment_of_exchange, seat_of
from app.escalations.queries import letters_to
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.standing import OFFICE_OF_ROLE, visible_exchanges
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from app.presentation.pagination import Page, Position, backward_page, decode_position, forward_page
from app.rulebook.queries import deadlines_at
from models.action_entry import ActionEntry
from models.case import Case
from models.clock import Clock
from models.compartment import Compartment
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.extension import Extension
from models.formal_request import FormalRequest
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.report import Report
from models.rules.case_lifecycle import CaseAct
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind, extension_allowed
from models.rules.decision import Decision, refused
from models.rules.exchange_stage import WITH_THE_OFFICER, ExchangeStage, officers_acts, stage_of
from models.rules.labelled import Labelled
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.report_blocks import WHERE_IT_APPLIES, Element, Judgement, ReportBlock, RuleUsable, thin_blocks
from models.rules.request_lifecycle import RequestState
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.response_method import ResponseMethod
from models.sealed import open_answers, open_from

ROWS = 25


@dataclass(frozen=True, repr=False)
class LoggedAction:
    """One line of the action log, opened."""

    done_on: date
    entered_at: datetime
    action: CompanyAction
    note: str
    how: ResponseMethod | None


@dataclass(frozen=True, repr=False)
class OpenedReport:
    """A report with its blocks, opened."""

    report: Report
    blocks: dict[str, Any]
    return_reason: str

    @property
    def texts(self) -> list[tuple[ReportBlock, str]]:
        """What was written in each block, in the order of the Guideline; a block that did not apply is left out."""
        written = [(block, str(self.blocks.get(block.value, ""))) for block in ReportBlock]
        return [(block, text) for block, text in written if text or block not in WHERE_IT_APPLIES]

    @property
    def actions(self) -> list[CompanyAction]:
        return [CompanyAction(code) for code in self.blocks.get("actions", ())]

    @property
    def rule_usable(self) -> RuleUsable | None:
        answer = self.blocks.get("rule_usable")
        return RuleUsable(answer) if answer else None

    @property
    def judgements(self) -> list[tuple[Element, Judgement | None]]:
        """What the company thinks of each element of the law's definition; nothing of what it left open."""
        given = self.blocks.get("judgement", {})
        return [(element, Judgement(given[element.value]) if element.value in given else None) for element in Element]

    @property
    def judgement_reason(self) -> str:
        return str(self.blocks.get("judgement_reason", ""))

    @property
    def may_be_legitimate(self) -> bool:
        return bool(self.blocks.get("may_be_legitimate"))

    @property
    def reason_for_none(self) -> str:
        return str(self.blocks.get("reason_for_none", ""))

    @property
    def thin(self) -> tuple[ReportBlock, ...]:
        """Blocks that say nothing yet: a hint for whoever reviews."""
        return thin_blocks(self.blocks)


def compartment_for(exchange: Exchange, kind: CompartmentKind) -> Compartment:
    """An exchange's compartment of a kind; each exchange is made with both."""
    found = compartment_of_exchange(exchange, kind)
    if found is None:
        raise LookupError(f"an exchange has no {kind.value} compartment")
    return found


def stages_of(exchanges: Iterable[Exchange]) -> dict[uuid.UUID, ExchangeStage]:
    """How far each of these is, with two questions to the database however many they are."""
    wanted = list(exchanges)
    ids = [exchange.id for exchange in wanted]
    acted = set(_acted.scalars(ids))
    newest: dict[uuid.UUID, Report] = {}
    for report in _reports_of_all.scalars(ids):
        newest[report.exchange_id] = report
    return {exchange.id: _stage(exchange, newest.get(exchange.id), acted=exchange.id in acted) for exchange in wanted}


def stage_now(exchange: Exchange) -> ExchangeStage:
    """How far the company is with this one."""
    return stages_of([exchange])[exchange.id]


def _stage(exchange: Exchange, report: Report | None, *, acted: bool) -> ExchangeStage:
    return stage_of(
        is_closed=exchange.state == "closed",
        acknowledged_at=exchange.acknowledged_at,
        acted=acted,
        responded_at=exchange.responded_at,
        reported=report is not None,
        returned_at=report.returned_at if report else None,
        accepted=report is not None and report.accepted_at is not None,
    )


@made_once
def _acted(exchange_ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    return select(ActionEntry.exchange_id).where(ActionEntry.exchange_id.in_(exchange_ids)).distinct()


@made_once
def _reports_of_all(exchange_ids: Collection[uuid.UUID]) -> Select[Report]:
    return select(Report).where(Report.exchange_id.in_(exchange_ids)).order_by(Report.number)


def in_hand_of_company(company_id: uuid.UUID) -> Sequence[Exchange]:
    """What lies with a company now."""
    return _in_hand.scalars(company_id).all()


@made_once
def _in_hand(company_id: uuid.UUID) -> Select[Exchange]:
    return select(Exchange).where(Exchange.company_id == company_id, Exchange.state == "routed").order_by(Exchange.id)


def excluded_from(case_id: uuid.UUID) -> frozenset[str]:
    """Who must not see a case, as the rules of routing name people."""
    ids = db().scalars(select(Exclusion.person_id).where(Exclusion.case_id == case_id))
    return frozenset(person_id.hex for person_id in ids)


def newest_report(exchange: Exchange) -> Report | None:
    return db().scalar(select(Report).where(Report.exchange_id == exchange.id).order_by(Report.number.desc()).limit(1))


def reports_of(exchange: Exchange) -> Sequence[Report]:
    """Every version of the report, oldest first."""
    return db().scalars(select(Report).where(Report.exchange_id == exchange.id).order_by(Report.number)).all()


def open_report(report: Report, *, actor: Actor) -> OpenedReport:
    """A report in clear, for whoever was granted it. Raises CannotOpen otherwise."""
    key = actor.held.compartment_key(db().get_one(Compartment, report.compartment_id))
    reason = open_from(report, "sealed_return_reason", key=key) if report.sealed_return_reason else ""
    return OpenedReport(report, open_answers(report, "sealed_body", key=key), reason)


def approved_copy(exchange: Exchange) -> ForwardedCopy | None:
    """The version of the forwarded copy that the consulter approved last."""
    return db().scalar(
        select(ForwardedCopy)
        .where(ForwardedCopy.exchange_id == exchange.id, ForwardedCopy.approved_at.is_not(None))
        .order_by(ForwardedCopy.number.desc())
        .limit(1)
    )


def copy_text(copy: ForwardedCopy, *, actor: Actor) -> str:
    """What was forwarded. Raises CannotOpen for whoever was not granted it."""
    compartment = db().get_one(Compartment, copy.compartment_id)
    return open_from(copy, "sealed_text", key=actor.held.compartment_key(compartment))


def action_log(exchange: Exchange, *, actor: Actor) -> list[LoggedAction]:
    """The action log in clear, oldest first."""
    entries = db().scalars(
        select(ActionEntry)
        .where(ActionEntry.exchange_id == exchange.id)
        .order_by(ActionEntry.done_on, ActionEntry.entered_at)
    )
    return [_logged(entry, actor) for entry in entries]


def _logged(entry: ActionEntry, actor: Actor) -> LoggedAction:
    key = actor.held.compartment_key(db().get_one(Compartment, entry.compartment_id))
    opened = open_answers(entry, "sealed_note", key=key)
    how = opened.get("how")
    return LoggedAction(
        entry.done_on,
        entry.entered_at,
        CompanyAction(opened["action"]),
        opened["note"],
        ResponseMethod(how) if how else None,
    )


def replies_of(exchange: Exchange, *, actor: Actor) -> list[tuple[datetime, str]]:
    """What the company wrote to the worker, oldest first."""
    messages = db().scalars(select(Message).where(Message.exchange_id == exchange.id).order_by(Message.sent_at))
    return [
        (
            message.sent_at,
            open_from(
                message,
                "sealed_text",
                key=actor.held.compartment_key(db().get_one(Compartment, message.compartment_id)),
            ),
        )
        for message in messages
    ]


def extension_of(exchange: Exchange) -> Extension | None:
    return db().scalar(select(Extension).where(Extension.exchange_id == exchange.id))


def moment_asked(asked_on: date | None) -> datetime:
    """When somebody asked: now, or on the day on which she said it to the desk, of which the hour is not known."""
    return now() if asked_on is None else min(now(), datetime.combine(asked_on, time.max, TOKYO))


def may_extend(exchange: Exchange, *, working_days: int, reason: str, asked_on: date | None = None) -> Decision:
    """Whether the final report may be extended as asked: once, on time and with a reason (domain 6.3).

    What was asked by telephone or letter counts from the day on which it was asked, not from the keying.
    """
    clock = running_clock(exchange.id, ClockKind.FINAL_REPORT)
    if clock is None:
        return refused("no_report_due")
    asked_before = db().scalar(select(func.count()).select_from(Extension).where(Extension.exchange_id == exchange.id))
    return extension_allowed(
        granted=asked_before or 0,
        asked_at=moment_asked(asked_on),
        due_at=clock.due_at,
        reason_given=bool(reason.strip()),
        business_days=working_days,
        policy=deadlines_at(now()),
    )


class Tab(Labelled):
    """The three parts of the officer's list."""

    # fmt: off
    DUE    = "due",    "対応が必要なもの",   "Waiting for you"
    REVIEW = "review", "協会が確認中のもの", "Being reviewed"
    OVER   = "over",   "終了したもの",       "Finished"
    # fmt: on

    @classmethod
    def of(cls, typed: str | None) -> Tab:
        """The part that an address names; the first for anything else."""
        return cls(typed) if typed in {tab.value for tab in cls} else cls.DUE


@dataclass(frozen=True)
class InboxRow:
    """One line of the list: nothing of the content, and all of the clock."""

    exchange: Exchange
    stage: ExchangeStage
    clock: Clock | None
    time_left: TimeLeft | None


def one_exchange(reference: str, reach: ColumnElement[bool]) -> Select[Exchange]:
    """The exchange with this reference, as far as the one who asks can reach."""
    return select(Exchange).where(Exchange.reference == reference, reach)


def page_of_inbox(actor: Actor, tab: Tab, *, after: str | None = None, before: str | None = None) -> Page[InboxRow]:
    """One page of the officer's list. What is due first comes first; what is over, the newest first."""
    seat = seat_of(OFFICE_OF_ROLE[actor.role], company_id=actor.person.company_id if actor.person else None)
    if seat is None:
        return Page((), None, None)
    position = decode_position(after or before, *_KINDS[tab])
    backward = position is not None and not after
    order, beyond = _order(tab, position, backward=backward)
    fetched = (
        db()
        .scalars(
            select(Exchange)
            .where(
                Exchange.seat_id == seat.id,
                visible_exchanges(actor, Permission.RESPONSE_LIST),
                *_PART[tab],
                *beyond,
            )
            .order_by(*order)
            .limit(ROWS + 1)
        )
        .all()
    )
    if backward:
        page = backward_page(fetched, size=ROWS, position_of=_POSITION[tab])
    else:
        page = forward_page(fetched, size=ROWS, position_of=_POSITION[tab], began_after=after if position else None)
    return Page(_rows(page.rows), page.previous, page.next)


def _rows(exchanges: Sequence[Exchange]) -> tuple[InboxRow, ...]:
    stages, at = stages_of(exchanges), now()
    running = db().scalars(
        select(Clock).where(
            Clock.subject_kind == Exchange.__tablename__,
            Clock.subject_id.in_([exchange.id for exchange in exchanges]),
            Clock.met_at.is_(None),
            Clock.stopped_at.is_(None),
        )
    )
    clocks = {(clock.subject_id, clock.kind): clock for clock in running}
    counted_by = {one: calendars_of_clocks(one, calendar()) for one in {row.company_id for row in exchanges}}
    rows = []
    for exchange in exchanges:
        clock = clocks.get((exchange.id, exchange.next_due_kind)) if exchange.next_due_kind else None
        known = counted_by[exchange.company_id](clock.started_at) if clock else calendar()
        left = time_left(exchange.next_due_at, at=at, calendar=known) if exchange.next_due_at else None
        rows.append(InboxRow(exchange, stages[exchange.id], clock, left))
    return tuple(rows)


@dataclass(frozen=True)
class WaitingLetter:
    """A formal request that waits for the company's answer."""

    request: FormalRequest
    time_left: TimeLeft | None


def letters_waiting(actor: Actor) -> list[WaitingLetter]:
    """The formal requests served to the actor's post that are still to be answered, the most urgent first."""
    at = now()
    waiting = [letter for letter in letters_to(actor) if letter.state is RequestState.SERVED]
    waiting.sort(key=lambda letter: (letter.due_at is None, letter.due_at))
    return [
        WaitingLetter(letter, time_left(letter.due_at, at=at, calendar=calendar()) if letter.due_at else None)
        for letter in waiting
    ]


_PART: Mapping[Tab, tuple[ColumnElement[bool], ...]] = {
    Tab.DUE: (Exchange.state == "routed", Exchange.next_due_at.is_not(None)),
    Tab.REVIEW: (Exchange.state == "routed", Exchange.next_due_at.is_(None)),
    Tab.OVER: (Exchange.closed_at.is_not(None),),
}
_COLUMNS: Mapping[Tab, tuple[InstrumentedAttribute[Any], ...]] = {
    Tab.DUE: (Exchange.next_due_at, Exchange.id),
    Tab.REVIEW: (Exchange.id,),
    Tab.OVER: (Exchange.closed_at, Exchange.id),
}
_KINDS: Mapping[Tab, tuple[type[str], ...]] = {Tab.DUE: (str, str), Tab.REVIEW: (str,), Tab.OVER: (str, str)}
_POSITION: Mapping[Tab, Callable[[Exchange], Position]] = {
    Tab.DUE: lambda exchange: (str(exchange.next_due_at and exchange.next_due_at.isoformat()), exchange.id.hex),
    Tab.REVIEW: lambda exchange: (exchange.id.hex,),
    Tab.OVER: lambda exchange: (str(exchange.closed_at and exchange.closed_at.isoformat()), exchange.id.hex),
}


def _order(
    tab: Tab, position: Position | None, *, backward: bool
) -> tuple[list[UnaryExpression[Any]], list[ColumnElement[bool]]]:
    """In which order the rows come, and where a page begins; a position that makes no sense is the first page."""
    columns = _COLUMNS[tab]
    descending = (tab is Tab.OVER) is not backward
    order = [column.desc() if descending else column.asc() for column in columns]
    values = _read(position)
    if values is None:
        return order, []
    here = tuple_(*columns)
    there = tuple_(*(literal(value, column.type) for value, column in zip(values, columns, strict=True)))
    return order, [here < there if descending else here > there]


def _read(position: Position | None) -> list[datetime | uuid.UUID] | None:
    if position is None:
        return None
    try:
        moments = [datetime.fromisoformat(str(part)) for part in position[:-1]]
        return [*moments, uuid.UUID(hex=str(position[-1]))] if all(moment.tzinfo for moment in moments) else None
    except ValueError:
        return None


@dataclass(frozen=True, repr=False)
class ExchangeView:
    """One matter as its officer sees it, opened: the forwarded copy and what the company wrote, never more."""

    stage: ExchangeStage
    text: str
    level: ConsentLevel | None
    week_of: date | None
    """The Monday of the week in which it came; no officer learns the day or hour (domain 4.2)."""
    log: list[LoggedAction]
    replies: list[tuple[datetime, str]]
    reports: list[OpenedReport]
    extension: Extension | None
    clocks: list[tuple[Clock, TimeLeft]]
    is_handed_over: bool

    @property
    def acts(self) -> frozenset[CaseAct]:
        return frozenset(officers_acts(self.stage))

    @property
    def may_report(self) -> bool:
        return CaseAct.SUBMIT_REPORT in self.acts

    @property
    def may_reply(self) -> bool:
        return self.stage in WITH_THE_OFFICER

    @property
    def may_ask_for_time(self) -> bool:
        due = any(clock.kind is ClockKind.FINAL_REPORT for clock, _left in self.clocks)
        return self.may_reply and due and self.extension is None


def view_of(exchange: Exchange, *, actor: Actor) -> ExchangeView:
    """Open one matter for its officer. The reading is recorded before this is called."""
    copy, at = approved_copy(exchange), now()
    counted_by = calendars_of_clocks(exchange.company_id, calendar())
    return ExchangeView(
        stage=stage_now(exchange),
        text=copy_text(copy, actor=actor) if copy else "",
        level=copy.level if copy else None,
        week_of=_week_of(exchange, copy),
        log=action_log(exchange, actor=actor),
        replies=replies_of(exchange, actor=actor),
        reports=[open_report(report, actor=actor) for report in reports_of(exchange)],
        extension=extension_of(exchange),
        clocks=[
            (clock, time_left(clock.due_at, at=at, calendar=counted_by(clock.started_at)))
            for clock in running_clocks(exchange.id)
        ],
        is_handed_over=exchange.via != Role.OFFICER.value,
    )


def _week_of(exchange: Exchange, copy: ForwardedCopy | None) -> date | None:
    """When the consultation came, by the week; not even that where only a blurred summary may be told."""
    if copy is None or copy.level.rank < ConsentLevel.CN_2.rank:
        return None
    came = db().get_one(Case, exchange.case_id).received_at.astimezone(TOKYO).date()
    return came - timedelta(days=came.weekday())
