"""What is asked of worksheets: the list, one with its words opened, its days, and who decides about it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, select

from app.clocks.queries import clocks_of, running_clocks
from app.people.queries import name_of, serving
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import excluded_from_leak, visible_cases, visible_leaks
from app.pipeline.transaction import db
from models.case import Case
from models.clock import Clock
from models.compartment import Compartment
from models.leak import Leak
from models.leak_case import LeakCase
from models.leak_sheet import LeakSheet
from models.leak_telling import LeakTelling
from models.person import Person
from models.rules.deadlines import ClockKind
from models.rules.leak import LeakDuty, LeakState, duty, leak_rules_of, triggers_in
from models.rules.people import Role
from models.rules.permissions import Permission
from models.sealed import open_answers, open_from

MOST_SHOWN = 200
DECIDES = (Role.MANAGER, Role.HEAD)


@dataclass(frozen=True, repr=False)
class Told:
    """That somebody was told, opened."""

    row: LeakTelling
    words: str
    by: str
    sheet_number: int | None


@dataclass(frozen=True, repr=False)
class Version:
    """One version of the nine items, opened."""

    row: LeakSheet
    items: dict[str, str]
    by: str


def leaks_shown(actor: Actor) -> Sequence[Leak]:
    """The worksheets that one may see: what runs first, by what is due next."""
    is_over = case((Leak.state == LeakState.ENDED, 1), else_=0)
    return (
        db()
        .scalars(
            select(Leak)
            .where(visible_leaks(actor, Permission.LEAK_LIST))
            .order_by(is_over, Leak.next_due_at.is_(None), Leak.next_due_at, Leak.aware_at.desc(), Leak.id)
            .limit(MOST_SHOWN)
        )
        .all()
    )


def leaks_of_case(of: Case, *, actor: Actor) -> Sequence[Leak]:
    """The worksheets that concern a consultation, the newest first."""
    named = select(LeakCase.leak_id).where(LeakCase.case_id == of.id)
    reach = visible_leaks(actor, Permission.LEAK_LIST)
    return db().scalars(select(Leak).where(Leak.id.in_(named), reach).order_by(Leak.begun_at.desc(), Leak.id)).all()


def compartment_of(leak: Leak) -> Compartment:
    """Where the words of a worksheet lie."""
    return db().scalars(select(Compartment).where(Compartment.leak_id == leak.id)).one()


def latest_sheet(leak: Leak) -> LeakSheet | None:
    """The newest version of the nine items."""
    newest = select(LeakSheet).where(LeakSheet.leak_id == leak.id).order_by(LeakSheet.number.desc()).limit(1)
    return db().scalar(newest)


def items_of(sheet: LeakSheet, *, actor: Actor) -> dict[str, str]:
    """The nine items of a version by their codes. Raises CannotOpen for whoever was not granted them."""
    key = actor.held.compartment_key(db().get_one(Compartment, sheet.compartment_id))
    return {code: str(words) for code, words in open_answers(sheet, "sealed_items", key=key).items()}


def versions_of(leak: Leak, *, actor: Actor) -> list[Version]:
    """Every version, the newest first."""
    rows = db().scalars(select(LeakSheet).where(LeakSheet.leak_id == leak.id).order_by(LeakSheet.number.desc())).all()
    names = _names(row.written_by_id for row in rows)
    return [Version(row, items_of(row, actor=actor), names[row.written_by_id]) for row in rows]


def told_of(leak: Leak, *, actor: Actor) -> list[Told]:
    """Who was told, the earliest first."""
    rows = db().execute(
        select(LeakTelling, LeakSheet.number)
        .outerjoin(LeakSheet, LeakSheet.id == LeakTelling.sheet_id)
        .where(LeakTelling.leak_id == leak.id)
        .order_by(LeakTelling.told_at, LeakTelling.id)
    )
    found = [(row, number) for row, number in rows]
    key = actor.held.compartment_key(compartment_of(leak))
    names = _names(row.recorded_by_id for row, _number in found)
    return [
        Told(row, open_from(row, "sealed_words", key=key), names[row.recorded_by_id], number) for row, number in found
    ]


def cases_of(leak: Leak) -> list[tuple[LeakCase, Case]]:
    """The consultations that a worksheet concerns, in the order in which they were named."""
    rows = db().execute(
        select(LeakCase, Case)
        .join(Case, Case.id == LeakCase.case_id)
        .where(LeakCase.leak_id == leak.id)
        .order_by(LeakCase.named_at, LeakCase.id)
    )
    return [(named, of) for named, of in rows]


def case_to_name(number: str, actor: Actor) -> Case | None:
    """A consultation by its number, as far as one may see that it is there."""
    return db().scalar(select(Case).where(Case.number == number, visible_cases(actor, Permission.CASE_LIST)))


def days_of(leak: Leak) -> list[Clock]:
    """The newest clock of each kind, by what is due first."""
    newest = {clock.kind: clock for clock in clocks_of(leak.id)}
    return sorted(newest.values(), key=lambda clock: clock.due_at)


def proposed(leak: Leak) -> LeakDuty:
    """What the rules propose about the report."""
    return duty(triggers_in(leak.triggers), leak.key_safety, rules=leak_rules_of(leak.rules_version))


def who_decides(leak: Leak) -> list[Person]:
    """Who is reminded: whoever may decide, and whoever began it; nobody who is kept from a case that it concerns."""
    kept_away = excluded_from_leak(leak.id)
    people = {person.id: person for person in serving(now(), *DECIDES)}
    began = db().get(Person, leak.begun_by_id)
    if began is not None and began.serves_at(now()):
        people.setdefault(began.id, began)
    return [person for person in people.values() if person.id not in kept_away]


def _names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {one: name_of(db().get(Person, one)) for one in set(ids)}


def longer_term_waits(leak: Leak) -> bool:
    """Whether a purpose is held to be wrongful, and nobody has decided yet that the full report has its longer term."""
    longer = triggers_in(leak.triggers) & leak_rules_of(leak.rules_version).longer_for
    return bool(longer) and any(clock.kind is ClockKind.LEAK_FINAL for clock in running_clocks(leak.id))
