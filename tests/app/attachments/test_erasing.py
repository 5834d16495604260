"""When a case is erased its sealed bytes go from the store too, folder or bucket, killed at any point."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.attachments import actions
from app.operations import file_removal
from app.operations.file_removal import erase_files, remove_files
from app.operations.sweep import Work, sweep
from app.operations.verification import verify_all
from app.pipeline.clock import now
from app.pipeline.file_store import DataFolderStore, FileStore, files, use_files
from app.pipeline.object_store import ObjectStore, StoreRefuses
from app.pipeline.secrets import KeyStore, key_store
from app.pipeline.transaction import db, is_writing, transaction
from models.attachment import Attachment
from models.audit_record import AuditRecord
from models.case import Case
from models.file_to_remove import FileToRemove
from models.lease import Lease
from tests.app.attachments.conftest import Hers, give
from tests.support import files as made
from tests.support import road
from tests.support.object_stores import ObjectServer, object_server
from tests.support.visitor import enter

WORKS = (Work("erase_files", erase_files, waits=True), Work("remove_files", remove_files, waits=True))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("objects") / "all") as server:
        yield server


@pytest.fixture(params=["folder", "bucket"])
def store(app: Flask, request: pytest.FixtureRequest, running: ObjectServer) -> Iterator[FileStore]:
    folder = app.config["KIKITE"].data / "files"
    usual = DataFolderStore(folder)
    chosen = (
        usual if request.param == "folder" else ObjectStore(running.bucket(folder=f"{time.monotonic_ns()}/"), folder)
    )
    use_files(app, chosen)
    yield chosen
    use_files(app, usual)


def kept(store: FileStore) -> list[str]:
    return sorted(name for name, _since in store.names())


def erased(case_id: uuid.UUID) -> list[int]:
    """With how many files the record tells that the case's were removed, each time."""
    records = db().scalars(
        select(AuditRecord).where(AuditRecord.subject_id == case_id, AuditRecord.name == "attachment.erase")
    )
    return [json.loads(record.facts)["files"] for record in records]


def waiting() -> list[str]:
    return list(db().scalars(select(FileToRemove.stored_as)))


def shred(case: Case) -> None:
    key_store().destroy(case.id, at=now())


def give_two(hers: Hers) -> None:
    give(hers.visitor, (made.photo(), "a.jpg"), ("言葉".encode(), "b.txt"))


def test_an_erased_case_leaves_no_byte_of_a_file_and_others_keep_theirs(
    app: Flask, store: FileStore, hers: Hers
) -> None:
    give_two(hers)
    with app.app_context():
        other, code = road.submitted()
    give(enter(app, code), (made.photo(), "theirs.jpg"))
    with app.app_context():
        theirs = db().scalars(select(Attachment).where(Attachment.case_id == other.id)).one()
        assert len(kept(store)) == 5
        shred(hers.case)
    for _ in range(2):
        assert sweep(app, works=WORKS).failed == ()
    with app.app_context():
        assert kept(store) == sorted([theirs.stored_as, f"{theirs.stored_as}-p"])
        assert erased(hers.case.id) == [2]
        assert erased(other.id) == []
        assert waiting() == []
        rows = db().scalars(select(Attachment).where(Attachment.case_id == hers.case.id)).all()
        assert all(row.removed_at is not None and row.sealed_card is None for row in rows)
        assert verify_all().ok


def test_a_kill_after_the_files_were_listed_lists_and_counts_none_twice(
    app: Flask, store: FileStore, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_two(hers)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        shred(hers.case)
        monkeypatch.setattr(KeyStore, "note_followed", killed)
        with pytest.raises(KeyboardInterrupt):
            erase_files()
        assert len(waiting()) == 2
        monkeypatch.undo()
        assert key_store().unfollowed(most=9) == [hers.case.id]
    assert sweep(app, works=WORKS).failed == ()
    with app.app_context():
        assert (kept(store), erased(hers.case.id), waiting()) == ([], [2], [])
        assert key_store().unfollowed(most=9) == []


def test_a_kill_before_the_listing_is_committed_leaves_all_to_the_next_turn(
    app: Flask, store: FileStore, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_two(hers)
    with app.app_context():
        shred(hers.case)

        def killed(_case: Case) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(file_removal, "forget_files", killed)
        with pytest.raises(KeyboardInterrupt):
            erase_files()
        monkeypatch.undo()
        assert (waiting(), len(kept(store))) == ([], 3)
    sweep(app, works=WORKS)
    with app.app_context():
        assert (kept(store), erased(hers.case.id)) == ([], [2])


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_kill_in_the_middle_of_removing_counts_every_file_once(
    app: Flask, store: FileStore, hers: Hers, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    give_two(hers)
    removals, remove = [], type(store).remove

    def remove_or_die(self: FileStore, name: str) -> None:
        assert not is_writing(), "nobody waits for the pen while the store is asked"
        if len(removals) == after:
            raise KeyboardInterrupt
        removals.append(name)
        remove(self, name)

    with app.app_context():
        shred(hers.case)
        erase_files()
        monkeypatch.setattr(type(store), "remove", remove_or_die)
        with pytest.raises(KeyboardInterrupt):
            remove_files()
        monkeypatch.undo()
        assert erased(hers.case.id) == []
        assert len(waiting()) == 2
    sweep(app, works=WORKS)
    with app.app_context():
        assert (kept(store), erased(hers.case.id), waiting()) == ([], [2], [])


def test_one_file_that_cannot_be_removed_keeps_no_other_and_is_tried_again(
    app: Flask, store: FileStore, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_two(hers)
    with app.app_context():
        shred(hers.case)
        erase_files()
        stuck, remove = waiting()[0], type(store).remove

        def remove_all_but_one(self: FileStore, name: str) -> None:
            if name == stuck:
                raise StoreRefuses("AccessDenied")
            remove(self, name)

        monkeypatch.setattr(type(store), "remove", remove_all_but_one)
    came_of_it = sweep(app, works=WORKS)
    assert (came_of_it.failed, came_of_it.failed_items) == (("remove_files",), 1)
    with app.app_context():
        assert (kept(store), erased(hers.case.id), waiting()) == ([stuck], [1], [stuck])
    monkeypatch.undo()
    assert sweep(app, works=WORKS).failed == ()
    with app.app_context():
        assert (kept(store), erased(hers.case.id), waiting()) == ([], [1, 1], [])


def test_a_store_that_is_gone_is_let_rest_and_then_asked_again(
    app: Flask, running: ObjectServer, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = app.config["KIKITE"].data / "files"
    use_files(app, far := ObjectStore(running.bucket(folder=f"{time.monotonic_ns()}/"), folder))
    try:
        give_two(hers)
        with app.app_context():
            shred(hers.case)
        running.stop()
        assert sweep(app, works=WORKS).failed == ("remove_files",)
        running.start()
        assert sweep(app, works=WORKS).failed == ()
        with app.app_context():
            assert len(kept(far)) == 3, "it rests"
            with transaction() as session:
                session.delete(session.get_one(Lease, file_removal.GONE))
        assert sweep(app, works=WORKS).failed == ()
        with app.app_context():
            assert (kept(far), erased(hers.case.id)) == ([], [2])
    finally:
        if running._process is None:
            running.start()
        use_files(app, DataFolderStore(folder))


def test_a_file_that_is_taken_away_goes_at_the_next_turn_without_waiting_an_hour(
    app: Flask, store: FileStore, hers: Hers
) -> None:
    give_two(hers)
    with app.app_context():
        first, second = db().scalars(select(Attachment).order_by(Attachment.number)).all()
    hers.visitor.get(f"/mailbox/files/{first.id.hex}")
    hers.visitor.send({}, action="/remove")
    assert sweep(app, works=WORKS).failed == ()
    with app.app_context():
        assert (kept(store), waiting(), erased(hers.case.id)) == ([second.stored_as], [], [])


def test_bytes_that_another_row_still_has_stay(app: Flask, hers: Hers) -> None:
    give(hers.visitor, (made.photo(), "a.jpg"))
    with app.app_context():
        original = db().scalars(select(Attachment)).one()
        with transaction() as session:
            copy = Attachment(
                **{
                    name: getattr(original, name)
                    for name in ("case_id", "compartment_id", "giver", "stored_as", "size", "sealed_card", "added_at")
                },
                id=uuid.uuid4(),
                number=2,
            )
            session.add(copy)
            session.flush()
            actions._forget(session.get_one(Attachment, original.id))
            session.flush()
            assert waiting() == []
            actions._forget(copy)
            session.flush()
            assert waiting() == [original.stored_as]
            # Whatever put it on the list: what is named again is struck off, and left where it is.
            copy.removed_at, copy.sealed_card = None, b"a card"
        assert remove_files() == 1
        assert waiting() == []
        assert len(kept(files())) == 2


def test_nothing_is_added_to_a_case_that_was_erased_meanwhile(
    app: Flask, store: FileStore, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = actions.db

    def erased_just_now() -> object:
        monkeypatch.undo()
        shred(hers.case)
        return room()

    monkeypatch.setattr(actions, "db", erased_just_now)
    page = hers.visitor.get("/mailbox/files")
    assert page
    with pytest.raises(AssertionError):
        give(hers.visitor, (made.photo(), "late.jpg"))
    with app.app_context():
        assert db().scalars(select(Attachment)).all() == []
        assert kept(store) == []


def test_a_destroyed_key_of_something_without_files_is_followed_too(app: Flask) -> None:
    with app.app_context():
        subject = uuid.uuid4()
        key_store().make(subject, at=now())
        key_store().destroy(subject, at=now())
        assert key_store().unfollowed(most=9) == [subject]
    assert sweep(app, works=WORKS).failed == ()
    with app.app_context():
        assert key_store().unfollowed(most=9) == []


def test_a_case_whose_files_cannot_be_listed_keeps_no_other_and_is_tried_again(
    app: Flask, hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_two(hers)
    with app.app_context():
        other, code = road.submitted()
    give(enter(app, code), (made.photo(), "theirs.jpg"))
    forget = file_removal.forget_files

    def forget_all_but_hers(case: Case) -> None:
        forget(case)
        if case.id == hers.case.id:
            raise LookupError("what nobody thought of")

    monkeypatch.setattr(file_removal, "forget_files", forget_all_but_hers)
    with app.app_context():
        for case in (hers.case, other):
            shred(case)
    came_of_it = sweep(app, works=WORKS)
    assert (came_of_it.failed, came_of_it.failed_items) == (("erase_files",), 1)
    with app.app_context():
        assert (erased(hers.case.id), erased(other.id)) == ([], [1])
    monkeypatch.undo()
    assert sweep(app, works=WORKS).failed == ()
    with app.app_context():
        assert (erased(hers.case.id), kept(files())) == ([2], [])
