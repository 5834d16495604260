"""Every format of crypto/ that is read back from a place where somebody else may have written: how it is opened.

The examples are the frozen vectors. What is not an example must be refused with the one error of its format, without a
word; nothing else may be raised, and where a format is ``exact`` nothing else may open. Used by the test with mutated
inputs and by the coverage-guided fuzzer (``make fuzz``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.pipeline.ring_place import RingPlace, RingRefused, Trouble
from app.pipeline.wrapped_by_environment import EnvironmentWrapper
from crypto import (
    FOR_TESTS_ONLY,
    CannotOpen,
    Context,
    KeyRing,
    ReceiptMistyped,
    StreamReader,
    key_id_of,
    needs_new_lock,
    open_box,
    open_sealed,
    open_stream,
    open_text,
    read_receipt,
    unlock_with_key,
    unlock_with_passkey,
    unlock_with_password,
    verify_head,
    verify_password,
    verify_statement,
)
from crypto.derivation import derive

VECTORS = Path(__file__).parent.parent / "crypto" / "vectors"
LARGEST_COST_TRIED = 1024
"""In KiB. An altered cost up to the allowed 256 MiB is bounded work and slow to try (tests/crypto/test_keypairs.py)."""
NOT_A_RING = frozenset(
    {
        "this is not a key ring",
        "the keys of a ring have distinct ids",
        "the keys of a ring stand oldest first",
    }
)
HEADER_OF_SEALED = 53
HEADER_OF_STREAM = 40
NAME_OF_THE_VERSION = b"\x01"


Some = Callable[[int], int]
"""Draws a number below this one."""


@dataclass(frozen=True)
class SealedFormat:
    """One format: what it looks like, how it is opened, and the one way in which it refuses."""

    name: str
    examples: tuple[bytes, ...]
    opened: Callable[[bytes], object]
    exact: bool = True
    refuses: type[Exception] = CannotOpen
    messages: frozenset[str] = frozenset({""})

    def try_to_open(self, given: bytes) -> bool:
        """Whether these bytes opened. Whatever is raised beside the one error, or says more, comes out of here."""
        try:
            self.opened(given)
        except self.refuses as error:
            if str(error) not in self.messages:
                raise
            return False
        if self.exact and given not in self.examples:
            raise AssertionError(f"{self.name} opened what nobody sealed: {given.hex()}")
        return True


def _vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return found


def _context(vector: dict[str, Any]) -> Context:
    return Context(**vector["context"])


def _sealed() -> list[SealedFormat]:
    vector = _vector("sealed")
    key, context = bytes.fromhex(vector["key"]), _context(vector)
    examples = tuple(bytes.fromhex(case["sealed"]) for case in vector["cases"])

    def by_the_holder(padded: bytes) -> object:
        """What somebody who has the key sealed, of any form inside: behind the tag the form is still looked at."""
        header = NAME_OF_THE_VERSION + bytes(HEADER_OF_SEALED - 1)
        cipher = AESGCM(derive(key, label=b"kikite/sealed/1", salt=header[9:41]))
        return open_text(
            header + cipher.encrypt(header[41:], padded, header + context.encoded()), key=key, context=context
        )

    inside = ((3).to_bytes(4, "big") + "あ".encode()).ljust(256, b"\0")
    return [
        SealedFormat("a sealed value", examples, lambda given: open_sealed(given, key=key, context=context)),
        SealedFormat("a sealed text", examples, lambda given: open_text(given, key=key, context=context)),
        SealedFormat("the inside of a sealed value", (inside,), by_the_holder, exact=False),
        SealedFormat("the key named by a sealed value", examples, key_id_of, exact=False),
    ]


def _boxes() -> list[SealedFormat]:
    found = []
    for name, words in (("box", "a box"), ("own_box", "an own box")):
        vector = _vector(name)
        private, context = bytes.fromhex(vector["private"]), _context(vector)
        found.append(
            SealedFormat(
                words,
                (bytes.fromhex(vector["box"]),),
                lambda given, private=private, context=context: open_box(private, given, context=context),  # type: ignore[misc]
            )
        )
    return found


def _locks() -> list[SealedFormat]:
    vector = _vector("locked_key")
    context, pepper, key = _context(vector), bytes.fromhex(vector["pepper"]), bytes.fromhex(vector["key"])
    by_password, by_key = (bytes.fromhex(vector[name]) for name in ("locked_by_password", "locked_by_key"))

    def unlock(given: bytes) -> object:
        needs_new_lock(given, profile=FOR_TESTS_ONLY)
        if int.from_bytes(given[2:6], "big") > LARGEST_COST_TRIED:
            raise CannotOpen
        return unlock_with_password(given, password=vector["password"], pepper=pepper, context=context)

    return [
        SealedFormat("a key locked by a password", (by_password,), unlock),
        SealedFormat(
            "a key locked by a key", (by_key,), lambda given: unlock_with_key(given, key=key, context=context)
        ),
    ]


def _by_passkey() -> list[SealedFormat]:
    vector = _vector("locked_key")
    context, output = _context(vector), bytes.fromhex(vector["prf_output"])
    locked = bytes.fromhex(vector["locked_by_passkey"])
    return [
        SealedFormat(
            "a key locked by a passkey",
            (locked,),
            lambda given: unlock_with_passkey(given, output=output, context=context),
        )
    ]


def _streams() -> list[SealedFormat]:
    vector = _vector("stream")
    key, context = bytes.fromhex(vector["key"]), _context(vector)
    examples = tuple(bytes.fromhex(case["sealed"]) for case in vector["cases"])

    def by_the_holder(content: bytes) -> object:
        """A last chunk that the holder of the key wrote, with what follows it."""
        header = NAME_OF_THE_VERSION + bytes(HEADER_OF_STREAM - 1)
        cipher = AESGCM(derive(key, label=b"kikite/stream/1", salt=header[1:33]))
        nonce = header[33:] + bytes(4) + content[:1]
        sealed = header + cipher.encrypt(nonce, content[1:], header + context.encoded())
        return StreamReader(BytesIO(sealed), key=key, context=context).read()

    return [
        SealedFormat(
            "a stream",
            examples,
            lambda given: open_stream(BytesIO(given), BytesIO(), key=key, context=context),
        ),
        SealedFormat(
            "a stream read at any place",
            examples,
            lambda given: StreamReader(BytesIO(given), key=key, context=context).read(),
        ),
        SealedFormat("the inside of a stream", (b"\x01inside",), by_the_holder, exact=False),
    ]


def _signed() -> list[SealedFormat]:
    chain, statement = _vector("chain"), _vector("statement")
    verifying = bytes.fromhex(chain["verifying_key"])
    return [
        SealedFormat(
            "a signed head",
            (bytes.fromhex(chain["signed_head"]),),
            lambda given: verify_head(given, verifying_key=verifying),
        ),
        SealedFormat(
            "the signature of a statement",
            (bytes.fromhex(statement["signature"]),),
            lambda given: verify_statement(statement["statement"], given, verifying_key=verifying),
        ),
    ]


def _texts() -> list[SealedFormat]:
    ring, password, receipts = _vector("keyring"), _vector("password"), _vector("receipt")
    as_text = json.dumps(ring["ring"], indent=2)
    phc = password["phc"].encode()

    def ring_of(given: bytes) -> object:
        return KeyRing.from_json(given.decode("utf-8", "surrogateescape"))

    def opened_by_ring(given: bytes) -> object:
        return KeyRing.from_json(as_text).open(given, purpose="contact", context=_context(ring))

    def verified(given: bytes) -> object:
        text = given.decode("utf-8", "surrogateescape")
        cost = text.partition("m=")[2].partition(",")[0]
        if cost.isascii() and cost.isdigit() and len(cost) < 8 and int(cost) > LARGEST_COST_TRIED:
            raise CannotOpen
        if not verify_password(password["password"], text, pepper=bytes.fromhex(password["pepper"])):
            raise CannotOpen
        return True

    return [
        SealedFormat(
            "a key ring",
            (as_text.encode(),),
            ring_of,
            exact=False,
            refuses=ValueError,
            messages=NOT_A_RING,
        ),
        SealedFormat(
            "a value under the key ring",
            tuple(bytes.fromhex(ring[name]) for name in ("sealed_under_first", "sealed_under_second")),
            opened_by_ring,
        ),
        SealedFormat("the hash of a password", (phc,), verified),
        SealedFormat(
            "a receipt code as typed",
            tuple(case["code"].encode() for case in receipts["cases"]),
            lambda given: read_receipt(given.decode("utf-8", "surrogateescape")),
            exact=False,
            refuses=ReceiptMistyped,
        ),
    ]


# What the fuzzer has kept names a format by its place here: a new one is put at the end.


def _wrapped() -> list[SealedFormat]:
    frozen = _vector("wrapped_ring")
    place = RingPlace(Path("ring.json"), EnvironmentWrapper(bytes.fromhex(frozen["wrapping_key"])))

    def ring_of(given: bytes) -> object:
        return place.ring_in(given.decode("utf-8", "surrogateescape"))

    troubles = (Trouble.EMPTY, Trouble.NO_RING, Trouble.WRAPPED_OTHERWISE, Trouble.NOT_UNWRAPPED)
    return [
        SealedFormat(
            "a wrapped key ring",
            (json.dumps(frozen["wrapped"], indent=2).encode(),),
            ring_of,
            exact=False,
            refuses=RingRefused,
            messages=frozenset(trouble.value for trouble in troubles),
        )
    ]


FORMATS: tuple[SealedFormat, ...] = (
    *_sealed(),
    *_boxes(),
    *_locks(),
    *_streams(),
    *_signed(),
    *_texts(),
    *_by_passkey(),
    *_wrapped(),
)


def mutated(example: bytes, entropy: bytes) -> bytes:
    """An example altered in one to four places, as these bytes say: the same bytes alter it in the same way."""
    drawn = iter(entropy)

    def some(most: int) -> int:
        high, low = next(drawn, 0), next(drawn, 0)
        return (high * 256 + low) % max(1, most)

    found = bytearray(example)
    for _each in range(1 + some(4)):
        act, place, length = some(8), some(len(found) + 1), some(24)
        _ACTS[act](found, place, length, some)
    return bytes(found)


def _flip(found: bytearray, place: int, _length: int, some: Some) -> None:
    if place < len(found):
        found[place] ^= 1 << some(8)


def _put_one(found: bytearray, place: int, _length: int, some: Some) -> None:
    found[place : place + 1] = bytes([some(256)])


def _take_away(found: bytearray, place: int, length: int, _some: Some) -> None:
    del found[place : place + length]


def _put_between(found: bytearray, place: int, length: int, some: Some) -> None:
    found[place:place] = bytes(some(256) for _one in range(length))


def _repeat(found: bytearray, place: int, length: int, some: Some) -> None:
    begin = some(len(found) + 1)
    found[place:place] = found[begin : begin + length]


def _cut_off(found: bytearray, place: int, _length: int, _some: Some) -> None:
    del found[place:]


def _fill(found: bytearray, place: int, length: int, some: Some) -> None:
    found[place : place + length] = bytes([some(256)]) * length


def _add_at_the_end(found: bytearray, _place: int, length: int, some: Some) -> None:
    found += bytes(some(256) for _one in range(length))


_ACTS = (_flip, _put_one, _take_away, _put_between, _repeat, _cut_off, _fill, _add_at_the_end)
