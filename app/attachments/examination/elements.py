"""A part of an OpenDocument file, read element by element and written anew without names, scripts and far-off parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers.expat import ParserCreate
from xml.sax.saxutils import escape

from app.attachments.examination.findings import Refused
from models.rules.attachments import FileRefusal, FileRemark

AT_ONCE = 256 * 1024
DEEPEST = 1000
ENDS = True
NOWHERE = "about:blank"
WITHHELD = "-"
"""What stands where a name was, as in the other formats."""

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _DRAW, _TABLE = (f"{_OASIS}{name}:1.0" for name in ("office", "text", "drawing", "table"))
_META, _SCRIPT, _CONFIG, MANIFEST_NAMES = (f"{_OASIS}{name}:1.0" for name in ("meta", "script", "config", "manifest"))
_DC, _XFORMS = "http://purl.org/dc/elements/1.1/", "http://www.w3.org/2002/xforms"
_XML = "http://www.w3.org/XML/1998/namespace"

Name = tuple[str, str]
"""A namespace and a name in it."""

_NAMES_SOMEBODY = frozenset({
    (_DC, "creator"), (_META, "creator-initials"), (_META, "initial-creator"), (_META, "printed-by"),
    *((_TEXT, name) for name in ("author-name", "author-initials", "creator", "initial-creator", "printed-by")),
    # The path of a file begins with the folder of whoever wrote it.
    (_TEXT, "file-name"), (_TEXT, "template-name"),
})  # fmt: skip
_SENDER = re.compile(r"sender-|signatureline-suggested-signer")
# What runs by itself, or asks another program or place; the first of each is often there and empty.
_RUNS = frozenset({
    (_OFFICE, "scripts"), (_OFFICE, "event-listeners"), (_OFFICE, "dde-source"), (_XFORMS, "model"),
    (_TEXT, "dde-connection-decls"), (_TABLE, "dde-links"),
})  # fmt: skip
_ASKS_ELSEWHERE = re.compile(r"(?i)\b(?:DDE|WEBSERVICE)\s*\(|'\w+:/")
_LINKS = frozenset({(_TEXT, "a"), (_DRAW, "a")})
_MAY_BE_FOLLOWED = re.compile(r"(?i)^(?:#|https?://|mailto:|tel:)")
_RUNS_WHEN_FOLLOWED = re.compile(r"(?i)^(?:vnd\.sun\.star|macro|javascript|vbscript|service|slot|data|\.uno)\b")
# Of the settings, numbers and switches stay. Of those in words only these: they name no printer, path or person.
_SETTINGS_IN_WORDS = frozenset({
    "ViewId", "ActiveTable", "Language", "Country", "Variant", "BeginLine", "EndLine",
})  # fmt: skip
_IN_WORDS = frozenset({"string", "base64Binary", "datetime", ""})


def may_be_followed(address: str) -> bool:
    """Whether an address is one that a person goes to by following a link, and not one that runs or reads something."""
    return bool(_MAY_BE_FOLLOWED.match(address))


class Rewriting:
    """A part on its way: taken in pieces, given on in pieces."""

    def __init__(
        self, give: Callable[[bytes], object], names: frozenset[str], folder: str, found: set[FileRemark]
    ) -> None:
        self._give = give
        folders = {name[:place] for name in names for place, letter in enumerate(name) if letter == "/"}
        self._inside = names | folders
        self._folder = f"{folder}/" if folder else ""
        self._found = found
        self._out: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        self._length = 0
        self._declared: list[str] = []
        self._depth = 0
        self._dropped_at = 0
        self._withheld_at = 0
        self._parser = ParserCreate(namespace_separator=" ")
        self._parser.namespace_prefixes = True
        self._parser.ordered_attributes = True
        self._parser.buffer_text = True
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = _refuse

    def take(self, piece: bytes) -> None:
        """The next piece. Raises ExpatError for what is no XML, and Refused."""
        self._parser.Parse(piece)
        if self._length > AT_ONCE:
            self._flush()

    def finish(self) -> None:
        """There is no more. Raises as ``take`` does."""
        self._parser.Parse(b"", ENDS)
        self._flush()

    def _declare(self, prefix: str | None, uri: str) -> None:
        self._declared.append(f' xmlns{":" + prefix if prefix else ""}="{_attribute(uri or "")}"')

    def _start(self, name: str, attributes: list[str]) -> None:
        declared, self._declared = self._declared, []
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refused(FileRefusal.BOMB)
        if self._dropped_at or self._withheld_at:
            if self._dropped_at:
                self._found.add(FileRemark.SCRIPTS)
            return
        element, shown = _read(name)
        said = {_read(key): value for key, value in zip(attributes[::2], attributes[1::2], strict=True)}
        if self._is_dropped(element, said):
            self._dropped_at = self._depth
            return
        kept = [
            f' {as_shown}="{_attribute(value)}"'
            for (attribute, as_shown), was in said.items()
            if (value := self._value(element, attribute, was)) is not None
        ]
        self._write(f"<{shown}{''.join(declared)}{''.join(kept)}>")
        if element in _NAMES_SOMEBODY or _SENDER.match(element[1]):
            self._withheld_at = self._depth
            self._write(WITHHELD)

    def _is_dropped(self, element: Name, said: dict[tuple[Name, str], str]) -> bool:
        if element == (_CONFIG, "config-item"):
            about = {name[1]: value for (name, _shown), value in said.items()}
            is_history = about.get("name", "").startswith("Rsid")
            in_words = about.get("type", "") in _IN_WORDS and about.get("name") not in _SETTINGS_IN_WORDS
            return is_history or in_words
        if element in _RUNS or element[0] == _SCRIPT:
            # Nearly every document has an empty place for scripts.
            if element != (_OFFICE, "scripts"):
                self._found.add(FileRemark.SCRIPTS)
            return True
        return False

    def _value(self, element: Name, attribute: Name, was: str) -> str | None:
        """What an attribute says from now on; None when it is left out."""
        if attribute == (_XML, "base"):
            return None
        if _SENDER.match(attribute[1]):
            return WITHHELD
        if attribute == (_TABLE, "formula") and _ASKS_ELSEWHERE.search(was):
            # The cell keeps the value that it had.
            self._found.add(FileRemark.SCRIPTS)
            return None
        if attribute[1] not in {"href", "image-data"}:
            return was
        if element in _LINKS:
            if _RUNS_WHEN_FOLLOWED.match(was.strip()):
                self._found.add(FileRemark.SCRIPTS)
            return was if _MAY_BE_FOLLOWED.match(was) else NOWHERE
        return was if self._lies_inside(was) else NOWHERE

    def _lies_inside(self, address: str) -> bool:
        name = unquote(address).removeprefix("./").rstrip("/")
        return address.startswith("#") or name in self._inside or self._folder + name in self._inside

    def _end(self, name: str) -> None:
        here, self._depth = self._depth, self._depth - 1
        if self._dropped_at:
            self._dropped_at = 0 if self._dropped_at == here else self._dropped_at
            return
        if self._withheld_at:
            if self._withheld_at != here:
                return
            self._withheld_at = 0
        self._write(f"</{_read(name)[1]}>")

    def _text(self, words: str) -> None:
        if not self._dropped_at and not self._withheld_at:
            self._write(escape(words))

    def _write(self, words: str) -> None:
        self._out.append(words)
        self._length += len(words)

    def _flush(self) -> None:
        self._give("".join(self._out).encode())
        self._out, self._length = [], 0


@dataclass
class Manifest:
    """What a document says of its parts."""

    types: dict[str, str] = field(default_factory=dict)
    is_locked: bool = False


def manifest_of(body: bytes) -> Manifest:
    """Read the list of parts. Raises ExpatError for what is no XML, and Refused."""
    manifest = Manifest()

    def start(name: str, attributes: dict[str, str]) -> None:
        element, _shown = _read(name)
        if element == (MANIFEST_NAMES, "encryption-data"):
            manifest.is_locked = True
        if element == (MANIFEST_NAMES, "file-entry"):
            said = {_read(key)[0][1]: value for key, value in attributes.items()}
            manifest.types[said.get("full-path", "")] = said.get("media-type", "")

    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EntityDeclHandler = _refuse
    parser.Parse(body, ENDS)
    return manifest


def _refuse(*_declared: object) -> None:
    # No writer of such documents declares abbreviations; who does wants them to unfold.
    raise Refused(FileRefusal.BOMB)


def _read(name: str) -> tuple[Name, str]:
    """A name as the parser gives it: what it means, and how it is written."""
    parts = name.split(" ")
    if len(parts) == 1:
        return ("", name), name
    uri, local = parts[0], parts[1]
    return (uri, local), f"{parts[2]}:{local}" if len(parts) > 2 else local  # noqa: PLR2004 - the prefix comes last


def _attribute(value: str) -> str:
    return escape(value, {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
