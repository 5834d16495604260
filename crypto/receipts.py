"""Receipt codes: making one, reading back what a person typed, and the keys it leads to.

A code is 28 symbols in seven groups of four, ``XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX``, from the 32 symbols
``0123456789ABCDEFGHJKMNPQRSTVWXYZ`` (no I, L, O, U). 26 symbols carry 130 bits, which come from the receipt's secret of
128 random bits by HKDF-SHA256 (RFC 5869); because they are that many, no slow hash stands between the code and its
keys. Codes of an earlier form have 24 symbols, of which 22 carry 110 bits; they are read as well, and made no more.

The last two symbols are a check: all symbols, as coefficients over GF(32) = GF(2)[x]/(x^5 + x^2 + 1), highest
first, have fixed values at x and at x^2 (a shortened Reed-Solomon code, shifted so that a row of zeros is no code).
It catches every wrong symbol, every two wrong symbols, and so every exchange of two symbols, adjacent or not. Two
exchanged groups, or any greater confusion, pass with a chance of 1 in 1024, and then lead to no receipt.
"""

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from crypto.derivation import KEY_BYTES, derive
from crypto.errors import ReceiptMistyped

RECEIPT_SECRET_BYTES: Final = 16
RECEIPT_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOCATOR_BYTES: Final = 16

RECEIPT_SYMBOLS: Final = 28
EARLIER_RECEIPT_SYMBOLS: Final = 24

_LENGTHS: Final = (EARLIER_RECEIPT_SYMBOLS, RECEIPT_SYMBOLS)
_CHECKING: Final = 2
_GROUP: Final = 4
_BITS_PER_SYMBOL: Final = 5
_CODE_LABEL: Final = b"kikite/receipt-code/2"
_EARLIER_CODE_LABEL: Final = b"kikite/receipt-code/1"
_LOCATOR_LABEL: Final = b"kikite/receipt-locator/1"
_KEY_LABEL: Final = b"kikite/receipt-key/1"

# Typed text is at most this long before anything is done with it; a whole line of separators still fits.
_LONGEST_TYPED: Final = 400
_LOOK_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
# What people and their keyboards put between groups, beyond spaces, Unicode dashes and invisible characters:
# long vowel mark, minus, box line, the kanji one, underscore, full stops, commas, middle dots, tilde, overline.
_BETWEEN_GROUPS: Final = frozenset("\u30fc\u2212\u2500\u2501\u4e00_.,\u3001\u3002\u30fb\u00b7~\u203e\u00af\u02d7")
_INVISIBLE_CATEGORIES: Final = frozenset({"Pd", "Zs", "Zl", "Zp", "Cf", "Cc", "Mn", "Me"})

_FIELD_POLYNOMIAL: Final = 0b100101
_FIELD_SIZE: Final = 32
_CHECK_POINTS: Final = (0b00010, 0b00100)
_CHECK_VALUES: Final = (0b01011, 0b10110)


@dataclass(frozen=True)
class ReceiptKeys:
    """Where a receipt is found and what opens it: a locator of 16 bytes and a key of 32."""

    locator: bytes = field(repr=False)
    key: bytes = field(repr=False)


def new_receipt_secret() -> bytes:
    """Make the 16 random bytes from which one receipt code follows."""
    return secrets.token_bytes(RECEIPT_SECRET_BYTES)


def receipt_code(secret: bytes) -> str:
    """Give the code of a secret of 16 bytes, always the same: seven groups of four symbols.

    Raises ValueError when the secret has a wrong length.
    """
    return _code_of(secret, label=_CODE_LABEL, symbols=RECEIPT_SYMBOLS)


def earlier_receipt_code(secret: bytes) -> str:
    """Give the code that a secret led to while codes had six groups, so that what was sent with it is found again.

    Raises ValueError when the secret has a wrong length.
    """
    return _code_of(secret, label=_EARLIER_CODE_LABEL, symbols=EARLIER_RECEIPT_SYMBOLS)


def _code_of(secret: bytes, *, label: bytes, symbols: int) -> str:
    if len(secret) != RECEIPT_SECRET_BYTES:
        message = f"a receipt's secret has {RECEIPT_SECRET_BYTES} bytes"
        raise ValueError(message)
    bits = _BITS_PER_SYMBOL * (symbols - _CHECKING)
    length = (bits + 7) // 8
    value = int.from_bytes(derive(secret, label=label, length=length), "big") >> (8 * length - bits)
    shifts = range(bits - _BITS_PER_SYMBOL, -1, -_BITS_PER_SYMBOL)
    return code_of_symbols([(value >> shift) % _FIELD_SIZE for shift in shifts])


def code_of_symbols(carrying: Sequence[int]) -> str:
    """Write 26 values below 32, or 22, with their two check symbols, as ``read_receipt`` reads them.

    Raises ValueError for another number of values.
    """
    if len(carrying) + _CHECKING not in _LENGTHS:
        message = f"a code has {' or '.join(map(str, _LENGTHS))} symbols"
        raise ValueError(message)
    return _grouped("".join(RECEIPT_ALPHABET[value] for value in [*carrying, *_check_symbols(list(carrying))]))


def read_receipt(typed: str) -> str:
    """Give the code that was meant: upper case, in groups of four, seven or of an earlier code six.

    Forgives small letters, full-width letters, spaces and dashes of any kind anywhere, invisible characters, and O
    for 0, I and L for 1, U for V. Raises ReceiptMistyped when what remains cannot be a code.
    """
    if len(typed) > _LONGEST_TYPED:
        raise ReceiptMistyped
    symbols = symbols_typed(typed)
    values = [RECEIPT_ALPHABET.find(symbol) for symbol in symbols]
    if len(values) not in _LENGTHS or min(values) < 0:
        raise ReceiptMistyped
    if tuple(_at(values, point) for point in _CHECK_POINTS) != _CHECK_VALUES:
        raise ReceiptMistyped
    return _grouped(symbols)


def receipt_keys(code: str) -> ReceiptKeys:
    """Derive the locator and the key of a code, typed in any way that ``read_receipt`` forgives.

    HKDF-SHA256 (RFC 5869) of the carrying symbols, one label each; the locator says nothing about the key.
    Raises ReceiptMistyped.
    """
    carrying = read_receipt(code).replace("-", "")[:-_CHECKING].encode("ascii")
    return ReceiptKeys(
        locator=derive(carrying, label=_LOCATOR_LABEL, length=LOCATOR_BYTES),
        key=derive(carrying, label=_KEY_LABEL, length=KEY_BYTES),
    )


def ends_with(code: str, typed: str) -> bool:
    """Say whether what was typed is the code's last group of four, typed in any way that ``read_receipt`` forgives.

    This is how somebody who was told a code shows that she has it. Raises ReceiptMistyped when the code is none.
    """
    last = read_receipt(code)[-_GROUP:]
    return len(typed) <= _LONGEST_TYPED and symbols_typed(typed) == last


def symbols_typed(typed: str) -> str:
    """Give what was typed in capitals of the alphabet, without what people and keyboards put between groups."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(symbol for symbol in plain if not _stands_between(symbol)).translate(_LOOK_ALIKE)


def _grouped(symbols: str) -> str:
    return "-".join(symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP))


def _stands_between(symbol: str) -> bool:
    return symbol in _BETWEEN_GROUPS or unicodedata.category(symbol) in _INVISIBLE_CATEGORIES


def _product(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left >= _FIELD_SIZE:
            left ^= _FIELD_POLYNOMIAL
        right >>= 1
    return product


_PRODUCTS: Final = tuple(tuple(_product(left, right) for right in range(_FIELD_SIZE)) for left in range(_FIELD_SIZE))


def _times(left: int, right: int) -> int:
    """Multiply two elements of GF(32)."""
    return _PRODUCTS[left][right]


def _at(values: list[int], point: int) -> int:
    """Give the value at a point of the polynomial with these coefficients, highest first (Horner)."""
    total, products = 0, _PRODUCTS[point]
    for value in values:
        total = products[total] ^ value
    return total


def _check_symbols(carrying: list[int]) -> tuple[int, int]:
    """Solve for the last two symbols: at each check point p, (rest at p) + p * first + second = the fixed value."""
    (near, far), (near_value, far_value) = _CHECK_POINTS, _CHECK_VALUES
    near_gap = _at([*carrying, 0, 0], near) ^ near_value
    far_gap = _at([*carrying, 0, 0], far) ^ far_value
    first = _times(near_gap ^ far_gap, _inverse(near ^ far))
    return first, near_gap ^ _times(near, first)


def _inverse(element: int) -> int:
    return next(other for other in range(1, _FIELD_SIZE) if _times(element, other) == 1)
