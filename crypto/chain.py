"""An audit chain: each record authenticates itself and the one before, and a signed head fixes how far chains reach.

The link of a record is HMAC-SHA256 (RFC 2104) over these parts, each after its length as four big-endian bytes::

    label     kikite/chain/1
    previous  32 bytes, the link of the record before; 32 zero bytes for the first
    number    8 bytes big-endian, the record's number in its chain, from 1
    subject   UTF-8, whose chain it is
    body      the record's canonical body

A chain alone does not show that its newest records are gone. A signed head does: it lists the number and the link each
chain had reached, signed with Ed25519 (RFC 8032), and is kept elsewhere. Its bytes, version 1::

    offset  bytes  what
         0      1  version, 0x01
         1     64  signature over label kikite/chain-head/1 and content, as parts
        65      n  content: canonical JSON {"at": text, "heads": {subject: [number, link in hexadecimal]}}
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.derivation import demand_key, packed, utf8
from crypto.errors import CannotOpen

LINK_BYTES: Final = 32
GENESIS: Final = bytes(LINK_BYTES)
SIGNING_KEY_BYTES: Final = 32

_LABEL: Final = b"kikite/chain/1"
_HEAD_VERSION: Final = b"\x01"
_HEAD_LABEL: Final = b"kikite/chain-head/1"
_SIGNATURE_END: Final = len(_HEAD_VERSION) + 64
_LARGEST_NUMBER: Final = 2**63 - 1


@dataclass(frozen=True)
class Record:
    """One record of a chain: its number from 1, its canonical body, the id of the key it was made with, its link."""

    number: int
    body: bytes
    key_id: bytes
    link: bytes


class Break(Enum):
    """What is wrong with the first record that does not hold."""

    NUMBER = "number"
    """It does not carry the number that follows: a record is missing, moved or inserted."""
    KEY = "key"
    """It names a key that is not known."""
    LINK = "link"
    """Its body, its place, its subject or the record before is not what it was when the link was made."""


@dataclass(frozen=True)
class Verdict:
    """What came of checking a chain: it holds up to ``reached``, or breaks at a place in the chain, from 1, and why.

    ``reached`` is the number and the link of the last record that holds; number 0 and GENESIS when there is none.
    """

    reached: tuple[int, bytes]
    broken_at: int | None = None
    why: Break | None = None

    @property
    def ok(self) -> bool:
        """Whether every record holds."""
        return self.broken_at is None


@dataclass(frozen=True)
class Head:
    """How far each chain had reached at a time: for each subject the number and the link of its newest record."""

    at: str
    heads: Mapping[str, tuple[int, bytes]]


def canonical_body(mapping: Mapping[str, object]) -> bytes:
    """Write a mapping as the one JSON it can be: keys sorted, no spaces, UTF-8.

    Raises TypeError for what JSON has no form for, ValueError for a lone surrogate or a number that is not finite.
    """
    return utf8(json.dumps(mapping, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False))


def link(*, previous: bytes, number: int, subject: str, body: bytes, key: bytes) -> bytes:
    """Give the 32-byte link of a record to the one before.

    Raises ValueError when the previous link or the key has not 32 bytes, the number is not positive or too large,
    or the subject holds a lone surrogate.
    """
    demand_key(key)
    if len(previous) != LINK_BYTES or not 1 <= number <= _LARGEST_NUMBER:
        message = "a link needs the 32 bytes of the one before and a number from 1"
        raise ValueError(message)
    return hmac.digest(key, packed(_LABEL, previous, number.to_bytes(8, "big"), utf8(subject), body), hashlib.sha256)


def verify_chain(subject: str, records: Iterable[Record], *, key_for: Callable[[bytes], bytes]) -> Verdict:
    """Check the whole chain of a subject, from its first record in ascending order; an empty chain holds.

    ``key_for`` gives the 32-byte key of a key id, or raises LookupError. Memory is constant whatever the length.
    """
    reached = (0, GENESIS)
    for place, record in enumerate(records, start=1):
        if record.number != place:
            return Verdict(reached=reached, broken_at=place, why=Break.NUMBER)
        try:
            key = key_for(record.key_id)
        except LookupError:
            return Verdict(reached=reached, broken_at=place, why=Break.KEY)
        expected = link(previous=reached[1], number=place, subject=subject, body=record.body, key=key)
        if not hmac.compare_digest(expected, record.link):
            return Verdict(reached=reached, broken_at=place, why=Break.LINK)
        reached = (place, record.link)
    return Verdict(reached=reached)


def new_signing_key() -> bytes:
    """Make a random Ed25519 private key of 32 bytes (RFC 8032)."""
    return secrets.token_bytes(SIGNING_KEY_BYTES)


def verifying_key(signing_key: bytes) -> bytes:
    """Give the public key of 32 bytes of a signing key. Raises ValueError when that has a wrong length."""
    return Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw()


def sign_head(heads: Mapping[str, tuple[int, bytes]], *, signing_key: bytes, at: str) -> bytes:
    """Sign how far each chain has reached, and when; ``at`` is ISO 8601 in UTC.

    Raises ValueError when the signing key has not 32 bytes.
    """
    private = Ed25519PrivateKey.from_private_bytes(signing_key)
    reached = {subject: [number, newest.hex()] for subject, (number, newest) in heads.items()}
    content = canonical_body({"at": at, "heads": reached})
    return _HEAD_VERSION + private.sign(packed(_HEAD_LABEL, content)) + content


def verify_head(signed: bytes, *, verifying_key: bytes) -> Head:
    """Read a signed head.

    Raises CannotOpen unless the holder of the signing key made exactly these bytes; ValueError when the verifying key
    has not 32 bytes.
    """
    content = signed[_SIGNATURE_END:]
    public = Ed25519PublicKey.from_public_bytes(verifying_key)
    if signed[:1] != _HEAD_VERSION:
        raise CannotOpen
    try:
        public.verify(signed[len(_HEAD_VERSION) : _SIGNATURE_END], packed(_HEAD_LABEL, content))
    except InvalidSignature:
        raise CannotOpen from None
    # The signature holds, so this is what sign_head wrote and has its form.
    read = json.loads(content)
    return Head(
        at=read["at"],
        heads={subject: (number, bytes.fromhex(newest)) for subject, (number, newest) in read["heads"].items()},
    )


def still_reaches(head: Head, subject: str, records: Sequence[Record]) -> bool:
    """Say whether a chain, already verified, still holds the record that the head saw as its newest.

    It does not when the newest records, or all of them, were removed, or rewritten by someone with the key.
    """
    if subject not in head.heads:
        return True
    number, newest = head.heads[subject]
    return len(records) >= number and (number == 0 or hmac.compare_digest(records[number - 1].link, newest))
