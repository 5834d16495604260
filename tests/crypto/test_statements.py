"""A signed statement: frozen, true to the last letter, and verifiable by whoever has the public key alone."""

import pytest

from crypto import STATEMENT_SIGNATURE_BYTES, CannotOpen, new_signing_key, sign_statement, verify_statement

SAID = {"number": "KC-2025-0001", "status": "certified"}


@pytest.fixture
def frozen(vectors):
    return vectors("statement")


def test_what_was_signed_once_is_signed_the_same_and_verifies(frozen):
    signature = bytes.fromhex(frozen["signature"])
    assert sign_statement(frozen["statement"], signing_key=bytes.fromhex(frozen["signing_key"])) == signature
    assert len(signature) == STATEMENT_SIGNATURE_BYTES
    verify_statement(frozen["statement"], signature, verifying_key=bytes.fromhex(frozen["verifying_key"]))


@pytest.mark.parametrize(
    "changed",
    [{**SAID, "status": "revoked"}, {**SAID, "more": ""}, {"number": "KC-2025-0001"}, {}, {**SAID, "status": "\ud800"}],
)
def test_a_statement_that_says_anything_else_does_not_verify(frozen, changed):
    signature = sign_statement(SAID, signing_key=bytes.fromhex(frozen["signing_key"]))
    public = bytes.fromhex(frozen["verifying_key"])
    verify_statement(SAID, signature, verifying_key=public)
    with pytest.raises(CannotOpen):
        verify_statement(changed, signature, verifying_key=public)


def test_another_key_or_a_signature_of_another_length_does_not_verify(frozen):
    public = bytes.fromhex(frozen["verifying_key"])
    signature = bytes.fromhex(frozen["signature"])
    for forged in (b"", signature[:-1], signature + b"\0", sign_statement(SAID, signing_key=new_signing_key())):
        with pytest.raises(CannotOpen):
            verify_statement(frozen["statement"], forged, verifying_key=public)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_keys_of_wrong_length_are_a_mistake_of_the_program(length):
    with pytest.raises(ValueError, match="32 bytes"):
        sign_statement(SAID, signing_key=bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        verify_statement(SAID, bytes(64), verifying_key=bytes(length))
