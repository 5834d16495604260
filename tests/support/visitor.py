"""Somebody at a browser without script: follows links, fills forms, and checks every page that comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, cast

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.beginnings import here
from tests.support.page import Page
from tests.support.world import MEMBERS, PASSWORD

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Visitor:
    """A browser with its own cookies."""

    sits_as: ClassVar[type[Visitor] | None] = None
    """What somebody of a journey is while the journey is seen in a real browser (tests/support/seen.py)."""

    def __new__(cls, *_args: Any, **_named: Any) -> Self:
        return cast(Self, super().__new__(Visitor.sits_as or cls))

    def __init__(self, app: Flask, *, language: str = "ja") -> None:
        self.app = app
        self.client = app.test_client()
        self.page: Page
        if language != "ja":
            self.client.set_cookie("kikite_language", language)

    def get(self, path: str, *, status: int = 200) -> Page:
        """Open a page; redirects are followed."""
        return self._arrive(self.client.get(path), path, status)

    def post(self, path: str, data: dict[str, Any], *, status: int = 200) -> Page:
        """Send exactly this; redirects are followed."""
        return self._arrive(self.client.post(path, data=data), path, status)

    def send(
        self,
        data: dict[str, Any] | None = None,
        *,
        action: str | None = None,
        status: int = 200,
        page: Page | None = None,
    ) -> Page:
        """Fill in and send the form of the page that has these fields; its hidden fields go along."""
        form = (page or self.page).form_with(*(data or {}), action=action)
        filled: dict[str, Any] = {**form.fields, **{name: _as_sent(value) for name, value in (data or {}).items()}}
        return self.post(form.action or self.page.path, filled, status=status)

    def _arrive(self, response: TestResponse, path: str, status: int) -> Page:
        hops = 0
        while response.status_code in REDIRECTS and hops < 5:
            path = response.headers["Location"]
            response = self.client.get(path)
            hops += 1
        page = Page(response, path)
        assert page.status == status, f"{path} answered {page.status} and not {status}: {page.text[:400]}"
        if "html" in (response.content_type or ""):
            page.check()
        self.page = page
        return page


def _as_sent(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, list | tuple | set) else str(value)


def sign_in(app: Flask, key: str, *, language: str = "ja") -> Visitor:
    """A browser in which this member of the test's association has signed in."""

    def act(visitor: Visitor) -> None:
        visitor.get("/sign-in")
        visitor.send({"mail": MEMBERS[key].mail, "password": PASSWORD})

    return _let_in(app, ("sign_in", key, language), act, language)


def enter(app: Flask, code: str, *, language: str = "ja") -> Visitor:
    """A browser in which this receipt opened its mailbox."""

    def act(visitor: Visitor) -> None:
        visitor.get("/mailbox/enter")
        visitor.send({"receipt": code})

    return _let_in(app, ("enter", code, language), act, language)


def _let_in(app: Flask, step: tuple[str, ...], act: Callable[[Visitor], None], language: str) -> Visitor:
    """A browser in which that was done, now or by whoever came here first (tests/support/beginnings.py)."""
    visitor = Visitor(app, language=language)
    beginnings = here(app) if Visitor.sits_as is None else None
    if beginnings is None:
        act(visitor)
        return visitor

    def build() -> tuple[Any, Page]:
        first = Visitor(app, language=language)
        act(first)
        return dict(first.client._cookies or {}), first.page

    cookies, visitor.page = beginnings.take(app, step, build)
    visitor.client._cookies = dict(cookies)
    return visitor
