"""Any byte changed, any record removed, swapped or added is found, in a chain of a hundred thousand too."""

import hashlib
import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import GENESIS, Record, canonical_body, link, verify_chain

KEY, KEY_ID, SUBJECT = bytes(range(32)), b"first-id", "case:41"
LONG = 100_000


def chain(length):
    records, previous = [], GENESIS
    for number in range(1, length + 1):
        body = canonical_body({"name": "case.read", "number": number})
        previous = link(previous=previous, number=number, subject=SUBJECT, body=body, key=KEY)
        records.append(Record(number, body, KEY_ID, previous))
    return records


SHORT = chain(8)


def is_found(records, *, of):
    """As the service finds it: by the links, and by how far the chain is known to reach."""
    verdict = verify_chain(SUBJECT, records, key_for={KEY_ID: KEY}.__getitem__)
    return not verdict.ok or verdict.reached != (len(of), of[-1].link)


def changed(record, field, place, bit):
    value = getattr(record, field)
    if field == "number":
        return replace(record, number=value ^ (1 << bit))
    place %= len(value)
    return replace(record, **{field: value[:place] + bytes([value[place] ^ (1 << bit)]) + value[place + 1 :]})


@settings(max_examples=300)
@given(st.integers(0, 7), st.sampled_from(["number", "body", "key_id", "link"]), st.integers(0, 99), st.integers(0, 7))
def test_any_single_bit_that_is_changed_anywhere_is_found(at, field, place, bit):
    records = list(SHORT)
    records[at] = changed(records[at], field, place, bit)
    assert is_found(records, of=SHORT)


@given(st.permutations(range(8)))
def test_any_other_order_is_found(order):
    records = [SHORT[place] for place in order]
    assert is_found(records, of=SHORT) == (list(order) != list(range(8)))
    renumbered = [replace(record, number=number) for number, record in enumerate(records, start=1)]
    assert is_found(renumbered, of=SHORT) == (list(order) != list(range(8)))


@given(st.sets(st.integers(0, 7), min_size=1))
def test_whatever_is_removed_is_found(gone):
    records = [record for place, record in enumerate(SHORT) if place not in gone]
    assert is_found(records, of=SHORT)
    assert is_found([replace(record, number=at) for at, record in enumerate(records, start=1)], of=SHORT)


@given(st.integers(0, 8), st.integers(0, 7), st.binary(min_size=32, max_size=32))
def test_whatever_is_added_is_found(at, copied, forged):
    for added in (SHORT[copied], replace(SHORT[copied], link=forged)):
        records = [*SHORT[:at], added, *SHORT[at:]]
        assert is_found(records, of=SHORT)
        assert is_found([replace(record, number=place) for place, record in enumerate(records, start=1)], of=SHORT)


def test_it_is_found_anywhere_in_a_chain_of_a_hundred_thousand():
    whole = chain(LONG)
    assert not is_found(whole, of=whole)
    dice = random.Random(hashlib.sha256(b"places").digest())
    for field in ("number", "body", "link"):
        at = dice.randrange(LONG)
        kept, whole[at] = whole[at], changed(whole[at], field, dice.randrange(100), dice.randrange(8))
        assert is_found(whole, of=whole if at < LONG - 1 else [*whole[:-1], kept])
        whole[at] = kept
    at = dice.randrange(LONG - 1)
    whole[at], whole[at + 1] = whole[at + 1], whole[at]
    assert is_found(whole, of=whole)
    whole[at], whole[at + 1] = whole[at + 1], whole[at]
    last = whole.pop()
    assert is_found(whole, of=[*whole, last]), "the newest is gone"
    whole += [last, last]
    assert is_found(whole, of=whole[:-1]), "one was added at the end"
