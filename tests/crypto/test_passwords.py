"""Passwords are slow to guess, need the pepper, and are checked by two at a time at most."""

import threading
import time

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from crypto import FOR_TESTS_ONLY, PRODUCTION, Profile, derive_key, hash_password, needs_renewal, verify_password
from crypto.passwords import CONCURRENT_DERIVATIONS

PEPPER = bytes(range(32))
PASSWORD = "雨の日の ベランダ"


def hashed(password=PASSWORD, profile=FOR_TESTS_ONLY):
    return hash_password(password, pepper=PEPPER, profile=profile)


def test_the_library_agrees_with_rfc_9106(vectors):
    case = vectors("rfc9106")

    tag = Argon2id(
        salt=bytes.fromhex(case["salt"]),
        length=case["length"],
        iterations=case["iterations"],
        lanes=case["lanes"],
        memory_cost=case["memory_kib"],
        ad=bytes.fromhex(case["associated"]),
        secret=bytes.fromhex(case["secret"]),
    ).derive(bytes.fromhex(case["password"]))

    assert tag.hex() == case["tag"]


def test_frozen_hashes_and_keys_still_hold(vectors):
    frozen = vectors("password")
    profile = Profile("frozen", frozen["memory_kib"], frozen["iterations"], frozen["lanes"])
    pepper, salt = bytes.fromhex(frozen["pepper"]), bytes.fromhex(frozen["salt"])

    assert verify_password(frozen["password"], frozen["phc"], pepper=pepper)
    assert not needs_renewal(frozen["phc"], profile=profile)
    assert derive_key(frozen["password"], salt=salt, pepper=pepper, profile=profile).hex() == frozen["key"]


def test_a_password_is_recognised_and_others_are_not():
    phc = hashed()

    assert verify_password(PASSWORD, phc, pepper=PEPPER)
    for wrong in ("", PASSWORD + " ", PASSWORD[:-1], PASSWORD + "\0", "\ud800"):
        assert not verify_password(wrong, phc, pepper=PEPPER)


def test_without_the_pepper_a_password_is_not_recognised():
    assert not verify_password(PASSWORD, hashed(), pepper=bytes(32))


@pytest.mark.parametrize("typed", ["ﾊﾟｽﾜｰﾄﾞ９", "パスワード9", "ハ\u309aスワート\u30999"])
def test_a_password_typed_in_another_width_or_composition_is_the_same(typed):
    assert verify_password(typed, hashed("パスワード9"), pepper=PEPPER)


def test_the_same_password_is_hashed_differently_each_time():
    assert hashed() != hashed()


def test_a_hash_tells_its_costs_and_nothing_of_the_password():
    phc = hashed()

    assert phc.startswith("$argon2id$v=19$m=32,t=1,p=1$")
    assert PASSWORD not in phc


@pytest.mark.parametrize("place", range(3, 102, 3))
def test_an_altered_hash_recognises_nobody(place):
    phc = hashed()
    altered = phc[:place] + ("A" if phc[place : place + 1] != "A" else "B") + phc[place + 1 :]

    assert not verify_password(PASSWORD, altered, pepper=PEPPER)


@pytest.mark.parametrize(
    "phc",
    [
        "",
        "plain",
        "$argon2i$v=19$m=32,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=16$m=32,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=9999999,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=32,t=999,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=032,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=32,t=1,p=0$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=32,t=1,p=1$" + "A" * 22 + "$" + "A" * 43 + "\n",
        "$argon2id$v=19$m=٣٢,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
    ],
)
def test_a_hash_that_cannot_be_read_recognises_nobody_and_wants_renewal(phc):
    started = time.perf_counter()

    assert not verify_password(PASSWORD, phc, pepper=PEPPER)
    assert needs_renewal(phc, profile=PRODUCTION)
    assert time.perf_counter() - started < 0.5


def test_a_hash_says_when_the_costs_have_changed_since():
    assert not needs_renewal(hashed(), profile=FOR_TESTS_ONLY)
    assert needs_renewal(hashed(), profile=PRODUCTION)
    assert needs_renewal(hashed(), profile=Profile("slower", memory_kib=32, iterations=2, lanes=1))
    assert needs_renewal(hashed(), profile=Profile("wider", memory_kib=32, iterations=1, lanes=2))


def test_the_production_profile_is_the_recommended_one_and_works():
    assert (PRODUCTION.memory_kib, PRODUCTION.iterations, PRODUCTION.lanes) == (64 * 1024, 3, 1)
    assert verify_password(PASSWORD, hashed(profile=PRODUCTION), pepper=PEPPER)


def test_a_derived_key_depends_on_everything_it_is_derived_from():
    salt = bytes(16)
    dearer = Profile("dearer", memory_kib=64, iterations=1, lanes=1)
    keys = {
        derive_key(PASSWORD, salt=salt, pepper=PEPPER, profile=FOR_TESTS_ONLY),
        derive_key(PASSWORD + "x", salt=salt, pepper=PEPPER, profile=FOR_TESTS_ONLY),
        derive_key(PASSWORD, salt=b"\1" * 16, pepper=PEPPER, profile=FOR_TESTS_ONLY),
        derive_key(PASSWORD, salt=salt, pepper=bytes(32), profile=FOR_TESTS_ONLY),
        derive_key(PASSWORD, salt=salt, pepper=PEPPER, profile=dearer),
    }

    assert len(keys) == 5
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize("length", [0, 8, 15, 17])
def test_a_salt_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="16 bytes"):
        derive_key(PASSWORD, salt=bytes(length), pepper=PEPPER, profile=FOR_TESTS_ONLY)


def test_an_empty_pepper_is_refused():
    with pytest.raises(ValueError, match="pepper"):
        hash_password(PASSWORD, pepper=b"", profile=FOR_TESTS_ONLY)


@pytest.mark.parametrize(
    ("memory_kib", "iterations", "lanes"),
    [(7, 1, 1), (15, 1, 2), (256 * 1024 + 1, 1, 1), (32, 0, 1), (32, 11, 1), (32, 1, 0), (256, 1, 9), (-1, 1, 1)],
)
def test_costs_outside_what_is_allowed_make_no_profile(memory_kib, iterations, lanes):
    with pytest.raises(ValueError, match="costs"):
        Profile("odd", memory_kib, iterations, lanes)


def test_no_more_than_two_derivations_run_at_once(monkeypatch):
    counting, release = threading.Condition(), threading.Event()
    running = most = 0

    class Watched:
        def __init__(self, **_costs):
            pass

        def derive(self, _password):
            nonlocal running, most
            with counting:
                running += 1
                most = max(most, running)
                counting.notify_all()
            release.wait(10)
            with counting:
                running -= 1
            return bytes(32)

    monkeypatch.setattr("crypto.passwords.Argon2id", Watched)
    crowd = [
        threading.Thread(
            target=derive_key,
            args=(PASSWORD,),
            kwargs={"salt": bytes(16), "pepper": PEPPER, "profile": FOR_TESTS_ONLY},
        )
        for _ in range(6)
    ]
    for one in crowd:
        one.start()
    with counting:
        assert counting.wait_for(lambda: running == CONCURRENT_DERIVATIONS, timeout=10)
        # A third that was let in would be counted in this moment.
        assert not counting.wait_for(lambda: running > CONCURRENT_DERIVATIONS, timeout=0.1)
    release.set()
    for one in crowd:
        one.join(10)

    assert most == CONCURRENT_DERIVATIONS == 2


def test_a_failed_check_gives_its_turn_back():
    phc = hashed()

    for _ in range(3 * CONCURRENT_DERIVATIONS):
        assert not verify_password("wrong", phc, pepper=PEPPER)
    assert verify_password(PASSWORD, phc, pepper=PEPPER)
