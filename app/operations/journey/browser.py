"""A browser without script: keeps cookies, follows redirects, and fills in forms by the names of their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_HOPS = 5
Filled = Mapping[str, str | Sequence[str]]


class RoadBlocked(Exception):
    """A step of the journey did not lead where it should; the message says where and what came instead."""


@dataclass
class PageForm:
    """A form as the page offers it."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    """For radios, checkboxes and selects: each value with the words beside it."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def named(self, name: str) -> str | None:
        """The field of this name, or the one that bears it behind a form's prefix."""
        if name in self.names or any(name == button for button, _value, _words in self.buttons):
            return name
        return next((full for full in sorted(self.names) if full.endswith(f"-{name}")), None)

    def offered(self, name: str) -> dict[str, str]:
        """What a field lets one choose from: each value with the words beside it."""
        return self.choices.get(self.named(name) or name, {})


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    path: str
    body: str
    text: str
    forms: tuple[PageForm, ...]
    links: tuple[tuple[str, str], ...]

    def link_to(self, part: str) -> str:
        """The first address on the page that holds this part."""
        for href, _words in self.links:
            if part in href:
                return href
        raise RoadBlocked(f"{self.path}: no link with {part!r}")

    def form_with(self, *names: str, action: str = "") -> PageForm:
        """The first form that has all these fields and leads there; ``vote-option`` is found as ``option``."""
        for form in self.forms:
            if action in form.action and all(form.named(name) for name in names):
                return form
        offered = [(form.action, sorted(form.names)) for form in self.forms]
        raise RoadBlocked(f"{self.path} ({self.status}): no form with {names} to {action!r}, only {offered}")

    def has_form(self, action: str) -> bool:
        return any(action in form.action for form in self.forms)


class Browser:
    """One person's browser."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self.page = Page(0, "/", "", "", (), ())

    def get(self, path: str, *, expect: int = 200) -> Page:
        return self._go("GET", path, None, expect)

    def send(self, filled: Filled | None = None, *, action: str = "", expect: int = 200) -> Page:
        """Fill in the form of this page that has these fields, and send it with whatever else it holds."""
        given = filled or {}
        form = self.page.form_with(*given, action=action)
        typed = {form.named(name) or name: [v] if isinstance(v, str) else list(v) for name, v in given.items()}
        values = {**form.values, **typed}
        return self._go(form.method.upper(), form.action or self.page.path, values, expect)

    def _go(self, method: str, path: str, values: Mapping[str, Sequence[str]] | None, expect: int) -> Page:
        target = urljoin(self.page.path, path)
        status, location, body = self._ask(method, target, values)
        for _hop in range(MOST_HOPS):
            if status not in REDIRECTS or location is None:
                break
            inside = urlsplit(location)._replace(scheme="", netloc="").geturl()
            target = urljoin(target, inside)
            status, location, body = self._ask("GET", target, None)
        self.page = read_page(status, target, body)
        if status != expect:
            raise RoadBlocked(f"{target} answered {status} and not {expect}: {self.page.text[:300]}")
        return self.page

    def _ask(self, method: str, path: str, values: Mapping[str, Sequence[str]] | None) -> tuple[int, str | None, str]:
        # One connection for each request: a kept one may be closed by the server just while it is written to.
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Connection": "close",
        }
        body = None
        if method == "POST":
            body = urlencode(values or {}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            with connection.getresponse() as answer:
                read = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return answer.status, answer.headers.get("Location"), read


def read_page(status: int, path: str, body: str) -> Page:
    """A page from its markup."""
    reader = _Reader()
    reader.feed(body)
    text = " ".join(" ".join(reader.words).split())
    return Page(status, path, body, text, tuple(reader.forms), tuple(reader.links))


class _Reader(HTMLParser):
    """Collects words, links and forms."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select = ""
        self._option: tuple[str, bool] | None = None
        self._textarea: str | None = None
        self._written: list[str] = []
        self._quiet = False
        self._labelled: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._quiet = True
        elif tag == "a" and "href" in at:
            self.links.append((at["href"], ""))
        elif tag == "form":
            self._form = PageForm(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, at)

    def _control(self, tag: str, at: dict[str, str]) -> None:
        assert self._form is not None  # noqa: S101 - only called inside a form
        form, name = self._form, at.get("name", "")
        if tag == "option":
            form.choices.setdefault(self._select, {})[at.get("value", "")] = ""
            if "selected" in at or self._select not in form.values:
                form.values[self._select] = [at.get("value", "")]
            return
        if tag == "button" and name:
            form.buttons.append((name, at.get("value", ""), ""))
        if not name or tag not in {"input", "select", "textarea"}:
            return
        form.names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea, self._written = name, []
        elif at.get("type") in {"checkbox", "radio"}:
            form.choices.setdefault(name, {})[at.get("value", "on")] = ""
            self._labelled = (name, at.get("value", "on"))
            if "checked" in at:
                form.values.setdefault(name, []).append(at.get("value", "on"))
        else:
            form.values.setdefault(name, []).append(at.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._quiet = False
        elif tag == "form":
            self._form = None
        elif tag == "label":
            self._labelled = None
        elif tag == "textarea" and self._form is not None and self._textarea is not None:
            self._form.values.setdefault(self._textarea, []).append("".join(self._written).removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._written.append(data)
        elif not self._quiet:
            self.words.append(data)
            if self._form is not None and self._labelled is not None and data.strip():
                name, value = self._labelled
                self._form.choices[name][value] += data.strip()
