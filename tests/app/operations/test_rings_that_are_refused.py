"""A key ring that cannot be used is refused in plain words by every command, and nothing is made in its place."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.operations.commands import main
from app.operations.keys import activate, add_key
from app.operations.ring_words import OF_THE_FILE, OF_THE_WRAPPER, tell_of
from app.pipeline.clock import FixedClock
from app.pipeline.ring_fits import demand_that_it_fits
from app.pipeline.ring_place import RingPlace, RingRefused, Trouble
from app.pipeline.secrets import key_store, ring, ring_place
from crypto import KeyRing
from tests.support.commanded import commanded

NOBODY = 65534
JAPANESE = re.compile(r"[ぁ-ん]")


@pytest.fixture
def path(app: Flask) -> Path:
    with app.app_context():
        return ring_place().path


def refused(place: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Trouble, str]:
    """Why the ring at this place is refused, and what is said of that at the terminal: never anything of the file."""
    with pytest.raises(RingRefused) as why:
        RingPlace(place).read_or_make()
    return why.value.trouble, said_of(why.value, capsys)


def said_of(why: RingRefused, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    tell_of(why)
    said = capsys.readouterr().err
    words = OF_THE_FILE[why.trouble]
    assert words.ja in said
    assert words.en in said
    assert f"場所: {why.path}" in said
    assert f"Where: {why.path}" in said
    return said


@pytest.fixture
def named(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is typed is about the installation of the test."""
    with commanded(app, monkeypatch):
        yield


def material_in(text: str) -> list[str]:
    return [row["material"] for row in json.loads(text)]


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("keys", "rotate")])
def test_a_missing_ring_is_not_replaced_beside_data(
    path: Path, command: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    path.unlink()
    assert main(command) == 1
    said = capfd.readouterr().err
    assert OF_THE_FILE[Trouble.MISSING].ja in said
    assert OF_THE_FILE[Trouble.MISSING].en in said
    assert str(path) in said
    assert "Traceback" not in said
    assert not path.exists()


def test_a_new_installation_gets_a_ring_that_is_its_owners_alone(tmp_path: Path) -> None:
    made = tmp_path / "new" / "keyring.json"
    ring = RingPlace(made).read_or_make()
    assert made.stat().st_mode & 0o777 == 0o600
    assert RingPlace(made).read_or_make().key_ids == ring.key_ids
    assert [each.name for each in made.parent.iterdir()] == [made.name]


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_ring_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ring.json"
    RingPlace(path).read_or_make()
    path.write_text(text, encoding="utf-8")
    assert refused(path, capsys)[0] is Trouble.EMPTY
    assert path.read_text(encoding="utf-8") == text


def test_what_is_no_ring_is_refused_and_nothing_of_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ring.json"
    RingPlace(path).read_or_make()
    whole = path.read_text(encoding="utf-8")
    (material,) = material_in(whole)
    for broken in (whole[: len(whole) // 2], whole.replace("material", "metal"), "[" * 5_000, "{}", "[]", "null"):
        path.write_text(broken, encoding="utf-8")
        trouble, said = refused(path, capsys)
        assert trouble is Trouble.NO_RING
        assert material[:8] not in said
    path.write_bytes(b"\xff\xfe\x00")
    assert refused(path, capsys)[0] is Trouble.NO_RING


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o601, 0o620, 0o666, 0o644])
def test_a_ring_that_others_can_read_or_change_is_refused(
    tmp_path: Path, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ring.json"
    RingPlace(path).read_or_make()
    path.chmod(mode)
    assert refused(path, capsys)[0] is Trouble.OPEN_TO_OTHERS


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_group_that_may_only_read_the_ring_is_none_of_the_others(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "ring.json"
    ring = RingPlace(path).read_or_make()
    path.chmod(mode)
    assert RingPlace(path).read().key_ids == ring.key_ids


def test_a_ring_that_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ring.json"
    path.mkdir(mode=0o700)
    assert refused(path, capsys)[0] is Trouble.NOT_READABLE


def test_a_ring_of_another_user_is_refused(tmp_path: Path) -> None:
    place = RingPlace(tmp_path / "ring.json")
    place.read_or_make()
    place.path.chmod(0)
    tmp_path.chmod(0o700)
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        for reading in (place.read, place.read_or_make):
            with pytest.raises(RingRefused) as refused:
                reading()
            assert refused.value.trouble is Trouble.NOT_READABLE
    finally:
        if was == 0:
            os.seteuid(was)


@pytest.mark.usefixtures("named")
def test_the_ring_of_another_installation_is_refused_before_anything_is_done(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = KeyRing.generate()
    RingPlace(path).write(other)
    assert main(["keys", "rotate"]) == 1
    said = capfd.readouterr().err
    assert OF_THE_FILE[Trouble.OF_ANOTHER].ja in said
    assert OF_THE_FILE[Trouble.OF_ANOTHER].en in said
    assert not [each for each in material_in(other.to_json()) if each[:8] in said]
    assert RingPlace(path).read().key_ids == other.key_ids


def trouble_with(app: Flask, ring: KeyRing) -> Trouble | None:
    app.extensions["kikite_ring"] = ring
    try:
        demand_that_it_fits(app)
    except RingRefused as why:
        return why.trouble
    return None


def test_a_copy_from_before_a_key_was_added_is_refused(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        before = KeyRing.from_json(ring().to_json())
        activate(add_key())
        # The next thing that is recorded is linked under the key that writes now.
        clock.at += timedelta(minutes=1)
        add_key()
        now = KeyRing.from_json(ring().to_json())
    assert trouble_with(app, now) is None
    assert trouble_with(app, before) is Trouble.OF_ANOTHER


def test_a_key_store_of_another_installation_is_refused(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        key_store().make(uuid.uuid4(), at=clock.at)
        changed = KeyRing.from_json(ring().to_json())
    (older,) = changed.key_ids
    changed.make_active(changed.add())
    assert trouble_with(app, changed) is None
    changed.retire(older, keep=["audit", "audit-head", "facet", "files", "login"])
    # The record and the addresses are the ring's; the shred keys were sealed by what it holds no more.
    assert trouble_with(app, changed) is Trouble.OF_ANOTHER


def test_every_trouble_has_its_words_in_both_languages() -> None:
    words = {**OF_THE_FILE, **OF_THE_WRAPPER}
    assert set(words) == set(Trouble)
    assert not OF_THE_FILE.keys() & OF_THE_WRAPPER.keys()
    assert all(JAPANESE.search(each.ja) and not JAPANESE.search(each.en) for each in words.values())
    assert len(set(words.values())) == len(Trouble)
