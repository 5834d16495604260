"""The key ring is wrapped, moved from one wrapper to another, and unwrapped: by what the settings say, whole or not."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.commands import main
from app.operations.ring_wrapping import how_it_lies, place_of_ring, wrap_as_set
from app.pipeline.ring_place import RingPlace, RingRefused, Trouble
from app.pipeline.secrets import look_at_ring, ring, ring_place
from app.pipeline.transaction import db
from app.pipeline.wrapped_by_environment import EnvironmentWrapper
from app.pipeline.wrapped_by_token import Device, TokenWrapper
from app.pipeline.wrapped_by_transit import TransitWrapper, Vault
from config import Config, Secret
from crypto import KeyRing, new_key
from models.audit_record import AuditRecord
from tests.support.commanded import commanded
from tests.support.killing import lived
from tests.support.sealed_formats import VECTORS
from tests.support.vaults import VaultServer, running_vault
from tests.support.visitor import sign_in


def written(key: bytes) -> str:
    return base64.b64encode(key).decode()


def under(data: Path, key: str = "", **more: object) -> Config:
    """The settings of an installation whose ring a key of its environment wraps."""
    wrapping = {"keyring_wrapped_by": "environment", "keyring_key": Secret(key)} if key else {}
    return Config(data=data, **{**wrapping, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[VaultServer, str]]:
    with running_vault(tmp_path_factory.mktemp("vault")) as server:
        server.set_up()
        yield server, server.give_transit()


def refusal(work: object, *given: object) -> Trouble:
    with pytest.raises(RingRefused) as refused:
        work(*given)  # type: ignore[operator]
    return refused.value.trouble


def test_a_wrapped_ring_shows_no_key_and_opens_by_its_own_wrapping_key_alone(tmp_path: Path) -> None:
    key, path = new_key(), tmp_path / "ring.json"
    place = RingPlace(path, EnvironmentWrapper(key))
    made = place.read_or_make()
    text = path.read_text(encoding="utf-8")
    assert json.loads(text).keys() == {"format", "installation", "wrapped_by", "wrapped_key", "sealed"}
    for row in json.loads(made.to_json()):
        assert row["material"] not in text
        assert row["id"] not in text
    assert written(key) not in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert place.read().to_json() == made.to_json()
    assert refusal(RingPlace(path, EnvironmentWrapper(new_key())).read) is Trouble.NOT_UNWRAPPED
    assert refusal(RingPlace(path).read) is Trouble.WRAPPED_OTHERWISE


def test_the_frozen_wrapped_ring_still_opens() -> None:
    frozen = json.loads((VECTORS / "wrapped_ring.json").read_text(encoding="utf-8"))
    place = RingPlace(Path("ring.json"), EnvironmentWrapper(bytes.fromhex(frozen["wrapping_key"])))
    opened = place.ring_in(json.dumps(frozen["wrapped"]))
    assert opened.to_json() == KeyRing.from_json(json.dumps(frozen["ring"])).to_json()


def test_a_ring_that_lies_plain_is_refused_where_it_is_to_be_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    RingPlace(path).read_or_make()
    assert refusal(RingPlace(path, EnvironmentWrapper(new_key())).read) is Trouble.WRAPPED_OTHERWISE


def test_no_member_of_a_wrapped_ring_is_exchanged_for_anothers(tmp_path: Path) -> None:
    wrapper = EnvironmentWrapper(new_key())
    texts = []
    for name in ("ours", "theirs"):
        RingPlace(tmp_path / name, wrapper).read_or_make()
        texts.append(json.loads((tmp_path / name).read_text(encoding="utf-8")))
    ours, theirs = texts
    for member in ("installation", "wrapped_key", "sealed"):
        (tmp_path / "ours").write_text(json.dumps({**ours, member: theirs[member]}), encoding="utf-8")
        assert refusal(RingPlace(tmp_path / "ours", wrapper).read) is Trouble.NOT_UNWRAPPED, member
    for member in ours:
        (tmp_path / "ours").write_text(json.dumps({**ours, member: 1}), encoding="utf-8")
        assert refusal(RingPlace(tmp_path / "ours", wrapper).read) is Trouble.NO_RING, member


def test_each_writing_wraps_another_key_and_keeps_the_installation(tmp_path: Path) -> None:
    place = RingPlace(tmp_path / "ring.json", EnvironmentWrapper(new_key()))
    made = place.read_or_make()
    before = json.loads(place.path.read_text(encoding="utf-8"))
    place.write(made)
    after = json.loads(place.path.read_text(encoding="utf-8"))
    assert before["installation"] == after["installation"]
    assert before["wrapped_key"] != after["wrapped_key"]
    assert before["sealed"] != after["sealed"]


def test_the_key_of_the_environment_is_replaced_by_another(tmp_path: Path) -> None:
    old, new = written(new_key()), written(new_key())
    made = place_of_ring(under(tmp_path, old)).read_or_make()
    both = under(tmp_path, new, keyring_key_before=Secret(old))
    before, after = wrap_as_set(both)
    assert before != after
    assert before.startswith("environment ")
    assert place_of_ring(under(tmp_path, new)).read().to_json() == made.to_json()
    assert refusal(place_of_ring(under(tmp_path, old)).read) is Trouble.NOT_UNWRAPPED


def test_a_ring_moves_from_plain_to_each_and_back(tmp_path: Path, vault: tuple[VaultServer, str]) -> None:
    server, token = vault
    made = place_of_ring(under(tmp_path)).read_or_make()
    key = written(new_key())
    told = {"vault_url": server.plain, "vault_token": Secret(token), "keyring_key": Secret(key)}
    seen = ["nothing"]
    for name in ("environment", "transit", "environment", "nothing", "transit", "nothing"):
        config = Config(data=tmp_path, keyring_wrapped_by=name, **told)  # type: ignore[arg-type]
        before, after = wrap_as_set(config)
        assert before.split()[0] == seen[-1]
        assert after.split()[0] == name == how_it_lies(config).split()[0]
        seen.append(name)
        assert place_of_ring(config).read().to_json() == made.to_json()
        assert ("material" in config.key_ring_path.read_text(encoding="utf-8")) == (name == "nothing")
    assert [each.name for each in tmp_path.iterdir()] == [config.key_ring_path.name]


def test_what_wraps_it_now_has_to_be_told_of_until_it_is_moved(tmp_path: Path) -> None:
    place_of_ring(under(tmp_path, written(new_key()))).read_or_make()
    assert refusal(wrap_as_set, under(tmp_path)) is Trouble.KEY_NOT_SET


def test_where_it_cannot_be_wrapped_the_ring_stays_as_it_lies(
    tmp_path: Path, vault: tuple[VaultServer, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _token = vault
    place_of_ring(under(tmp_path)).read_or_make()
    before = (tmp_path / "keyring.json").read_text(encoding="utf-8")
    wrong = Config(
        data=tmp_path, keyring_wrapped_by="transit", vault_url=server.plain, vault_token=Secret("s.nobodys-token")
    )
    assert refusal(wrap_as_set, wrong) is Trouble.NOT_ALLOWED
    # One that wraps and does not give back is found out before anything is replaced.
    monkeypatch.setattr(EnvironmentWrapper, "unwrap", lambda _self, _wrapped: new_key())
    assert refusal(wrap_as_set, under(tmp_path, written(new_key()))) is Trouble.NOT_UNWRAPPED
    assert (tmp_path / "keyring.json").read_text(encoding="utf-8") == before


def test_a_wrapping_that_is_killed_at_any_step_leaves_a_ring_that_opens(app: Flask) -> None:
    given: Config = app.config["KIKITE"]
    plain = replace(given, keyring_key=Secret(written(new_key())))
    wrapped = replace(plain, keyring_wrapped_by="environment")
    with app.app_context():
        ids = ring().key_ids
    calm = lived(app, lambda: wrap_as_set(wrapped))
    lived(app, lambda: wrap_as_set(plain))
    assert calm.steps >= 4
    killed = 0
    for wanted in (wrapped, plain):
        for until in range(calm.steps):
            killed += lived(app, lambda: wrap_as_set(wanted), until=until).was_killed  # noqa: B023 - done at once
            lies = wrapped if how_it_lies(plain) != "nothing" else plain
            assert place_of_ring(lies).read().key_ids == ids, f"killed at step {until}"
        lived(app, lambda: wrap_as_set(wanted))  # noqa: B023 - done at once
        assert place_of_ring(wanted).read().key_ids == ids
    assert killed >= calm.steps


def test_the_command_wraps_as_the_settings_say_and_the_installation_works_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with commanded(app, monkeypatch):
        key = written(new_key())
        monkeypatch.setenv("KIKITE_KEYRING_WRAPPED_BY", "environment")
        monkeypatch.setenv("KIKITE_KEYRING_KEY", key)
        assert main(["keys", "report"]) == 1
        assert "python -m app keys wrap" in capsys.readouterr().err
        assert main(["keys", "wrap"]) == 0
        said = capsys.readouterr().out
        assert "nothing → environment" in said
        assert main(["keys", "report"]) == 0
        said += capsys.readouterr().out
        assert "鍵束を包むもの / the ring is wrapped by: environment" in said
        assert "wrapping" in said, "its term is counted"
        assert key not in said
        with app.app_context():
            assert "key.renewed" in list(db().scalars(select(AuditRecord.name)))
        monkeypatch.delenv("KIKITE_KEYRING_KEY")
        assert main(["keys", "report"]) == 2
        assert "KIKITE_KEYRING_KEY も設定してください" in capsys.readouterr().err


def test_the_page_of_keys_names_what_wraps_the_ring(app: Flask) -> None:
    with app.app_context():
        place = ring_place()
    admin = sign_in(app, "admin")
    assert "何にも包まれていません" in admin.get("/operations/keys").text
    for wrapper, words in (
        (EnvironmentWrapper(new_key()), "サービスの設定にある鍵"),
        (TransitWrapper(Vault("https://vault.kikite.example", "transit", "kikite", 1.0, "t")), "Vault"),
        (TokenWrapper(Device(Path("lib.so"), "t", "kikite", "1")), "装置"),
    ):
        app.extensions["kikite_ring_place"] = RingPlace(place.path, wrapper)
        assert f"包んでいるもの: {words}" in admin.get("/operations/keys").text.replace("鍵を納めた", "")


def test_a_server_goes_on_with_what_it_knows_while_the_ring_is_moved(app: Flask) -> None:
    with app.app_context():
        config: Config = app.config["KIKITE"]
        ids = ring().key_ids
        wrap_as_set(replace(config, keyring_wrapped_by="environment", keyring_key=Secret(written(new_key()))))
        assert not look_at_ring()
        assert ring().key_ids == ids
        assert ring_place().wrapper is None


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"keyring_wrapped_by": "environment"}, "needs KIKITE_KEYRING_KEY"),
        ({"keyring_key": Secret("c2hvcnQ=")}, "32 random bytes"),
        ({"keyring_key": Secret("no base64 at all")}, "32 random bytes"),
        ({"keyring_key_before": Secret("")}, "32 random bytes"),
        ({"keyring_wrapped_by": "transit"}, "needs KIKITE_VAULT_URL"),
        ({"keyring_wrapped_by": "transit", "vault_url": "https://vault.kikite.example:8200"}, "one token"),
        (
            {
                "keyring_wrapped_by": "transit",
                "vault_url": "https://vault.kikite.example:8200",
                "vault_token": Secret("t"),
                "vault_token_file": Path("token"),
            },
            "one token",
        ),
        ({"vault_url": "http://vault.kikite.example:8200"}, "over TLS only"),
        ({"vault_url": "vault.kikite.example"}, "begins with https://"),
        ({"vault_url": "ftp://vault.kikite.example"}, "begins with https://"),
        ({"vault_url": "https://vault.kikite.example/v1"}, "without a path"),
        ({"keyring_wrapped_by": "pkcs11", "pkcs11_library": Path("lib.so")}, "set together"),
        ({"keyring_wrapped_by": "pkcs11", "pkcs11_pin": Secret("1"), "pkcs11_token": "t"}, "set together"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(told: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        under(Path("nowhere"), **told)


def test_a_device_without_the_library_for_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.find_spec", lambda _name: None)
    told = {"pkcs11_library": Path("lib.so"), "pkcs11_token": "t", "pkcs11_pin": Secret("1")}
    with pytest.raises(ValueError, match=r"requirements/install\.py hsm"):
        under(Path("nowhere"), keyring_wrapped_by="pkcs11", **told)


def test_a_vault_on_this_machine_needs_no_tls() -> None:
    assert under(Path("nowhere"), vault_url="http://127.0.0.1:8200").vault_url


def test_every_version_is_named_and_none_is_of_what_is_no_wrapping() -> None:
    wrapper = EnvironmentWrapper(new_key())
    assert len(wrapper.version(wrapper.wrap(new_key()))) == 16
    assert wrapper.version("%") == wrapper.version("AAAA") == ""
