"""A backup holds nothing that anybody wrote; put back elsewhere it serves, and what was erased since stays erased."""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.cases.actions import advise, close_case
from app.operations.data_folder import DataFolder
from app.operations.erasing import erase_due
from app.operations.heads import gather_head
from app.operations.journey.browser import Browser
from app.operations.settings import read_config
from app.operations.sweep import Work, sweep
from app.operations.verification import verify_all
from app.pipeline.clock import OFFSET_FILE, FixedClock, now
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.case import Case
from models.company_name import CompanyName
from models.rules.taxonomy.outcome import Outcome
from tests.app.attachments.conftest import give
from tests.support import road
from tests.support.at_rest import bytes_of, bytes_of_folder, found_in, opened_with_server_keys, phrases_of
from tests.support.installation import engines_of
from tests.support.present import present
from tests.support.started import command, running
from tests.support.typed import Typed
from tests.support.visitor import enter
from tests.support.world import MEMBERS, PASSWORD

KEPT = "夜勤明けの駐車場で、同じお客様に待ち伏せされ、車の窓を叩かれ続けました。"
ERASED = "倉庫の通路で、取引先の担当者から肩を押され、書類を投げつけられました。"
IN_THE_FILE = "録音の文字起こし。帰り道に気をつけろと、三度くりかえして言われました。"
ADVICE = "証拠になるものを残し、産業医の面談を早めに申し込んでください。"


@dataclass(frozen=True)
class Written:
    """A consultation."""

    case_id: uuid.UUID
    number: str
    code: str


@dataclass
class Walked:
    """An installation on which people wrote, as it was when its backup was made, and what was erased after it."""

    app: Flask
    backup: Path
    heads: Path
    kept: Written
    erased: Written
    settings: dict[str, str]
    """What its processes are told; PostgreSQL's addresses beside it."""
    databases: dict[str, str] = field(default_factory=dict)


def advised_and_closed() -> Written:
    case, code = road.triaged(text=ERASED)
    road.done(lambda: advise(road.case_of(case), ADVICE, actor=present("counselor")))
    road.done(lambda: close_case(road.case_of(case), Outcome.ADVICE, actor=present("counselor")))
    return Written(case.id, case.number, code)


def set_clock(data: Path, app: Flask) -> None:
    """A process of its own goes by the same day as the test."""
    with app.app_context():
        (data / OFFSET_FILE).write_text(str(now().timestamp() - time.time()), encoding="ascii")


@pytest.fixture
def walked(app: Flask, clock: FixedClock, tmp_path: Path) -> Walked:
    config = app.config["KIKITE"]
    settings = {
        "KIKITE_MOVABLE_CLOCK": "1",
        "KIKITE_SECOND_FACTOR": "offered",
        "KIKITE_PASSWORD_PROFILE": "for_tests_only",
        "KIKITE_SWEEP_SECONDS": "86400",
    }
    databases = {}
    if config.database_url is not None:
        databases = {
            "KIKITE_DATABASE_URL": config.database_url.value,
            "KIKITE_KEYSTORE_URL": config.keystore_url.value,
        }
    with app.app_context():
        road.closed(road.routed(*road.triaged()))
        case, code = road.triaged(text=KEPT)
        kept, erased = Written(case.id, case.number, code), advised_and_closed()
        gather_head()
    give(enter(app, kept.code), (IN_THE_FILE.encode(), "a.txt"))
    set_clock(config.data, app)
    DataFolder(config.data).take()
    backup = tmp_path / "backup"
    for engine in engines_of(app):
        engine.dispose()
    said = command(config.data, "backup", str(backup), **settings, **databases)
    assert said.returncode == 0, said.stderr
    assert "サーバーの鍵は含めていません" in said.stdout
    # What came after the backup: a case was erased, another written, and a head signed that lies elsewhere.
    with app.app_context():
        clock.move(to=clock.now().replace(year=clock.now().year + 2))
    assert not sweep(app, works=(Work("erase_due", erase_due, waits=True),)).failed
    with app.app_context():
        assert db().get_one(Case, erased.case_id).erased_at is not None
        road.submitted()
        gather_head()
    heads = tmp_path / "elsewhere"
    shutil.copytree(config.data / "heads", heads)
    return Walked(app, backup, heads, kept, erased, settings, databases)


@pytest.fixture
def target(
    walked: Walked, tmp_path: Path, database_kind: str, request: pytest.FixtureRequest
) -> tuple[Path, dict[str, str]]:
    """An empty place with the key ring, which was kept elsewhere."""
    folder = tmp_path / "restored"
    folder.mkdir(mode=0o700)
    shutil.copy2(walked.app.config["KIKITE"].key_ring_path, folder / "keyring.json")
    shutil.copy2(walked.app.config["KIKITE"].data / OFFSET_FILE, folder / OFFSET_FILE)
    settings = dict(walked.settings)
    if database_kind == "postgresql":
        for name, url in request.getfixturevalue("two_databases").items():
            settings[f"KIKITE_{name.upper()}"] = url
    return folder, settings


def written(typed: Typed, app: Flask) -> set[str]:
    """What was planted, and whatever else was typed or sealed on the way; companies' names stand in clear."""
    with app.app_context():
        known = list(db().scalars(select(CompanyName.name)))
    planted = {piece for text in (KEPT, ERASED, IN_THE_FILE, ADVICE, road.WRITTEN) for piece in phrases_of(text)}
    return planted | {piece for piece in typed.pieces(known=known) if not piece.isascii() and len(piece) >= 12}


def test_a_backup_that_is_put_back_serves_and_shows_nothing_to_who_finds_it(
    walked: Walked, target: tuple[Path, dict[str, str]], nothing_typed_lies_about: Typed, database_kind: str
):
    """7.45, and 7.2 over a backup and a restore: as a thief reads it, and as the server alone does."""
    folder, settings = target
    phrases = written(nothing_typed_lies_about, walked.app)
    assert len(phrases) > 20
    in_backup = list(bytes_of_folder(walked.backup))
    assert {"main/database", "main/manifest.json", "keys/database", "keys/manifest.json"} <= {n for n, _ in in_backup}
    assert any(name.startswith("main/files/") for name, _content in in_backup)
    assert not any("keyring" in name or "ring/" in name for name, _content in in_backup)
    assert found_in(in_backup, phrases) == []

    said = command(folder, "restore", str(walked.backup), "--heads", str(walked.heads), **settings)
    assert said.returncode == 0, said.stderr
    assert "それより後のことは入っていません" in said.stdout
    assert "古いバックアップが戻されています" in said.stderr
    assert "破棄した鍵が、古いバックアップから" in said.stderr

    restored = create_app(
        read_config({n.removeprefix("KIKITE_").lower(): v for n, v in settings.items()} | {"data": str(folder)})
    )
    assert found_in(bytes_of(restored), phrases) == []
    opened = opened_with_server_keys(restored)
    assert opened
    assert found_in(opened, phrases) == []
    _keys_are_as_they_should(restored, walked)
    for engine in engines_of(restored):
        engine.dispose()

    with running(folder, **settings) as (_process, address, _said):
        port = urlsplit(address).port
        assert port is not None
        _a_counselor_reads(port, walked)
        _consulters_return(port, walked)
    assert found_in(bytes_of(restored), phrases) == []
    assert found_in(opened_with_server_keys(restored), phrases) == []
    for engine in engines_of(restored):
        engine.dispose()


def _keys_are_as_they_should(restored: Flask, walked: Walked) -> None:
    with restored.app_context():
        assert key_store().key(walked.kept.case_id)
        with pytest.raises(CannotOpen):
            key_store().key(walked.erased.case_id)
        faults = {fault.ja for fault in verify_all().faults}
        assert faults == {"より新しい署名のときにあった記録がありません。古いバックアップが戻されています。"}


def _a_counselor_reads(port: int, walked: Walked) -> None:
    browser = Browser(port)
    browser.get("/sign-in")
    browser.send({"mail": MEMBERS["counselor"].mail, "password": PASSWORD})
    assert KEPT in browser.get(f"/desk/{walked.kept.number}").text
    page = browser.get(f"/desk/{walked.erased.number}")
    assert ERASED not in page.text


def _consulters_return(port: int, walked: Walked) -> None:
    hers = Browser(port)
    hers.get("/mailbox/enter")
    assert KEPT in hers.send({"receipt": walked.kept.code}).text or KEPT in hers.get("/mailbox/").text
    other = Browser(port)
    other.get("/mailbox/enter")
    page = other.send({"receipt": walked.erased.code}, expect=404)
    assert ERASED not in page.text
    assert ADVICE not in page.text
