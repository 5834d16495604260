"""Whether two accounts are two persons, and known for long enough, where an act takes two."""

from __future__ import annotations

import unicodedata
import uuid

from sqlalchemy import select

from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.person import Person
from models.rules.joint_acts import is_known


def are_one_person(one: uuid.UUID, other: uuid.UUID) -> bool:
    """Whether they are one, also under two accounts: a person who is two things signs in as one of them at a time."""
    if one == other:
        return True
    names = [_plain(name_of(db().get(Person, each))) for each in (one, other)]
    return names[0] == names[1]


def are_known(*people: uuid.UUID | None) -> bool:
    """Whether none of them was registered too lately by a person; the installation itself knows whom it registers."""
    at, ids = now(), [one for one in people if one is not None]
    registered = select(AuditRecord.at).where(
        AuditRecord.subject_kind == "person",
        AuditRecord.subject_id.in_(ids),
        AuditRecord.name == "person.register",
        AuditRecord.actor_id.is_not(None),
    )
    return all(is_known(one, at=at) for one in db().scalars(registered))


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
