"""What is sealed opens with its key in its place, unaltered, and in no other way."""

import hashlib
import hmac
import traceback
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import CannotOpen, Context, key_id_of, new_key, open_sealed, open_text, seal, seal_text
from crypto.derivation import packed
from crypto.sealing import LARGEST_PLAINTEXT, SMALLEST_BUCKET, _bucket

KEY = bytes(range(32))
CONTEXT = Context(table="notes", column="body", row="0123456789abcdef0123456789abcdef", purpose="narrative")
KEY_ID = bytes.fromhex("00112233445566aa")
OVERHEAD = 53 + 16


@given(st.text())
@settings(deadline=None)
def test_any_text_comes_back_as_it_was(text):
    assert open_text(seal_text(text, key=KEY, context=CONTEXT), key=KEY, context=CONTEXT) == text


@given(st.binary(max_size=20_000))
@settings(deadline=None)
def test_any_bytes_come_back_as_they_were(plaintext):
    sealed = seal(plaintext, key=KEY, context=CONTEXT, key_id=KEY_ID)

    assert open_sealed(sealed, key=KEY, context=CONTEXT) == plaintext


@pytest.mark.parametrize("text", ["", "\0", "👩‍👩‍👧‍👦 家族のこと 😢", "𠮷野家", "\u202e逆さ", "ﾊﾝｶｸ", "あ" * 100_000])
def test_words_people_write_come_back_letter_for_letter(text):
    assert open_text(seal_text(text, key=KEY, context=CONTEXT), key=KEY, context=CONTEXT) == text


@pytest.mark.parametrize("number", [0, 1, 2])
def test_frozen_sealed_values_still_open(vectors, number):
    frozen = vectors("sealed")
    case = frozen["cases"][number]
    sealed = bytes.fromhex(case["sealed"])

    assert open_text(sealed, key=bytes.fromhex(frozen["key"]), context=Context(**frozen["context"])) == case["text"]
    assert key_id_of(sealed).hex() == case["key_id"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_sealing_with_the_frozen_randomness_gives_the_frozen_bytes(vectors, monkeypatch, number):
    frozen = vectors("sealed")
    case = frozen["cases"][number]
    sealed = bytes.fromhex(case["sealed"])
    drawn = {44: sealed[9:53]}
    monkeypatch.setattr("crypto.sealing.secrets.token_bytes", drawn.__getitem__)

    anew = seal_text(
        case["text"],
        key=bytes.fromhex(frozen["key"]),
        context=Context(**frozen["context"]),
        key_id=bytes.fromhex(case["key_id"]),
    )

    assert anew == sealed


def test_the_layout_is_the_documented_one_down_to_the_byte():
    sealed = seal(b"plain", key=KEY, context=CONTEXT, key_id=KEY_ID)
    pseudorandom = hmac.digest(sealed[9:41], KEY, hashlib.sha256)
    message_key = hmac.digest(pseudorandom, b"kikite/sealed/1\x01", hashlib.sha256)
    associated = sealed[:53]
    for part in (b"notes", b"body", CONTEXT.row.encode(), b"narrative"):
        associated += len(part).to_bytes(4, "big") + part

    padded = AESGCM(message_key).decrypt(sealed[41:53], sealed[53:], associated)

    assert sealed[:9] == b"\x01" + KEY_ID
    assert padded == b"\x00\x00\x00\x05plain".ljust(256, b"\0")


def test_flipping_any_byte_keeps_it_shut():
    sealed = seal(b"plain", key=KEY, context=CONTEXT, key_id=KEY_ID)

    for place in range(len(sealed)):
        for flip in (0x01, 0x80):
            altered = bytearray(sealed)
            altered[place] ^= flip
            with pytest.raises(CannotOpen):
                open_sealed(bytes(altered), key=KEY, context=CONTEXT)


def test_cut_off_at_any_length_it_stays_shut():
    sealed = seal(b"plain", key=KEY, context=CONTEXT)

    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            open_sealed(sealed[:length], key=KEY, context=CONTEXT)


@pytest.mark.parametrize("appended", [b"\0", b"\0" * 16, b"\0" * 256])
def test_with_bytes_appended_it_stays_shut(appended):
    with pytest.raises(CannotOpen):
        open_sealed(seal(b"plain", key=KEY, context=CONTEXT) + appended, key=KEY, context=CONTEXT)


def test_another_key_does_not_open_it():
    with pytest.raises(CannotOpen):
        open_sealed(seal(b"plain", key=KEY, context=CONTEXT), key=new_key(), context=CONTEXT)


@pytest.mark.parametrize("part", ["table", "column", "row", "purpose"])
def test_a_note_moved_to_another_place_does_not_open(part):
    elsewhere = replace(CONTEXT, **{part: getattr(CONTEXT, part) + "x"})

    with pytest.raises(CannotOpen):
        open_sealed(seal(b"plain", key=KEY, context=CONTEXT), key=KEY, context=elsewhere)


def test_contexts_that_read_alike_when_joined_are_different_places():
    one = Context(table="ab", column="c", row="", purpose="p")
    other = Context(table="a", column="bc", row="", purpose="p")

    with pytest.raises(CannotOpen):
        open_sealed(seal(b"plain", key=KEY, context=one), key=KEY, context=other)


def test_the_same_text_sealed_twice_shares_no_salt_nonce_or_ciphertext():
    one, other = (seal(b"plain", key=KEY, context=CONTEXT) for _ in range(2))

    assert one[9:41] != other[9:41]
    assert one[41:53] != other[41:53]
    assert one[53:] != other[53:]


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (0, 256),
        (252, 256),
        (253, 512),
        (508, 512),
        (509, 1024),
        (2044, 2048),
        (4092, 4096),
        (4093, 5120),
        (8188, 8192),
        (8189, 10240),
        (60_000, 65536),
        (65_533, 81920),
    ],
)
def test_lengths_are_blurred_to_the_documented_sizes(length, size):
    assert len(seal(bytes(length), key=KEY, context=CONTEXT)) == OVERHEAD + size


@given(st.integers(min_value=0, max_value=LARGEST_PLAINTEXT))
def test_padding_never_takes_more_than_it_must(length):
    size = _bucket(length)

    assert size >= length + 4
    assert size == SMALLEST_BUCKET or size <= 2 * (length + 4)
    assert size <= 4096 or size <= 1.25 * (length + 4)
    assert _bucket(size - 4) == size


@pytest.mark.parametrize(
    "padded",
    [
        (5).to_bytes(4, "big") + b"plain".ljust(252, b"\1"),
        (5).to_bytes(4, "big") + b"plain".ljust(251, b"\0") + b"\1",
        (5).to_bytes(4, "big") + b"plain".ljust(508, b"\0"),
        (253).to_bytes(4, "big") + bytes(252),
        b"\xff" * 256,
    ],
    ids=["ones", "last byte", "larger than needed", "length beyond the end", "absurd length"],
)
def test_padding_that_seal_would_not_write_is_refused(monkeypatch, padded):
    monkeypatch.setattr("crypto.sealing._pad", lambda _plaintext: padded)
    sealed = seal(b"", key=KEY, context=CONTEXT)

    with pytest.raises(CannotOpen):
        open_sealed(sealed, key=KEY, context=CONTEXT)


def test_a_lone_surrogate_is_refused_cleanly():
    with pytest.raises(ValueError, match="UTF-8"):
        seal_text("書きかけ\udc00", key=KEY, context=CONTEXT)


def test_bytes_that_are_no_text_do_not_open_as_text_and_do_not_leak_in_the_error():
    sealed = seal(b"\xff secret", key=KEY, context=CONTEXT)

    with pytest.raises(CannotOpen) as refused:
        open_text(sealed, key=KEY, context=CONTEXT)

    assert refused.value.__context__ is None
    assert "secret" not in "".join(traceback.format_exception_only(refused.value))


def test_every_failure_to_open_looks_the_same():
    sealed = seal(b"plain", key=KEY, context=CONTEXT)
    failures = []
    for altered, key, context in (
        (sealed, new_key(), CONTEXT),
        (sealed, KEY, replace(CONTEXT, row="other")),
        (sealed[:-1], KEY, CONTEXT),
        (b"\x02" + sealed[1:], KEY, CONTEXT),
        (b"", KEY, CONTEXT),
    ):
        with pytest.raises(CannotOpen) as refused:
            open_sealed(altered, key=key, context=context)
        failures.append(refused.value)

    assert {(repr(failure), failure.__suppress_context__ or failure.__context__ is None) for failure in failures} == {
        ("CannotOpen()", True)
    }


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_wrong_length_is_a_mistake_of_the_program(length):
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"", key=bytes(length), context=CONTEXT)
    with pytest.raises(ValueError, match="32 bytes"):
        open_sealed(b"", key=bytes(length), context=CONTEXT)


@pytest.mark.parametrize("key_id", [b"short", bytes(8), bytes(9), b"ninebytes"])
def test_a_key_id_that_cannot_be_told_from_none_is_refused(key_id):
    with pytest.raises(ValueError, match="key id"):
        seal(b"", key=KEY, context=CONTEXT, key_id=key_id)


def test_the_key_id_is_read_from_the_header_and_empty_when_there_is_none():
    assert key_id_of(seal(b"", key=KEY, context=CONTEXT, key_id=KEY_ID)) == KEY_ID
    assert key_id_of(seal(b"", key=KEY, context=CONTEXT)) == b""


@pytest.mark.parametrize("sealed", [b"", b"\x01", bytes(400), b"\x02" * 400])
def test_what_is_no_sealed_value_has_no_key_id(sealed):
    with pytest.raises(CannotOpen):
        key_id_of(sealed)


def test_more_than_the_largest_plaintext_is_refused(monkeypatch):
    monkeypatch.setattr("crypto.sealing.LARGEST_PLAINTEXT", 1000)

    assert len(seal(bytes(1000), key=KEY, context=CONTEXT)) == OVERHEAD + 1024
    with pytest.raises(ValueError, match="at most"):
        seal(bytes(1001), key=KEY, context=CONTEXT)


def test_a_context_is_packed_part_by_part():
    assert CONTEXT.encoded() == packed(b"notes", b"body", CONTEXT.row.encode(), b"narrative")
