"""Short secrets sealed to a public key, so that only the holder of its private half opens them.

HPKE in base mode (RFC 9180) with the hybrid MLKEM768+X25519 (ML-KEM: NIST FIPS 203; X25519: RFC 7748), HKDF-SHA256 and
AES-256-GCM: what is taken today stays closed unless both halves of the hybrid fall.

Byte layouts, version 1::

    public key    1184 bytes ML-KEM-768 encapsulation key, 32 bytes X25519 public key
    private key     64 bytes ML-KEM-768 seed (d, z), 32 bytes X25519 private key
    box              1 byte version 0x01, 1088 + 32 bytes encapsulation, ciphertext, 16 bytes tag
    own box          1 byte version 0x02, a sealed value (see ``sealing``) under HKDF-SHA256 of the private key

Whoever holds the private key herself needs no encapsulation to lay something by for it: an own box is thirty times
quicker to make, a third of the size, and opens as every box does.

The context goes into HPKE's ``info`` behind the label ``kikite/box/1``. The length of the content is not blurred:
what is boxed is keys, and they all have one length.
"""

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from crypto.derivation import derive, packed
from crypto.errors import CannotOpen
from crypto.sealing import Context, open_sealed, seal

PUBLIC_KEY_BYTES: Final = 1184 + 32
PRIVATE_KEY_BYTES: Final = 64 + 32

_VERSION: Final = b"\x01"
_OWN_VERSION: Final = b"\x02"
_LABEL: Final = b"kikite/box/1"
_OWN_LABEL: Final = b"kikite/own-box/1"
_MLKEM_PUBLIC_BYTES: Final = 1184
_MLKEM_SEED_BYTES: Final = 64
# A seat's public key is read for every case that is granted to it; reading one costs half as much as sealing to it.
_READ_KEYS: Final = 256
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal_to(public_key: bytes, plaintext: bytes, *, context: Context) -> bytes:
    """Seal a short secret to a public key of 1216 bytes and bind it to its context; the box is 1137 bytes longer.

    Raises ValueError when the public key is not one.
    """
    info = packed(_LABEL) + context.encoded()
    return _VERSION + _SUITE.encrypt(plaintext, _public(public_key), info)


def seal_to_oneself(private_key: bytes, plaintext: bytes, *, context: Context) -> bytes:
    """Seal a short secret with the private key of 96 bytes that will open it, and bind it to its context.

    The key is HKDF-SHA256 (RFC 5869) of the private key, the cipher that of ``sealing``.
    Raises ValueError when the private key has a wrong length.
    """
    return _OWN_VERSION + seal(plaintext, key=_own_key(private_key), context=context)


def open_box(private_key: bytes, box: bytes, *, context: Context) -> bytes:
    """Give back what ``seal_to`` or ``seal_to_oneself`` was given, with the private key of 96 bytes.

    Raises CannotOpen for another private key, another context or an altered box; ValueError when the private key has a
    wrong length.
    """
    if box[:1] == _OWN_VERSION:
        return open_sealed(box[1:], key=_own_key(private_key), context=context)
    private = _private(private_key)
    if box[:1] != _VERSION:
        raise CannotOpen
    info = packed(_LABEL) + context.encoded()
    try:
        return _SUITE.decrypt(box[1:], private, info)
    except InvalidTag:
        # The library says the same of a box that is too short, or whose X25519 share is a point of small order.
        raise CannotOpen from None


def public_key_of(private_key: bytes) -> bytes:
    """Give the public half, of 1216 bytes, of a private key. Raises ValueError when that has a wrong length."""
    _demand_private(private_key)
    lattice = MLKEM768PrivateKey.from_seed_bytes(private_key[:_MLKEM_SEED_BYTES])
    curve = X25519PrivateKey.from_private_bytes(private_key[_MLKEM_SEED_BYTES:])
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


@lru_cache(maxsize=_READ_KEYS)
def _public(raw: bytes) -> MLKEM768X25519PublicKey:
    if len(raw) != PUBLIC_KEY_BYTES:
        message = f"a public key has {PUBLIC_KEY_BYTES} bytes"
        raise ValueError(message)
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]),
    )


def _own_key(raw: bytes) -> bytes:
    _demand_private(raw)
    return derive(raw, label=_OWN_LABEL)


def _demand_private(raw: bytes) -> None:
    if len(raw) != PRIVATE_KEY_BYTES:
        message = f"a private key has {PRIVATE_KEY_BYTES} bytes"
        raise ValueError(message)


def _private(raw: bytes) -> MLKEM768X25519PrivateKey:
    _demand_private(raw)
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(raw[_MLKEM_SEED_BYTES:]),
    )
