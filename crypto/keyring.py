"""The server's own named keys: one writes, all read, and each purpose has a key of its own derived from them.

A ring is a JSON list, oldest key first, of objects with exactly these members::

    id        8 bytes in hexadecimal, not all zero
    material  32 random bytes in base64 (RFC 4648)
    created   the time it was made, ISO 8601 in UTC
    active    true for the one key that writes

A purpose is a free name such as ``contact``, ``facet``, ``audit``, ``pepper``, ``keystore`` or ``cookie``. Its key is
HKDF-SHA256 (RFC 5869) of a ring key's material under the label ``kikite/key-ring/1`` and the name.

Rotation is: ``add``, keep the ring, ``make_active``, reseal whatever ``needs_resealing``. What must stay comparable
over time (facets, peppers, link digests) uses ``stable``, which hangs on the oldest key: it moves only when that
key is taken out of the ring, and then facets are computed anew and passwords are set anew.
"""

import base64
import contextlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

from crypto.derivation import KEY_BYTES, derive, packed, utf8
from crypto.errors import CannotOpen
from crypto.sealing import KEY_ID_BYTES, Context, key_id_of, open_text, seal_text

_LABEL: Final = b"kikite/key-ring/1"
_MEMBERS: Final = {"id", "material", "created", "active"}


@dataclass(frozen=True)
class _RingKey:
    key_id: bytes
    material: bytes = field(repr=False)
    created: datetime


class KeyRing:
    """Named keys, oldest first, one of them active. Its representation shows how many there are, and no material."""

    def __init__(self, keys: tuple[_RingKey, ...], *, active_id: bytes) -> None:
        """Hold these keys. Use ``generate`` or ``from_json``.

        Raises ValueError when one id stands twice or the order is not that of age.
        """
        ids = [key.key_id for key in keys]
        if len(set(ids)) != len(ids):
            message = "the keys of a ring have distinct ids"
            raise ValueError(message)
        if [key.created for key in keys] != sorted(key.created for key in keys):
            message = "the keys of a ring stand oldest first"
            raise ValueError(message)
        self._keys = {key.key_id: key for key in keys}
        self._active_id = active_id
        self._derived: dict[tuple[bytes, str], bytes] = {}

    def __repr__(self) -> str:
        """Show the number of keys and the id of the active one, which is no secret."""
        return f"KeyRing({len(self._keys)} keys, active {self._active_id.hex()})"

    @classmethod
    def generate(cls, *, at: datetime | None = None) -> Self:
        """Make a ring with one new, active key. ``at`` is an aware time, now when left out."""
        first = _new_ring_key(created=_utc(at))
        return cls((first,), active_id=first.key_id)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a ring. Raises ValueError when it is not one; the error shows nothing of what was read."""
        keys: tuple[_RingKey, ...] = ()
        active: list[bytes] = []
        # Whatever fails in here may carry the text of the ring; the error that leaves this method must not.
        with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
            rows = json.loads(text)
            keys = tuple(_ring_key(row) for row in rows)
            active = [key.key_id for key, row in zip(keys, rows, strict=True) if row["active"]]
        if len(active) != 1:
            message = "this is not a key ring"
            raise ValueError(message)
        return cls(keys, active_id=active[0])

    def to_json(self) -> str:
        """Write the ring, with its material, for the place outside the database where it is kept."""
        rows = [
            {
                "id": key.key_id.hex(),
                "material": base64.b64encode(key.material).decode("ascii"),
                "created": key.created.isoformat(),
                "active": key.key_id == self._active_id,
            }
            for key in self._keys.values()
        ]
        return json.dumps(rows, indent=2)

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        """The ids of all keys, oldest first, 8 bytes each."""
        return tuple(self._keys)

    @property
    def active_id(self) -> bytes:
        """The id of the key that writes."""
        return self._active_id

    def add(self, *, at: datetime | None = None) -> bytes:
        """Add a new key, which opens but does not write yet, and give its id.

        Every process must know the key before one of them writes with it: adding and making active are two steps.
        """
        newest = max(key.created for key in self._keys.values())
        # A clock that was set back must not make a new key the oldest, on which ``stable`` hangs.
        key = _new_ring_key(created=max(_utc(at), newest))
        self._keys[key.key_id] = key
        return key.key_id

    def make_active(self, key_id: bytes) -> None:
        """Let this key write from now on. Raises KeyError when the ring does not hold it."""
        self._active_id = self._keys[key_id].key_id

    def derived(self, purpose: str, key_id: bytes | None = None) -> bytes:
        """Give the 32-byte key for a purpose, of the active key or of the one named.

        Raises KeyError when the ring does not hold that key.
        """
        key = self._keys[self._active_id if key_id is None else key_id]
        found = self._derived.get((key.key_id, purpose))
        if found is None:
            # Nothing that the ring itself does not hold already: whoever has the memory has the material.
            found = derive(key.material, label=packed(_LABEL, utf8(purpose)))
            self._derived[key.key_id, purpose] = found
        return found

    def stable(self, purpose: str) -> bytes:
        """Give the 32-byte key for a purpose whose results must stay comparable: that of the oldest key."""
        return self.derived(purpose, next(iter(self._keys)))

    def seal(self, text: str, *, purpose: str, context: Context) -> bytes:
        """Seal a text under the active key, whose id goes into the header. Raises ValueError as ``seal_text`` does."""
        return seal_text(text, key=self.derived(purpose), context=context, key_id=self._active_id)

    def open(self, sealed: bytes, *, purpose: str, context: Context) -> str:
        """Open a text with whichever key sealed it. Raises CannotOpen, also when the ring does not hold that key."""
        key_id = key_id_of(sealed)
        if key_id not in self._keys:
            raise CannotOpen
        return open_text(sealed, key=self.derived(purpose, key_id), context=context)

    def needs_resealing(self, sealed: bytes) -> bool:
        """Say whether another key than the active one sealed this. Raises CannotOpen when it is no sealed value."""
        return key_id_of(sealed) != self._active_id


def _new_ring_key(*, created: datetime) -> _RingKey:
    # Eight zero bytes stand for no id; the first byte is never zero so that they cannot come up.
    key_id = bytes([secrets.randbelow(255) + 1]) + secrets.token_bytes(KEY_ID_BYTES - 1)
    return _RingKey(key_id=key_id, material=secrets.token_bytes(KEY_BYTES), created=created)


def _utc(at: datetime | None) -> datetime:
    if at is None:
        at = datetime.now(UTC)
    if at.tzinfo is None:
        message = "the time a key is made at must be aware of its zone"
        raise ValueError(message)
    return at.astimezone(UTC).replace(microsecond=0)


def _ring_key(row: object) -> _RingKey:
    """Read one key. Raises ValueError, TypeError or KeyError when it is not one."""
    if not isinstance(row, dict) or set(row) != _MEMBERS or not isinstance(row["active"], bool):
        raise TypeError
    key = _RingKey(
        key_id=bytes.fromhex(row["id"]),
        material=base64.b64decode(row["material"], validate=True),
        created=datetime.fromisoformat(row["created"]),
    )
    if len(key.key_id) != KEY_ID_BYTES or not any(key.key_id) or len(key.material) != KEY_BYTES:
        raise ValueError
    if key.created.tzinfo is None:
        raise ValueError
    return key
