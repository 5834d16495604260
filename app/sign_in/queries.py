"""Where somebody is signed in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from app.pipeline.clock import now
from app.pipeline.identity import actor_here
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


def visit_here() -> uuid.UUID | None:
    """The session that this request came with."""
    visit = actor_here().visit
    return visit.id if visit is not None else None
