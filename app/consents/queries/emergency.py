"""What was told, or is to be told, because life or body is at risk; opened for whoever holds the narrative."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.case import Case
from models.compartment import Compartment
from models.emergency_telling import EmergencyTelling
from models.sealed import open_from


@dataclass(frozen=True, repr=False)
class Telling:
    """One of them, opened."""

    row: EmergencyTelling
    told: str
    reason: str
    done: str
    """What became of it; empty until that is recorded."""


def waiting_emergency(case: Case) -> EmergencyTelling | None:
    """The one that waits for a second person."""
    waits = select(EmergencyTelling).where(EmergencyTelling.case_id == case.id, EmergencyTelling.answered_at.is_(None))
    return db().scalar(waits)


def tellings_of(case: Case, *, actor: Actor) -> list[Telling]:
    """All of a case, oldest first, opened for whoever holds its narrative."""
    rows = (
        db()
        .scalars(
            select(EmergencyTelling).where(EmergencyTelling.case_id == case.id).order_by(EmergencyTelling.asked_at)
        )
        .all()
    )
    opened = []
    for row in rows:
        key = actor.held.compartment_key(db().get_one(Compartment, row.compartment_id))
        told, reason = (open_from(row, field, key=key) for field in ("sealed_told", "sealed_reason"))
        done = open_from(row, "sealed_done", key=key) if row.sealed_done is not None else ""
        opened.append(Telling(row, told, reason, done))
    return opened
