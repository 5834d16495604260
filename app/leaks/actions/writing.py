"""What is written in a worksheet: its nine items, its circumstances, the cases it concerns, and who was told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from app.leaks.actions.days import follow_days
from app.leaks.queries import compartment_of, latest_sheet
from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_case, of_leak, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.standing import must_be_allowed, towards_leak
from app.pipeline.transaction import db
from models.case import Case
from models.exchange import Exchange
from models.leak import Leak
from models.leak_case import LeakCase
from models.leak_sheet import LeakSheet
from models.leak_telling import LeakTelling
from models.rules.leak import (
    LEAK_LIFECYCLE,
    REPORTS,
    KeySafety,
    LeakAct,
    LeakItem,
    LeakReach,
    LeakTold,
    LeakTrigger,
    codes_of,
    facts_of,
)
from models.rules.permissions import Permission, decide
from models.rules.working_days import in_japan
from models.sealed import seal_answers_into, seal_into

WHY = "why"
"""Beside the nine items: why no report was held to be needed."""


def write_items(leak: Leak, items: Mapping[LeakItem, str], *, actor: Actor) -> LeakSheet:
    """Write the nine items as they are known now, as the next version; the ones before stay."""
    sheet = seal_sheet(leak, {item.value: items.get(item, "") for item in LeakItem}, actor=actor)
    act_on(leak, LeakAct.WRITE, {"sheet_id": sheet.id.hex}, actor=actor)
    return sheet


def seal_sheet(leak: Leak, answers: Mapping[str, str], *, actor: Actor) -> LeakSheet:
    """The next version, sealed; whoever calls this says which act it belongs to."""
    if actor.person is None:
        raise ValueError("a person writes a worksheet")
    compartment, last = compartment_of(leak), latest_sheet(leak)
    sheet = LeakSheet(
        id=new_id(),
        leak_id=leak.id,
        compartment_id=compartment.id,
        number=last.number + 1 if last else 1,
        written_by_id=actor.person.id,
        written_at=now(),
    )
    seal_answers_into(sheet, "sealed_items", dict(answers), key=actor.held.compartment_key(compartment))
    db().add(sheet)
    db().flush()
    return sheet


def assess(
    leak: Leak,
    *,
    aware_at: datetime,
    reach: LeakReach,
    key_safety: KeySafety,
    triggers: Collection[LeakTrigger],
    actor: Actor,
) -> None:
    """Weigh the circumstances anew; the days follow what they are now.

    Anybody who writes says that a purpose was wrongful, for the report is due with it; the longer term that the law
    gives for the full one follows only from the word of those who decide.
    Raises OutOfReach for a later first day from anybody but those who decide: it puts off what the law asks.
    """
    if puts_off(leak, aware_at):
        must_be_allowed(Permission.LEAK_JUDGE, actor=actor, standing=towards_leak(actor, leak))
    facts: dict[str, Fact] = {
        "reach": reach.value,
        "key_safety": key_safety.value,
        "triggers": facts_of(triggers),
        "day": in_japan(aware_at).date().isoformat(),
    }
    act_on(leak, LeakAct.ASSESS, facts, actor=actor)
    anew = in_japan(aware_at).date() != in_japan(leak.aware_at).date()
    leak.reach, leak.key_safety, leak.triggers, leak.aware_at = reach, key_safety, codes_of(triggers), aware_at
    decides = bool(decide(Permission.LEAK_JUDGE, role=actor.role, standing=towards_leak(actor, leak)))
    follow_days(leak, anew=anew, by_who_decides=decides)


def puts_off(leak: Leak, aware_at: datetime) -> bool:
    """Whether the days would run from a later one than they do."""
    return in_japan(aware_at).date() > in_japan(leak.aware_at).date()


def name_case(leak: Leak, case: Case, exchange: Exchange | None = None, *, actor: Actor) -> bool:
    """Say that a worksheet concerns a consultation; returns whether that was new."""
    known = select(LeakCase.id).where(LeakCase.leak_id == leak.id, LeakCase.case_id == case.id)
    if db().scalar(known) is not None:
        return False
    act_on(leak, LeakAct.NAME, {"case_id": case.id.hex}, actor=actor)
    db().add(
        LeakCase(
            id=new_id(),
            leak_id=leak.id,
            case_id=case.id,
            exchange_id=exchange.id if exchange else None,
            named_at=now(),
        )
    )
    record(of_case(case), "leak.concerns", actor=actor, facts={"leak_id": leak.id.hex})
    return True


def tell(leak: Leak, told: LeakTold, *, told_at: datetime, words: str, actor: Actor) -> LeakTelling:
    """Record that somebody was told; the reports themselves are recorded by whoever decides about them."""
    if told in REPORTS:
        raise ValueError("a report is recorded as a report")
    telling = seal_telling(leak, told, told_at=told_at, words=words, actor=actor)
    act_on(leak, LeakAct.TELL, {"leak_telling_id": telling.id.hex, "told": told.value}, actor=actor)
    return telling


def seal_telling(
    leak: Leak, told: LeakTold, *, told_at: datetime, words: str, sheet: LeakSheet | None = None, actor: Actor
) -> LeakTelling:
    """Who was told what, sealed; whoever calls this says which act it belongs to."""
    if actor.person is None:
        raise ValueError("a person records who was told")
    compartment = compartment_of(leak)
    telling = LeakTelling(
        id=new_id(),
        leak_id=leak.id,
        compartment_id=compartment.id,
        told=told,
        told_at=told_at,
        sheet_id=sheet.id if sheet else None,
        recorded_by_id=actor.person.id,
        recorded_at=now(),
    )
    seal_into(telling, "sealed_words", words, key=actor.held.compartment_key(compartment))
    db().add(telling)
    db().flush()
    return telling


def act_on(leak: Leak, act: LeakAct, facts: dict[str, Fact] | None = None, *, actor: Actor) -> None:
    """The act's row: the permission asked, the new state and the record."""
    perform(
        LEAK_LIFECYCLE,
        leak,
        act,
        actor=actor,
        standing=towards_leak(actor, leak),
        subject=of_leak(leak),
        facts=facts,
    )
