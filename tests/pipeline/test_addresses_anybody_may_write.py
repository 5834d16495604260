"""Whatever somebody writes into an address: a page that is there, one that is not, and never one that fell over."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import pytest
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict

from app.pipeline.access import ask_of
from app.pipeline.errors import MOST_WORTH_KEEPING
from models.rules.people import Role
from models.rules.permissions import may_ever
from tests.conventions.test_access import SIGNED_IN
from tests.support.visitor import Visitor, sign_in

FAR, LATE, NAIVE = "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-23:00", "2026-11-24T10:00:00"
ROW = "00000000-0000-4000-8000-000000000000"
POSITIONS: tuple[tuple[Any, ...], ...] = (
    ("x",), (ROW,), ("\ud800",), ("\0",), ("\ud800", ROW), ("\0", ROW), (FAR, ROW), (LATE, ROW), (NAIVE, ROW),
    (NAIVE, "\ud800"), ("2026-13-01T", ROW), (0, FAR, ROW), (0, NAIVE, ROW), (10**30, FAR, ROW), (2, "\0", ROW),
)  # fmt: skip
NAMES = ("%00", "a%00b", "%ED%A0%80", "%FF", "%E2%80%AE", "..%2F..%2Fetc", "%27%20OR%201=1--", "%25%25", "x" * 3000)
OTHER = "since=0001-01-01", "until=9999-12-31", "on=0001-01-01", "q=%00", "show=%00", "company=%00&role=%00", "lang=%ED"


def cursor(*position: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


CURSORS = {name: [f"{name}={cursor(*position)}" for position in POSITIONS] for name in ("after", "before")}


LOOKED_FOR = frozenset({*CURSORS, *(name for query in OTHER for name in re.findall(r"(\w+)=", query))})


class Watched(ImmutableMultiDict[str, str]):
    """What stands behind an address's question mark; notes what of it a page looks at."""

    looked_at: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> str:
        self.looked_at.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.looked_at.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, *given: Any, **named: Any) -> Any:
        self.looked_at.add(key)
        return super().get(key, *given, **named)

    def getlist(self, key: str, *given: Any, **named: Any) -> list[Any]:
        self.looked_at.add(key)
        return super().getlist(key, *given, **named)

    def __iter__(self) -> Iterator[str]:
        self.looked_at.update(LOOKED_FOR)
        return super().__iter__()

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        self.looked_at.update(LOOKED_FOR)
        return super().lists()

    def items(self, *given: Any, **named: Any) -> Any:
        self.looked_at.update(LOOKED_FOR)
        return super().items(*given, **named)

    def to_dict(self, *given: Any, **named: Any) -> dict[str, Any]:
        self.looked_at.update(LOOKED_FOR)
        return super().to_dict(*given, **named)


def queries_of(path: str) -> Iterator[str]:
    """What is asked of a page: of a place to go on from every kind, where it looks at that name at all.

    A place is letters and digits to whoever does not look at it, one as good as another.
    """
    Watched.looked_at.clear()
    for name, (first, *others) in CURSORS.items():
        yield f"{path}?{first}"
        if name in Watched.looked_at:
            yield from (f"{path}?{other}" for other in others)
    # At once, for whoever reads an address as a whole; and each by itself where the page looks at that name.
    yield f"{path}?{'&'.join(OTHER)}"
    for query in OTHER:
        if Watched.looked_at.intersection(re.findall(r"(\w+)=", query)):
            yield f"{path}?{query}"


# Between them they open every page.
READERS = (None, Role.COUNSELOR, Role.HEAD, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN, Role.OFFICER)


def pages(app: Flask, role: Role | None) -> list[Any]:
    """What can be opened by somebody in this role, or by everybody."""
    found = []
    for rule in app.url_map.iter_rules():
        ask = ask_of(app, rule.endpoint)
        if ask is None or "GET" not in (rule.methods or set()) or rule.endpoint == "sign_in.home":
            continue
        open_to_all = ask.permission is None
        if open_to_all if role is None else (ask.permission is not None and may_ever(ask.permission, role)):
            found.append(rule)
    return found


@pytest.mark.parametrize("role", READERS, ids=lambda role: role.value if role else "everybody")
def test_no_address_ends_a_page(app: Flask, role: Role | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Watched)
    visitor = sign_in(app, SIGNED_IN[role]) if role else Visitor(app)
    failed, asked = [], Counter[str]()
    for rule in pages(app, role):
        addresses: Iterable[str] = queries_of(rule.rule)
        if rule.arguments:
            addresses = [rule.rule.replace(f"<{name}>", nasty) for name in rule.arguments for nasty in NAMES]
        for address in addresses:
            if "<" not in address:
                asked[rule.rule] += 1
                status = visitor.client.get(address).status_code
                if status >= 500:
                    failed.append((status, address))
    assert not failed
    # Everybody has a list that is read page by page, and was asked for every kind of place in it.
    assert any(count >= len(POSITIONS) + 2 for rule, count in asked.items() if "<" not in rule)


def test_a_request_of_tiny_fields_does_not_get_a_page_of_ten_megabytes(app: Flask):
    body = "&".join(f"x{number}=abcdefghijk" for number in range(50_000))
    answer = app.test_client().post("/language", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert answer.get_data(as_text=True).count("<textarea") == MOST_WORTH_KEEPING


@pytest.mark.parametrize("https", [False, True])
def test_every_cookie_is_kept_from_scripts_and_other_sites_and_with_tls_from_everybody_else(app: Flask, https: bool):
    app.config["SERVES_HTTPS"] = app.config["SESSION_COOKIE_SECURE"] = https
    app.config["SESSION_COOKIE_NAME"] = "__Host-kikite_form" if https else "kikite_form"
    client = app.test_client()
    base = "https://localhost" if https else "http://localhost"
    page = client.get("/sign-in", base_url=base)
    token = page.get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    answers = [
        page,
        client.post("/language", data={"csrf_token": token, "language": "en"}, base_url=base),
        client.post(
            "/sign-in",
            data={"csrf_token": token, "mail": "head@kikite.example", "password": "a long password for tests"},
            base_url=base,
        ),
        client.get("/leave", base_url=base),
    ]
    cookies = [one for answer in answers for one in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 4
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie
        assert (cookie.startswith("__Host-") and "; Secure" in cookie) is https, cookie
    assert client.get("/sign-in", base_url=base).get_data(as_text=True).count('lang="en"')


def test_a_file_is_served_for_our_own_pages_alone_and_as_what_it_is(app: Flask):
    answer = app.test_client().get("/static/css/site.css")
    assert answer.get_data()
    answer.close()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
