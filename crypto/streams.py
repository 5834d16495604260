"""Attachments of any size sealed chunk by chunk, in constant memory.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, CRYPTO 2015) over AES-256-GCM (NIST SP 800-38D). Byte layout, version 1::

    offset  bytes  what
         0      1  version, 0x01
         1     32  salt, random
        33      7  nonce prefix, random
        40      n  chunks: each 65536 bytes of content (the last one may hold fewer) and 16 bytes tag

The key is new for every stream: HKDF-SHA256 (RFC 5869) of the given key with the salt, under the label
``kikite/stream/1``. The nonce of a chunk is the prefix, the chunk's number as four big-endian bytes from 0, and
0x01 for the last chunk, 0x00 otherwise. The 40 bytes of header and the context are authenticated with every chunk.
Empty content is one empty last chunk; otherwise no chunk is empty. The length is not blurred: it shows to the byte.
"""

import secrets
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.derivation import demand_key, derive
from crypto.errors import CannotOpen
from crypto.sealing import Context

CHUNK_BYTES: Final = 64 * 1024

_VERSION: Final = b"\x01"
_LABEL: Final = b"kikite/stream/1"
_SALT_BYTES: Final = 32
_SALT_END: Final = len(_VERSION) + _SALT_BYTES
_PREFIX_BYTES: Final = 7
_HEADER_BYTES: Final = _SALT_END + _PREFIX_BYTES
_TAG_BYTES: Final = 16
_MOST_CHUNKS: Final = 2**32


def seal_stream(source: BinaryIO, target: BinaryIO, *, key: bytes, context: Context) -> int:
    """Seal all that remains in ``source`` into ``target`` under a key of 32 bytes; give the number of content bytes.

    Raises ValueError when the key has a wrong length or the content is larger than 256 TiB.
    """
    demand_key(key)
    header = _VERSION + secrets.token_bytes(_SALT_BYTES + _PREFIX_BYTES)
    cipher, associated = _cipher(header, key=key, context=context)
    target.write(header)
    total = 0
    for number, chunk, last in _numbered(source, CHUNK_BYTES):
        if number >= _MOST_CHUNKS:
            message = "the content is too large for one stream"
            raise ValueError(message)
        target.write(cipher.encrypt(_nonce(header, number, last=last), chunk, associated))
        total += len(chunk)
    return total


def open_stream(source: BinaryIO, target: BinaryIO, *, key: bytes, context: Context) -> int:
    """Write what ``seal_stream`` was given into ``target``; give the number of content bytes.

    Raises as ``opened_chunks`` does. What stands in ``target`` by then is genuine but incomplete: throw it away.
    """
    total = 0
    for chunk in opened_chunks(source, key=key, context=context):
        target.write(chunk)
        total += len(chunk)
    return total


def opened_chunks(source: BinaryIO, *, key: bytes, context: Context) -> Iterator[bytes]:
    """Give the content chunk by chunk, each authenticated with its place; none for empty content.

    Raises CannotOpen for another key or context, or at the first chunk that is altered, moved, missing or too many;
    whoever passes chunks on must be ready to break off. ValueError when the key has a wrong length. Both come with the
    first chunk asked for.
    """
    demand_key(key)
    header = _read_up_to(source, _HEADER_BYTES)
    if len(header) < _HEADER_BYTES or header[:1] != _VERSION:
        raise CannotOpen
    cipher, associated = _cipher(header, key=key, context=context)
    for number, sealed, last in _numbered(source, CHUNK_BYTES + _TAG_BYTES):
        if number >= _MOST_CHUNKS:
            raise CannotOpen
        try:
            chunk = cipher.decrypt(_nonce(header, number, last=last), sealed, associated)
        except InvalidTag:
            raise CannotOpen from None
        if chunk:
            yield chunk
        elif number:
            # An empty end after other chunks is nothing that seal_stream writes.
            raise CannotOpen


def _cipher(header: bytes, *, key: bytes, context: Context) -> tuple[AESGCM, bytes]:
    stream_key = derive(key, label=_LABEL, salt=header[len(_VERSION) : _SALT_END])
    return AESGCM(stream_key), header + context.encoded()


def _nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[_SALT_END:] + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _numbered(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Cut the source into numbered pieces and say which is the last, by looking one ahead. There is always one."""
    number = 0
    piece = _read_up_to(source, size)
    while len(piece) == size and (following := _read_up_to(source, size)):
        yield number, piece, False
        number, piece = number + 1, following
    yield number, piece, True


def _read_up_to(source: BinaryIO, size: int) -> bytes:
    """Read this many bytes, fewer only at the end: a pipe or a socket may give less than it was asked for."""
    pieces = []
    while size > 0 and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
