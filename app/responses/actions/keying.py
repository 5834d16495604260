"""What the desk keys in a company's stead: the officer's own act, with who said it, when and how, written beside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.responses.actions.answering import acknowledge, ask_extension, submit_report
from app.responses.queries.keyed import speakers
from models.exchange import Exchange
from models.extension import Extension
from models.person import Person
from models.proxy_entry import ProxyEntry
from models.report import Report
from models.rules.proxy import ProxyAct, ProxyWay


@dataclass(frozen=True)
class Told:
    """Who of the company said something, on which day and how."""

    by: Person
    on: date
    way: ProxyWay


def key_acknowledgement(exchange: Exchange, told: Told, *, actor: Actor) -> ProxyEntry:
    """The officer said that the company has the matter and takes it on."""
    entry = _entry(exchange, ProxyAct.ACKNOWLEDGE, told, actor)
    acknowledge(exchange, actor=actor)
    return _kept(exchange, entry, actor=actor)


def key_extension(exchange: Exchange, told: Told, *, working_days: int, reason: str, actor: Actor) -> ProxyEntry:
    """The officer asked for more time."""
    entry = _entry(exchange, ProxyAct.EXTENSION, told, actor)
    asked: Extension = ask_extension(exchange, working_days=working_days, reason=reason, actor=actor, asked_on=told.on)
    entry.extension_id = asked.id
    return _kept(exchange, entry, actor=actor)


def key_report(exchange: Exchange, told: Told, blocks: Mapping[str, Any], *, actor: Actor) -> ProxyEntry:
    """The officer reported."""
    entry = _entry(exchange, ProxyAct.REPORT, told, actor)
    report: Report = submit_report(exchange, blocks, actor=actor)
    entry.report_id = report.id
    return _kept(exchange, entry, actor=actor)


def _entry(exchange: Exchange, act: ProxyAct, told: Told, actor: Actor) -> ProxyEntry:
    if actor.person is None or told.by.id not in {person.id for person in speakers(exchange)}:
        raise ValueError("only whoever acts for the company now speaks for it, and only a counselor keys it")
    return ProxyEntry(
        id=uuid.uuid4(),
        exchange_id=exchange.id,
        act=act,
        way=told.way,
        told_on=told.on,
        told_by_id=told.by.id,
        keyed_by_id=actor.person.id,
        keyed_at=now(),
    )


def _kept(exchange: Exchange, entry: ProxyEntry, *, actor: Actor) -> ProxyEntry:
    db().add(entry)
    facts: dict[str, Fact] = {
        "exchange_id": exchange.id.hex,
        "act": entry.act.value,
        "way": entry.way.value,
        "person_id": entry.told_by_id.hex,
    }
    record(of_case(exchange.case_id), "exchange.key_in", actor=actor, facts=facts)
    return entry
