"""What was typed on a journey, and the bytes that the journey left behind: none of the one may stand in the other.

What is typed is taken down in two places, so that what the product forgets to seal is looked for as well: where a
consulter, the desk or an officer sends a form about a case, and where anything is sealed under a compartment's key.
Only what the journey changed is searched: blocks of files, and values of the databases, that the fresh association has
not. So the search costs little, and sees all that was added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.pipeline.transaction import db
from models.company_name import CompanyName
from tests.support.at_rest import bytes_of_database, found_in, opened_with_server_keys
from tests.support.installation import engines_of

ABOUT_A_CASE = ("/consult", "/mailbox", "/phone", "/desk", "/office", "/adviser", "/incidents", "/cases", "/leaks")
"""Where people write of what happened; rules, words of letters and registers are typed elsewhere and are no secret."""
SHORTEST, LONGEST = 4, 24
BLOCK = 1024
_NO_SECRET = re.compile(
    r"[0-9a-fA-F-]{24,64}|\d{4}-\d\d-\d\d.*|\d{4}年\d+月\d+日.*|[A-Z][A-Z0-9]{0,4}(?:-[A-Z0-9]{1,6}){1,3}|[A-Z0-9]{1,4}"
    r"|[a-z_]+(?:[:.+-][a-z_0-9]+)*|\d{1,8}"
)
"""Identifiers, days, codes and short numbers."""


class Typed:
    """The words of one journey."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def note_sealed(self, text: str) -> None:
        try:
            self.texts.update(_leaves(json.loads(text)))
        except ValueError:
            self.texts.add(text)

    def note_sent(self, path: str, data: dict[str, Any]) -> None:
        if path.startswith(ABOUT_A_CASE):
            for name, values in data.items():
                if name not in {"csrf_token", "version", "once", "password", "next"}:
                    self.texts.update(_leaves(values if isinstance(values, list | tuple | set) else [values]))

    def pieces(self, *, known: Iterable[str] = ()) -> set[str]:
        """One telling piece of each thing typed: a name, a number or an address whole, of sentences their beginning."""
        found = set()
        for text in self.texts:
            for sentence in re.split(r"[。\n]", text):
                piece = sentence.strip()[:LONGEST]
                if len(piece) >= (SHORTEST if not piece.isascii() else 2 * SHORTEST) and not _NO_SECRET.fullmatch(
                    piece
                ):
                    found.add(piece)
        return {piece for piece in found if not any(piece in name or name.startswith(piece) for name in known)}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _leaves(inner)


class Before:
    """What the fresh association holds."""

    def __init__(self, app: Flask) -> None:
        data: Path = app.config["KIKITE"].data
        self.blocks = {block for _name, content in _files(data) for block in _blocks(content)}
        self.values = {content for engine in _far(app) for _place, content in bytes_of_database(engine)}

    def added(self, app: Flask) -> list[tuple[str, bytes]]:
        """The bytes that are there and were not; neighbouring blocks stay together."""
        found = []
        for name, content in _files(app.config["KIKITE"].data):
            run = b"".join(block if block not in self.blocks else b"\0" for block in _blocks(content))
            found.append((name, re.sub(rb"\0{2,}", b"\0\0", run)))
        for engine in _far(app):
            found += [(place, content) for place, content in bytes_of_database(engine) if content not in self.values]
        return found


def found_at_rest(app: Flask, before: Before, typed: Typed) -> list[str]:
    """What was typed and stands somewhere, in any spelling, or opens by what the server holds."""
    with app.app_context():
        known = list(db().scalars(select(CompanyName.name)))
    pieces = typed.pieces(known=known)
    return found_in(before.added(app), pieces) or found_in(opened_with_server_keys(app, each_its_own=True), pieces)


def _far(app: Flask) -> list[Any]:
    """A database in a file is read as the file."""
    return [engine for engine in engines_of(app) if engine.dialect.name != "sqlite"]


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def _blocks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), BLOCK):
        yield content[start : start + BLOCK]
