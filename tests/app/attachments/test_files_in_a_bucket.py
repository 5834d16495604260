"""The same pages with a bucket behind them: what is given comes back, and a store that is gone costs nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.operations import file_commands, file_sweep
from app.operations.sweep import Work, sweep
from app.pipeline import object_store
from app.pipeline.file_store import DataFolderStore, files, use_files
from app.pipeline.object_store import ObjectStore
from app.pipeline.transaction import db, is_writing
from config import Config, Secret
from models.attachment import Attachment
from models.lease import Lease
from tests.app.attachments.conftest import Hers, give
from tests.support import files as made
from tests.support.object_stores import NAME, SECRET, ObjectServer, object_server

WORK = (Work("sweep_files", file_sweep.sweep_files, waits=True),)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("objects") / "all") as server:
        yield server


@pytest.fixture
def server(app: Flask, running: ObjectServer) -> Iterator[ObjectServer]:
    """The server, with this test's application keeping its files there."""
    folder = app.config["KIKITE"].data / "files"
    use_files(app, ObjectStore(running.bucket(folder=f"{time.monotonic_ns()}/"), folder))
    yield running
    use_files(app, DataFolderStore(folder))


def kept(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(name for name, _since in files().names())


def rows(app: Flask) -> list[Attachment]:
    with app.app_context():
        return list(db().scalars(select(Attachment)))


def test_what_is_given_is_looked_at_and_downloaded(app: Flask, server: ObjectServer, hers: Hers) -> None:
    give(hers.visitor, (made.photo(), "a.jpg"), about="シフト表です")
    (row,) = rows(app)
    assert kept(app) == sorted([row.stored_as, f"{row.stored_as}-p"])
    for part in ("content", "picture"):
        answer = hers.visitor.client.get(f"/mailbox/files/{row.id.hex}/{part}")
        assert (answer.status_code, answer.data[:3]) == (200, b"\xff\xd8\xff")
    listed = server.client.list_objects_v2(Bucket=NAME)["Contents"]
    held = [server.client.get_object(Bucket=NAME, Key=one["Key"])["Body"].read() for one in listed]
    assert all(b"\xff\xd8\xff" not in one[:4096] for one in held), "what lies there is sealed"


def test_a_store_that_is_gone_is_said_and_what_was_written_is_still_there(
    app: Flask, server: ObjectServer, hers: Hers
) -> None:
    give(hers.visitor, (made.photo(), "first.jpg"), about="はじめの一枚")
    (first,) = rows(app)
    content = f"/mailbox/files/{first.id.hex}/content"
    server.stop()
    try:
        page = give(hers.visitor, (made.photo(), "second.jpg"), about="二枚目の言葉", status=503)
        assert "いまはファイルを保存できません" in page.text
        assert page.form_with("about").fields["about"] == ["二枚目の言葉"]
        assert "はじめの一枚" in page.text
        assert hers.visitor.client.get(content).status_code == 503
        assert len(rows(app)) == 1
        folder = app.config["KIKITE"].data / "files"
        assert list(folder.rglob("arriving/*")) == []
    finally:
        server.start()
    assert kept(app) == sorted([first.stored_as, f"{first.stored_as}-p"])
    assert hers.visitor.client.get(content).status_code == 200
    assert "1個のファイルを受け取りました" in give(hers.visitor, (made.photo(), "second.jpg")).text


def test_a_preview_whose_file_could_not_be_kept_does_not_stay(
    app: Flask, server: ObjectServer, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = ObjectStore.keep

    def keep_previews_alone(self: ObjectStore, staged: object, name: str) -> None:
        if not name.endswith("-p"):
            raise object_store.StoreRefuses("QuotaExceeded")
        keep(self, staged, name)

    monkeypatch.setattr(ObjectStore, "keep", keep_previews_alone)
    give(hers.visitor, (made.photo(), "a.jpg"), status=503)
    assert (kept(app), rows(app)) == ([], [])


def test_the_sweep_asks_a_far_store_now_and_then_and_lets_nobody_wait_for_it(
    app: Flask, server: ObjectServer, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(hers.visitor, (made.photo(), "kept.jpg"))
    with app.app_context():
        arriving = files().stage()
        arriving.file.write(b"named by no row")
        files().keep(arriving, "f" * 32)
        arriving.discard()
    monkeypatch.setattr(file_sweep, "UNNAMED_SECONDS", -5.0)
    removed, remove = [], ObjectStore.remove

    def note(self: ObjectStore, name: str) -> None:
        assert not is_writing()
        removed.append(name)
        remove(self, name)

    monkeypatch.setattr(ObjectStore, "remove", note)
    for _ in range(2):
        assert sweep(app, works=WORK).done == ("sweep_files",)
    assert removed == ["f" * 32]
    (row,) = rows(app)
    assert kept(app) == sorted([row.stored_as, f"{row.stored_as}-p"])


def test_a_sweep_that_finds_the_store_gone_is_tried_again_soon_and_not_at_once(
    app: Flask, server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.stop()
    try:
        assert sweep(app, works=WORK).failed == ("sweep_files",)
        # Everything else by the clock does not wait for it at the next turn.
        assert sweep(app, works=WORK).done == ("sweep_files",)
    finally:
        server.start()
    with app.app_context():
        lease = db().get_one(Lease, file_sweep.LEASE)
        assert lease.until - datetime.now(UTC) <= file_sweep.FAR_AGAIN


def test_the_command_that_tries_the_place_leaves_nothing_in_the_bucket(app: Flask, server: ObjectServer) -> None:
    with app.app_context():
        assert file_commands._tried(files())
    assert kept(app) == []
    assert server.halves == []


def test_the_settings_name_the_bucket_and_the_key_ring_the_folder_in_it(app: Flask, running: ObjectServer) -> None:
    config: Config = app.config["KIKITE"]
    told = {
        "s3_bucket": NAME,
        "s3_endpoint": running.address,
        "s3_access_key": Secret("an-access-key"),
        "s3_secret_key": Secret(SECRET),
    }
    stores = []
    for data in (config.data, config.data, config.data / "another"):
        made_of = Config(data=data, password_profile="for_tests_only", **told)  # type: ignore[arg-type]
        assert SECRET not in repr(made_of)
        stores.append(create_app(made_of).extensions["kikite_files"])
    assert all(isinstance(store, ObjectStore) for store in stores)
    first, same, other = (store._bucket for store in stores)
    assert first == same
    assert first.folder != other.folder
    assert SECRET not in repr(first)
    assert list(stores[0].names()) == []
