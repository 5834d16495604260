"""Nothing of a file is found in any byte that an installation keeps, and nothing is left over."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.file_sweep import UNNAMED_SECONDS, sweep_files
from app.operations.sweep import CLOCKWORK
from app.pipeline.file_store import YOUNG_SECONDS, files
from app.pipeline.transaction import db
from models.attachment import Attachment
from tests.app.attachments.conftest import Hers, give
from tests.support import at_rest
from tests.support import files as made

WORDS = "夜十時すぎ、三番の席で書き留めたこと"


@pytest.mark.usefixtures("every_byte")
def test_no_word_of_a_file_or_about_it_is_in_any_byte(app: Flask, hers: Hers, tmp_path: Path) -> None:
    page = give(hers.visitor, (WORDS.encode() * 50, "memo.txt"), about="机の引き出しにあった覚え書き")
    assert "覚え書き" in page.text
    give(hers.visitor, (made.office(extra={"word/more.xml": WORDS.encode()}), "memo.docx"))
    phrases = [WORDS, "机の引き出しにあった覚え書き", made.AUTHOR]
    assert at_rest.found_in(at_rest.bytes_of(app), phrases) == []
    opened = at_rest.opened_with_server_keys(app)
    assert at_rest.found_in(opened, phrases) == []


def folder_of(app: Flask) -> Path:
    folder: Path = app.config["KIKITE"].data / "files"
    return folder


def aged(path: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def test_what_arrived_for_a_process_that_died_is_swept_up_and_what_is_still_arriving_is_not(app: Flask) -> None:
    with app.app_context():
        living, dead = files().stage(), files().stage()
        for staged in (living, dead):
            aged(staged.path, 2 * YOUNG_SECONDS)
        # A process that is killed loses its locks, and leaves its files.
        fcntl.flock(dead.file.fileno(), fcntl.LOCK_UN)
        assert sweep_files() == 1
        assert (living.path.exists(), dead.path.exists()) == (True, False)
        living.discard()
        dead.discard()


def test_what_no_attachment_names_is_swept_up_after_an_hour_and_nothing_else(app: Flask, hers: Hers) -> None:
    give(hers.visitor, (made.photo(), "kept.jpg"), (made.photo(), "removed.jpg"))
    with app.app_context():
        kept, removed = db().scalars(select(Attachment).order_by(Attachment.number)).all()
        names = {one.stored_as for one in (kept, removed)}
        path = f"/mailbox/files/{removed.id.hex}"
    hers.visitor.get(path)
    hers.visitor.send({}, action="/remove")
    found = sorted(folder_of(app).glob("kept/*/*"))
    assert {path.name.partition("-")[0] for path in found} == names
    with app.app_context():
        assert sweep_files() == 0
    for each in found:
        aged(each, 2 * UNNAMED_SECONDS)
    with app.app_context():
        assert sweep_files() == 2
    left = {path.name.partition("-")[0] for path in folder_of(app).glob("kept/*/*")}
    assert left == {kept.stored_as}
    assert hers.visitor.client.get(f"/mailbox/files/{kept.id.hex}/content").status_code == 200


def test_the_clock_sweeps_files() -> None:
    assert "sweep_files" in {work.name for work in CLOCKWORK}


def test_files_and_their_folders_are_their_owners_alone(app: Flask, hers: Hers) -> None:
    give(hers.visitor, (made.photo(), "a.jpg"))
    for path in folder_of(app).rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
