"""Each audit record vouches for itself and the one before; a signed head vouches for the newest."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import (
    GENESIS,
    Break,
    CannotOpen,
    Head,
    KeyRing,
    Record,
    canonical_body,
    link,
    new_key,
    new_signing_key,
    sign_head,
    still_reaches,
    verify_chain,
    verify_head,
    verifying_key,
)

KEYS = {b"first-id": bytes(range(32)), b"secondid": bytes(range(32, 64))}
SUBJECT = "case:41"
NOON = "2026-04-01T03:00:00+00:00"


def chain(length=5, *, subject=SUBJECT):
    records, previous = [], GENESIS
    for number in range(1, length + 1):
        key_id = b"first-id" if number < 3 else b"secondid"
        body = canonical_body({"event": "case_read", "number": number})
        previous = link(previous=previous, number=number, subject=subject, body=body, key=KEYS[key_id])
        records.append(Record(number=number, body=body, key_id=key_id, link=previous))
    return records


def checked(records, *, subject=SUBJECT):
    return verify_chain(subject, records, key_for=KEYS.__getitem__)


def test_the_frozen_chain_and_head_still_hold(vectors):
    frozen = vectors("chain")
    key, signing_key = bytes.fromhex(frozen["key"]), bytes.fromhex(frozen["signing_key"])
    records = []
    for row in frozen["records"]:
        assert canonical_body(row["mapping"]).decode() == row["body"]
        records.append(Record(row["number"], row["body"].encode(), b"frozenid", bytes.fromhex(row["link"])))
    head = {frozen["subject"]: (2, records[-1].link)}

    assert verify_chain(frozen["subject"], records, key_for=lambda _key_id: key).reached == (2, records[-1].link)
    assert sign_head(head, signing_key=signing_key, at=frozen["at"]).hex() == frozen["signed_head"]
    read = verify_head(bytes.fromhex(frozen["signed_head"]), verifying_key=bytes.fromhex(frozen["verifying_key"]))
    assert read == Head(at=frozen["at"], heads=head)


def test_a_link_is_made_of_the_documented_parts():
    parts = (b"kikite/chain/1", GENESIS, (7).to_bytes(8, "big"), SUBJECT.encode(), b"{}")
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    made = link(previous=GENESIS, number=7, subject=SUBJECT, body=b"{}", key=bytes(32))

    assert made == hmac.digest(bytes(32), message, hashlib.sha256)
    assert bytes(32) == GENESIS


@pytest.mark.parametrize("length", [0, 1, 2, 5])
def test_a_chain_as_it_was_written_holds(length):
    records = chain(length)
    verdict = checked(records)

    assert verdict.ok
    assert verdict.reached == (length, records[-1].link if records else GENESIS)
    assert (verdict.broken_at, verdict.why) == (None, None)


def test_a_chain_is_checked_as_it_is_read():
    assert checked(iter(chain())).ok


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda record: replace(record, body=record.body + b" "), Break.LINK),
        (lambda record: replace(record, body=b""), Break.LINK),
        (lambda record: replace(record, link=bytes([record.link[0] ^ 1]) + record.link[1:]), Break.LINK),
        (lambda record: replace(record, link=record.link[:-1]), Break.LINK),
        (lambda record: replace(record, link=b""), Break.LINK),
        (lambda record: replace(record, number=record.number + 1), Break.NUMBER),
        (lambda record: replace(record, number=0), Break.NUMBER),
        (lambda record: replace(record, key_id=b"unknown!"), Break.KEY),
        (
            lambda record: replace(record, key_id=b"first-id" if record.key_id == b"secondid" else b"secondid"),
            Break.LINK,
        ),
    ],
)
def test_an_altered_record_is_named(number, change, why):
    records = chain()
    records[number - 1] = change(records[number - 1])
    verdict = checked(records)

    assert not verdict.ok
    assert (verdict.broken_at, verdict.why) == (number, why)
    assert verdict.reached[0] == number - 1


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_removed_record_is_named(number):
    records = chain()
    del records[number - 1]

    assert (checked(records).broken_at, checked(records).why) == (number, Break.NUMBER)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_removed_record_is_named_even_when_the_others_are_renumbered(number):
    records = chain()
    del records[number - 1]
    renumbered = [replace(record, number=place) for place, record in enumerate(records, start=1)]

    assert (checked(renumbered).broken_at, checked(renumbered).why) == (number, Break.LINK)


def test_records_in_another_order_are_noticed():
    first, second, third, *rest = chain()

    assert checked([second, first, third, *rest]).broken_at == 1
    assert checked([first, third, second, *rest]).broken_at == 2


def test_an_inserted_record_is_noticed():
    first, *rest = chain()

    assert checked([first, first, *rest]).broken_at == 2


def test_a_chain_of_another_subject_does_not_hold():
    assert checked(chain(subject="case:42")).broken_at == 1


def test_someone_without_the_key_cannot_write_on():
    records = chain()
    body = canonical_body({"event": "case_closed"})
    forged = link(previous=records[-1].link, number=6, subject=SUBJECT, body=body, key=new_key())
    verdict = checked([*records, Record(6, body, b"secondid", forged)])

    assert (verdict.broken_at, verdict.why) == (6, Break.LINK)


def test_a_key_ring_gives_the_keys_of_a_chain():
    ring = KeyRing.generate()
    old = ring.active_id
    ring.make_active(ring.add())
    records, previous = [], GENESIS
    for number, key_id in enumerate((old, ring.active_id), start=1):
        key = ring.derived("audit", key_id)
        previous = link(previous=previous, number=number, subject=SUBJECT, body=b"{}", key=key)
        records.append(Record(number, b"{}", key_id, previous))

    assert verify_chain(SUBJECT, records, key_for=lambda key_id: ring.derived("audit", key_id)).ok
    stranger = KeyRing.generate()
    verdict = verify_chain(SUBJECT, records, key_for=lambda key_id: stranger.derived("audit", key_id))
    assert (verdict.broken_at, verdict.why) == (1, Break.KEY)


@pytest.mark.parametrize(
    ("previous", "number", "key"),
    [
        (b"", 1, bytes(32)),
        (bytes(31), 1, bytes(32)),
        (GENESIS, 0, bytes(32)),
        (GENESIS, -1, bytes(32)),
        (GENESIS, 2**63, bytes(32)),
        (GENESIS, 1, bytes(16)),
    ],
)
def test_a_link_of_wrong_parts_is_refused(previous, number, key):
    with pytest.raises(ValueError, match="32 bytes"):
        link(previous=previous, number=number, subject=SUBJECT, body=b"", key=key)


def test_a_body_has_one_form_whatever_the_order_it_was_given_in():
    body = canonical_body({"b": [1, None, True], "a": {"д": "席", "c": "😀"}})

    assert body == canonical_body({"a": {"c": "😀", "д": "席"}, "b": [1, None, True]})
    assert body == '{"a":{"c":"😀","д":"席"},"b":[1,null,true]}'.encode()


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))


facts_of_an_event = st.dictionaries(st.text(max_size=4), scalars, max_size=3)


@given(facts_of_an_event, facts_of_an_event)
@settings(deadline=None, max_examples=60)
def test_different_facts_have_different_bodies(one, other):
    typed = [{name: (type(value), value) for name, value in facts.items()} for facts in (one, other)]

    assert (canonical_body(one) == canonical_body(other)) == (typed[0] == typed[1])


@pytest.mark.parametrize("facts", [{"a": float("nan")}, {"a": float("inf")}, {"a": "\ud800"}, {"\udc00": 1}])
def test_what_has_no_exact_form_is_refused(facts):
    with pytest.raises(ValueError):  # noqa: PT011 - part of the cases are the standard library's own words.
        canonical_body(facts)


@pytest.mark.parametrize("facts", [{"a": object()}, {"a": b"bytes"}, {"a": {1, 2}}])
def test_what_json_has_no_form_for_is_refused(facts):
    with pytest.raises(TypeError):
        canonical_body(facts)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_signatures_agree_with_rfc_8032(vectors, number):
    case = {name: bytes.fromhex(value) for name, value in vectors("rfc8032")["cases"][number].items()}

    assert verifying_key(case["private"]) == case["public"]
    assert Ed25519PrivateKey.from_private_bytes(case["private"]).sign(case["message"]) == case["signature"]


SIGNING_KEY = bytes(range(64, 96))
VERIFYING_KEY = verifying_key(SIGNING_KEY)


def test_a_signed_head_comes_back_as_it_was():
    heads = {SUBJECT: (5, chain()[-1].link), "会社:7": (1, bytes(32)), "person:0": (0, GENESIS)}

    read = verify_head(sign_head(heads, signing_key=SIGNING_KEY, at=NOON), verifying_key=VERIFYING_KEY)

    assert read == Head(at=NOON, heads=heads)


def test_flipping_any_byte_of_a_signed_head_is_noticed():
    signed = sign_head({SUBJECT: (5, bytes(32))}, signing_key=SIGNING_KEY, at=NOON)

    for place in range(len(signed)):
        altered = bytearray(signed)
        altered[place] ^= 0x01
        with pytest.raises(CannotOpen):
            verify_head(bytes(altered), verifying_key=VERIFYING_KEY)


def test_a_signed_head_cut_off_or_continued_is_noticed():
    signed = sign_head({SUBJECT: (5, bytes(32))}, signing_key=SIGNING_KEY, at=NOON)

    for altered in [signed[:length] for length in range(len(signed))] + [signed + b" "]:
        with pytest.raises(CannotOpen):
            verify_head(altered, verifying_key=VERIFYING_KEY)


def test_a_head_signed_by_someone_else_is_refused():
    signed = sign_head({}, signing_key=new_signing_key(), at=NOON)

    with pytest.raises(CannotOpen):
        verify_head(signed, verifying_key=VERIFYING_KEY)


def test_a_head_notices_that_the_newest_records_or_all_of_them_are_gone():
    records = chain()
    head = Head(at=NOON, heads={SUBJECT: (5, records[-1].link)})

    assert still_reaches(head, SUBJECT, records)
    assert checked(records[:-1]).ok
    assert not still_reaches(head, SUBJECT, records[:-1])
    assert not still_reaches(head, SUBJECT, [])


def test_a_head_notices_a_chain_rewritten_by_someone_with_the_key():
    records = chain()
    head = Head(at=NOON, heads={SUBJECT: (5, records[-1].link)})
    body = canonical_body({"event": "nothing_happened"})
    rewritten = link(previous=records[3].link, number=5, subject=SUBJECT, body=body, key=KEYS[b"secondid"])
    forged = [*records[:4], Record(5, body, b"secondid", rewritten)]

    assert checked(forged).ok
    assert not still_reaches(head, SUBJECT, forged)


def test_a_chain_that_went_on_still_reaches_its_head():
    records = chain()
    head = Head(at=NOON, heads={SUBJECT: (3, records[2].link), "person:0": (0, GENESIS)})

    assert still_reaches(head, SUBJECT, records)
    assert still_reaches(head, "case:new", [])
    assert still_reaches(head, "person:0", [])


@pytest.mark.parametrize("length", [0, 31, 33])
def test_signing_keys_of_wrong_length_are_refused(length):
    with pytest.raises(ValueError, match="32 bytes"):
        sign_head({}, signing_key=bytes(length), at=NOON)
    with pytest.raises(ValueError, match="32 bytes"):
        verify_head(b"", verifying_key=bytes(length))


def test_new_signing_keys_differ():
    assert len({new_signing_key(), new_signing_key()}) == 2
    assert len(new_signing_key()) == 32
