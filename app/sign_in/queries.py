"""Where somebody is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.pipeline.clock import now
from app.pipeline.transaction import db
from models.person import Person
from models.visit import Visit


def sessions_of(person: Person) -> Sequence[Visit]:
    """The sessions of a person that are open now, the newest first; what still waits at the door is none."""
    at = now()
    return (
        db()
        .scalars(
            select(Visit)
            .where(
                Visit.person_id == person.id,
                Visit.awaits.is_(None),
                Visit.idle_ends_at > at,
                Visit.absolute_ends_at > at,
            )
            .order_by(Visit.last_seen_at.desc(), Visit.id)
        )
        .all()
    )
