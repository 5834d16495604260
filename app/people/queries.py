"""What is asked of people: who signs in under an address, who serves a company, who sits in the secretariat."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from crypto import link_digest
from models.person import Person
from models.rules.people import Role
from models.sealed import open_by_server


def login_digest(address: str) -> bytes:
    """Under what an address is found without being kept in clear."""
    plain = unicodedata.normalize("NFKC", address).strip().casefold()
    return link_digest(plain, key=ring().stable("login"))


def person_by_login(address: str) -> Person | None:
    return db().scalar(select(Person).where(Person.login_digest == login_digest(address)))


def serving(at: datetime, *roles: Role, company_id: uuid.UUID | None = None) -> Sequence[Person]:
    """Who serves in one of these roles at a moment."""
    query = (
        select(Person)
        .where(Person.role.in_(roles), Person.starts_at <= at, or_(Person.ends_at.is_(None), Person.ends_at > at))
        .order_by(Person.starts_at, Person.id)
    )
    if company_id is not None:
        query = query.where(Person.company_id == company_id)
    return db().scalars(query).all()


def name_of(person: Person | None) -> str:
    """A registered person's name, for those who work with her."""
    return open_by_server(person, "sealed_name", ring=ring()) if person is not None else ""


def mail_of(person: Person) -> str:
    return open_by_server(person, "sealed_mail", ring=ring())
