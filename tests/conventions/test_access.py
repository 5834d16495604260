"""Every page says what it asks for; what writes never asks only to read; what is public is on a short list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask

from app.pipeline.access import READING_METHODS, Ask, Writes, ask_of
from models.rules.people import Role
from models.rules.permissions import Kind, Permission, kind_of
from tests.support.what_pages_ask import PAGES_THAT_ASK

PUBLIC = {
    "intake.check": "a consultation is written without an account",
    "intake.send": "a consultation is sent without an account",
    "intake.start": "the first page",
    "intake.write": "a consultation is written without an account",
    "language.choose": "the language is chosen without an account",
    "language.leave": "the way out",
    "mailbox.enter": "the receipt is typed here",
    "operations.health": "a monitor asks whether the service answers; it learns nothing else",
    "referrals.places": "somebody in need looks for another place to turn to, without an account",
    "registry.json": "the public list for machines",
    "registry.keys": "the keys with which anybody verifies a statement",
    "registry.listing": "the public list",
    "registry.mark": "the mark as it stands in the pages of companies",
    "registry.statement": "what the page of the status says, signed",
    "registry.status": "what the mark links to",
    "registry.verify": "anybody who was given a statement asks whether it is genuine",
    "sign_in.enter_code": "a session that waits at the door proves the password",
    "sign_in.set_up_code": "a session that waits at the door proves the password",
    "sign_in.set_password": "a one-time link proves itself",
    "sign_in.by_passkey": "a passkey proves itself",
    "sign_in.second_step_by_passkey": "a session that waits at the door proves the password",
    "sign_in.sign_in": "the door",
}
SAYS_OTHERWISE = {"sign_in.home": "sends the signed-in to their first page", "sign_in.sign_out": "everybody may leave"}


Asked = Mapping[str, Ask | None]


def endpoints(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            found.setdefault(rule.endpoint, set()).update(rule.methods or set())
    return found


def asked_by(app: Flask) -> dict[str, Ask | None]:
    """What each page asks for."""
    return {endpoint: ask_of(app, endpoint) for endpoint in endpoints(app)}


def test_every_view_says_what_it_asks_for_or_that_it_is_public(app: Flask):
    check_each_says_what_it_asks_for(asked_by(app))


def check_each_says_what_it_asks_for(asked: Asked) -> None:
    silent = [endpoint for endpoint, ask in asked.items() if ask is None]
    assert not silent, f"put @asks(Permission.…) or @public() on {silent}"


def test_what_is_public_is_on_the_short_list_with_a_reason(app: Flask):
    check_public_has_a_reason(asked_by(app))


def check_public_has_a_reason(asked: Asked) -> None:
    public = {name for name, ask in asked.items() if ask is not None and ask.permission is None}
    assert public == set(PUBLIC), "a public page needs a line in PUBLIC that says why; a private one needs @asks"


def test_what_writes_asks_to_write(app: Flask):
    check_writing_asks_to_write(asked_by(app), endpoints(app))


def check_writing_asks_to_write(asked: Asked, methods_of: Mapping[str, set[str]]) -> None:
    weak = [
        (endpoint, ask.permission.value)
        for endpoint, methods in methods_of.items()
        if (ask := asked[endpoint]) is not None
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


def test_each_page_asks_for_exactly_what_is_written_down(app: Flask):
    """One reading permission in the place of another would let others read, and nothing else here would see it."""
    check_each_asks_as_written_down(asked_by(app))


def check_each_asks_as_written_down(asked: Asked) -> None:
    pages: dict[Permission, set[str]] = {}
    for name, ask in asked.items():
        if ask is not None and ask.permission is not None:
            pages.setdefault(ask.permission, set()).add(name)
    moved = {
        permission.name: sorted(pages.get(permission, set()) ^ PAGES_THAT_ASK.get(permission, set()))
        for permission in pages.keys() | PAGES_THAT_ASK.keys()
        if pages.get(permission) != PAGES_THAT_ASK.get(permission)
    }
    assert not moved, f"say in tests/support/what_pages_ask.py what these pages ask for, if it is meant: {moved}"


def is_complained_of(asked: Asked, methods_of: Mapping[str, set[str]]) -> bool:
    """Whether one of the conventions about decorators fails; the one that looks most closely is asked first."""
    return (
        fails(lambda: check_each_asks_as_written_down(asked))
        or fails(lambda: check_each_says_what_it_asks_for(asked))
        or fails(lambda: check_public_has_a_reason(asked))
        or fails(lambda: check_writing_asks_to_write(asked, methods_of))
    )


def fails(convention: Callable[[], None]) -> bool:
    try:
        convention()
    except AssertionError:
        return True
    return False


def test_no_decorator_can_be_removed_opened_or_weakened_without_a_convention_failing(app: Flask):
    """Every page of the product, with its decorator gone, made public, and replaced by each permission to read."""
    methods_of, asked = endpoints(app), asked_by(app)
    assert not is_complained_of(asked, methods_of)
    reads = [permission for permission in Permission if kind_of(permission) is Kind.READ]
    of_view: dict[object, list[str]] = {}
    for endpoint in asked:
        of_view.setdefault(app.view_functions.get(endpoint), []).append(endpoint)
    unseen = []
    for endpoint in sorted(asked):
        view, ask = app.view_functions[endpoint], ask_of(app, endpoint)
        instead: list[Ask | None] = [None, Ask(None, Writes.LATE), *(Ask(one, Writes.AT_ONCE) for one in reads)]
        for other in instead:
            if other is not None and ask is not None and other.permission is ask.permission:
                continue
            view.kikite_asks = other  # type: ignore[attr-defined]
            # No other view has changed, so that only its own addresses are read again.
            if not is_complained_of({**asked, **{one: ask_of(app, one) for one in of_view[view]}}, methods_of):
                unseen.append((endpoint, other))
        view.kikite_asks = ask  # type: ignore[attr-defined]
    assert asked_by(app) == asked
    assert not unseen


SIGNED_IN = {
    Role.COUNSELOR: "counselor",
    Role.MANAGER: "manager",
    Role.HEAD: "head",
    Role.DIRECTOR: "chair",
    Role.AUDITOR: "auditor",
    Role.ADMIN: "admin",
    Role.ADVISER: "adviser",
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


def test_permissions_that_no_page_asks_for_are_known(app: Flask):
    """A permission without a page is either used inside an act or stands for what is still to come."""
    asked = {ask.permission for name in endpoints(app) if (ask := ask_of(app, name)) is not None}
    assert Permission.MAILBOX_READ in asked
    assert Permission.CASE_LIST in asked
