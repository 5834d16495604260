"""A browser that costs almost nothing, so that the load does not take the processor from what it measures."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

RECEIVE_BYTES = 262_144
TIMEOUT_SECONDS = 60.0

TAG = re.compile(r"<(input|textarea|select|option|/select|/form|form|button)\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([a-z][\w-]*)(?:\s*=\s*"([^"]*)")?""", re.IGNORECASE)
UNSENT = frozenset({"submit", "button", "reset", "image", "file"})
FIRST_REDIRECT, FIRST_REFUSAL = 300, 400


class UnexpectedAnswer(Exception):
    """The server answered something that this measurement did not ask for."""


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its headers as they came, and its body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        return next((value for given, value in self.headers if given == name), "")


@dataclass
class Form:
    """A form of a page, with what it would send as it stands."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    """What may be chosen where one radio button is to be."""

    def undecided(self) -> dict[str, str]:
        """The last choice (such as: none of these) wherever nothing is chosen yet."""
        decided = {name for name, _ in self.fields}
        return {name: values[-1] for name, values in self.choices.items() if name not in decided}

    def filled(self, more: Mapping[str, str | Sequence[str]]) -> bytes:
        """The body that a browser would send, with these answers in place of what stood there."""
        kept = [(name, value) for name, value in self.fields if name not in more]
        typed = [
            (name, one) for name, value in more.items() for one in ([value] if isinstance(value, str) else list(value))
        ]
        return urlencode(kept + typed).encode()


class Browser:
    """One connection that is kept, with its cookies; no script, no pictures, no waiting."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._socket: socket.socket | None = None
        self._rest = b""

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"")

    def post(self, path: str, body: bytes) -> Answer:
        return self._ask("POST", path, body)

    def page(self, path: str) -> Answer:
        """A page, after whatever redirects lead to it; anything but a page is an error of the measurement."""
        return self.arrive(self.get(path), path)

    def arrive(self, answer: Answer, path: str) -> Answer:
        while FIRST_REDIRECT <= answer.status < FIRST_REFUSAL:
            path = answer.header("location")
            answer = self.get(path)
        if answer.status >= FIRST_REFUSAL:
            raise UnexpectedAnswer(f"{path} answered {answer.status}")
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, method: str, path: str, body: bytes) -> Answer:
        kept = self._socket is not None
        try:
            answer = self._exchange(self._written(method, path, body))
        except ConnectionError:
            # A kept connection may have been closed by the server between two requests; any other failure counts.
            if not kept:
                raise
            self.close()
            answer = self._exchange(self._written(method, path, body))
        for name, value in answer.headers:
            if name == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie.strip()] = content
        return answer

    def _written(self, method: str, path: str, body: bytes) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept: text/html"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    def _exchange(self, asked: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._rest = b""
        self._socket.sendall(asked)
        received = self._rest
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        first, *lines = received[:end].decode("latin-1").split("\r\n")
        headers = tuple(
            (name.strip().lower(), value.strip()) for name, _, value in (one.partition(":") for one in lines)
        )
        length = next((int(value) for name, value in headers if name == "content-length"), 0)
        body = received[end + 4 :]
        while len(body) < length:
            body += self._more()
        self._rest = body[length:]
        if ("connection", "close") in headers:
            self.close()
        return Answer(int(first.split(" ", 2)[1]), headers, body[:length])

    def _more(self) -> bytes:
        if self._socket is None:
            raise ConnectionError("the connection is closed")
        more = self._socket.recv(RECEIVE_BYTES)
        if not more:
            raise ConnectionError("the server closed the connection")
        return more


def forms_of(page: str, path: str) -> list[Form]:
    """The forms of a page, read with a light hand: good enough for our own pages and for nothing else."""
    forms: list[Form] = []
    present: Form | None = None
    select = ""
    for found in TAG.finditer(page):
        tag, given = found[1].lower(), _attributes(found[2])
        if tag == "form":
            present = Form(given.get("action") or path)
            forms.append(present)
        elif tag == "/form":
            present = None
        elif present is None:
            continue
        elif tag == "select":
            select = given.get("name", "")
            present.names.add(select)
        elif tag == "option" and "selected" in given:
            present.fields.append((select, given.get("value", "")))
        elif tag == "textarea":
            present.names.add(given["name"])
            present.fields.append(
                (given["name"], html.unescape(page[found.end() : page.find("</textarea", found.end())]))
            )
        elif tag == "input":
            _input(present, given)
    return forms


def form_with(page: str, path: str, *names: str, action: str = "") -> Form:
    """The form of a page that has these fields, and leads there when that is said."""
    for form in forms_of(page, path):
        if form.names.issuperset(names) and form.action.endswith(action):
            return form
    raise UnexpectedAnswer(f"{path} has no form with {names} that leads to {action or 'anywhere'}")


def _input(form: Form, given: dict[str, str]) -> None:
    name, kind = given.get("name", ""), given.get("type", "text")
    if not name or kind in UNSENT:
        return
    form.names.add(name)
    if kind == "radio":
        form.choices.setdefault(name, []).append(given.get("value", ""))
    if kind not in {"checkbox", "radio"} or "checked" in given:
        form.fields.append((name, given.get("value", "")))


def _attributes(written: str) -> dict[str, str]:
    return {name.lower(): html.unescape(value) for name, value in ATTRIBUTE.findall(written)}
