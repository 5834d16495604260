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

import io
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


class StreamSealer:
    """Seals what is written to it into ``target``, for content that is handed over piece by piece as it arrives.

    Without ``finish`` there is no last chunk, and what stands in ``target`` does not open. Raises ValueError when the
    key (of 32 bytes) has a wrong length or the content is larger than 256 TiB.
    """

    def __init__(self, target: BinaryIO, *, key: bytes, context: Context) -> None:
        demand_key(key)
        header = _VERSION + secrets.token_bytes(_SALT_BYTES + _PREFIX_BYTES)
        self._cipher, self._associated = _cipher(header, key=key, context=context)
        self._header = header
        self._target = target
        self._waiting = bytearray()
        self._number = 0
        self._total = 0
        target.write(header)

    def write(self, content: bytes) -> int:
        """Take more content, of any length; give how much was taken, which is all of it."""
        self._waiting += content
        # What fills a chunk to the brim may still be the last one, and waits until it is known not to be.
        while len(self._waiting) > CHUNK_BYTES:
            self._seal(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]
        return len(content)

    def finish(self) -> int:
        """Seal the last chunk; give the number of content bytes."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()
        return self._total

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        if self._number >= _MOST_CHUNKS:
            message = "the content is too large for one stream"
            raise ValueError(message)
        nonce = _nonce(self._header, self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, chunk, self._associated))
        self._number += 1
        self._total += len(chunk)


def seal_stream(source: BinaryIO, target: BinaryIO, *, key: bytes, context: Context) -> int:
    """Seal all that remains in ``source`` into ``target`` under a key of 32 bytes; give the number of content bytes.

    Raises as ``StreamSealer`` does.
    """
    sealer = StreamSealer(target, key=key, context=context)
    while piece := source.read(CHUNK_BYTES):
        sealer.write(piece)
    return sealer.finish()


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


class StreamReader(io.RawIOBase):
    """The content of a sealed stream that can be read from any place, for formats whose readers jump about in them.

    ``source`` must be seekable. One chunk is held at a time, and each is authenticated with its place before a byte of
    it is given. The last one is opened at once, so that a stream that was cut short is refused before anything is read.
    Raises CannotOpen and ValueError as ``opened_chunks`` does.
    """

    def __init__(self, source: BinaryIO, *, key: bytes, context: Context) -> None:
        demand_key(key)
        source.seek(0)
        self._source = source
        self._header = _read_up_to(source, _HEADER_BYTES)
        if len(self._header) < _HEADER_BYTES or self._header[:1] != _VERSION:
            raise CannotOpen
        self._cipher, self._associated = _cipher(self._header, key=key, context=context)
        body = source.seek(0, io.SEEK_END) - _HEADER_BYTES
        self._last = max(0, -(-body // (CHUNK_BYTES + _TAG_BYTES)) - 1)
        self.length = body - (self._last + 1) * _TAG_BYTES
        self._position = 0
        self._held = -1
        self._chunk = b""
        if self.length < 0 or (self._last and self.length <= self._last * CHUNK_BYTES):
            raise CannotOpen
        self._hold(self._last)

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def seekable(self) -> bool:
        """Whether one may jump about in it: always."""
        return True

    def tell(self) -> int:
        """The place from which the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place of the content; places beyond its end hold nothing."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.length}[whence]
        if start + offset < 0:
            message = "there is nothing before the beginning"
            raise ValueError(message)
        self._position = start + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # The base names any writable buffer.
        """Fill the buffer as far as the present chunk goes; nothing at the end."""
        if self._position >= self.length:
            return 0
        number, begin = divmod(self._position, CHUNK_BYTES)
        self._hold(number)
        piece = self._chunk[begin : begin + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _hold(self, number: int) -> None:
        if number == self._held:
            return
        self._source.seek(_HEADER_BYTES + number * (CHUNK_BYTES + _TAG_BYTES))
        sealed = _read_up_to(self._source, CHUNK_BYTES + _TAG_BYTES)
        try:
            nonce = _nonce(self._header, number, last=number == self._last)
            self._chunk = self._cipher.decrypt(nonce, sealed, self._associated)
        except InvalidTag:
            raise CannotOpen from None
        self._held = number


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
