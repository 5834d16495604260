"""The server's key ring is rotated in three steps, and everything still opens after each."""

import uuid
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.operations.keys import NoSuchKey, key_beginning
from app.operations.keys import renew_all as reseal_all
from app.operations.verification import verify_all
from app.people.queries import mail_of, name_of
from app.pipeline.ring_place import RingPlace
from app.pipeline.secrets import MADE_AHEAD, key_store, ring
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.key_store import ShredKey
from models.person import Person
from models.rules.sealed_fields import SEALED_FIELDS, ServerPurpose
from tests.support.present import person
from tests.support.world import MEMBERS


@pytest.fixture(autouse=True)
def shred_keys(app, clock):
    """The keys of three cases."""
    with app.app_context():
        return {subject: key_store().make(subject, at=clock.at) for subject in (uuid.uuid4() for _ in range(3))}


def rotate(app):
    with app.app_context():
        ring().make_active(ring().add())


def server_sealed(app):
    """Every value that lies under the ring, by column."""
    with app.app_context():
        found = {
            field.name: db().connection().exec_driver_sql(f"SELECT {field.column} FROM {field.table}").scalars().all()
            for field in SEALED_FIELDS
            if isinstance(field.under, ServerPurpose) and field.under is not ServerPurpose.KEYSTORE
        }
        with Session(key_store().engine) as session:
            found["shred_key.sealed_key"] = session.scalars(select(ShredKey.sealed_key)).all()
    return {name: [bytes(value) for value in values if value is not None] for name, values in found.items()}


def test_what_an_older_key_sealed_opens_before_and_after_resealing(app):
    rotate(app)
    shown = []
    with app.app_context():
        assert mail_of(person("counselor")) == MEMBERS["counselor"].mail
        stale = sum(ring().needs_resealing(value) for values in server_sealed(app).values() for value in values)
        people = db().scalar(select(func.count()).select_from(Person))
    assert stale > 0
    # Beside what is sealed, everybody is found by another digest from now on.
    assert reseal_all(app, lambda *progress: shown.append(progress)) == stale + people
    with app.app_context():
        assert not any(ring().needs_resealing(value) for values in server_sealed(app).values() for value in values)
        assert mail_of(person("counselor")) == MEMBERS["counselor"].mail
        assert name_of(person("manager")) == "名前・manager"
        assert verify_all().ok
    # Whoever waits sees how far each column that holds anything has come.
    assert {column for column, _done, _all in shown} >= {name for name, values in server_sealed(app).items() if values}


def test_resealing_again_has_nothing_to_do(app):
    rotate(app)
    reseal_all(app, lambda *_progress: None)
    assert reseal_all(app, lambda *_progress: None) == 0


def test_shred_keys_stay_what_they_were(app, shred_keys):
    rotate(app)
    assert reseal_all(app, lambda *_progress: None) > len(shred_keys)
    with app.app_context():
        assert {subject: key_store().key(subject) for subject in shred_keys} == shred_keys


def test_a_large_key_store_is_resealed_in_steps(app, shred_keys, monkeypatch):
    monkeypatch.setattr("app.operations.keys.ROWS_AT_ONCE", 1)
    rotate(app)
    reseal_all(app, lambda *_progress: None)
    with app.app_context():
        assert not any(ring().needs_resealing(value) for value in server_sealed(app)["shred_key.sealed_key"])


def test_a_destroyed_shred_key_is_not_brought_back(app, clock, shred_keys):
    destroyed = next(iter(shred_keys))
    with app.app_context():
        key_store().destroy(destroyed, at=clock.at)
    rotate(app)
    reseal_all(app, lambda *_progress: None)
    with app.app_context(), pytest.raises(CannotOpen):
        key_store().key(destroyed)


def test_a_shred_key_that_is_taken_was_kept_before_and_is_given_once(app, clock):
    with app.app_context():
        taken = [key_store().take(at=clock.at) for _ in range(2 * MADE_AHEAD + 1)]
        assert len({subject for subject, _key in taken}) == len({key for _subject, key in taken}) == len(taken)
        assert {subject: key_store().key(subject) for subject, _key in taken} == dict(taken)


def test_what_was_made_ahead_belongs_to_the_process_that_made_it(app, clock, monkeypatch):
    with app.app_context():
        ahead = {key_store().take(at=clock.at) for _ in range(2)}
        monkeypatch.setattr("app.pipeline.secrets.os.getpid", lambda: -1)
        other = {key_store().take(at=clock.at) for _ in range(MADE_AHEAD)}
        monkeypatch.undo()
        back = {key_store().take(at=clock.at) for _ in range(MADE_AHEAD)}
        subjects = [subject for taken in (ahead, other, back) for subject, _key in taken]
        assert len(set(subjects)) == len(subjects)


def test_no_key_is_given_out_when_it_could_not_be_kept(app, clock, monkeypatch):
    with app.app_context():
        store = key_store()
        while store._ahead:
            store.take(at=clock.at)
        with monkeypatch.context() as patch:
            patch.setattr(store, "_keep", Mock(side_effect=OSError(28, "No space left on device")))
            with pytest.raises(OSError, match="No space"):
                store.take(at=clock.at)
        subject, key = store.take(at=clock.at)
        assert store.key(subject) == key


def test_a_key_is_named_by_how_its_id_begins(app):
    with app.app_context():
        added = ring().add()
        assert key_beginning(ring(), added.hex()[:8]) == added
        for wrong in ("", "zz", "not a key"):
            with pytest.raises(NoSuchKey):
                key_beginning(ring(), wrong)


def test_the_rings_file_is_replaced_whole_and_stays_its_owners(app, tmp_path):
    path = tmp_path / "ring.json"
    made = RingPlace(path).read_or_make()
    added = made.add()
    RingPlace(path).write(made)
    assert added in RingPlace(path).read().key_ids
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".ring")] == []
