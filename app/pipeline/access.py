"""Every view says what it asks for, or that it is public; a view that says neither is not served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_wtf import CSRFProtect
from werkzeug.exceptions import InternalServerError

from app.pipeline.clock import now
from app.pipeline.identity import Actor, Door, find_actor, needs_noting, note_seen
from app.pipeline.transaction import begin_writing, commit, roll_back
from app.pipeline.uploads import read_the_rest
from models.rules.asked_again import asks_again
from models.rules.people import COMPANY
from models.rules.permissions import Kind, Permission, kind_of, may_ever

View = TypeVar("View", bound=Callable[..., Any])
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Writes(Enum):
    """When a request that writes takes the pen."""

    AT_ONCE = "at_once"
    LATE = "late"
    """The view does slow work first, such as a password or sealing, and calls begin_writing() itself."""
    AFTER_READING = "after_reading"
    """The view reads a form with files as it arrives (pipeline/uploads.py), and then calls begin_writing() itself."""


@dataclass(frozen=True)
class Ask:
    """What a view asks for; without a permission it is public."""

    permission: Permission | None
    writes: Writes


def asks(permission: Permission, *, writes: Writes = Writes.AT_ONCE) -> Callable[[View], View]:
    """This view is for those whom the policy gives this permission in some standing."""
    return _marked(Ask(permission, writes))


def public(*, writes: Writes = Writes.LATE) -> Callable[[View], View]:
    """This view is for everybody."""
    return _marked(Ask(None, writes))


def _marked(ask: Ask) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.kikite_asks = ask  # type: ignore[attr-defined]
        return view

    return mark


def leave_tokens_to_uploads(app: Flask, csrf: CSRFProtect) -> None:
    """Let a view that reads its form as it arrives check the form's token itself; its reading does so first of all."""
    for view in app.view_functions.values():
        ask: Ask | None = getattr(view, "kikite_asks", None)
        if ask is not None and ask.writes is Writes.AFTER_READING:
            csrf.exempt(view)


def ask_of(app: Flask, endpoint: str) -> Ask | None:
    """What the view behind an endpoint asks for."""
    return getattr(app.view_functions.get(endpoint), "kikite_asks", None)


def door_of(permission: Permission) -> Door:
    """Through which door somebody with this permission comes."""
    return Door.MAILBOX if permission.resource == "mailbox" else Door.STAFF


def admit() -> Response | None:
    """Before each request: find who is there, ask the policy, and take the pen where the view writes."""
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    if "\0" in request.path:
        # No number and no name of ours holds it, and PostgreSQL refuses to be asked.
        abort(404)
    ask = ask_of(current_app, endpoint)
    if ask is None:
        raise InternalServerError(f"{endpoint} says neither what it asks for nor that it is public")
    if ask.permission is not None:
        refusal = _admit_through(ask.permission, ask.writes)
        if refusal is not None:
            return refusal
    if request.method not in READING_METHODS and ask.writes is Writes.AT_ONCE:
        begin_writing()
    return None


def _admit_through(permission: Permission, writes: Writes) -> Response | None:
    door = door_of(permission)
    actor = find_actor(door)
    if writes is Writes.AFTER_READING and (actor is None or not may_ever(permission, actor.role)):
        # A browser that is still sending shows the refusal only when it was let finish.
        read_the_rest()
    if actor is None:
        return _to_the_door(door)
    if not may_ever(permission, actor.role):
        g.refused_role = actor.role
        abort(403)
    if _awaits_the_second_step(actor) and permission.resource != "session":
        return _to_the_own_page()
    if _was_here_too_long(actor, permission):
        g.refused_role = actor.role
        return _to_the_door(door, again=True)
    if (
        permission is not Permission.SESSION_SIGN_OUT
        and kind_of(permission) is Kind.READ
        and request.method not in READING_METHODS
    ):
        raise InternalServerError(f"{request.endpoint} writes and asks only to read")
    if needs_noting(actor):
        begin_writing()
        note_seen(actor, door)
        commit()
    g.actor = actor
    return None


def _awaits_the_second_step(actor: Actor) -> bool:
    """Whether somebody of a company has only followed the link of a mail: it may be another who reads her mail."""
    person = actor.person
    return person is not None and person.role in COMPANY and person.verified_at is None


def _to_the_own_page() -> Response:
    roll_back()
    if request.method not in READING_METHODS:
        abort(403)
    return redirect(url_for("people.own_post"))  # type: ignore[return-value]


def _was_here_too_long(actor: Actor, permission: Permission) -> bool:
    """Whether she must show again who she is: it begins another session, and so this one's beginning says when."""
    return actor.visit is not None and asks_again(permission, shown_at=actor.visit.began_at, moment=now())


def _to_the_door(door: Door, *, again: bool = False) -> Response:
    roll_back()
    if request.method not in READING_METHODS:
        # What was typed is not lost: the page that says so offers the text for copying.
        g.asked_again = again
        abort(401)
    if door is Door.MAILBOX:
        return redirect(url_for("mailbox.enter"))  # type: ignore[return-value]
    return redirect(url_for("sign_in.sign_in", next=request.path, again="1" if again else None))  # type: ignore[return-value]
