"""What a file looks like by its content, what is refused from that alone, and rows that take over on their day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from models.rules.attachments import (
    ATTACHMENT_POLICIES,
    HEAD_BYTES,
    MEBIBYTE,
    SUFFIXES,
    FileKind,
    FileRefusal,
    Look,
    attachment_policy_at,
    look_of,
    refused_by_its_look,
)

POLICY = ATTACHMENT_POLICIES[0]

HEADS = [
    (b"\xff\xd8\xff\xe0",                   Look.JPEG),
    (b"\x89PNG\r\n\x1a\n",                  Look.PNG),
    (b"GIF89a",                             Look.GIF),
    (b"RIFF\x00\x00\x00\x00WEBP",           Look.WEBP),
    (b"RIFF\x00\x00\x00\x00WAVE",           Look.RECORDING),
    (b"RIFF\x00\x00\x00\x00AVI ",           Look.RECORDING),
    (b"ID3\x03",                            Look.RECORDING),
    (b"\x00\x00\x00\x20ftypM4A ",           Look.RECORDING),
    (b"\x00\x00\x00\x20ftypqt  ",           Look.RECORDING),
    (b"\x00\x00\x00\x18ftypheic",           Look.HEIC),
    (b"\x00\x00\x00\x18ftypavif",           Look.HEIC),
    (b"%PDF-1.7",                           Look.PDF),
    (b"\n" * 900 + b"%PDF-1.4",             Look.PDF),
    (b"PK\x03\x04",                         Look.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",   Look.OLE),
    (b"MZ\x90",                             Look.PROGRAM),
    ("お客様から".encode(),                 None),
    (b"",                                   None),
]


@pytest.mark.parametrize(("head", "look"), HEADS)
def test_a_file_is_what_its_first_bytes_say(head: bytes, look: Look | None) -> None:
    assert look_of(head) is look


def test_a_recording_is_refused_until_a_row_takes_it() -> None:
    head = b"ID3" + bytes(HEAD_BYTES)
    assert refused_by_its_look(head, 5000, POLICY) is FileRefusal.RECORDING
    assert refused_by_its_look(head, 5000, replace(POLICY, kinds=frozenset(FileKind))) is None


@pytest.mark.parametrize(
    ("head", "size", "why"),
    [
        (b"",                 0,                             FileRefusal.EMPTY),
        (b"%PDF-",            200 * MEBIBYTE,                None),
        (b"%PDF-",            200 * MEBIBYTE + 1,            FileRefusal.TOO_LARGE),
        (b"\xff\xd8\xff",     50 * MEBIBYTE,                 None),
        (b"\xff\xd8\xff",     50 * MEBIBYTE + 1,             FileRefusal.TOO_LARGE),
        (b"\x7fELF",          1000,                          FileRefusal.UNKNOWN),
    ],
)
def test_size_and_look_decide_before_anything_is_opened(head: bytes, size: int, why: FileRefusal | None) -> None:
    assert refused_by_its_look(head, size, POLICY) is why


def test_a_later_row_takes_over_on_its_day_in_japan() -> None:
    later = replace(POLICY, version="2027-04", valid_from=date(2027, 4, 1), most_files=5)
    rows = (later, POLICY)
    assert attachment_policy_at(datetime(2027, 3, 31, 14, 59, tzinfo=UTC), rows) is POLICY
    assert attachment_policy_at(datetime(2027, 3, 31, 15, 0, tzinfo=UTC), rows) is later
    assert attachment_policy_at(datetime(2020, 1, 1, tzinfo=UTC), rows) is POLICY


def test_every_kind_has_an_ending_that_says_no_more_than_the_kind() -> None:
    assert set(SUFFIXES) == set(FileKind)
    assert all(ending.isascii() and ending.isalnum() for ending in SUFFIXES.values())
