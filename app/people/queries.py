"""What is asked of people: who signs in under an address, who serves a company, who sits in the secretariat."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from app.custody.queries import holders_of, holdings_of
from app.pipeline.clock import now
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from crypto import link_digest
from models.person import Person
from models.rules.people import COMPANY, Role, SeatKind
from models.rules.routing import Candidate
from models.sealed import open_by_server
from models.sign_up_link import SignUpLink


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


def post_of(person: Person) -> str:
    return open_by_server(person, "sealed_post", ring=ring()) if person.sealed_post else ""


def link_of(person: Person) -> str | None:
    """The one-time link that an invitation mail carries; None once it was sent, used or has run out."""
    link = db().scalar(
        select(SignUpLink)
        .where(SignUpLink.person_id == person.id, SignUpLink.sealed_link.is_not(None), SignUpLink.expires_at > now())
        .order_by(SignUpLink.made_at.desc())
        .limit(1)
    )
    return open_by_server(link, "sealed_link", ring=ring()) if link is not None else None


def open_invitation(person: Person) -> SignUpLink | None:
    """The link that a person could use now."""
    return db().scalar(
        select(SignUpLink)
        .where(SignUpLink.person_id == person.id, SignUpLink.used_at.is_(None), SignUpLink.expires_at > now())
        .order_by(SignUpLink.made_at.desc())
        .limit(1)
    )


def candidates_of(company_id: uuid.UUID) -> list[Candidate]:
    """Everybody who is or was registered for a company, as the rules of routing ask for them."""
    people = db().scalars(select(Person).where(Person.company_id == company_id, Person.role.in_(COMPANY)))
    return [
        Candidate(person.id.hex, person.role, person.starts_at, person.ends_at, verified=person.verified_at is not None)
        for person in people
    ]


def alone_on(person: Person) -> list[SeatKind]:
    """The association's seats that nobody holds but this person."""
    return [
        seat.kind
        for seat, epoch in holdings_of(person)
        if seat.company_id is None
        and epoch.ended_at is None
        and all(holder.id == person.id for holder in holders_of(epoch))
    ]
