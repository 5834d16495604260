"""Key pairs, and private keys locked by a password or by another key.

Byte layout of a private key locked by a password, version 1::

    offset  bytes  what
         0      2  version and kind, 0x01 0x50
         2      4  memory in KiB, big-endian
         6      2  iterations, big-endian
         8      1  lanes
         9     16  salt of the password
        25      n  the private key as a sealed value (see ``sealing``), under Argon2id of the password; the key id in
                   its header, which is authenticated, says which pepper it was, and none says the first there was

The costs and the salt are inputs of Argon2id (RFC 9106 section 3.2), so altering any of them yields another key and the
lock stays shut. A private key locked by a key is 0x01 0x4B and a sealed value under HKDF-SHA256 of that key (RFC 5869)
with the label ``kikite/locked-key/1``. One locked by a passkey is 0x01 0x57 and a sealed value under HKDF-SHA256 of
what the authenticator's PRF gave (W3C Web Authentication Level 3, section 10.1.4), with the label
``kikite/passkey-lock/1`` after its length, and the context, as ``info``. None says which key pair it belongs to:
the context does.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crypto.derivation import demand_key, derive, packed
from crypto.errors import CannotOpen
from crypto.passwords import PASSWORD_SALT_BYTES, Profile, derive_key
from crypto.sealing import SEALED_KEY_ID_AT, Context, key_id_of, open_sealed, seal

_BY_PASSWORD: Final = b"\x01P"
_BY_KEY: Final = b"\x01K"
_BY_PASSKEY: Final = b"\x01W"
_KEY_LABEL: Final = b"kikite/locked-key/1"
_PASSKEY_LABEL: Final = b"kikite/passkey-lock/1"
_SALT_START: Final = 9
_HEADER_BYTES: Final = _SALT_START + PASSWORD_SALT_BYTES
PEPPER_ID_AT: Final = _HEADER_BYTES + SEALED_KEY_ID_AT
"""Where the eight bytes of the pepper's id begin in a lock by a password."""


@dataclass(frozen=True)
class KeyPair:
    """A pair for ``boxes``: 1216 public and 96 private bytes. The private half never appears in a representation."""

    public: bytes
    private: bytes = field(repr=False)


def new_keypair() -> KeyPair:
    """Make a random hybrid pair, ML-KEM-768 (NIST FIPS 203) and X25519 (RFC 7748); layouts are in ``boxes``."""
    lattice = MLKEM768PrivateKey.generate()
    curve = X25519PrivateKey.generate()
    return KeyPair(
        public=lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw(),
        private=lattice.private_bytes_raw() + curve.private_bytes_raw(),
    )


def lock_with_password(
    private: bytes, *, password: str, pepper: bytes, profile: Profile, context: Context, pepper_id: bytes = b""
) -> bytes:
    """Lock a private key so that only its password, with the pepper, opens it; salt and costs travel in the header.

    Raises ValueError when the pepper is empty or the password holds a lone surrogate.
    """
    salt = secrets.token_bytes(PASSWORD_SALT_BYTES)
    key = derive_key(password, salt=salt, pepper=pepper, profile=profile)
    costs = profile.memory_kib.to_bytes(4, "big") + profile.iterations.to_bytes(2, "big") + bytes([profile.lanes])
    return _BY_PASSWORD + costs + salt + seal(private, key=key, context=context, key_id=pepper_id)


def pepper_id_of(locked: bytes) -> bytes:
    """Read which pepper a lock was made with, without authenticating it: 8 bytes, or none for the first there was.

    Raises CannotOpen when it is no lock by a password.
    """
    _profile_of(locked)
    return key_id_of(locked[_HEADER_BYTES:])


def unlock_with_password(locked: bytes, *, password: str, pepper: bytes, context: Context) -> bytes:
    """Give back the private key. Raises CannotOpen for a wrong password, pepper or context, or an altered lock."""
    profile = _profile_of(locked)
    try:
        key = derive_key(password, salt=locked[_SALT_START:_HEADER_BYTES], pepper=pepper, profile=profile)
    except ValueError:
        raise CannotOpen from None
    return open_sealed(locked[_HEADER_BYTES:], key=key, context=context)


def needs_new_lock(locked: bytes, *, profile: Profile) -> bool:
    """Say whether the lock was made at other costs than the profile's. Raises CannotOpen when it is no such lock."""
    return not _profile_of(locked).costs_the_same_as(profile)


def lock_with_key(private: bytes, *, key: bytes, context: Context) -> bytes:
    """Lock a private key under another key of 32 bytes. Raises ValueError when that key has a wrong length."""
    demand_key(key)
    return _BY_KEY + seal(private, key=derive(key, label=_KEY_LABEL), context=context)


def unlock_with_key(locked: bytes, *, key: bytes, context: Context) -> bytes:
    """Give back the private key. Raises CannotOpen for another key or context, or an altered lock."""
    demand_key(key)
    if locked[: len(_BY_KEY)] != _BY_KEY:
        raise CannotOpen
    return open_sealed(locked[len(_BY_KEY) :], key=derive(key, label=_KEY_LABEL), context=context)


def lock_with_passkey(private: bytes, *, output: bytes, context: Context) -> bytes:
    """Lock a private key so that only the 32 bytes that a passkey's PRF gives open it, in this one place.

    Those bytes are as random as a key, and so nothing slow is needed. Raises ValueError when they have a wrong length.
    """
    return _BY_PASSKEY + seal(private, key=_key_of_passkey(output, context), context=context)


def unlock_with_passkey(locked: bytes, *, output: bytes, context: Context) -> bytes:
    """Give back the private key. Raises CannotOpen for another output or context, or an altered lock."""
    key = _key_of_passkey(output, context)
    if locked[: len(_BY_PASSKEY)] != _BY_PASSKEY:
        raise CannotOpen
    return open_sealed(locked[len(_BY_PASSKEY) :], key=key, context=context)


def _key_of_passkey(output: bytes, context: Context) -> bytes:
    demand_key(output)
    return derive(output, label=packed(_PASSKEY_LABEL) + context.encoded())


def _profile_of(locked: bytes) -> Profile:
    if locked[: len(_BY_PASSWORD)] != _BY_PASSWORD or len(locked) < _HEADER_BYTES:
        raise CannotOpen
    try:
        return Profile(
            name="as-stored",
            memory_kib=int.from_bytes(locked[2:6], "big"),
            iterations=int.from_bytes(locked[6:8], "big"),
            lanes=locked[8],
        )
    except ValueError:
        raise CannotOpen from None
