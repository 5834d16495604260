"""The ring writes with one key, reads with all, keeps its purposes apart and never shows its material."""

import base64
import json
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crypto import CannotOpen, Context, KeyRing, key_id_of, open_text

CONTEXT = Context(table="offices", column="mail", row="0123456789abcdef0123456789abcdef", purpose="contact")
SPRING = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def ring():
    return KeyRing.generate(at=SPRING)


def sealed(ring, text="desk@example.jp"):
    return ring.seal(text, purpose="contact", context=CONTEXT)


def opened(ring, value):
    return ring.open(value, purpose="contact", context=CONTEXT)


def test_the_frozen_ring_still_opens_and_derives_the_same(vectors):
    frozen = vectors("keyring")
    ring = KeyRing.from_json(json.dumps(frozen["ring"]))
    context = Context(**frozen["context"])

    for value in ("sealed_under_first", "sealed_under_second"):
        assert ring.open(bytes.fromhex(frozen[value]), purpose="contact", context=context) == frozen["text"]
    assert ring.derived("contact").hex() == frozen["contact"]
    assert ring.stable("facet").hex() == frozen["facet_stable"]
    assert json.loads(ring.to_json()) == frozen["ring"]
    assert ring.active_id.hex() == frozen["ring"][1]["id"]


def test_what_the_ring_seals_it_opens(ring):
    assert opened(ring, sealed(ring, "担当 😀")) == "担当 😀"


def test_a_ring_written_down_and_read_again_is_the_same_ring(ring):
    ring.make_active(ring.add())
    again = KeyRing.from_json(ring.to_json())

    assert again.key_ids == ring.key_ids
    assert again.active_id == ring.active_id
    assert again.derived("audit") == ring.derived("audit")
    assert opened(again, sealed(ring)) == "desk@example.jp"


def test_rotation_writes_under_the_new_key_and_reads_the_old(ring):
    old = sealed(ring)
    first = ring.active_id

    second = ring.add()
    assert ring.active_id == first
    assert not ring.needs_resealing(old)

    ring.make_active(second)
    new = sealed(ring)
    assert (key_id_of(old), key_id_of(new)) == (first, second)
    assert opened(ring, old) == opened(ring, new)
    assert ring.needs_resealing(old)
    assert not ring.needs_resealing(new)


def test_a_key_added_but_not_active_already_opens(ring):
    elsewhere = KeyRing.from_json(ring.to_json())
    elsewhere.make_active(elsewhere.add())
    here = KeyRing.from_json(elsewhere.to_json())
    here.make_active(ring.active_id)

    assert opened(here, sealed(elsewhere)) == "desk@example.jp"


def test_a_stable_key_does_not_move_with_rotation(ring):
    facet, derived = ring.stable("facet"), ring.derived("facet")
    ring.make_active(ring.add())

    assert ring.stable("facet") == facet == derived
    assert ring.derived("facet") != derived
    assert KeyRing.from_json(ring.to_json()).stable("facet") == facet


def test_a_clock_set_back_does_not_make_a_new_key_the_oldest(ring):
    facet = ring.stable("facet")
    ring.add(at=SPRING - timedelta(days=400))

    assert KeyRing.from_json(ring.to_json()).stable("facet") == facet


def test_each_purpose_and_each_key_has_a_key_of_its_own(ring):
    second = ring.add()
    purposes = ("contact", "facet", "audit", "pepper", "keystore", "cookie", "")
    keys = {ring.derived(purpose, key_id) for purpose in purposes for key_id in ring.key_ids}

    assert len(keys) == 2 * len(purposes)
    assert {len(key) for key in keys} == {32}
    assert ring.derived("audit", ring.active_id) == ring.derived("audit") != ring.derived("audit", second)


def test_a_value_of_one_purpose_does_not_open_for_another(ring):
    with pytest.raises(CannotOpen):
        ring.open(sealed(ring), purpose="facet", context=CONTEXT)


@pytest.mark.parametrize("part", ["table", "column", "row", "purpose"])
def test_a_contact_moved_to_another_place_does_not_open(ring, part):
    with pytest.raises(CannotOpen):
        ring.open(sealed(ring), purpose="contact", context=replace(CONTEXT, **{part: getattr(CONTEXT, part) + "x"}))


def test_another_ring_does_not_open_it(ring):
    with pytest.raises(CannotOpen):
        opened(KeyRing.generate(), sealed(ring))


def test_flipping_any_byte_keeps_it_shut(ring):
    value = sealed(ring)
    ring.add()

    for place in range(len(value)):
        altered = bytearray(value)
        altered[place] ^= 0x01
        with pytest.raises(CannotOpen):
            opened(ring, bytes(altered))


def test_a_value_renamed_to_another_known_key_does_not_open(ring):
    value = sealed(ring)
    second = ring.add()

    with pytest.raises(CannotOpen):
        opened(ring, value[:1] + second + value[9:])


def test_what_the_ring_seals_is_an_ordinary_sealed_value(ring):
    assert open_text(sealed(ring), key=ring.derived("contact"), context=CONTEXT) == "desk@example.jp"


def test_an_unknown_key_is_no_key(ring):
    with pytest.raises(KeyError):
        ring.derived("audit", b"unknown!")
    with pytest.raises(KeyError):
        ring.make_active(b"unknown!")
    assert ring.active_id == ring.key_ids[0]


@pytest.mark.parametrize("value", [b"", b"plain", bytes(400)])
def test_what_is_no_sealed_value_does_not_open(ring, value):
    with pytest.raises(CannotOpen):
        opened(ring, value)
    with pytest.raises(CannotOpen):
        ring.needs_resealing(value)


def test_neither_the_ring_nor_its_keys_show_their_material(ring):
    row = json.loads(ring.to_json())[0]
    material = base64.b64decode(row["material"])
    shown = repr(ring) + str(ring) + repr(list(ring._keys.values()))

    assert ring.active_id.hex() in repr(ring)
    assert row["material"] not in shown
    assert material.hex() not in shown
    assert repr(material) not in shown


def altered(change):
    rows = json.loads(KeyRing.generate(at=SPRING).to_json())
    rows.append(json.loads(KeyRing.generate(at=SPRING + timedelta(days=1)).to_json())[0] | {"active": False})
    change(rows)
    return json.dumps(rows)


def test_the_ring_that_the_refusals_below_alter_is_itself_accepted():
    assert len(KeyRing.from_json(altered(lambda _rows: None)).key_ids) == 2


@pytest.mark.parametrize(
    "change",
    [
        list.clear,
        list.reverse,
        lambda rows: rows[0].pop("material"),
        lambda rows: rows[0].update(note="extra"),
        lambda rows: rows[0].update(active=False),
        lambda rows: rows[1].update(active=True),
        lambda rows: rows[0].update(active=1),
        lambda rows: rows[0].update(material=base64.b64encode(bytes(31)).decode()),
        lambda rows: rows[0].update(material="not base64!"),
        lambda rows: rows[0].update(material="!" + rows[0]["material"]),
        lambda rows: rows[0].update(material=7),
        lambda rows: rows[0].update(id="00" * 8),
        lambda rows: rows[0].update(id="11" * 7),
        lambda rows: rows[0].update(id="zz" * 8),
        lambda rows: rows[1].update(id=rows[0]["id"]),
        lambda rows: rows[0].update(created="yesterday"),
        lambda rows: rows[0].update(created="2026-04-01T00:00:00"),
        lambda rows: rows[0].update(created=None),
        lambda rows: rows.append("a key"),
    ],
)
def test_a_ring_with_something_wrong_is_refused(change):
    with pytest.raises(ValueError, match="ring"):
        KeyRing.from_json(altered(change))


@pytest.mark.parametrize("text", ["", "{", "null", "{}", "7", '"text"', "[[]]", "[null]", "[" * 100_000])
def test_what_is_no_ring_is_refused(text):
    with pytest.raises(ValueError, match="ring"):
        KeyRing.from_json(text)


def test_a_refused_ring_is_not_repeated_in_the_error(ring):
    text = ring.to_json() + "}"

    with pytest.raises(ValueError, match="ring") as refused:
        KeyRing.from_json(text)

    material = json.loads(ring.to_json())[0]["material"]
    assert material not in "".join(traceback.format_exception(refused.value))
    assert refused.value.__context__ is None


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        KeyRing.generate(at=SPRING.replace(tzinfo=None))
