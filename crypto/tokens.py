"""One-time links, sessions, tokens for equality and grouping, and the binding of a compartment to its shred key."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from crypto.derivation import KEY_BYTES, demand_key, derive, packed, utf8
from crypto.sealing import Context

KEYED_TOKEN_BYTES: Final = 16

_LINK_BYTES: Final = 32
_SESSION_LOCATOR_BYTES: Final = 16
_LINK_LABEL: Final = b"kikite/link/1"
_TOKEN_LABEL: Final = b"kikite/keyed-token/1"
_SESSION_LOCATOR_LABEL: Final = b"kikite/session-locator/1"
_SESSION_KEY_LABEL: Final = b"kikite/session-key/1"
_CONTENT_LABEL: Final = b"kikite/content-key/1"


@dataclass(frozen=True)
class SessionKeys:
    """Where a session is found and what opens it: a locator of 16 bytes and a key of 32."""

    locator: bytes = field(repr=False)
    key: bytes = field(repr=False)


def new_link_token() -> str:
    """Make the secret part of a one-time link: 32 random bytes in URL-safe base64 (RFC 4648), 43 characters."""
    return secrets.token_urlsafe(_LINK_BYTES)


def link_digest(token: str, *, key: bytes) -> bytes:
    """Give the 32 bytes under which a link is stored, from which the link cannot be made: HMAC-SHA256 (RFC 2104).

    Any text is taken, since anyone may write anything behind an address. Raises ValueError for a key of wrong length.
    """
    demand_key(key)
    return hmac.digest(key, packed(_LINK_LABEL, token.encode("utf-8", "surrogatepass")), hashlib.sha256)


def keyed_token(key: bytes, *, field: str, value: str) -> bytes:
    """Give the 16 bytes that stand for a value in a field: equal values give equal tokens, other fields other tokens.

    The database can compare and group them; without the key they cannot be read, nor guessed by trying all values.
    HMAC-SHA256 (RFC 2104), the first half. Raises ValueError for a key of wrong length or a lone surrogate.
    """
    demand_key(key)
    return hmac.digest(key, packed(_TOKEN_LABEL, utf8(field), utf8(value)), hashlib.sha256)[:KEYED_TOKEN_BYTES]


def same(one: bytes, other: bytes) -> bool:
    """Say whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)


def session_keys(token: bytes) -> SessionKeys:
    """Derive from the cookie's token of 32 random bytes what finds and what opens the stored session.

    HKDF-SHA256 (RFC 5869), one label each: the store, which knows the locator, does not know the key. Any bytes are
    taken, since anyone may send any cookie; such a locator finds nothing.
    """
    return SessionKeys(
        locator=derive(token, label=_SESSION_LOCATOR_LABEL, length=_SESSION_LOCATOR_BYTES),
        key=derive(token, label=_SESSION_KEY_LABEL, length=KEY_BYTES),
    )


def content_key(secret: bytes, *, shred_key: bytes, context: Context) -> bytes:
    """Derive the key of 32 bytes that seals a compartment, from its secret and the shred key of its case.

    HKDF-SHA256 (RFC 5869) of the secret with the shred key as salt: it takes both, so that destroying the shred key
    closes the compartment for everyone who was ever given its secret. Raises ValueError when either has not 32
    bytes.
    """
    demand_key(secret)
    demand_key(shred_key)
    return derive(secret, label=packed(_CONTENT_LABEL) + context.encoded(), salt=shred_key)
