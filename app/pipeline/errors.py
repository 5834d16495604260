"""The error pages: plain words, what to do next, and what was typed handed back where that is safe."""

from __future__ import annotations

from itertools import islice

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.changes import what_changed
from app.pipeline.database import DatabaseBusy, is_there_already
from app.pipeline.identity import Actor, Door, find_actor
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import roll_back
from crypto import CannotOpen
from models.rules.lifecycle import NotAllowedNow

log = structlog.get_logger()
PAGES = frozenset({400, 401, 403, 404, 405, 409, 410, 413, 429, 500, 503})
KEEPS_THE_MENU = frozenset({403, 404, 410})
"""Nothing is broken here, and whoever took a wrong turn keeps her menu: the same for what is not there and not hers."""
REFUSALS = frozenset({400, 401, 403, 404})
"""A forged or outdated form, nobody at the door, a role that may never, and what is not there or not hers."""
NEVER_HANDED_BACK = frozenset(
    {
        "csrf_token",
        "password",
        "again",
        "current_password",
        "one_time_code",
        "address_code",
        "challenge",
        "credential",
        "computed",
        "new_password",
        "receipt",
        "version",
        "draft_version",
        "once",
        "next",
    }
)
SHORTEST_WORTH_KEEPING = 10
MOST_WORTH_KEEPING = 40
"""More than any form of ours has: a request of a megabyte in tiny fields would get a page of ten."""


def init_errors(app: Flask) -> None:
    """Let every kind of failure end on a page that a person can use."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda _error: _page(400))
    app.register_error_handler(ChangedMeanwhile, _changed)
    app.register_error_handler(StaleDataError, _changed)
    app.register_error_handler(NotAllowedNow, _changed)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(OutOfReach, lambda _error: _page(404))
    app.register_error_handler(CannotOpen, lambda _error: _page(404))
    app.register_error_handler(DatabaseBusy, _not_stored)
    app.register_error_handler(OperationalError, _not_stored)
    app.register_error_handler(DBAPIError, _not_stored)
    app.register_error_handler(OSError, _not_stored)
    # A missing template is an OSError by birth, and yet it is our mistake and says nothing about storing.
    app.register_error_handler(TemplateNotFound, _unexpected)
    app.register_error_handler(Exception, _unexpected)


def typed_texts() -> list[str]:
    """What a person typed into the form of this request, to be copied from the page before anything is lost."""
    if request.method != "POST":
        return []
    try:
        form = request.form
    except RequestEntityTooLarge:
        return []
    typed = (
        text
        for name, values in form.lists()
        if name.rpartition("-")[2] not in NEVER_HANDED_BACK
        for text in values
        if len(text) >= SHORTEST_WORTH_KEEPING
    )
    return list(islice(typed, MOST_WORTH_KEEPING))


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:  # noqa: PLR2004 - a redirect that was raised is an answer and not an error
        return make_response(error.get_response())
    return _page(code if code in PAGES else (500 if code >= 500 else 400), status=code)  # noqa: PLR2004 - as above


def _changed(error: Exception) -> Response:
    log.info("changed_meanwhile", kind=type(error).__name__, endpoint=request.endpoint)
    roll_back()
    known = isinstance(error, ChangedMeanwhile) and error.subject is not None
    changes = what_changed(error.subject, acts=error.acts) if known else []  # type: ignore[attr-defined]
    return _page(409, changes=changes, reload_url=nearest_page())


def _integrity(error: IntegrityError) -> Response:
    """Two at once look like a broken unique index; any other broken promise of the database is a mistake of ours."""
    return _changed(error) if is_there_already(error) else _unexpected(error)


def nearest_page() -> str:
    """The closest page above this address that can be opened."""
    adapter = current_app.create_url_adapter(request)
    path = request.path
    while adapter is not None and path.strip("/"):
        for candidate in (path, path.rstrip("/") + "/"):
            if adapter.test(candidate, method="GET"):
                return candidate
        path = path.rstrip("/").rpartition("/")[0]
    return "/"


def _not_stored(error: Exception) -> Response:
    give_up_storing(error)
    return _page(503)


def give_up_storing(error: Exception) -> None:
    """Undo and note a request that could not be stored, for a slice that has a page of its own to say so."""
    log.error("not_stored", kind=type(error).__name__, endpoint=request.endpoint)
    roll_back()


def _unexpected(error: Exception) -> Response:
    # The message of an exception may hold a person's words; its kind and place do not.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
    log.error("unexpected", kind=type(error).__name__, place=place, endpoint=request.endpoint)
    return _page(500)


def _signed_in() -> Actor | None:
    """Who of the staff is here, read anew; nobody where even that cannot be read."""
    try:
        return find_actor(Door.STAFF)
    except (DatabaseBusy, DBAPIError, OSError):
        roll_back()
        return None


def _note_refusal(code: int, was_here: Actor | None) -> None:
    """Who was refused is told by the role alone; an address that leads nowhere is nobody's refusal."""
    if code in REFUSALS and request.endpoint is not None:
        role = was_here.role if was_here is not None else g.get("refused_role")
        log.info("refused", status=code, endpoint=request.endpoint, kind=role.value if role else "nobody")


def _page(code: int, *, status: int | None = None, **shown: object) -> Response:
    roll_back()
    # An error page asks the database for nothing, not even for the name of who is present: it may be what is gone.
    was_here: Actor | None = g.pop("actor", None)
    if code in KEEPS_THE_MENU and (was_here is None or was_here.person is not None):
        g.actor = _signed_in()
    _note_refusal(code, was_here)
    if g.get("asked_again"):
        shown["back_to"] = nearest_page()
    response = make_response(render_template(f"errors/{code}.html", typed=typed_texts(), **shown), status or code)
    if code == 503:  # noqa: PLR2004 - the one that passes by itself
        response.headers["Retry-After"] = "30"
    return response
