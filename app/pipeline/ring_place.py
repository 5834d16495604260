"""The place of the server's key ring: a file that its owner alone can read, wrapped or as it is.

A wrapped ring is a JSON object with exactly these members::

    format        kikite/wrapped-ring/1
    installation  16 random bytes in hexadecimal, made with the ring
    wrapped_by    the name of what wrapped the key: environment, transit, pkcs11
    wrapped_key   a text from which that one gives back 32 random bytes, new with each writing
    sealed        the ring's own JSON, sealed under those bytes (see ``crypto.sealing``), in base64

Whoever has the disk, a backup of it included, has nothing that opens the ring.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, Protocol

from crypto import CannotOpen, Context, KeyRing, new_key, open_text, seal_text

FORMAT: Final = "kikite/wrapped-ring/1"
LOOKS_EVERY: Final = 20.0
"""After how many seconds a process looks whether the file has changed; it costs one question to the system."""
INSTALLATION_BYTES: Final = 16
_MEMBERS: Final = {"format", "installation", "wrapped_by", "wrapped_key", "sealed"}
_OF_OTHERS: Final = 0o027
"""What nobody but the owner, or a group that may only read, is allowed: the rest of the bits refuse the start."""


class Trouble(Enum):
    """Why a ring cannot be used. The words for it are with the commands."""

    MISSING = "missing"
    NOT_READABLE = "not_readable"
    EMPTY = "empty"
    NO_RING = "no_ring"
    OPEN_TO_OTHERS = "open_to_others"
    WRAPPED_OTHERWISE = "wrapped_otherwise"
    NOT_UNWRAPPED = "not_unwrapped"
    OF_ANOTHER = "of_another"
    KEY_NOT_SET = "key_not_set"
    NO_LIBRARY = "no_library"
    SEALED = "sealed"
    NOT_ALLOWED = "not_allowed"
    NOT_REACHED = "not_reached"
    NOT_TRUSTED = "not_trusted"
    NO_SUCH_KEY = "no_such_key"
    ANSWERED_OTHERWISE = "answered_otherwise"


class RingRefused(Exception):
    """The ring cannot be used, and nothing is started. Its words tell of no key."""

    def __init__(self, trouble: Trouble, path: Path | None = None) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.path = path
        """The ring's file, where it is the file that is at fault. It is told at the terminal alone."""


class Wrapper(Protocol):
    """What holds a key that is not on this disk, and wraps 32 bytes under it."""

    name: str

    def wrap(self, key: bytes) -> str:
        """A text from which only this one gives the bytes back. Raises RingRefused."""

    def unwrap(self, wrapped: str) -> bytes:
        """The bytes. Raises RingRefused."""

    def version(self, wrapped: str) -> str:
        """Which key wrapped it, or which version of it: a word that may be shown. Empty where nothing tells it."""


@dataclass(frozen=True)
class Wrapping:
    """What a ring lies wrapped by, and by which of its keys."""

    by: str
    wrapped_key: str = field(repr=False)


class RingPlace:
    """Where the ring lies, and what wraps it; without a wrapper it lies there as it is."""

    def __init__(self, path: Path, wrapper: Wrapper | None = None) -> None:
        self.path = path
        self.wrapper = wrapper
        self._seen: tuple[int, int, int] | None = None
        self._next_look = 0.0

    def is_there(self) -> bool:
        """Whether something lies there. Raises RingRefused when that cannot even be asked."""
        try:
            return self.path.exists()
        except OSError:
            raise self._refused(Trouble.NOT_READABLE) from None

    def read_or_make(self) -> KeyRing:
        """The ring; where none is, one is made that only its owner can read. Raises RingRefused."""
        if self.is_there():
            return self.read()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.alone():
            # Of two first starts at once one makes it; killed in between it leaves no half of a ring.
            if not self.is_there():
                ring = KeyRing.generate()
                self.write(ring)
                return ring
        return self.read()

    def read(self) -> KeyRing:
        """The ring as it lies there now. Raises RingRefused."""
        seen, text = self._as_it_lies_there()
        ring = self.ring_in(text)
        self._seen = seen
        return ring

    def _as_it_lies_there(self) -> tuple[tuple[int, int, int], str]:
        try:
            seen = self._state()
            if self.path.stat().st_mode & _OF_OTHERS:
                raise self._refused(Trouble.OPEN_TO_OTHERS)
            return seen, self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise self._refused(Trouble.MISSING) from None
        except UnicodeDecodeError:
            raise self._refused(Trouble.NO_RING) from None
        except OSError:
            raise self._refused(Trouble.NOT_READABLE) from None

    def _refused(self, trouble: Trouble) -> RingRefused:
        return RingRefused(trouble, self.path)

    def wrapping(self) -> Wrapping | None:
        """What the ring lies wrapped by; None where it lies as it is. Raises RingRefused when it cannot be read."""
        try:
            found = _wrapped(self._as_it_lies_there()[1])
        except ValueError:
            return None
        return Wrapping(found["wrapped_by"], found["wrapped_key"])

    def is_time_to_look(self) -> bool:
        """Whether the last look at the file was so long ago; whoever is told so looks."""
        at = time.monotonic()
        if at < self._next_look:
            return False
        self._next_look = at + LOOKS_EVERY
        return True

    def read_if_changed(self) -> KeyRing | None:
        """The ring, when it is another than the last that was read or written here. Raises RingRefused."""
        try:
            changed = self._state() != self._seen
        except FileNotFoundError:
            raise self._refused(Trouble.MISSING) from None
        return self.read() if changed else None

    def write(self, ring: KeyRing) -> None:
        """Replace the ring's file whole, so that a power failure leaves the old one or the new one.

        Raises RingRefused, with the old one left where it is, when it cannot be wrapped or what was wrapped opens not.
        """
        text = self._written(ring)
        if self.wrapper is not None and self.ring_in(text).key_ids != ring.key_ids:
            raise self._refused(Trouble.NOT_UNWRAPPED)
        # One name, so that what a killed process left is written over: only one writes at a time (see ``alone``).
        beside = self.path.with_name(f".{self.path.name}.new")
        _write_whole(beside, text)
        beside.replace(self.path)
        _make_lasting(self.path.parent)
        self._seen = self._state()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else of this machine change the ring meanwhile."""
        handle = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _state(self) -> tuple[int, int, int]:
        found = self.path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _written(self, ring: KeyRing) -> str:
        if self.wrapper is None:
            return ring.to_json()
        key, installation = new_key(), self._installation() or new_key()[:INSTALLATION_BYTES].hex()
        wrapped = {
            "format": FORMAT,
            "installation": installation,
            "wrapped_by": self.wrapper.name,
            "wrapped_key": self.wrapper.wrap(key),
            "sealed": base64.b64encode(seal_text(ring.to_json(), key=key, context=_context(installation))).decode(),
        }
        return json.dumps(wrapped, indent=2)

    def _installation(self) -> str | None:
        """The installation that a wrapped ring at this place is of."""
        try:
            return str(_wrapped(self.path.read_text(encoding="utf-8"))["installation"])
        except (OSError, ValueError):
            return None

    def ring_in(self, text: str) -> KeyRing:
        """The ring that a text holds, wrapped or not as it is to be here. Raises RingRefused."""
        if not text.strip():
            raise self._refused(Trouble.EMPTY)
        try:
            wrapped = _wrapped(text)
        except ValueError:
            return self._plain(text)
        if self.wrapper is None or wrapped["wrapped_by"] != self.wrapper.name:
            raise self._refused(Trouble.WRAPPED_OTHERWISE)
        key = self.wrapper.unwrap(wrapped["wrapped_key"])
        try:
            sealed = base64.b64decode(wrapped["sealed"], validate=True)
            return KeyRing.from_json(open_text(sealed, key=key, context=_context(wrapped["installation"])))
        except (CannotOpen, ValueError):
            raise self._refused(Trouble.NOT_UNWRAPPED) from None

    def _plain(self, text: str) -> KeyRing:
        """A ring that lies as it is; where one is to be wrapped, that is refused until somebody wraps it."""
        try:
            ring = KeyRing.from_json(text)
        except ValueError:
            raise self._refused(Trouble.NO_RING) from None
        if self.wrapper is not None:
            raise self._refused(Trouble.WRAPPED_OTHERWISE)
        return ring


def _wrapped(text: str) -> dict[str, str]:
    """The members of a wrapped ring. Raises ValueError when it is none."""
    try:
        found: Any = json.loads(text)
    except RecursionError:
        raise ValueError("this is no wrapped ring") from None
    if (
        not isinstance(found, dict)
        or set(found) != _MEMBERS
        or not all(isinstance(value, str) for value in found.values())
        or found["format"] != FORMAT
    ):
        raise ValueError("this is no wrapped ring")
    return found


def _context(installation: str) -> Context:
    return Context(table="key_ring", column="sealed", row=installation, purpose="wrapping")


def _write_whole(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _make_lasting(folder: Path) -> None:
    """Let the folder's own entry outlive a power failure too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
