"""What is done with accounts: people are registered, sign up, take seats and leave."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from app.custody.actions import leave_seat, open_seat, share_seat
from app.custody.queries import SEATS_OF_COMPANIES
from app.people.queries import login_digest
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from app.pipeline.unlocking import person_key_context
from crypto import FOR_TESTS_ONLY, PRODUCTION, Profile, link_digest, lock_with_password, new_keypair, new_link_token
from models.company import Company
from models.person import Person
from models.rules.mail_kinds import MailKind
from models.rules.people import COMPANY, MAY_HOLD, Role, SeatKind
from models.sealed import seal_by_server
from models.sign_up_link import SignUpLink
from models.visit import Visit

LINK_DAYS = 7
PROFILES = {"production": PRODUCTION, "for_tests_only": FOR_TESTS_ONLY}


def password_profile() -> Profile:
    """How slowly passwords are derived in this installation."""
    return PROFILES[current_app.config["KIKITE"].password_profile]


def register_person(
    role: Role,
    *,
    name: str,
    mail: str,
    actor: Actor,
    company: Company | None = None,
    post: str = "",
    is_handler: bool = False,
    is_chair: bool = False,
    starts_at: datetime | None = None,
) -> Person:
    """Register somebody who will sign in; the address is both the login and where mails go."""
    if (role in COMPANY) and company is None:
        raise ValueError("an officer belongs to a company")
    person = Person(
        id=uuid.uuid4(),
        role=role,
        company_id=company.id if company else None,
        is_handler=is_handler,
        is_chair=is_chair,
        login_digest=login_digest(mail),
        starts_at=starts_at or now(),
    )
    seal_by_server(person, "sealed_name", name, ring=ring())
    seal_by_server(person, "sealed_mail", mail, ring=ring())
    if post:
        seal_by_server(person, "sealed_post", post, ring=ring())
    db().add(person)
    db().flush()
    record(of_person(person), "person.register", actor=actor, facts={"role": role.value})
    return person


def invite(person: Person, *, actor: Actor) -> str:
    """Make the one-time link by which a person sets a password; the mail that carries it is queued."""
    token = new_link_token()
    at = now()
    db().add(
        SignUpLink(
            person_id=person.id,
            digest=link_digest(token, key=ring().stable("link")),
            made_at=at,
            expires_at=at + timedelta(days=LINK_DAYS),
        )
    )
    queue_mail(person, MailKind.INVITATION, actor=actor, key=person.id.hex + at.isoformat())
    return token


def person_of_link(token: str) -> tuple[Person, SignUpLink] | None:
    """Whom a one-time link belongs to, while it is good."""
    found = db().scalar(select(SignUpLink).where(SignUpLink.digest == link_digest(token, key=ring().stable("link"))))
    if found is None or found.used_at is not None or now() >= found.expires_at:
        return None
    return db().get_one(Person, found.person_id), found


def sign_up(person: Person, password: str, *, actor: Actor) -> bytes:
    """Give a person a key pair locked by the password, and the seats of the role. Returns the private key."""
    pair = new_keypair()
    person.public_key = pair.public
    person.locked_private_key = lock_with_password(
        pair.private,
        password=password,
        pepper=ring().stable("pepper"),
        profile=password_profile(),
        context=person_key_context(person.id),
    )
    person.verified_at = now()
    db().flush()
    record(of_person(person), "person.sign_up", actor=actor, facts={})
    take_seats(person, actor=actor)
    return pair.private


def take_seats(person: Person, *, actor: Actor) -> None:
    """Hand a person the seats that the role may hold; a seat of others waits for one of them."""
    for kind, roles in MAY_HOLD.items():
        if person.role not in roles or (kind is SeatKind.HANDLERS and not person.is_handler):
            continue
        company_id = person.company_id if kind in SEATS_OF_COMPANIES else None
        share_seat(open_seat(kind, company_id=company_id), person, actor=actor)


def end_service(person: Person, *, actor: Actor) -> None:
    """End a person's access at this minute, and begin new epochs of the seats that were held."""
    at = now()
    person.ends_at = at
    for visit in db().scalars(select(Visit).where(Visit.person_id == person.id)):
        db().delete(visit)
    for kind, roles in MAY_HOLD.items():
        if person.role in roles and (kind is not SeatKind.HANDLERS or person.is_handler):
            company_id = person.company_id if kind in SEATS_OF_COMPANIES else None
            leave_seat(open_seat(kind, company_id=company_id), person, actor=actor)
    record(of_person(person), "person.end", actor=actor, facts={"reason_code": "service_ended"})
