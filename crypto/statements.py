"""A statement that anybody can verify who has the public key, without asking whoever signed it.

A statement is a mapping of texts to texts. What is signed with Ed25519 (RFC 8032) are these parts, each after its
length as four big-endian bytes::

    label    kikite/status-statement/1
    content  canonical JSON of the statement: keys sorted, no spaces, UTF-8

The signature has 64 bytes and is the same whenever the same statement is signed with the same key.
"""

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.chain import canonical_body
from crypto.derivation import packed
from crypto.errors import CannotOpen

STATEMENT_SIGNATURE_BYTES: Final = 64

_LABEL: Final = b"kikite/status-statement/1"


def sign_statement(statement: Mapping[str, str], *, signing_key: bytes) -> bytes:
    """Give the 64-byte signature of a statement.

    Raises ValueError when the signing key has not 32 bytes, or a text holds a lone surrogate.
    """
    return Ed25519PrivateKey.from_private_bytes(signing_key).sign(packed(_LABEL, canonical_body(statement)))


def verify_statement(statement: Mapping[str, str], signature: bytes, *, verifying_key: bytes) -> None:
    """Return when the holder of the signing key signed exactly this statement.

    Raises CannotOpen when not, whatever the length of the signature and whatever the texts hold; ValueError when the
    verifying key has not 32 bytes.
    """
    public = Ed25519PublicKey.from_public_bytes(verifying_key)
    try:
        content = canonical_body(statement)
    except ValueError:
        # A lone surrogate: nothing that can be signed holds one.
        raise CannotOpen from None
    try:
        public.verify(signature, packed(_LABEL, content))
    except InvalidSignature:
        raise CannotOpen from None
