"""The server's own named keys: one writes, all read, and each purpose has a key of its own derived from them.

A ring is a JSON list, oldest key first, of objects with exactly these members::

    id        8 bytes in hexadecimal, not all zero
    material  32 random bytes in base64 (RFC 4648)
    created   the time it was made, ISO 8601 in UTC
    active    true for the one key that writes

A key that was retired has, instead of ``material``, ``kept``: an object of purposes with their keys in base64. What
those are for, such as verifying an old record, can still be done; nothing else can be derived from it any more.

A purpose is a free name such as ``contact``, ``facet``, ``audit``, ``pepper``, ``keystore`` or ``cookie``. Its key is
HKDF-SHA256 (RFC 5869) of a ring key's material under the label ``kikite/key-ring/1`` and the name.

Rotation is: ``add``, keep the ring, ``make_active``, reseal whatever ``needs_resealing``, ``retire`` the older one.
What must stay what it was over time (the name of a folder) uses ``stable``, which hangs on the oldest key that still
gives one for the purpose.
"""

import base64
import contextlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

from crypto.derivation import KEY_BYTES, derive, packed, utf8
from crypto.errors import CannotOpen
from crypto.sealing import KEY_ID_BYTES, Context, key_id_of, open_text, seal_text

_LABEL: Final = b"kikite/key-ring/1"
_MEMBERS: Final = {"id", "created", "active"}


@dataclass(frozen=True)
class _RingKey:
    key_id: bytes
    material: bytes | None = field(repr=False)
    created: datetime
    kept: Mapping[str, bytes] = field(repr=False, default_factory=dict)

    def gives(self, purpose: str) -> bool:
        return self.material is not None or purpose in self.kept


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
        if self._keys[active_id].material is None:
            message = "a key that was retired does not write"
            raise ValueError(message)
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
        with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError, RecursionError):
            rows = json.loads(text)
            keys = tuple(_ring_key(row) for row in rows)
            active = [key.key_id for key, row in zip(keys, rows, strict=True) if row["active"]]
        if len(active) != 1 or any(key.key_id in active and key.material is None for key in keys):
            message = "this is not a key ring"
            raise ValueError(message)
        return cls(keys, active_id=active[0])

    def to_json(self) -> str:
        """Write the ring, with its material, for the place outside the database where it is kept."""
        rows = [
            {"id": key.key_id.hex()}
            | _secret_part(key)
            | {"created": key.created.isoformat(), "active": key.key_id == self._active_id}
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
        """Let this key write from now on. Raises KeyError when the ring does not hold it whole."""
        key = self._keys[key_id]
        if key.material is None:
            raise KeyError(key_id)
        self._active_id = key.key_id

    def retire(self, key_id: bytes, *, keep: Iterable[str]) -> None:
        """Forget a key but for these purposes; one of which nothing is kept leaves the ring.

        Whatever else stands under it opens no more: whoever calls this has seen that nothing does. Raises KeyError when
        the ring does not hold the key, ValueError when it is the one that writes.
        """
        key = self._keys[key_id]
        if key_id == self._active_id:
            message = "the key that writes is not retired"
            raise ValueError(message)
        kept = {purpose: self.derived(purpose, key_id) for purpose in keep if key.gives(purpose)}
        self._derived = {named: found for named, found in self._derived.items() if named[0] != key_id}
        if kept:
            self._keys[key_id] = _RingKey(key_id=key_id, material=None, created=key.created, kept=kept)
        else:
            del self._keys[key_id]

    def adopt(self, other: Self) -> None:
        """Become what another ring is: what was read anew takes the place of what was read before."""
        self._keys, self._active_id, self._derived = dict(other._keys), other._active_id, {}

    def is_retired(self, key_id: bytes) -> bool:
        """Whether only some purposes of this key are left."""
        return self._keys[key_id].material is None

    def created(self, key_id: bytes) -> datetime:
        """When a key was made."""
        return self._keys[key_id].created

    def ids_for(self, purpose: str) -> tuple[bytes, ...]:
        """The ids of the keys that give one for this purpose, oldest first."""
        return tuple(key.key_id for key in self._keys.values() if key.gives(purpose))

    def stable_id(self, purpose: str) -> bytes:
        """The id of the key that ``stable`` hangs on."""
        return self.ids_for(purpose)[0]

    def derived(self, purpose: str, key_id: bytes | None = None) -> bytes:
        """Give the 32-byte key for a purpose, of the active key or of the one named.

        Raises KeyError when the ring does not hold that key, or holds it no more for this purpose.
        """
        key = self._keys[self._active_id if key_id is None else key_id]
        found = self._derived.get((key.key_id, purpose))
        if found is None and key.material is None:
            return key.kept[purpose]
        if found is None:
            assert key.material is not None  # noqa: S101 - said above
            # Nothing that the ring itself does not hold already: whoever has the memory has the material.
            found = derive(key.material, label=packed(_LABEL, utf8(purpose)))
            self._derived[key.key_id, purpose] = found
        return found

    def stable(self, purpose: str) -> bytes:
        """Give the 32-byte key for a purpose whose results must stay comparable: of the oldest key that gives one."""
        return self.derived(purpose, self.stable_id(purpose))

    def seal(self, text: str, *, purpose: str, context: Context) -> bytes:
        """Seal a text under the active key, whose id goes into the header. Raises ValueError as ``seal_text`` does."""
        # Asked once: another thread may let another key write at this moment.
        key_id = self._active_id
        return seal_text(text, key=self.derived(purpose, key_id), context=context, key_id=key_id)

    def open(self, sealed: bytes, *, purpose: str, context: Context) -> str:
        """Open a text with whichever key sealed it. Raises CannotOpen, also when the ring does not hold that key."""
        key_id = key_id_of(sealed)
        if key_id not in self._keys or not self._keys[key_id].gives(purpose):
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


def _secret_part(key: _RingKey) -> dict[str, object]:
    if key.material is not None:
        return {"material": base64.b64encode(key.material).decode("ascii")}
    return {"kept": {purpose: base64.b64encode(kept).decode("ascii") for purpose, kept in key.kept.items()}}


def _ring_key(row: object) -> _RingKey:
    """Read one key. Raises ValueError, TypeError, AttributeError or KeyError when it is not one."""
    if not isinstance(row, dict) or not isinstance(row["active"], bool):
        raise TypeError
    is_whole = set(row) == _MEMBERS | {"material"}
    if not is_whole and set(row) != _MEMBERS | {"kept"}:
        raise TypeError
    key = _RingKey(
        key_id=bytes.fromhex(row["id"]),
        material=_key_bytes(row["material"]) if is_whole else None,
        created=datetime.fromisoformat(row["created"]),
        kept={} if is_whole else {str(purpose): _key_bytes(kept) for purpose, kept in row["kept"].items()},
    )
    if len(key.key_id) != KEY_ID_BYTES or not any(key.key_id) or not (is_whole or key.kept):
        raise ValueError
    if key.created.tzinfo is None:
        raise ValueError
    return key


def _key_bytes(written: str) -> bytes:
    found = base64.b64decode(written, validate=True)
    if len(found) != KEY_BYTES:
        raise ValueError
    return found
