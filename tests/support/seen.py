"""The journeys' visitor at a real browser on a phone: what a journey says of a page is then said of what is seen.

``Visitor`` reads what the server answers. Here Chromium opens the page, everything folded is unfolded, a form is filled
where it stands and sent by its own button, and each page has to fit the window, keep to the policy and load without an
error. The words of a page are the words that are shown, so what only stands in the markup is not found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ElementHandle, Error
from playwright.sync_api import Page as Tab
from playwright.sync_api import Response as Answered
from werkzeug.test import TestResponse

from tests.support.page import Page
from tests.support.serving import serving
from tests.support.visitor import Visitor
from tests.support.watched import DESK, PHONE, TELL_OF_VIOLATIONS

PICTURES = os.environ.get("KIKITE_TEST_PICTURES", "")
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
RUNS_OVER = "document.scrollingElement.scrollWidth > innerWidth"
# On a phone a table's lines become cards, and each cell has its column's words before it.
LIES_OVER = """
() => [...document.querySelectorAll("td[data-label]")].filter((one) => one.scrollHeight > one.clientHeight + 1)
  .map((one) => one.dataset.label)
"""
# What stands in a box to be changed or copied is read as well, though no element holds it as its text.
WORDS_SHOWN = """
() => [document.body.innerText, ...[...document.querySelectorAll("textarea")].map((one) => one.value)].join("\\n")
"""
# The form that Visitor.send would take, and of several alike the one whose hidden fields say what is meant.
FIND_FORM = """
([filled, action]) => {
  const here = [...document.forms].filter((form) =>
    Object.keys(filled).every((name) => form.querySelector(`[name="${CSS.escape(name)}"]`)) &&
    (action === null || (form.getAttribute("action") || location.pathname).endsWith(action)));
  const says = (form) => Object.entries(filled).every(([name, values]) =>
    [...form.querySelectorAll(`input[type=hidden][name="${CSS.escape(name)}"]`)].every((one) =>
      values.includes(one.value)));
  return here.find(says) || here[0] || null;
}
"""
HOW_IT_STANDS = """
(form, name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].map((one) => [one.value, one.checked])
"""
SEND_EXACTLY = """
([action, pairs]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of pairs) {
    const one = document.createElement("input");
    one.type = "hidden";
    one.name = name;
    one.value = value;
    form.append(one);
  }
  document.body.append(form);
  form.submit();
}
"""


@dataclass(frozen=True)
class Shown:
    """What came, as much of an answer as a page is read from."""

    status_code: int
    html: str
    content_type: str

    def get_data(self, *, as_text: bool = True) -> str:
        assert as_text
        return self.html


class SeenPage(Page):
    """A page that stands in a browser: its words are those that are shown, its markup is parsed when asked for."""

    def __init__(self, status: int, path: str, title: str, words: str, html: str) -> None:
        self.status, self.path, self.html = status, path, html
        self._title, self._words = title, words

    @cached_property
    def root(self) -> Element:  # type: ignore[override]
        return Page(cast(TestResponse, Shown(self.status, self.html, "text/html")), self.path).root

    @property
    def title(self) -> str:
        return self._title

    @property
    def text(self) -> str:
        return " ".join(f"{self._title} {self._words}".split())


@dataclass
class Room:
    """The browser in which everybody of a journey sits, each at a window of their own.

    To open a window costs more than all that is done in it, so that the next journey finds the windows of the last one,
    with nothing left in them.
    """

    browser: Browser
    address: str = ""
    name: str = ""
    windows: list[Tab] = field(default_factory=list)
    taken: int = 0
    faults: list[str] = field(default_factory=list)
    pages: int = 0

    def begin(self, address: str, name: str) -> None:
        self.address, self.name, self.pages = address, name, 0
        self.faults.clear()

    def leave(self) -> None:
        """Nothing of anybody stays."""
        for tab in self.windows[: self.taken]:
            tab.goto("about:blank")
            tab.context.clear_cookies()
        self.taken = 0

    def what_was_wrong(self) -> list[str]:
        """Everything that a page should not have done; and where nobody looked at a page, that."""
        return self.faults or ([] if self.pages else ["nobody looked at a page"])

    def seat(self, language: str) -> Tab:
        if self.taken == len(self.windows):
            self.windows.append(self._window())
        tab = self.windows[self.taken]
        self.taken += 1
        if language != "ja":
            tab.context.add_cookies([{"name": "kikite_language", "value": language, "url": self.address}])
        return tab

    def _window(self) -> Tab:
        width, height = PHONE
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="ja-JP", reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        context.add_init_script(TELL_OF_VIOLATIONS)
        tab = context.new_page()
        tab.on("pageerror", lambda error: self.faults.append(f"{error} (on {tab.url})"))
        tab.on("console", lambda said: self._hear(said.type, said.text, tab.url))
        return tab

    def _hear(self, kind: str, said: str, url: str) -> None:
        # A page that is not there for somebody is part of a journey; which status is right, the journey says.
        if kind in {"error", "warning"} and not said.startswith("Failed to load resource"):
            self.faults.append(f"{said} (on {url})")

    def look_at(self, tab: Tab) -> None:
        """Nothing may be wider than the phone, and nothing lie over what stands below it."""
        self.pages += 1
        self._measure(tab, PHONE[0])
        if PICTURES:
            self._picture(tab)

    def _measure(self, tab: Tab, width: int) -> None:
        if tab.evaluate(RUNS_OVER):
            self.faults.append(f"{tab.url} runs over the edge at {width}")
        self.faults += [f"{tab.url}: the label {label} lies over the next line" for label in tab.evaluate(LIES_OVER)]

    def _picture(self, tab: Tab) -> None:
        for width, height in (DESK, PHONE):
            tab.set_viewport_size({"width": width, "height": height})
            self._measure(tab, width)
            tab.screenshot(
                path=Path(PICTURES) / f"{self.name}-{self.pages:02}-{width}.png", full_page=True, caret="initial"
            )


class Seen(Visitor):
    """Somebody of a journey, at a browser."""

    room: Room

    def __init__(self, app: Flask, *, language: str = "ja") -> None:
        self.app = app
        self.tab = self.room.seat(language)
        self.page: Page

    @property
    def client(self) -> FlaskClient:  # type: ignore[override]
        """Somebody who sends by hand, from the browser's own visit."""
        client = self.app.test_client()
        for cookie in self.tab.context.cookies():
            client.set_cookie(cookie["name"], cookie["value"])
        return client

    def get(self, path: str, *, status: int = 200) -> Page:
        try:
            answered = self.tab.goto(self._url(path))
        except Error as refused:
            if "Download is starting" not in str(refused):
                raise
            return self._take_file(path, status)
        return self._see(answered, status)

    def post(self, path: str, data: dict[str, Any], *, status: int = 200) -> Page:
        pairs = [(name, one) for name, value in data.items() for one in _as_list(value)]
        return self._see(self._after(lambda: self.tab.evaluate(SEND_EXACTLY, [self._url(path), pairs])), status)

    def send(
        self,
        data: dict[str, Any] | None = None,
        *,
        action: str | None = None,
        status: int = 200,
        page: Page | None = None,
    ) -> Page:
        if page is not None and page is not self.page:
            raise ValueError("what was on an earlier page is not in the browser any more")
        filled = {name: _as_list(value) for name, value in (data or {}).items()}
        form = self.tab.evaluate_handle(FIND_FORM, [filled, action]).as_element()
        assert form is not None, f"no form with {list(filled)} to {action} on {self.tab.url}: {self.page.text[:400]}"
        named = [_button_of(form, name, values) for name, values in filled.items()]
        for (name, values), own_button in zip(filled.items(), named, strict=True):
            if own_button is None:
                _fill(form, name, values)
        button = next(filter(None, named), None) or form.query_selector("button:not([type=button])")
        assert button is not None, f"the form with {list(filled)} on {self.tab.url} has no button"
        assert button.is_visible(), f"the button of the form with {list(filled)} on {self.tab.url} is not seen"
        return self._see(self._after(button.click), status)

    def _after(self, act: Callable[[], object]) -> Answered | None:
        with self.tab.expect_navigation() as arrived:
            act()
        return arrived.value

    def _see(self, answered: Answered | None, status: int) -> Page:
        came, path = answered.status if answered else 200, self.tab.url.removeprefix(self.room.address)
        self.tab.evaluate(UNFOLD)
        words = self.tab.evaluate(WORDS_SHOWN)
        self.page = page = SeenPage(came, path, self.tab.title(), words, self.tab.content())
        assert page.status == status, f"{path} answered {page.status} and not {status}: {page.text[:400]}"
        self.room.look_at(self.tab)
        return page

    def _take_file(self, path: str, status: int) -> Page:
        answered = self.tab.context.request.get(self._url(path))
        page = Page(cast(TestResponse, Shown(answered.status, answered.text(), answered.headers["content-type"])), path)
        assert page.status == status, f"{path} answered {page.status} and not {status}"
        self.page = page
        return page

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.room.address}{path}"


def _as_list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple | set) else [str(value)]


def _button_of(form: ElementHandle, name: str, values: list[str]) -> ElementHandle | None:
    """The button that sends this with the form; None where it is no button's name."""
    named = form.query_selector_all(f'button[name="{name}"]')
    return next((one for one in named if [one.get_attribute("value")] == values), None)


def _fill(form: ElementHandle, name: str, values: list[str]) -> None:
    """Do with the controls of this name what somebody at the page does."""
    controls = form.query_selector_all(f'[name="{name}"]')
    kind = controls[0].evaluate("one => one.type || one.tagName.toLowerCase()")
    if kind in {"checkbox", "radio"}:
        stands = form.evaluate(HOW_IT_STANDS, name)
        assert set(values) <= {value for value, _on in stands}, f"{name} offers {stands} and not {values}"
        for control, (value, on) in zip(controls, stands, strict=True):
            if on is not (value in values) and (kind == "checkbox" or not on):
                control.set_checked(not on)
    elif kind.startswith("select"):
        controls[0].select_option(values)
    elif kind == "hidden":
        controls[0].evaluate("(one, value) => { one.value = value; }", values[0])
    else:
        # A browser's own field for a day takes it in one form alone, however a person writes it elsewhere.
        controls[0].fill(values[0].replace("/", "-") if kind == "date" else values[0])


@contextmanager
def seen_in(room: Room, app: Flask, name: str) -> Iterator[None]:
    """While this lasts, every visitor of a journey sits in this room."""
    with serving(app) as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Seen, "room", room, raising=False)
        patch.setattr(Visitor, "sits_as", Seen)
        room.begin(address, name)
        try:
            yield
        finally:
            room.leave()
