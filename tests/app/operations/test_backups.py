"""A backup is refused when it is not whole, and a place that holds something when one is to be put back."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.backups.databases import SQLITE, copy_database
from app.operations.backups.making import NotAnEmptyFolder, back_up
from app.operations.backups.manifest import Altered, OfAnother
from app.operations.backups.putting_back import DoesNotFit, NoRing, TargetNotEmpty, put_back
from app.operations.data_folder import HALF_RESTORED, MARK, DataFolder, HalfRestored
from app.operations.heads import gather_head, heads_ahead
from app.operations.verification import verify_all
from app.pipeline.clock import FixedClock
from app.pipeline.file_store import files
from app.pipeline.transaction import db
from config import Config, Secret
from crypto import KeyRing
from models.audit_record import AuditRecord
from tests.app.attachments.conftest import give
from tests.support import road
from tests.support.visitor import enter


@pytest.fixture
def backup(app: Flask, tmp_path: Path) -> Path:
    folder = tmp_path / "backup"
    with app.app_context():
        _case, code = road.submitted()
    give(enter(app, code), ("言葉".encode(), "a.txt"))
    with app.app_context():
        gather_head()
        made = back_up(folder)
        assert (made.files, made.missing) == (1, ())
    return folder


@pytest.fixture
def target(app: Flask, tmp_path: Path) -> Config:
    """A place with the ring alone; on PostgreSQL the addresses are those of the installation that is in use."""
    folder = tmp_path / "target"
    folder.mkdir()
    config: Config = app.config["KIKITE"]
    shutil.copy2(config.key_ring_path, folder / "keyring.json")
    return replace(config, data=folder)


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_backup_goes_into_an_empty_folder_and_is_recorded(app: Flask, backup: Path):
    before = names_in(backup)
    assert "ring" not in before
    with app.app_context():
        with pytest.raises(NotAnEmptyFolder):
            back_up(backup)
        assert len(db().scalars(select(AuditRecord).where(AuditRecord.name == "backup.make")).all()) == 1
        back_up(backup.parent / "second", with_ring=True)
    assert names_in(backup) == before
    assert (backup.parent / "second" / "ring" / "keyring.json").stat().st_mode & 0o077 == 0


def test_nobody_else_on_the_machine_reads_a_backup_wherever_its_files_are_moved(backup: Path):
    assert [path for path in (backup, *backup.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_a_program_that_copies_a_database_is_told_nothing_that_opens_the_ring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told, program = tmp_path / "told", tmp_path / "pg_dump"
    program.write_text(f"#!/bin/sh\nenv > {told}\n", encoding="ascii")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("KIKITE_KEYRING_KEY", "of-the-ring")
    monkeypatch.setenv("KIKITE_VAULT_TOKEN", "of-the-vault")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    copy_database("postgresql+psycopg://somebody:hers@db.kikite.example/kikite", tmp_path / "copy")
    environment = told.read_text(encoding="utf-8")
    assert "KIKITE" not in environment
    assert "PGPASSWORD=hers" in environment
    assert "PGSSLMODE=verify-full" in environment


def test_a_file_that_is_not_in_its_place_is_told(app: Flask, backup: Path):
    with app.app_context():
        (name,) = {name for name, _since in files().names()}
        files().remove(name)
        made = back_up(backup.parent / "second")
    assert (made.files, made.missing) == (0, (name,))


@pytest.mark.parametrize("part", ["main", "keys"])
@pytest.mark.parametrize("how", ["changed", "shorter", "missing", "added", "linked", "manifest", "no_manifest"])
def test_an_altered_backup_is_refused_and_nothing_is_written(backup: Path, target: Config, part: str, how: str):
    folder, file = backup / part, backup / part / "database"
    content = file.read_bytes()
    if how == "changed":
        file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif how == "shorter":
        file.write_bytes(content[:-1])
    elif how == "missing":
        file.unlink()
    elif how == "added":
        (folder / "one-more").write_bytes(b"")
    elif how == "linked":
        file.rename(backup / "elsewhere")
        file.symlink_to(backup / "elsewhere")
    elif how == "manifest":
        said = json.loads((folder / "manifest.json").read_text())
        file.write_bytes(content + b"\0")
        said["files"]["database"] = "0" * 64
        (folder / "manifest.json").write_text(json.dumps(said))
    else:
        (folder / "manifest.json").unlink()
    with pytest.raises(OfAnother if how == "manifest" else Altered):
        put_back(target, backup)
    assert names_in(target.data) == {"keyring.json"}


def test_what_another_ring_has_signed_is_refused(backup: Path, target: Config):
    target.key_ring_path.write_text(KeyRing.generate().to_json())
    with pytest.raises(OfAnother):
        put_back(target, backup)
    target.key_ring_path.unlink()
    with pytest.raises(NoRing):
        put_back(target, backup)


def test_a_key_store_that_is_older_than_the_database_is_refused_and_a_newer_one_is_not(
    app: Flask, backup: Path, target: Config, clock: FixedClock, database_kind: str
):
    later = backup.parent / "later"
    clock.move(to=clock.now() + timedelta(hours=1))
    with app.app_context():
        back_up(later)
    with pytest.raises(DoesNotFit, match="older_keys"):
        put_back(target, later, keys_folder=backup / "keys")
    if database_kind == "postgresql":
        # It fits, and the databases of these settings are in use.
        with pytest.raises(TargetNotEmpty):
            put_back(target, backup, keys_folder=later / "keys")
        return
    done = put_back(target, backup, keys_folder=later / "keys")
    assert done.made_at == clock.now() - timedelta(hours=1)
    assert (done.behind, done.missing) == (0, 0)
    assert not (target.data / HALF_RESTORED).exists()


def test_a_place_that_holds_something_is_refused(app: Flask, backup: Path, target: Config, database_kind: str):
    if database_kind == "postgresql":
        # Its databases are those in use.
        with pytest.raises(TargetNotEmpty, match="KIKITE_DATABASE_URL"):
            put_back(target, backup)
        assert names_in(target.data) == {"keyring.json"}
    for name in ("kikite.sqlite3", "files", "note.txt"):
        (target.data / name).mkdir()
        with pytest.raises(TargetNotEmpty, match=name):
            put_back(target, backup)
        (target.data / name).rmdir()


def test_a_backup_of_the_other_database_is_refused(backup: Path, target: Config, database_kind: str):
    url = Secret("postgresql://kikite@/kikite?host=/nowhere")
    other = (url, url) if database_kind == SQLITE else (None, None)
    with pytest.raises(DoesNotFit, match="other_database"):
        put_back(replace(target, database_url=other[0], keystore_url=other[1]), backup)


def test_half_of_an_installation_is_not_worked_with(tmp_path: Path):
    folder = DataFolder(tmp_path / "half")
    folder.take()
    (folder.path / HALF_RESTORED).touch()
    with pytest.raises(HalfRestored):
        folder.take()
    folder.empty()
    assert not (folder.path / MARK).exists()
    folder.path.rmdir()


def test_a_head_that_the_database_does_not_know_tells_of_an_old_backup_unless_every_record_is_there(app: Flask):
    with app.app_context():
        road.submitted()
        signed = gather_head()
        assert heads_ahead() == []
        # Its process was killed before the row was kept: every record is there, and nothing is amiss.
        later = signed.file.with_name("2099-01-01T000000Z-0123456789abcdef.head")
        later.write_bytes(signed.file.read_bytes())
        assert heads_ahead() == []
        assert verify_all().ok
        later.write_bytes(b"laid there by somebody")
        assert heads_ahead() == []
