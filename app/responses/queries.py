"""What is asked of responses: how far an office is, what was forwarded to it, and what it has written since."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.clocks.queries import running_clock
from app.custody.queries import compartment_of_exchange
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.action_entry import ActionEntry
from models.compartment import Compartment
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.extension import Extension
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.report import Report
from models.rules.deadlines import ClockKind, extension_allowed, policy_at
from models.rules.decision import Decision, refused
from models.rules.exchange_stage import ExchangeStage, stage_of
from models.rules.people import CompartmentKind
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.response_method import ResponseMethod
from models.sealed import open_answers, open_from


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
    acted = set(db().scalars(select(ActionEntry.exchange_id).where(ActionEntry.exchange_id.in_(ids)).distinct()))
    newest: dict[uuid.UUID, Report] = {}
    for report in db().scalars(select(Report).where(Report.exchange_id.in_(ids)).order_by(Report.number)):
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


def in_hand_of_company(company_id: uuid.UUID) -> Sequence[Exchange]:
    """What lies with a company now."""
    return (
        db()
        .scalars(
            select(Exchange).where(Exchange.company_id == company_id, Exchange.state == "routed").order_by(Exchange.id)
        )
        .all()
    )


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


def may_extend(exchange: Exchange, *, working_days: int, reason: str) -> Decision:
    """Whether the final report may be extended as asked: once, on time and with a reason (domain 6.3)."""
    clock = running_clock(exchange.id, ClockKind.FINAL_REPORT)
    if clock is None:
        return refused("no_report_due")
    asked_before = db().scalar(select(func.count()).select_from(Extension).where(Extension.exchange_id == exchange.id))
    return extension_allowed(
        granted=asked_before or 0,
        asked_at=now(),
        due_at=clock.due_at,
        reason_given=bool(reason.strip()),
        business_days=working_days,
        policy=policy_at(now()),
    )
