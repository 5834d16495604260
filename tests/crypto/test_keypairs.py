"""A locked private key opens with its password or its key, in its place, and never shows itself."""

import time
from dataclasses import replace

import pytest

from crypto import (
    FOR_TESTS_ONLY,
    PRODUCTION,
    CannotOpen,
    Context,
    KeyPair,
    Profile,
    lock_with_key,
    lock_with_passkey,
    lock_with_password,
    needs_new_lock,
    new_key,
    new_keypair,
    open_box,
    seal_to,
    unlock_with_key,
    unlock_with_passkey,
    unlock_with_password,
)

CONTEXT = Context(table="people", column="locked_key", row="0123456789abcdef0123456789abcdef", purpose="person-key")
PEPPER = bytes(range(32))
KEY = bytes(range(32, 64))
PAIR = new_keypair()
PASSWORD = "雨の日の ベランダ"


def locked(password=PASSWORD, profile=FOR_TESTS_ONLY):
    return lock_with_password(PAIR.private, password=password, pepper=PEPPER, profile=profile, context=CONTEXT)


def unlocked(lock, *, password=PASSWORD, pepper=PEPPER, context=CONTEXT):
    return unlock_with_password(lock, password=password, pepper=pepper, context=context)


def test_a_new_pair_opens_what_is_sealed_to_it():
    assert open_box(PAIR.private, seal_to(PAIR.public, b"key", context=CONTEXT), context=CONTEXT) == b"key"


def test_two_pairs_share_nothing():
    one, other = new_keypair(), new_keypair()

    assert one.public[:1184] != other.public[:1184]
    assert one.public[1184:] != other.public[1184:]


def test_a_pair_does_not_show_its_private_half():
    pair = KeyPair(public=b"public half", private=b"private half")

    assert "public half" in repr(pair)
    assert "private half" not in repr(pair)
    assert "private half" not in f"{pair}"


def test_the_password_opens_the_lock():
    assert unlocked(locked()) == PAIR.private


def test_the_frozen_locks_still_open(vectors):
    frozen = vectors("locked_key")
    context = Context(**frozen["context"])

    by_password = unlock_with_password(
        bytes.fromhex(frozen["locked_by_password"]),
        password=frozen["password"],
        pepper=bytes.fromhex(frozen["pepper"]),
        context=context,
    )
    by_key = unlock_with_key(bytes.fromhex(frozen["locked_by_key"]), key=bytes.fromhex(frozen["key"]), context=context)

    by_passkey = unlock_with_passkey(
        bytes.fromhex(frozen["locked_by_passkey"]),
        output=bytes.fromhex(frozen["prf_output"]),
        context=context,
    )
    assert by_password.hex() == by_key.hex() == by_passkey.hex() == frozen["private"]


def test_locking_with_the_frozen_randomness_gives_the_frozen_bytes(vectors, monkeypatch):
    frozen = vectors("locked_key")
    by_password, by_key = bytes.fromhex(frozen["locked_by_password"]), bytes.fromhex(frozen["locked_by_key"])
    private, context = bytes.fromhex(frozen["private"]), Context(**frozen["context"])

    drawn = {16: by_password[9:25], 44: by_password[25 + 9 : 25 + 53]}
    monkeypatch.setattr("secrets.token_bytes", drawn.__getitem__)
    costs = Profile("frozen", frozen["memory_kib"], frozen["iterations"], frozen["lanes"])
    password, pepper = frozen["password"], bytes.fromhex(frozen["pepper"])
    assert lock_with_password(private, password=password, pepper=pepper, profile=costs, context=context) == by_password

    drawn[44] = by_key[2 + 9 : 2 + 53]
    assert lock_with_key(private, key=bytes.fromhex(frozen["key"]), context=context) == by_key


@pytest.mark.parametrize("wrong", ["", "雨の日のベランダ", PASSWORD + " ", PASSWORD + "\0", "\ud800"])
def test_a_wrong_password_does_not_open_the_lock(wrong):
    with pytest.raises(CannotOpen):
        unlocked(locked(), password=wrong)


@pytest.mark.parametrize("typed", ["ﾊﾟｽﾜｰﾄﾞ９", "パスワード9", "ハ\u309aスワート\u30999"])
def test_a_password_typed_in_another_width_or_composition_is_the_same_password(typed):
    assert unlocked(locked(password="パスワード9"), password=typed) == PAIR.private


@pytest.mark.parametrize("pepper", [b"another pepper".ljust(32), b""], ids=["another", "none"])
def test_without_the_pepper_the_password_does_not_open_the_lock(pepper):
    with pytest.raises(CannotOpen):
        unlocked(locked(), pepper=pepper)


@pytest.mark.parametrize("part", ["table", "column", "row", "purpose"])
def test_a_lock_moved_to_another_person_does_not_open(part):
    elsewhere = replace(CONTEXT, **{part: getattr(CONTEXT, part) + "x"})

    with pytest.raises(CannotOpen):
        unlocked(locked(), context=elsewhere)
    with pytest.raises(CannotOpen):
        unlock_with_key(lock_with_key(PAIR.private, key=KEY, context=CONTEXT), key=KEY, context=elsewhere)


def test_flipping_any_byte_keeps_the_password_lock_shut():
    lock = locked()

    for place in range(len(lock)):
        altered = bytearray(lock)
        altered[place] ^= 0x01
        with pytest.raises(CannotOpen):
            unlocked(bytes(altered))


def test_cut_off_at_any_length_the_password_lock_stays_shut():
    lock = locked()

    for length in range(len(lock)):
        with pytest.raises(CannotOpen):
            unlocked(lock[:length])


def test_flipping_any_byte_or_cutting_anywhere_keeps_the_key_lock_shut():
    lock = lock_with_key(PAIR.private, key=KEY, context=CONTEXT)
    assert unlock_with_key(lock, key=KEY, context=CONTEXT) == PAIR.private

    for place in range(len(lock)):
        altered = bytearray(lock)
        altered[place] ^= 0x01
        for shut in (bytes(altered), lock[:place]):
            with pytest.raises(CannotOpen):
                unlock_with_key(shut, key=KEY, context=CONTEXT)


def test_another_key_does_not_open_the_key_lock():
    with pytest.raises(CannotOpen):
        unlock_with_key(lock_with_key(PAIR.private, key=KEY, context=CONTEXT), key=new_key(), context=CONTEXT)


def test_only_what_the_passkey_computed_opens_its_lock_and_in_its_place_alone():
    lock = lock_with_passkey(PAIR.private, output=KEY, context=CONTEXT)
    assert unlock_with_passkey(lock, output=KEY, context=CONTEXT) == PAIR.private

    wrong = [(new_key(), CONTEXT)]
    wrong += [(KEY, replace(CONTEXT, **{part: "x"})) for part in ("table", "column", "row", "purpose")]
    for output, context in wrong:
        with pytest.raises(CannotOpen):
            unlock_with_passkey(lock, output=output, context=context)
    for short in (b"", KEY[:31]):
        with pytest.raises(ValueError, match="32 bytes"):
            lock_with_passkey(PAIR.private, output=short, context=CONTEXT)


def test_flipping_any_byte_or_cutting_anywhere_keeps_the_passkey_lock_shut():
    lock = lock_with_passkey(PAIR.private, output=KEY, context=CONTEXT)
    for place in range(len(lock)):
        altered = bytearray(lock)
        altered[place] ^= 0x01
        for shut in (bytes(altered), lock[:place]):
            with pytest.raises(CannotOpen):
                unlock_with_passkey(shut, output=KEY, context=CONTEXT)


def test_a_lock_of_one_kind_is_no_lock_of_the_other():
    with pytest.raises(CannotOpen):
        unlocked(lock_with_key(PAIR.private, key=KEY, context=CONTEXT))
    with pytest.raises(CannotOpen):
        unlock_with_key(locked(), key=KEY, context=CONTEXT)
    with pytest.raises(CannotOpen):
        unlock_with_passkey(lock_with_key(PAIR.private, key=KEY, context=CONTEXT), output=KEY, context=CONTEXT)


@pytest.mark.parametrize(
    "costs",
    [
        b"\xff\xff\xff\xff\x00\x01\x01",
        b"\x00\x00\x00\x20\xff\xff\x01",
        b"\x00\x00\xff\xff\x00\x01\xff",
        b"\x00\x00\x00\x00\x00\x00\x00",
    ],
    ids=["4 TiB", "65535 iterations", "255 lanes", "nothing"],
)
def test_costs_altered_to_exhaust_the_machine_are_refused_at_once(costs):
    lock = locked()
    started = time.perf_counter()

    with pytest.raises(CannotOpen):
        unlocked(lock[:2] + costs + lock[9:])

    assert time.perf_counter() - started < 0.5


def test_a_lock_says_when_the_costs_have_changed_since():
    dearer = Profile(name="dearer", memory_kib=64, iterations=1, lanes=1)
    renamed = replace(FOR_TESTS_ONLY, name="renamed")

    assert needs_new_lock(locked(), profile=dearer)
    assert needs_new_lock(locked(), profile=PRODUCTION)
    assert not needs_new_lock(locked(profile=dearer), profile=dearer)
    assert not needs_new_lock(locked(), profile=renamed)


@pytest.mark.parametrize("lock", [b"", b"\x01P", b"\x01K" + bytes(400), bytes(400)])
def test_what_is_no_password_lock_has_no_costs(lock):
    with pytest.raises(CannotOpen):
        needs_new_lock(lock, profile=PRODUCTION)


def test_a_password_with_a_lone_surrogate_locks_nothing():
    with pytest.raises(ValueError, match="UTF-8"):
        locked(password="\ud800")


def test_the_same_password_locks_differently_each_time():
    one, other = locked(), locked()

    assert one[9:25] != other[9:25]
    assert one[25:] != other[25:]
