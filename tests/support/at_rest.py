"""What a thief holds: every byte of an installation, with or without the server's own keys, searched for words."""

from __future__ import annotations

import base64
import html
import json
import re
import sys
import urllib.parse
import uuid
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, inspect, text

from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions
from crypto import CannotOpen, Context, KeyRing, content_key, open_sealed
from models.registry import metadata
from models.rules.people import CompartmentKind
from models.rules.sealed_fields import SEALED_FIELDS
from tests.support.beginnings import is_all_built

SHORTEST_PHRASE = 4
SHORTEST_PIECE = 8
CHARSETS = ("utf-8", "utf-16-le", "utf-16-be", "shift_jis", "euc-jp", "iso-2022-jp")


def phrases_of(written: str, *, length: int = 12) -> set[str]:
    """Pieces of what somebody wrote: whole sentences, and runs of Japanese that could not stand anywhere by chance."""
    sentences = [sentence.strip() for sentence in re.split(r"[。\n]", written)]
    runs = [one[start : start + length] for one in sentences for start in range(0, len(one), length)]
    return {piece for piece in (*sentences, *runs) if len(piece) >= SHORTEST_PIECE and not piece.isascii()}


def spellings(phrase: str) -> set[bytes]:
    """The bytes a phrase may stand in: every encoding that is used anywhere, and the usual escapes and packings."""
    found: set[bytes] = set()
    for charset in CHARSETS:
        try:
            encoded = phrase.encode(charset)
        except UnicodeEncodeError:
            continue
        found.add(encoded.removeprefix(b"\x1b$B").removesuffix(b"\x1b(B"))
        found.update((encoded.hex().encode(), encoded.hex().upper().encode()))
        found.update(_base64_cores(encoded))
    found.add(json.dumps(phrase).strip('"').encode())
    found.add(urllib.parse.quote(phrase).encode())
    found.add(urllib.parse.quote_plus(phrase).encode())
    found.add("".join(f"&#{ord(letter)};" for letter in phrase).encode())
    found.add(html.escape(phrase).encode())
    return {spelling for spelling in found if len(spelling) >= SHORTEST_PHRASE}


def _base64_cores(encoded: bytes) -> Iterator[bytes]:
    """A phrase inside a longer base64 text: its three alignments, without the letters its neighbours share."""
    for shift in range(3):
        packed = base64.b64encode(b"\0" * shift + encoded)
        core = packed[4 if shift else 0 : -4]
        if len(core) >= 2 * SHORTEST_PHRASE:
            yield core
            yield core.replace(b"+", b"-").replace(b"/", b"_")


def bytes_of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, database, log and mail alike."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def bytes_of_database(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every value of every table, as a dump would hold it; what the server compresses on disk is seen here in full."""
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for number, row in enumerate(connection.execute(text(f'SELECT * FROM "{table}"')).mappings()):
                for column, value in row.items():
                    yield f"{table}.{column}[{number}]", _as_bytes(value)


def bytes_of(app: Flask) -> Iterator[tuple[str, bytes]]:
    """Everything that an installation keeps, SQLite's log included, which a state that is put back comes without."""
    if not is_all_built():
        raise RuntimeError("whoever looks at every byte of the disk builds what lies there: ask for every_byte")
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    yield from bytes_of_folder(app.config["KIKITE"].data)
    yield from bytes_of_database(main.engine)
    yield from bytes_of_database(keys.engine)


def found_in(places: Iterable[tuple[str, bytes]], phrases: Iterable[str]) -> list[str]:
    """Where a phrase stands, in any spelling, also inside what was merely compressed."""
    known = list(places)
    # Everything is searched as one, which is fast; only what was found is looked up place by place.
    everything = b"\0\0".join(body for _place, content in known for body in (content, _inflated(content)))
    spelled = {phrase: spellings(phrase) for phrase in set(phrases)}
    there = those_in(everything, {spelling for its in spelled.values() for spelling in its})
    hits: set[str] = set()
    for phrase, its in spelled.items():
        for spelling in its & there:
            hits.update(f"{phrase!r} in {place}" for place, content in known if spelling in content)
            hits.add(f"{phrase!r}")
    return sorted(hits)


def those_in(everything: bytes, spelled: Iterable[bytes]) -> set[bytes]:
    """Which of these stand anywhere in it, each of four bytes or more.

    It is read as numbers of eight bytes, from each of eight places on, and of four for what is shorter: what does not
    begin with one of these numbers stands nowhere, and only what does is looked for. To look for each by itself takes
    some twenty times as long.
    """
    found: set[bytes] = set()
    by_width: dict[int, dict[int, list[bytes]]] = {8: {}, 4: {}}
    for each in spelled:
        width = 8 if len(each) >= 8 else 4
        beginning = int.from_bytes(each[:width], sys.byteorder)
        by_width[width].setdefault(beginning, []).append(each)
    read = memoryview(everything)
    for width, by_beginning in by_width.items():
        wanted = frozenset(by_beginning)
        for begin in range(width if wanted else 0):
            end = begin + max(0, len(everything) - begin) // width * width
            for beginning in wanted.intersection(read[begin:end].cast("Q" if width == 8 else "I")):
                found.update(each for each in by_beginning[beginning] if each in everything)
    return found


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:
        return b""


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return str(value).encode()


def opened_with_server_keys(app: Flask, *, each_its_own: bool = False) -> list[tuple[str, bytes]]:
    """What somebody reads who has the key ring and the key store, and tries every key on every sealed value.

    With ``each_its_own``, on each value the ring's keys and those of its own compartment: what a thief would try first.
    """
    ring: KeyRing = app.extensions["kikite_ring"]
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    opened: list[tuple[str, bytes]] = []
    with main.engine.connect() as connection:
        compartments = list(connection.execute(metadata.tables["compartment"].select()).mappings())
        ring_keys = _ring_keys(ring)
        of_compartments = _keys_of_compartments(keys, compartments)
        every = list(dict.fromkeys((*ring_keys, *(key for its in of_compartments.values() for key in its))))
        for sealed_field in SEALED_FIELDS:
            if sealed_field.table not in metadata.tables:
                # The key store's own column; its keys are among those that are tried.
                continue
            table = metadata.tables[sealed_field.table]
            for row in connection.execute(table.select()).mappings():
                value = row[sealed_field.column]
                if value is None:
                    continue
                context = Context(sealed_field.table, sealed_field.column, row["id"].hex, sealed_field.under.code)
                own = of_compartments[row["compartment_id"]] if row.get("compartment_id") in of_compartments else []
                tried = [*ring_keys, *own] if each_its_own else every
                opened += [(sealed_field.name, plain) for plain in _tried(bytes(value), tried, context)]
    return opened


def _ring_keys(ring: KeyRing) -> list[bytes]:
    purposes = {field.under.code for field in SEALED_FIELDS} | {
        "audit",
        "cookie",
        "facet",
        "keystore",
        "login",
        "link",
        "pepper",
    }
    return [ring.derived(purpose, key_id) for purpose in sorted(purposes) for key_id in ring.key_ids]


def _keys_of_compartments(keys: KeyStore, compartments: list[Any]) -> dict[uuid.UUID, list[bytes]]:
    found: dict[uuid.UUID, list[bytes]] = {}
    for compartment in compartments:
        subject = _bound_to(compartment)
        try:
            shred = keys.key(subject)
        except CannotOpen:
            # It was destroyed, and nobody has it.
            continue
        kind = CompartmentKind(compartment["kind"])
        context = Context(table="compartment", column="key", row=compartment["id"].hex, purpose=kind.value)
        found[compartment["id"]] = [
            shred,
            content_key(shred, shred_key=shred, context=context),
            content_key(bytes(32), shred_key=shred, context=context),
        ]
    return found


def _bound_to(compartment: Any) -> Any:
    if compartment["has_own_key"]:
        return compartment["id"]
    subjects = ("case_id", "company_file_id", "advice_id", "leak_id", "application_id", "confirmation_id")
    return next(compartment[name] for name in subjects if compartment[name] is not None)


def _tried(value: bytes, server_keys: list[bytes], context: Context) -> Iterator[bytes]:
    for key in server_keys:
        try:
            yield open_sealed(value, key=key, context=context)
        except CannotOpen:
            continue
