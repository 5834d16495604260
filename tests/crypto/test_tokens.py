"""Tokens compare without telling, and each use has keys of its own."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import (
    CannotOpen,
    Context,
    SessionKeys,
    content_key,
    keyed_token,
    link_digest,
    new_key,
    new_link_token,
    open_sealed,
    same,
    seal,
    session_keys,
)

KEY = bytes(range(32))
CONTEXT = Context(table="compartments", column="key", row="0123456789abcdef0123456789abcdef", purpose="narrative")


def test_frozen_tokens_are_still_made_the_same(vectors):
    frozen = vectors("tokens")
    key = bytes.fromhex(frozen["key"])
    session = session_keys(bytes.fromhex(frozen["session_token"]))
    bound = content_key(
        bytes.fromhex(frozen["secret"]),
        shred_key=bytes.fromhex(frozen["shred_key"]),
        context=Context(**frozen["context"]),
    )

    assert link_digest(frozen["link_token"], key=key).hex() == frozen["link_digest"]
    assert keyed_token(key, field=frozen["field"], value=frozen["value"]).hex() == frozen["keyed_token"]
    assert (session.locator.hex(), session.key.hex()) == (frozen["session_locator"], frozen["session_key"])
    assert bound.hex() == frozen["content_key"]


def test_link_tokens_are_long_safe_in_an_address_and_never_the_same():
    tokens = {new_link_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_a_link_is_found_by_its_digest_which_needs_the_key():
    token = new_link_token()

    assert link_digest(token, key=KEY) == link_digest(token, key=KEY)
    assert len(link_digest(token, key=KEY)) == 32
    assert link_digest(token, key=KEY) != link_digest(token, key=new_key())
    assert link_digest(token, key=KEY) != link_digest(new_link_token(), key=KEY)


@given(st.one_of(st.text(max_size=50), st.sampled_from(["\ud800", "", "\0", "あ" * 10_000])))
def test_any_text_behind_a_link_has_a_digest(token):
    assert len(link_digest(token, key=KEY)) == 32


@given(*[st.text(max_size=8)] * 4)
def test_tokens_are_equal_exactly_when_field_and_value_are(field, value, other_field, other_value):
    one = keyed_token(KEY, field=field, value=value)
    other = keyed_token(KEY, field=other_field, value=other_value)

    assert len(one) == 16
    assert (one == other) == ((field, value) == (other_field, other_value))


def test_a_letter_moved_from_value_to_field_is_another_token():
    assert keyed_token(KEY, field="a", value="bc") != keyed_token(KEY, field="ab", value="c")


def test_without_the_key_a_token_cannot_be_found_by_trying():
    tokens = {keyed_token(new_key(), field="severity", value=f"S{level}") for level in range(1, 5)}

    assert keyed_token(KEY, field="severity", value="S3") not in tokens


def test_a_value_with_a_lone_surrogate_has_no_token():
    with pytest.raises(ValueError, match="UTF-8"):
        keyed_token(KEY, field="severity", value="\ud800")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_wrong_length_is_a_mistake_of_the_program(length):
    wrong = bytes(length)
    for attempt in (
        lambda: keyed_token(wrong, field="f", value="v"),
        lambda: link_digest("token", key=wrong),
        lambda: content_key(wrong, shred_key=KEY, context=CONTEXT),
        lambda: content_key(KEY, shred_key=wrong, context=CONTEXT),
    ):
        with pytest.raises(ValueError, match="32 bytes"):
            attempt()


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_same_says_whether_two_secrets_are_equal(one, other):
    assert same(one, other) == (one == other)
    assert same(one, bytes(bytearray(one)))


def test_a_session_is_found_without_being_opened():
    token = new_key()
    keys = session_keys(token)

    assert keys == session_keys(token)
    assert (len(keys.locator), len(keys.key)) == (16, 32)
    assert len({keys.locator, keys.key[:16], keys.key[16:], token[:16], token[16:]}) == 5
    assert session_keys(new_key()).locator != keys.locator


@pytest.mark.parametrize("cookie", [b"", b"x", bytes(10_000)])
def test_any_cookie_leads_somewhere_and_finds_nothing(cookie):
    assert len(session_keys(cookie).locator) == 16


def test_session_keys_do_not_show_themselves():
    assert repr(SessionKeys(locator=b"the locator", key=b"the key")) == "SessionKeys()"


def test_a_compartment_opens_only_with_its_secret_and_the_shred_key_of_its_case():
    secret, shred_key = new_key(), new_key()
    sealed = seal(b"words", key=content_key(secret, shred_key=shred_key, context=CONTEXT), context=CONTEXT)

    right = content_key(secret, shred_key=shred_key, context=CONTEXT)
    assert open_sealed(sealed, key=right, context=CONTEXT) == b"words"
    for wrong in (
        content_key(secret, shred_key=new_key(), context=CONTEXT),
        content_key(new_key(), shred_key=shred_key, context=CONTEXT),
        content_key(shred_key, shred_key=secret, context=CONTEXT),
        content_key(secret, shred_key=bytes(32), context=CONTEXT),
        secret,
        shred_key,
    ):
        with pytest.raises(CannotOpen):
            open_sealed(sealed, key=wrong, context=CONTEXT)


@pytest.mark.parametrize("part", ["table", "column", "row", "purpose"])
def test_each_compartment_has_a_key_of_its_own(part):
    elsewhere = replace(CONTEXT, **{part: getattr(CONTEXT, part) + "x"})

    assert content_key(KEY, shred_key=KEY, context=CONTEXT) != content_key(KEY, shred_key=KEY, context=elsewhere)
