"""Bytes and keys: it keeps words secret and records honest, and knows nothing of cases, people or pages.

This is the only door: everything public is imported from here. Keys are handed in and never looked up; what does
not open raises CannotOpen and explains nothing; every format carries a version and is frozen in
``tests/crypto/vectors``.
"""

from crypto.boxes import PRIVATE_KEY_BYTES, PUBLIC_KEY_BYTES, open_box, seal_to, seal_to_oneself
from crypto.chain import (
    GENESIS,
    Break,
    Head,
    Record,
    Verdict,
    canonical_body,
    link,
    new_signing_key,
    sign_head,
    still_reaches,
    verify_chain,
    verify_head,
    verifying_key,
)
from crypto.derivation import KEY_BYTES
from crypto.errors import CannotOpen, ReceiptMistyped
from crypto.keypairs import (
    KeyPair,
    lock_with_key,
    lock_with_password,
    needs_new_lock,
    new_keypair,
    unlock_with_key,
    unlock_with_password,
)
from crypto.keyring import KeyRing
from crypto.passwords import (
    FOR_TESTS_ONLY,
    PRODUCTION,
    Profile,
    derive_key,
    hash_password,
    needs_renewal,
    verify_password,
)
from crypto.receipts import (
    RECEIPT_ALPHABET,
    RECEIPT_SECRET_BYTES,
    ReceiptKeys,
    ends_with,
    new_receipt_secret,
    read_receipt,
    receipt_code,
    receipt_keys,
)
from crypto.sealing import Context, key_id_of, new_key, open_sealed, open_text, seal, seal_text
from crypto.statements import STATEMENT_SIGNATURE_BYTES, sign_statement, verify_statement
from crypto.streams import CHUNK_BYTES, StreamReader, StreamSealer, open_stream, opened_chunks, seal_stream
from crypto.tokens import (
    SessionKeys,
    content_key,
    keyed_token,
    link_digest,
    new_link_token,
    same,
    session_keys,
)

__all__ = [
    "CHUNK_BYTES",
    "FOR_TESTS_ONLY",
    "GENESIS",
    "KEY_BYTES",
    "PRIVATE_KEY_BYTES",
    "PRODUCTION",
    "PUBLIC_KEY_BYTES",
    "RECEIPT_ALPHABET",
    "RECEIPT_SECRET_BYTES",
    "STATEMENT_SIGNATURE_BYTES",
    "Break",
    "CannotOpen",
    "Context",
    "Head",
    "KeyPair",
    "KeyRing",
    "Profile",
    "ReceiptKeys",
    "ReceiptMistyped",
    "Record",
    "SessionKeys",
    "StreamReader",
    "StreamSealer",
    "Verdict",
    "canonical_body",
    "content_key",
    "derive_key",
    "ends_with",
    "hash_password",
    "key_id_of",
    "keyed_token",
    "link",
    "link_digest",
    "lock_with_key",
    "lock_with_password",
    "needs_new_lock",
    "needs_renewal",
    "new_key",
    "new_keypair",
    "new_link_token",
    "new_receipt_secret",
    "new_signing_key",
    "open_box",
    "open_sealed",
    "open_stream",
    "open_text",
    "opened_chunks",
    "read_receipt",
    "receipt_code",
    "receipt_keys",
    "same",
    "seal",
    "seal_stream",
    "seal_text",
    "seal_to",
    "seal_to_oneself",
    "session_keys",
    "sign_head",
    "sign_statement",
    "still_reaches",
    "unlock_with_key",
    "unlock_with_password",
    "verify_chain",
    "verify_head",
    "verify_password",
    "verify_statement",
    "verifying_key",
]
