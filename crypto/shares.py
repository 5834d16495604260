"""A secret split among printed cards: any k of n cards bring it back, and fewer say nothing at all about it.

The scheme is Shamir's ("How to share a secret", 1979), byte by byte over GF(256) = GF(2)[x]/(x^8+x^4+x^3+x+1), as
in draft-mcgrew-tss-03: the share with number x holds, for each byte of the secret, the value at x of a polynomial of
degree k - 1 whose constant term is that byte and whose other coefficients are random.

A card is 72 symbols of the receipts' alphabet in three rows, each row written, forgiven and checked as a receipt code
of 24 symbols is (see ``receipts``). Its 66 carrying symbols are 330 bits::

    bits  what
       5  version, 1
      20  mark of the kit, so that a card of another kit is told apart
       5  number of the card
     256  the share
      44  check over all before: HKDF-SHA256 (RFC 5869) of them under its own label

The check signs of a row tell which row was mistyped; the check of the card tells rows of two cards apart, and the order
in which its own rows were typed does not matter.

No table is looked up and no branch taken by a secret byte: multiplication uses masks and the inverse a fixed power.
Python promises no constant time beyond that; cards are typed by hand, in a session of two persons, and a share is
never an input that somebody else chooses.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Final

from crypto.derivation import KEY_BYTES, derive
from crypto.errors import CannotOpen, CardMistyped, ReceiptMistyped
from crypto.receipts import RECEIPT_ALPHABET, code_of_symbols, read_receipt, symbols_typed

MOST_CARDS: Final = 31
MARK_BITS: Final = 20
ROWS: Final = 3

_VERSION: Final = 1
_FEWEST_NEEDED: Final = 2
_CARRYING: Final = 22
_ROW_SYMBOLS: Final = 24
_SYMBOL_BITS: Final = 5
_NUMBER_BITS: Final = 5
_CHECK_BITS: Final = 44
_LONGEST_TYPED: Final = 600
_REDUCTION: Final = 0x11B
_CHECK_LABEL: Final = b"kikite/recovery-card-check/1"
_COMMITMENT_LABEL: Final = b"kikite/recovery-card/1"


@dataclass(frozen=True)
class Share:
    """One part of a split secret: its number, from 1, and its value, which appears in no representation."""

    number: int
    value: bytes = field(repr=False)


@dataclass(frozen=True)
class Card:
    """A share as it was read from paper, with the mark of the kit it belongs to."""

    mark: int
    share: Share


def split_secret(secret: bytes, *, needed: int, cards: int) -> tuple[Share, ...]:
    """Split a key of 32 bytes into shares of which any ``needed`` bring it back.

    Raises ValueError unless the key has 32 bytes and 2 <= needed <= cards <= 31.
    """
    if len(secret) != KEY_BYTES:
        message = f"a key has {KEY_BYTES} bytes"
        raise ValueError(message)
    if not _FEWEST_NEEDED <= needed <= cards <= MOST_CARDS:
        message = f"at least {_FEWEST_NEEDED} cards are needed, at most {MOST_CARDS} are made"
        raise ValueError(message)
    coefficients = [secret, *(secrets.token_bytes(KEY_BYTES) for _ in range(needed - 1))]
    return tuple(Share(number, _at(coefficients, number)) for number in range(1, cards + 1))


def join_shares(shares: Sequence[Share]) -> bytes:
    """Give back what was split, from as many shares as were needed; from too few, or others, something else.

    Whether it is the right one is told by what it opens. Raises CannotOpen for no share, a number that is used twice,
    or values of different lengths.
    """
    numbers = [share.number for share in shares]
    lengths = {len(share.value) for share in shares}
    if not shares or len(set(numbers)) != len(numbers) or min(numbers) < 1 or len(lengths) != 1:
        raise CannotOpen
    total = bytes(lengths.pop())
    for share in shares:
        weight = 1
        for other in numbers:
            if other != share.number:
                weight = _times(weight, _times(other, _inverse(other ^ share.number)))
        total = bytes(left ^ _times(weight, right) for left, right in zip(total, share.value, strict=True))
    return total


def new_mark() -> int:
    """Make a random mark by which the cards of one kit know each other."""
    return secrets.randbits(MARK_BITS)


def card_rows(share: Share, *, mark: int) -> tuple[str, ...]:
    """Write a share of 32 bytes as three rows, each like a receipt code.

    Raises ValueError for a share, a number or a mark that no card has.
    """
    if len(share.value) != KEY_BYTES or not 1 <= share.number <= MOST_CARDS or not 0 <= mark < 1 << MARK_BITS:
        message = "a card carries 32 bytes, a number from 1 to 31 and a mark of 20 bits"
        raise ValueError(message)
    head = ((_VERSION << MARK_BITS | mark) << _NUMBER_BITS | share.number) << (8 * KEY_BYTES)
    head |= int.from_bytes(share.value, "big")
    bits = head << _CHECK_BITS | _check_of(head)
    shifts = range(_SYMBOL_BITS * (ROWS * _CARRYING - 1), -1, -_SYMBOL_BITS)
    values = [(bits >> shift) % (1 << _SYMBOL_BITS) for shift in shifts]
    return tuple(code_of_symbols(values[start : start + _CARRYING]) for start in range(0, len(values), _CARRYING))


def read_card(typed: str) -> Card:
    """Read a card that was typed or scanned, with all that ``read_receipt`` forgives, its rows in any order.

    Raises CardMistyped, which names the row when a single row is wrong.
    """
    symbols = symbols_typed(typed) if len(typed) <= _LONGEST_TYPED else ""
    if len(symbols) != ROWS * _ROW_SYMBOLS:
        raise CardMistyped
    rows = []
    for number in range(ROWS):
        row = symbols[number * _ROW_SYMBOLS : (number + 1) * _ROW_SYMBOLS]
        try:
            rows.append(read_receipt(row).replace("-", "")[:_CARRYING])
        except ReceiptMistyped:
            raise CardMistyped(row=number + 1) from None
    for in_order in permutations(rows):
        found = _card_of("".join(in_order))
        if found is not None:
            return found
    raise CardMistyped


def card_commitment(card: Card) -> bytes:
    """Give the 32 bytes by which a card is known again, and which say nothing about its share.

    HKDF-SHA256 (RFC 5869) of the share, with its number and the mark as salt; the share alone has 256 bits to guess.
    """
    place = card.mark.to_bytes(4, "big") + card.share.number.to_bytes(1, "big")
    return derive(card.share.value, label=_COMMITMENT_LABEL, salt=place)


def _card_of(carrying: str) -> Card | None:
    bits = 0
    for symbol in carrying:
        bits = bits << _SYMBOL_BITS | RECEIPT_ALPHABET.index(symbol)
    head, check = bits >> _CHECK_BITS, bits % (1 << _CHECK_BITS)
    value = (head % (1 << 8 * KEY_BYTES)).to_bytes(KEY_BYTES, "big")
    front = head >> 8 * KEY_BYTES
    number = front % (1 << _NUMBER_BITS)
    mark = (front >> _NUMBER_BITS) % (1 << MARK_BITS)
    if front >> _NUMBER_BITS + MARK_BITS != _VERSION or number < 1 or check != _check_of(head):
        return None
    return Card(mark, Share(number, value))


def _check_of(head: int) -> int:
    length = (_SYMBOL_BITS + MARK_BITS + _NUMBER_BITS + 8 * KEY_BYTES + 7) // 8
    return int.from_bytes(derive(head.to_bytes(length, "big"), label=_CHECK_LABEL, length=6), "big") >> 48 - _CHECK_BITS


def _at(coefficients: Sequence[bytes], point: int) -> bytes:
    """Give, byte by byte, the value at a point of the polynomial with these coefficients, lowest first (Horner)."""
    total = bytes(len(coefficients[0]))
    for coefficient in reversed(coefficients):
        total = bytes(_times(left, point) ^ right for left, right in zip(total, coefficient, strict=True))
    return total


def _times(left: int, right: int) -> int:
    """Multiply two elements of GF(256), with masks in place of branches."""
    product = 0
    for _ in range(8):
        product ^= -(right & 1) & left
        left = (left << 1) ^ (-(left >> 7) & _REDUCTION)
        right >>= 1
    return product


def _inverse(element: int) -> int:
    """Give the inverse as the 254th power; that of zero, which no two numbers of cards make, is zero."""
    power = 1
    for _ in range(254):
        power = _times(power, element)
    return power
