"""The key ring wrapped by a key in a device (PKCS#11), which is never read from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.pipeline import wrapped_by_token
from app.pipeline.ring_place import RingPlace, RingRefused, Trouble
from app.pipeline.wrapped_by_token import Device, TokenWrapper
from crypto import new_key
from tests.support.devices import PIN, SETTINGS, SoftDevice, library


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftDevice]:
    before = os.environ.get(SETTINGS)
    made = SoftDevice(library(), tmp_path_factory.mktemp("device"))
    made.set_up()
    made.make_key("kikite")
    made.make_key("kikite-2027")
    yield made
    if before is None:
        del os.environ[SETTINGS]
    else:
        os.environ[SETTINGS] = before


def trouble_with(device: Device) -> Trouble:
    with pytest.raises(RingRefused) as refused:
        TokenWrapper(device).wrap(new_key())
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return refused.value.trouble


def test_what_a_device_wraps_it_alone_gives_back(device: SoftDevice, tmp_path: Path) -> None:
    place = RingPlace(tmp_path / "ring.json", TokenWrapper(device.with_key("kikite")))
    ring = place.read_or_make()
    assert "material" not in place.path.read_text(encoding="utf-8")
    assert place.read().to_json() == ring.to_json()
    assert PIN not in repr(device.with_key("kikite"))
    # The next key wraps from now on, and what the one before it wrapped opens until then.
    later = RingPlace(place.path, TokenWrapper(device.with_key("kikite-2027")))
    assert later.read().to_json() == ring.to_json()
    later.write(ring)
    lies = later.wrapping()
    assert lies is not None
    assert TokenWrapper(device.with_key("kikite")).version(lies.wrapped_key) == "kikite-2027"
    assert later.read().to_json() == ring.to_json()


def test_what_was_altered_opens_nothing(device: SoftDevice) -> None:
    wrapper = TokenWrapper(device.with_key("kikite"))
    wrapped = wrapper.wrap(new_key())
    other = "A" if wrapped[-6] != "A" else "B"
    swapped = "kikite-2027" + wrapped.removeprefix("kikite")
    for altered in (wrapped[:-6] + other + wrapped[-5:], wrapped[:30], swapped, "kikite:", "kikite:%", "", ":"):
        with pytest.raises(RingRefused) as refused:
            wrapper.unwrap(altered)
        assert refused.value.trouble is Trouble.NOT_UNWRAPPED, altered


def test_what_is_wrong_with_a_device_is_told(device: SoftDevice, tmp_path: Path) -> None:
    good = device.with_key("kikite")
    assert trouble_with(replace(good, pin="wrong")) is Trouble.NOT_ALLOWED
    assert trouble_with(replace(good, key="misspelt")) is Trouble.NO_SUCH_KEY
    assert trouble_with(replace(good, token="elsewhere")) is Trouble.NOT_REACHED
    assert trouble_with(replace(good, library=tmp_path / "absent.so")) is Trouble.NO_LIBRARY


def test_a_device_that_does_not_answer_is_not_waited_for(device: SoftDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapped_by_token, "LONGEST_WAIT", 0.001)
    assert trouble_with(device.with_key("kikite")) is Trouble.NOT_REACHED


def test_a_device_is_told_none_of_our_settings(
    device: SoftDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIKITE_PKCS11_PIN", "a secret")
    told = tmp_path / "told.py"
    told.write_text("import json, os\nprint(json.dumps({'found': ' '.join(os.environ)}))\n", encoding="utf-8")
    monkeypatch.setattr(wrapped_by_token, "APART", told)
    names = TokenWrapper(device.with_key("kikite")).wrap(new_key())
    assert SETTINGS in names
    assert "KIKITE" not in names
