"""Text and short bytes sealed under one key, bound to the place they are kept in, their length blurred.

Byte layout of a sealed value, version 1::

    offset  bytes  what
         0      1  version, 0x01
         1      8  id of the key, zeros when the key has none
         9     32  salt, random
        41     12  nonce, random
        53      n  ciphertext of the padded plaintext
      53+n     16  tag

The cipher is AES-256-GCM (NIST SP 800-38D). Its key is new for every value: HKDF-SHA256 (RFC 5869) of the given key
with the salt, under the label ``kikite/sealed/1``. One compartment key may therefore seal any number of values; a
repeated nonce alone would do no harm. The first 53 bytes and the context are authenticated.

The padded plaintext is the length as four big-endian bytes, the plaintext, and zeros up to the next of these sizes:
256, 512, 1024, 2048, 4096 bytes, and above that four equal steps to each doubling (5120, 6144, 7168, 8192, 10240, ...).
Up to 4 KiB an observer learns only the doubling, above it the length to within a quarter.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.derivation import KEY_BYTES, demand_key, derive, packed, utf8
from crypto.errors import CannotOpen

LARGEST_PLAINTEXT: Final = 16 * 1024 * 1024
SMALLEST_BUCKET: Final = 256
LARGEST_DOUBLING_BUCKET: Final = 4096
KEY_ID_BYTES: Final = 8

_VERSION: Final = b"\x01"
_LABEL: Final = b"kikite/sealed/1"
_SALT_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_LENGTH_BYTES: Final = 4
SEALED_KEY_ID_AT: Final = len(_VERSION)
"""Where the eight bytes of the key's id begin in a sealed value."""
_KEY_ID_END: Final = SEALED_KEY_ID_AT + KEY_ID_BYTES
_SALT_END: Final = _KEY_ID_END + _SALT_BYTES
_HEADER_BYTES: Final = _SALT_END + _NONCE_BYTES
_NO_KEY_ID: Final = bytes(KEY_ID_BYTES)


@dataclass(frozen=True)
class Context:
    """The place a sealed value belongs to. Moved to any other place it does not open.

    ``table`` and ``column`` are names, ``row`` is the row's UUID in hexadecimal, ``purpose`` says what the value is
    for.
    """

    table: str
    column: str
    row: str
    purpose: str

    def encoded(self) -> bytes:
        """Give the four parts in UTF-8, each after its length. Raises ValueError for a lone surrogate."""
        return packed(utf8(self.table), utf8(self.column), utf8(self.row), utf8(self.purpose))


def new_key() -> bytes:
    """Make a random key of 32 bytes from the operating system's generator."""
    return secrets.token_bytes(KEY_BYTES)


def seal(plaintext: bytes, *, key: bytes, context: Context, key_id: bytes = b"") -> bytes:
    """Seal up to 16 MiB under a key of 32 bytes and bind them to their context.

    ``key_id`` is empty or 8 bytes, not all zero; it stands readable in the header. What is larger is for ``streams``.
    Raises ValueError when a length is wrong.
    """
    demand_key(key)
    if len(key_id) not in (0, KEY_ID_BYTES) or key_id == _NO_KEY_ID:
        message = f"a key id has {KEY_ID_BYTES} bytes, not all of them zero"
        raise ValueError(message)
    drawn = secrets.token_bytes(_SALT_BYTES + _NONCE_BYTES)
    salt, nonce = drawn[:_SALT_BYTES], drawn[_SALT_BYTES:]
    header = _VERSION + (key_id or _NO_KEY_ID) + drawn
    cipher = AESGCM(derive(key, label=_LABEL, salt=salt))
    return header + cipher.encrypt(nonce, _pad(plaintext), header + context.encoded())


def open_sealed(sealed: bytes, *, key: bytes, context: Context) -> bytes:
    """Give back what ``seal`` was given.

    Raises CannotOpen for another key, another context, or anything that ``seal`` did not make exactly so;
    ValueError when the key has a wrong length.
    """
    demand_key(key)
    if sealed[:1] != _VERSION or len(sealed) < _HEADER_BYTES + SMALLEST_BUCKET + _TAG_BYTES:
        raise CannotOpen
    header = sealed[:_HEADER_BYTES]
    cipher = AESGCM(derive(key, label=_LABEL, salt=header[_KEY_ID_END:_SALT_END]))
    try:
        padded = cipher.decrypt(header[_SALT_END:], sealed[_HEADER_BYTES:], header + context.encoded())
    except InvalidTag:
        raise CannotOpen from None
    return _unpad(padded)


def seal_text(text: str, *, key: bytes, context: Context, key_id: bytes = b"") -> bytes:
    """Seal a text, as UTF-8. Raises ValueError for a lone surrogate, and as ``seal`` does."""
    return seal(utf8(text), key=key, context=context, key_id=key_id)


def open_text(sealed: bytes, *, key: bytes, context: Context) -> str:
    """Give back what ``seal_text`` was given. Raises CannotOpen, also when what was sealed is not UTF-8."""
    plaintext = open_sealed(sealed, key=key, context=context)
    try:
        return plaintext.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Raised out here, so that the error does not carry the opened bytes as its context.
    raise CannotOpen


def key_id_of(sealed: bytes) -> bytes:
    """Read the id of the key from the header, without authenticating it: 8 bytes, or none when no id was given.

    Raises CannotOpen when this is no sealed value of a known version.
    """
    if sealed[:1] != _VERSION or len(sealed) < _HEADER_BYTES:
        raise CannotOpen
    key_id = sealed[len(_VERSION) : _KEY_ID_END]
    return b"" if key_id == _NO_KEY_ID else key_id


def _bucket(length: int) -> int:
    """Give the padded size for a plaintext of this length, its length field included."""
    needed = length + _LENGTH_BYTES
    if needed <= SMALLEST_BUCKET:
        return SMALLEST_BUCKET
    doubled = 1 << (needed - 1).bit_length()
    if doubled <= LARGEST_DOUBLING_BUCKET:
        return doubled
    step = doubled // 8
    return -(-needed // step) * step


def _pad(plaintext: bytes) -> bytes:
    if len(plaintext) > LARGEST_PLAINTEXT:
        message = f"a sealed value holds at most {LARGEST_PLAINTEXT} bytes"
        raise ValueError(message)
    size = _bucket(len(plaintext))
    return (len(plaintext).to_bytes(_LENGTH_BYTES, "big") + plaintext).ljust(size, b"\0")


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    end = _LENGTH_BYTES + length
    if len(padded) != _bucket(length) or any(padded[end:]):
        raise CannotOpen
    return padded[_LENGTH_BYTES:end]
