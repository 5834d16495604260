"""A box opens with the private half it was sealed to, in its place, and is HPKE as published."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import (
    PRIVATE_KEY_BYTES,
    PUBLIC_KEY_BYTES,
    CannotOpen,
    Context,
    new_key,
    new_keypair,
    open_box,
    seal_to,
    seal_to_oneself,
)
from crypto.boxes import _private
from crypto.derivation import packed

CONTEXT = Context(table="grants", column="box", row="0123456789abcdef0123456789abcdef", purpose="compartment-key")
PAIR = new_keypair()

# The variants of decryption with associated data are the library's own, unlisted; RFC 9180's vectors need them.
decrypt_with_associated_data = openssl.hpke._decrypt_with_aad


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=40)
def test_any_content_comes_back_as_it_was(plaintext):
    assert open_box(PAIR.private, seal_to(PAIR.public, plaintext, context=CONTEXT), context=CONTEXT) == plaintext


def test_the_frozen_box_still_opens(vectors):
    frozen = vectors("box")

    opened = open_box(
        bytes.fromhex(frozen["private"]), bytes.fromhex(frozen["box"]), context=Context(**frozen["context"])
    )

    assert opened.hex() == frozen["plaintext"]


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=40)
def test_what_somebody_seals_to_herself_opens_as_every_box_does(plaintext):
    assert (
        open_box(PAIR.private, seal_to_oneself(PAIR.private, plaintext, context=CONTEXT), context=CONTEXT) == plaintext
    )


def test_the_frozen_own_box_still_opens(vectors):
    frozen = vectors("own_box")

    opened = open_box(
        bytes.fromhex(frozen["private"]), bytes.fromhex(frozen["box"]), context=Context(**frozen["context"])
    )

    assert opened.hex() == frozen["plaintext"]


def test_an_own_box_stays_shut_for_others_elsewhere_and_when_altered_or_cut():
    box = seal_to_oneself(PAIR.private, new_key(), context=CONTEXT)

    with pytest.raises(CannotOpen):
        open_box(new_keypair().private, box, context=CONTEXT)
    with pytest.raises(CannotOpen):
        open_box(PAIR.private, box, context=replace(CONTEXT, row="f" * 32))
    for place in range(len(box)):
        altered = bytearray(box)
        altered[place] ^= 0x01
        with pytest.raises(CannotOpen):
            open_box(PAIR.private, bytes(altered), context=CONTEXT)
        with pytest.raises(CannotOpen):
            open_box(PAIR.private, box[:place], context=CONTEXT)


def test_a_box_made_by_a_key_of_wrong_length_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="96 bytes"):
        seal_to_oneself(PAIR.private[:-1], b"key", context=CONTEXT)


def test_the_library_opens_the_published_ciphertext_of_rfc_9180(vectors):
    case = {name: bytes.fromhex(value) for name, value in vectors("rfc9180").items() if name != "source"}
    private = X25519PrivateKey.from_private_bytes(case["private"])
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

    opened = decrypt_with_associated_data(
        suite, case["encapsulated"] + case["ciphertext"], private, case["info"], case["associated"]
    )

    assert private.public_key().public_bytes_raw() == case["public"]
    assert opened == case["plaintext"] == b"Beauty is truth, truth beauty"


def published_hybrid(vectors):
    """Give the published hybrid case, with its seed expanded to our layout of a private key (SHAKE256, 96 bytes)."""
    case = {name: bytes.fromhex(value) for name, value in vectors("hpke_hybrid").items() if name != "source"}
    return case, hashlib.shake_256(case["seed"]).digest(PRIVATE_KEY_BYTES)


def test_our_key_layouts_are_those_of_the_published_hybrid(vectors):
    case, private = published_hybrid(vectors)

    public = MLKEM768PrivateKey.from_seed_bytes(private[:64]).public_key().public_bytes_raw()
    public += X25519PrivateKey.from_private_bytes(private[64:]).public_key().public_bytes_raw()

    assert public == case["public"]
    assert len(public) == PUBLIC_KEY_BYTES


def test_the_library_opens_the_published_ciphertext_of_the_hybrid(vectors):
    case, private = published_hybrid(vectors)
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)

    opened = decrypt_with_associated_data(
        suite, case["encapsulated"] + case["ciphertext"], _private(private), case["info"], case["associated"]
    )

    assert opened == case["plaintext"]


def test_a_box_made_by_hand_from_the_published_encapsulation_opens(vectors):
    """Follow the key schedule of RFC 9180 section 5.1 step by step, for our own suite and our own info."""
    case, private = published_hybrid(vectors)
    suite_id = b"HPKE" + (0x647A).to_bytes(2, "big") + (1).to_bytes(2, "big") + (2).to_bytes(2, "big")

    def extracted(salt, label, material):
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite_id + label + material, hashlib.sha256)

    def expanded(pseudorandom, label, info, length):
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite_id + label + info
        return hmac.digest(pseudorandom, labelled + b"\x01", hashlib.sha256)[:length]

    info = packed(b"kikite/box/1") + CONTEXT.encoded()
    schedule = b"\x00" + extracted(b"", b"psk_id_hash", b"") + extracted(b"", b"info_hash", info)
    secret = extracted(case["shared_secret"], b"secret", b"")
    key, nonce = expanded(secret, b"key", schedule, 32), expanded(secret, b"base_nonce", schedule, 12)

    box = b"\x01" + case["encapsulated"] + AESGCM(key).encrypt(nonce, b"compartment key", b"")

    assert open_box(private, box, context=CONTEXT) == b"compartment key"


def test_flipping_any_byte_keeps_the_box_shut():
    box = seal_to(PAIR.public, new_key(), context=CONTEXT)

    for place in range(len(box)):
        altered = bytearray(box)
        altered[place] ^= 0x01
        with pytest.raises(CannotOpen):
            open_box(PAIR.private, bytes(altered), context=CONTEXT)


def test_cut_off_at_any_length_the_box_stays_shut():
    box = seal_to(PAIR.public, new_key(), context=CONTEXT)

    for length in range(len(box)):
        with pytest.raises(CannotOpen):
            open_box(PAIR.private, box[:length], context=CONTEXT)


def test_with_bytes_appended_the_box_stays_shut():
    with pytest.raises(CannotOpen):
        open_box(PAIR.private, seal_to(PAIR.public, b"key", context=CONTEXT) + b"\0", context=CONTEXT)


@pytest.mark.parametrize(
    "share",
    [
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ff" * 32,
    ],
)
def test_a_share_of_small_order_does_not_open(share):
    box = bytearray(seal_to(PAIR.public, b"key", context=CONTEXT))
    box[1 + 1088 : 1 + 1088 + 32] = bytes.fromhex(share)

    with pytest.raises(CannotOpen):
        open_box(PAIR.private, bytes(box), context=CONTEXT)


def test_another_pair_does_not_open_the_box():
    with pytest.raises(CannotOpen):
        open_box(new_keypair().private, seal_to(PAIR.public, b"key", context=CONTEXT), context=CONTEXT)


@pytest.mark.parametrize("exchanged", [slice(0, 64), slice(64, 96)], ids=["ML-KEM", "X25519"])
def test_one_half_of_the_hybrid_alone_does_not_open_the_box(exchanged):
    private = bytearray(PAIR.private)
    private[exchanged] = new_keypair().private[exchanged]

    with pytest.raises(CannotOpen):
        open_box(bytes(private), seal_to(PAIR.public, b"key", context=CONTEXT), context=CONTEXT)


@pytest.mark.parametrize("part", ["table", "column", "row", "purpose"])
def test_a_grant_moved_to_another_place_does_not_open(part):
    elsewhere = replace(CONTEXT, **{part: getattr(CONTEXT, part) + "x"})

    with pytest.raises(CannotOpen):
        open_box(PAIR.private, seal_to(PAIR.public, b"key", context=CONTEXT), context=elsewhere)


def test_the_same_key_boxed_twice_gives_different_boxes():
    one, other = (seal_to(PAIR.public, b"key", context=CONTEXT) for _ in range(2))

    assert one[1:1121] != other[1:1121]
    assert one[1121:] != other[1121:]


def test_a_box_is_longer_by_the_documented_bytes():
    assert len(seal_to(PAIR.public, bytes(32), context=CONTEXT)) == 32 + 1137


@pytest.mark.parametrize("public", [b"", bytes(1215), bytes(1217), b"\xff" * 1216])
def test_what_is_no_public_key_is_refused(public):
    with pytest.raises(ValueError):  # noqa: PT011 - the last case is the library's own words.
        seal_to(public, b"key", context=CONTEXT)


@pytest.mark.parametrize("length", [0, 95, 97])
def test_a_private_key_of_wrong_length_is_a_mistake_of_the_program(length):
    with pytest.raises(ValueError, match="96 bytes"):
        open_box(bytes(length), seal_to(PAIR.public, b"key", context=CONTEXT), context=CONTEXT)
