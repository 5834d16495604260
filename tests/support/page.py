"""A page as a test sees it: parsed strictly, with its forms, its words and what every page must keep to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from werkzeug.wrappers import Response

from tests.support.strict_reading import read_strictly


@dataclass(frozen=True)
class PageForm:
    """A form of a page: where it goes and what it would send as it stands."""

    action: str
    method: str
    fields: Mapping[str, list[str]]
    names: frozenset[str]
    buttons: tuple[str, ...]


class Page:
    """One answer, read as HTML."""

    def __init__(self, response: Response, path: str) -> None:
        self.response = response
        self.status = response.status_code
        self.path = path
        self.html = response.get_data(as_text=True)
        self.root, self.parse_errors = read_strictly(self.html)

    def __reduce__(self) -> tuple[Any, ...]:
        """What another worker is told of a page: what was answered, and not who asked for it."""
        return _page_again, (self.html, self.status, list(self.response.headers), self.path)

    @property
    def text(self) -> str:
        """All words of the page, without markup."""
        return " ".join(" ".join(self.root.itertext()).split())

    @property
    def title(self) -> str:
        return "".join(self.root.findtext("./head/title") or "").strip()

    @property
    def h1(self) -> str:
        return " ".join("".join(next(self.root.iter("h1")).itertext()).split())

    @property
    def links(self) -> dict[str, str]:
        """Words of each link, and where it leads."""
        return {" ".join("".join(a.itertext()).split()): a.get("href", "") for a in self.root.iter("a")}

    @property
    def forms(self) -> list[PageForm]:
        return [_form(element, self.path) for element in self.root.iter("form")]

    def form_with(self, *names: str, action: str | None = None) -> PageForm:
        """The one form that has these fields (or leads there)."""
        for form in self.forms:
            if set(names) <= form.names and (action is None or form.action.endswith(action)):
                return form
        raise AssertionError(
            f"no form with {names} to {action} on {self.path}: {[(f.action, sorted(f.names)) for f in self.forms]}"
        )

    def check(self) -> None:
        """What every page keeps to; the message says what to do."""
        assert not self.parse_errors, f"{self.path} is not valid HTML: {self.parse_errors[:5]}"
        headings = list(self.root.iter("h1"))
        assert len(headings) == 1, f"{self.path} has {len(headings)} h1; a page has exactly one"
        bare_title = self.title.removeprefix("エラー: ").removeprefix("Error: ")
        assert bare_title.startswith(self.h1), (
            f"the title of {self.path} ({self.title}) does not begin with its h1 ({self.h1})"
        )
        ids = [element.get("id") for element in self.root.iter() if element.get("id")]
        twice = {one for one in ids if ids.count(one) > 1}
        assert not twice, f"{self.path} uses an id twice: {twice}"
        for element in self.root.iter():
            bad = [name for name in element.attrib if name == "style" or str(name).startswith("on")]
            assert not bad, f"{self.path} has an inline {bad} on <{element.tag}>; use a component"
        for form in self.forms:
            # Where several forms stand on a page, each has a prefix, its token's name included.
            guarded = any(name.endswith("csrf_token") for name in form.names)
            assert form.method != "post" or guarded, f"a form of {self.path} has no csrf_token"


def _page_again(html: str, status: int, headers: list[tuple[str, str]], path: str) -> Page:
    return Page(Response(html, status, headers), path)


def _form(element: Element, path: str) -> PageForm:
    fields: dict[str, list[str]] = {}
    names: set[str] = set()
    buttons: list[str] = []
    for control in element.iter():
        name = control.get("name", "")
        if control.tag == "button":
            buttons.append(" ".join("".join(control.itertext()).split()))
            # A button that says what is meant is sent only when it is pressed.
            names.update(filter(None, [control.get("name")]))
        if not name or control.tag not in {"input", "textarea", "select"}:
            continue
        names.add(name)
        fields.setdefault(name, []).extend(_values(control))
    sent = {name: values for name, values in fields.items() if values}
    return PageForm(
        element.get("action") or path, element.get("method", "get").lower(), sent, frozenset(names), tuple(buttons)
    )


def _values(control: Any) -> Iterator[str]:
    if control.tag == "textarea":
        yield "".join(control.itertext()).removeprefix("\n")
    elif control.tag == "select":
        chosen = [option for option in control.iter("option") if option.get("selected") is not None]
        for option in chosen or list(control.iter("option"))[:1]:
            yield option.get("value", "".join(option.itertext()))
    elif control.get("type") in {"checkbox", "radio"}:
        if control.get("checked") is not None:
            yield control.get("value", "on")
    else:
        yield control.get("value", "")
