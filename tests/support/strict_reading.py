"""HTML read strictly, as the standard says, and what was read once in a run not read again.

Most pages of a run have been there before, but for what differs each time: tokens, ids, numbers of cases. Such signs
may be exchanged for one another without changing how a page is read, so that a place is put where each of them stands,
the page with its places is read, and they are filled with what stood there. What a page without a fault became is
kept, in a folder that all workers and all parts of a run share (see run_suite). A page with a fault is read each time,
and so is one in which such signs are anything but a piece of a text or of an attribute's value.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import zlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile
from xml.etree.ElementTree import Element

import html5lib

FOLDER = "KIKITE_TEST_PAGES_READ"
"""Where a run keeps what it has read; where none is named, nothing is kept."""
UNHEEDED = frozenset({"expected-doctype-but-got-start-tag"})
DIFFERS = re.compile(r"(?<![&#\w.-])(?=[a-zA-Z_.-]*[0-9])[a-zA-Z0-9_.-]{6,}(?![\w.-])", re.ASCII)
"""A run of letters and digits that is too long for a tag's name, and no part of a sign that is written as a number."""
PLACE = re.compile("\ue000([0-9]+)\ue001")
"""Signs that mean nothing to anybody, least of all to HTML."""

Fault = tuple[tuple[int, int], str]


def read_strictly(html: str) -> tuple[Element, list[Fault]]:
    """The page's tree, and what is wrong with it."""
    folder = os.environ.get(FOLDER)
    if not folder or PLACE.search(html):
        return _read(html)
    stood: list[str] = []

    def place(found: re.Match[str]) -> str:
        stood.append(found.group())
        return f"\ue000{len(stood) - 1}\ue001"

    with_places = DIFFERS.sub(place, html)
    kept = Path(folder) / hashlib.sha256(with_places.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        root, filled = pickle.loads(zlib.decompress(kept.read_bytes()))  # noqa: S301 - written below, in this run
    except FileNotFoundError:
        root, faults = _read(with_places)
        places = [_places_of(element) for element in root.iter()]
        if faults or sorted(chain.from_iterable(places)) != list(range(len(stood))):
            return _read(html)
        filled = [number for number, found in enumerate(places) if found]
        _keep(kept, pickle.dumps((root, filled)))
    _fill(root, filled, stood)
    return root, []


def _read(html: str) -> tuple[Element, list[Fault]]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    return root, [(place, code) for place, code, _ in parser.errors if code not in UNHEEDED]


def _keep(file: Path, read: bytes) -> None:
    """Whoever else reads, in another worker or beside in this one, finds the whole of it or nothing."""
    with NamedTemporaryFile(dir=file.parent, delete=False) as written:
        written.write(zlib.compress(read, 1))
    Path(written.name).rename(file)


def _places_of(element: Element) -> list[int]:
    words = (element.text or "", element.tail or "", *element.attrib.values())
    return [int(number) for one in words for number in PLACE.findall(one)]


def _fill(root: Element, numbers: Sequence[int], stood: Sequence[str]) -> None:
    def again(words: str) -> str:
        return PLACE.sub(lambda found: stood[int(found.group(1))], words)

    elements = list(root.iter())
    for number in numbers:
        element = elements[number]
        element.text, element.tail = element.text and again(element.text), element.tail and again(element.tail)
        for name, value in element.attrib.items():
            element.attrib[name] = again(value)
