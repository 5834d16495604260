"""How the parts of an Office document refer to each other: read, and written anew with nothing fetched from afar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import quoteattr

from app.attachments.examination.elements import ENDS, NOWHERE, may_be_followed
from app.attachments.examination.findings import Refused
from models.rules.attachments import FileRefusal

_NAMES = "http://schemas.openxmlformats.org/package/2006/relationships"
_HAS_A_SCHEME = re.compile(r"(?i)^\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)")


@dataclass(frozen=True, slots=True)
class Relation:
    """That a part refers to another, or to something outside of the document."""

    id: str
    type: str
    target: str
    is_outside: bool

    @property
    def kind(self) -> str:
        """What it is, without the long address that the standards give it."""
        return self.type.rpartition("/")[2]

    @property
    def part(self) -> str:
        """The part of the document that it leads to, as the parts of the whole are named."""
        return unquote(self.target).lstrip("/").casefold()

    def harmless(self) -> str:
        """Where it leads from now on: inside, or where a person goes who follows a link."""
        if not self.is_outside and not _HAS_A_SCHEME.match(self.target):
            return self.target
        return self.target if self.kind == "hyperlink" and may_be_followed(self.target) else NOWHERE


def relations_in(body: bytes) -> list[Relation]:
    """The relations that a part lists. Raises Refused for what does not list them plainly."""
    found: list[Relation] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            said = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            outside = said.get("TargetMode", "").strip().casefold() == "external"
            found.append(Relation(said.get("Id", ""), said.get("Type", ""), said.get("Target", ""), outside))

    parser = ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(body, ENDS)
    except ExpatError:
        raise Refused(FileRefusal.DAMAGED) from None
    return found


def relations_anew(body: bytes) -> bytes:
    """The same list, with nothing in it that is fetched from far away when somebody opens the document."""
    lines = [
        f"<Relationship Id={quoteattr(one.id)} Type={quoteattr(one.type)} Target={quoteattr(one.harmless())}"
        f"{' TargetMode=' + quoteattr('External') if one.is_outside else ''}/>"
        for one in relations_in(body)
    ]
    head = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_NAMES}">'
    return "".join([head, *lines, "</Relationships>"]).encode()
