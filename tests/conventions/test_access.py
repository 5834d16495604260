"""Every page says what it asks for; what writes never asks only to read; what is public is on a short list."""

from __future__ import annotations

import pytest
from flask import Flask

from app.pipeline.access import READING_METHODS, ask_of
from models.rules.people import Role
from models.rules.permissions import Kind, Permission, kind_of, may_ever
from tests.support.visitor import sign_in

PUBLIC = {
    "intake.check": "a consultation is written without an account",
    "intake.send": "a consultation is sent without an account",
    "intake.start": "the first page",
    "intake.write": "a consultation is written without an account",
    "language.choose": "the language is chosen without an account",
    "language.leave": "the way out",
    "mailbox.enter": "the receipt is typed here",
    "operations.health": "a monitor asks whether the service answers; it learns nothing else",
    "registry.json": "the public list for machines",
    "registry.listing": "the public list",
    "registry.status": "what the mark links to",
    "sign_in.set_password": "a one-time link proves itself",
    "sign_in.sign_in": "the door",
}
SAYS_OTHERWISE = {"sign_in.home": "sends the signed-in to their first page", "sign_in.sign_out": "everybody may leave"}


def endpoints(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            found.setdefault(rule.endpoint, set()).update(rule.methods or set())
    return found


def test_every_view_says_what_it_asks_for_or_that_it_is_public(app: Flask):
    silent = [endpoint for endpoint in endpoints(app) if ask_of(app, endpoint) is None]
    assert not silent, f"put @asks(Permission.…) or @public() on {silent}"


def test_what_is_public_is_on_the_short_list_with_a_reason(app: Flask):
    public = {name for name in endpoints(app) if (ask := ask_of(app, name)) is not None and ask.permission is None}
    assert public == set(PUBLIC), "a public page needs a line in PUBLIC that says why; a private one needs @asks"


def test_what_writes_asks_to_write(app: Flask):
    weak = [
        (endpoint, ask.permission.value)
        for endpoint, methods in endpoints(app).items()
        if (ask := ask_of(app, endpoint)) is not None
        and ask.permission is not None
        and methods - READING_METHODS
        and kind_of(ask.permission) is Kind.READ
    ]
    assert not weak, f"these views change something and ask only to read: {weak}"


def test_what_only_shows_asks_only_to_read(app: Flask):
    """A page asks for what it does: a reader must not need the right to change."""
    strong = [
        (endpoint, ask.permission.value)
        for endpoint, methods in endpoints(app).items()
        if (ask := ask_of(app, endpoint)) is not None
        and ask.permission is not None
        and not methods - READING_METHODS
        and kind_of(ask.permission) is Kind.WRITE
        and endpoint not in SAYS_OTHERWISE
    ]
    assert not strong, f"these pages only show something and ask to write: {strong}"


SIGNED_IN = {
    Role.COUNSELOR: "counselor",
    Role.MANAGER: "manager",
    Role.HEAD: "head",
    Role.DIRECTOR: "chair",
    Role.AUDITOR: "auditor",
    Role.ADMIN: "admin",
    Role.OFFICER: "alpha_officer",
    Role.DEPUTY: "alpha_deputy",
    Role.REPRESENTATIVE: "alpha_representative",
}
SOMETHING = {"string": "K-2222-2222", "uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "path": "x"}


def address_of(rule) -> str:
    path = rule.rule
    for name, converter in rule._converters.items():
        kind = type(converter).__name__.removesuffix("Converter").casefold().replace("unicode", "string")
        kind = {"uuid": "uuid", "integer": "int", "path": "path"}.get(kind, "string")
        for written in (f"<{name}>", f"<uuid:{name}>", f"<int:{name}>", f"<path:{name}>", f"<string:{name}>"):
            path = path.replace(written, SOMETHING[kind])
    return path


@pytest.mark.parametrize("role", list(SIGNED_IN), ids=lambda role: role.value)
def test_each_page_refuses_each_role_exactly_as_the_policy_says(app: Flask, role: Role):
    """Over HTTP: who may never is refused with 403; who may in some standing is not (though a thing may be missing)."""
    visitor = sign_in(app, SIGNED_IN[role])
    token = visitor.page.form_with("csrf_token").fields["csrf_token"]
    for rule in app.url_map.iter_rules():
        ask = ask_of(app, rule.endpoint)
        if ask is None or ask.permission is None or ask.permission.resource == "mailbox":
            continue
        if rule.endpoint == "sign_in.sign_out":
            continue
        path = address_of(rule)
        if "GET" in (rule.methods or set()):
            status = visitor.client.get(path).status_code
        else:
            status = visitor.client.post(path, data={"csrf_token": token}).status_code
        allowed = may_ever(ask.permission, role)
        assert (status != 403) == allowed, f"{role.value} {rule.endpoint} {path}: {status}, policy says {allowed}"
        assert status != 500, f"{rule.endpoint} {path} fails for {role.value}"


def test_a_stranger_reaches_nothing_that_asks(app: Flask):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        ask = ask_of(app, rule.endpoint)
        if ask is None or ask.permission is None or "GET" not in (rule.methods or set()):
            continue
        answer = client.get(address_of(rule))
        assert answer.status_code in {302, 303}, f"{rule.endpoint}: {answer.status_code}"
        assert answer.headers["Location"].startswith(("/sign-in", "/mailbox/enter")), rule.endpoint


def test_permissions_that_no_page_asks_for_are_known(app: Flask):
    """A permission without a page is either used inside an act or stands for what is still to come."""
    asked = {ask.permission for name in endpoints(app) if (ask := ask_of(app, name)) is not None}
    assert Permission.MAILBOX_READ in asked
    assert Permission.CASE_LIST in asked
