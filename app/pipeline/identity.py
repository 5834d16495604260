"""Who is present: a session whose keys neither the store nor the cookie can open alone."""

from __future__ import annotations

import secrets
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask import Flask, Response, current_app, g, request
from flask_login import LoginManager
from sqlalchemy import delete, select

from app.pipeline.clock import now
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys, visit_key_context
from crypto import CannotOpen, SessionKeys, lock_with_key, session_keys, unlock_with_key
from models.person import Person
from models.receipt import Receipt
from models.rules.device_names import device_of
from models.rules.people import Role
from models.rules.second_factor import Awaits, second_factor_rule_at
from models.visit import Visit

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)


class Door(Enum):
    """The two ways in, each with a cookie of its own: a consulter's and everyone else's."""

    MAILBOX = "kikite_mailbox"
    STAFF = "kikite_session"


@dataclass(frozen=True)
class Actor:
    """Somebody who does something: a person, a consulter with her receipt, or the clock."""

    role: Role
    keys: Keys | None = None
    person: Person | None = None
    receipt: Receipt | None = None
    visit: Visit | None = None

    @property
    def id(self) -> uuid.UUID | None:
        """Whom the record names: the person, or the receipt's row; the clock has none."""
        if self.person is not None:
            return self.person.id
        return self.receipt.id if self.receipt is not None else None

    @property
    def held(self) -> Keys:
        """The keys of whoever is present; the clock has none and may open nothing."""
        if self.keys is None:
            raise CannotOpen
        return self.keys

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login calls the one who is signed in."""
        return str(self.id)


THE_CLOCK = Actor(role=Role.SYSTEM)


def actor_here() -> Actor:
    """The actor of this request; there is one wherever a view asks for a permission."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise RuntimeError("nobody is signed in here; the view must ask for a permission")
    return actor


def person_here() -> Person:
    """The signed-in person of this request."""
    person = actor_here().person
    if person is None:
        raise RuntimeError("a person was expected here")
    return person


def begin_visit(
    door: Door,
    *,
    private_key: bytes,
    person: Person | None = None,
    receipt: Receipt | None = None,
    awaits: Awaits | None = None,
) -> str:
    """Open a session and say what the browser's cookie shall hold; call remember_visit with it on the response.

    A session that awaits a second step is short and opens nothing; the next one takes its place.
    """
    token = secrets.token_bytes(TOKEN_BYTES)
    found = session_keys(token)
    at = now()
    half_open = second_factor_rule_at(at).half_open
    visit = Visit(
        id=uuid.uuid4(),
        locator=found.locator,
        person_id=person.id if person else None,
        receipt_id=receipt.id if receipt else None,
        awaits=awaits,
        device=device_of(request.user_agent.string) if person else None,
        began_at=at,
        last_seen_at=at,
        idle_ends_at=at + (half_open if awaits else _idle(door)),
        absolute_ends_at=at + (half_open if awaits else timedelta(hours=current_app.config["STAFF_ABSOLUTE_HOURS"])),
    )
    visit.sealed_private_key = lock_with_key(private_key, key=found.key, context=visit_key_context(visit.id))
    session = db()
    session.execute(delete(Visit).where(Visit.absolute_ends_at < at))
    before = _session_here(door)
    if before is not None:
        # Whoever comes in anew leaves no session open behind her, as on a computer that several people use.
        session.execute(delete(Visit).where(Visit.locator == before.locator))
    session.add(visit)
    return urlsafe_b64encode(token).decode()


def remember_visit(response: Response, door: Door, token: str) -> Response:
    """Give the browser its half of the session."""
    secure = bool(current_app.config["SERVES_HTTPS"])
    response.set_cookie(cookie_name(door), token, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


def end_visit(actor: Actor) -> None:
    """End the session that this request came with."""
    if actor.visit is not None:
        db().execute(delete(Visit).where(Visit.id == actor.visit.id))


def forget_visit(response: Response, door: Door) -> Response:
    """Take the browser's half away, with whatever it kept of the pages."""
    secure = bool(current_app.config["SERVES_HTTPS"])
    response.delete_cookie(cookie_name(door), path="/", httponly=True, samesite="Lax", secure=secure)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def cookie_name(door: Door) -> str:
    return f"__Host-{door.value}" if current_app.config["SERVES_HTTPS"] else door.value


def find_actor(door: Door) -> Actor | None:
    """Whoever this request's cookie belongs to, with the keys opened; None when there is nobody, or not wholly in."""
    actor = _whose_cookie(door)
    return actor if actor is not None and actor.visit is not None and actor.visit.awaits is None else None


def who_awaits(what: Awaits) -> Actor | None:
    """Whoever has shown the password and still waits at the door for this; nobody else may be told apart by it."""
    actor = _whose_cookie(Door.STAFF)
    return actor if actor is not None and actor.visit is not None and actor.visit.awaits is what else None


def _whose_cookie(door: Door) -> Actor | None:
    found = _session_here(door)
    if found is None:
        return None
    visit = db().scalar(select(Visit).where(Visit.locator == found.locator))
    at = now()
    if visit is None or at >= visit.ends_at:
        return None
    try:
        private_key = unlock_with_key(visit.sealed_private_key, key=found.key, context=visit_key_context(visit.id))
    except CannotOpen:
        return None
    return _actor_of(visit, private_key, at)


def _session_here(door: Door) -> SessionKeys | None:
    """What the browser's half of a session leads to, if it brought one."""
    try:
        token = urlsafe_b64decode(request.cookies.get(cookie_name(door), ""))
    except ValueError:
        return None
    return session_keys(token) if len(token) == TOKEN_BYTES else None


def _actor_of(visit: Visit, private_key: bytes, at: datetime) -> Actor | None:
    if visit.person_id is not None:
        person = db().get(Person, visit.person_id)
        if person is None or not person.serves_at(at):
            return None
        return Actor(person.role, Keys(private_key, person_id=person.id), person=person, visit=visit)
    receipt = db().get(Receipt, visit.receipt_id)
    if receipt is None or receipt.ended_at is not None:
        return None
    return Actor(Role.CONSULTER, Keys(private_key, receipt_id=receipt.id), receipt=receipt, visit=visit)


def needs_noting(actor: Actor) -> bool:
    """Whether it is time to note that the session is still in use; not at every request."""
    return actor.visit is not None and now() - actor.visit.last_seen_at >= SEEN_EVERY


def note_seen(actor: Actor, door: Door) -> None:
    """Put the idle end off."""
    if actor.visit is not None:
        actor.visit.last_seen_at = now()
        actor.visit.idle_ends_at = now() + _idle(door)


def _idle(door: Door) -> timedelta:
    setting = "CONSULTER_IDLE_MINUTES" if door is Door.MAILBOX else "STAFF_IDLE_MINUTES"
    return timedelta(minutes=current_app.config[setting])


def init_identity(app: Flask) -> None:
    """Let Flask-Login know who is present; it keeps no session of its own."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(lambda _request: g.get("actor"))
