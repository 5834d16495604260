"""Rotation, hand-over and erasure are killed by the system at any step and gone on with, and nothing is lost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases.actions import advise, close_case
from app.custody.actions import do_what_waits
from app.custody.queries import compartment_of_exchange, how_much_waits, opened_statement
from app.operations.destroyed_keys import destroyed_before
from app.operations.erasing import erase_due
from app.operations.file_removal import erase_files, remove_files
from app.operations.key_report import standing
from app.operations.keys import StillHolds, activate, begin_rotation, renew_all, retire, stale
from app.operations.verification import verify_all
from app.people.actions import end_service, register_person, sign_up
from app.people.actions.addresses import make_address_code, take_address_code
from app.people.queries import awaits_code, mail_of, person_by_login
from app.pipeline.clock import FixedClock, now, today
from app.pipeline.file_store import files
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ring_place import RingPlace
from app.pipeline.secrets import key_store, look_at_ring, ring, ring_place
from app.pipeline.transaction import db, transaction
from app.pipeline.unlocking import Keys, person_key_context
from app.retention.queries import until_of
from crypto import CannotOpen, unlock_with_password
from models.attachment import Attachment
from models.case import Case
from models.exchange import Exchange
from models.file_to_remove import FileToRemove
from models.key_store import ShredKey
from models.person import Person
from models.rules.people import CompartmentKind, Role
from models.rules.taxonomy.outcome import Outcome
from models.seat_epoch import SeatEpoch
from models.seat_holding import SeatHolding
from tests.app.attachments.conftest import give
from tests.app.retention.test_erasing import records_of, rows_left
from tests.support import road
from tests.support.killing import KILLS, lived, points
from tests.support.present import company, present
from tests.support.visitor import enter
from tests.support.world import MEMBERS, PASSWORD

FIRST_OFFICER = MEMBERS["alpha_officer"].mail


def shred_keys() -> dict[uuid.UUID, bytes]:
    with Session(key_store().engine) as session:
        return key_store().keys(list(session.scalars(select(ShredKey.subject_id))))


def what_the_server_opens() -> tuple[dict[uuid.UUID, str], dict[uuid.UUID, bytes]]:
    """Every address that is kept, by the person, and every shred key; everybody is found by her address."""
    mails = {one.id: mail_of(one) for one in db().scalars(select(Person))}
    assert {person_id for person_id, mail in mails.items() if person_by_login(mail) is None} == set()
    return mails, shred_keys()


def rotate(app: Flask) -> None:
    """All that the command does, and the retirement of whatever can be retired."""
    added = begin_rotation()
    if added is not None:
        activate(added)
    renew_all(app, lambda *_progress: None)
    for key_id in ring().key_ids:
        if key_id != ring().active_id and not ring().is_retired(key_id):
            try:
                retire(key_id)
            except StillHolds:
                # Nobody signs in here, and so the first key's pepper stays.
                if key_id != ring().key_ids[0]:
                    raise


def test_a_rotation_is_killed_at_any_step_and_gone_on_with(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.operations.keys.ROWS_AT_ONCE", 7)
    with app.app_context():
        road.acknowledged()
        for _ in range(12):
            key_store().make(uuid.uuid4(), at=now())
        before = what_the_server_opens()
    calm = lived(app, lambda: rotate(app))
    assert calm.steps > 100
    rotations, killed = 1, 0
    for until in points(calm.steps):
        life = lived(app, lambda: rotate(app), until=until)
        killed += life.was_killed
        with app.app_context():
            look_at_ring()
            assert what_the_server_opens() == before, f"killed at step {until}"
            assert verify_all().ok
        # Half of them are killed a second time before they are through.
        if killed % 2:
            lived(app, lambda: rotate(app), until=until // 2)
        lived(app, lambda: rotate(app))
        with app.app_context():
            look_at_ring()
            rotations = _rotations_done(rotations)
            assert what_the_server_opens() == before
            assert stale() == 0
            assert verify_all().ok
            assert all(line.is_held for line in standing())
            assert RingPlace(ring_place().path).read().key_ids == ring().key_ids
    assert killed > KILLS * 3 // 4


def _rotations_done(before: int) -> int:
    """Each rotation has made one key, and the last one writes; a killed one may be through and another have begun."""
    ids = ring().key_ids
    assert ring().active_id == ids[-1]
    assert 1 <= len(ids) - 1 - before <= 3
    assert all(ring().is_retired(key_id) for key_id in ids[1:-1])
    return len(ids) - 1


def present_by(mail: str) -> Actor:
    """Somebody with her own keys, whether she still serves or not."""
    found = person_by_login(mail)
    assert found is not None
    assert found.locked_private_key is not None
    pepper, context = ring().stable("pepper"), person_key_context(found.id)
    private = unlock_with_password(found.locked_private_key, password=PASSWORD, pepper=pepper, context=context)
    return Actor(found.role, Keys(private, person_id=found.id), person=found)


def hand_over(leaving: str, coming: str) -> None:
    """A successor is registered, signs up and enters her code, who was there leaves, the desk hands on what waits."""
    if person_by_login(coming) is None:
        with transaction():
            register_person(Role.OFFICER, name="後任", mail=coming, actor=THE_CLOCK, company=company("alpha"))
    successor = person_by_login(coming)
    assert successor is not None
    if successor.public_key is None:
        with transaction():
            sign_up(successor, PASSWORD, actor=Actor(Role.OFFICER, person=successor))
    if awaits_code(successor):
        with transaction():
            code = make_address_code(successor, actor=present("manager"))
        with transaction():
            assert take_address_code(successor, code, actor=Actor(Role.OFFICER, person=successor))
    before = person_by_login(leaving)
    assert before is not None
    if before.ends_at is None:
        with transaction():
            end_service(before, actor=present("manager"))
    while how_much_waits():
        with transaction():
            assert do_what_waits(present("counselor"))


def custody_is_whole(exchange_id: uuid.UUID, leaving: str, coming: str) -> None:
    """Who serves and has signed up holds the seat, who has left holds nothing, and what nobody can open waits."""
    exchange = db().get_one(Exchange, exchange_id)
    compartment = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    assert compartment is not None
    for holding in db().scalars(select(SeatHolding)):
        assert (holding.ended_at is None) == bool(holding.sealed_private_key)
    open_ones = db().scalars(select(SeatEpoch.seat_id).where(SeatEpoch.ended_at.is_(None))).all()
    assert len(open_ones) == len(set(open_ones))
    assert present("counselor").held.opens(compartment)
    waits = how_much_waits() > 0
    for mail in (leaving, coming, MEMBERS["alpha_deputy"].mail):
        found = person_by_login(mail)
        if found is None or found.public_key is None or awaits_code(found):
            continue
        actor = present_by(mail)
        assert actor.keys is not None
        if found.ends_at is not None:
            assert actor.keys.held_epoch_ids() == frozenset()
            assert not actor.held.opens(compartment)
        else:
            assert actor.keys.held_epoch_ids()
            assert actor.held.opens(compartment) or waits
    assert verify_all().ok


def counted() -> tuple[int, ...]:
    """How many rows a hand-over makes: none is made twice by going on."""
    return tuple(
        db().scalar(select(func.count()).select_from(table)) or 0 for table in (SeatEpoch, SeatHolding, Person)
    )


def more_by(before: tuple[int, ...], after: tuple[int, ...]) -> list[int]:
    return [later - earlier for earlier, later in zip(before, after, strict=True)]


def test_a_hand_over_is_killed_at_any_step_and_gone_on_with(app: Flask) -> None:
    with app.app_context():
        exchange_id = road.acknowledged().id
        before = counted()
    officers = iter([FIRST_OFFICER, *(f"officer-{number}@kikite.example" for number in range(KILLS + 1))])
    leaving, coming = next(officers), next(officers)
    calm = lived(app, lambda: hand_over(leaving, coming))
    with app.app_context():
        made = more_by(before, counted())
    assert calm.steps > 100
    killed = 0
    for until in points(calm.steps):
        leaving, coming = coming, next(officers)
        with app.app_context():
            before = counted()
        killed += lived(app, lambda pair=(leaving, coming): hand_over(*pair), until=until).was_killed
        with app.app_context():
            custody_is_whole(exchange_id, leaving, coming)
        if killed % 2:
            lived(app, lambda pair=(leaving, coming): hand_over(*pair), until=until // 2)
        lived(app, lambda pair=(leaving, coming): hand_over(*pair))
        with app.app_context():
            custody_is_whole(exchange_id, leaving, coming)
            assert how_much_waits() == 0
            compartment = compartment_of_exchange(db().get_one(Exchange, exchange_id), CompartmentKind.FORWARDED)
            assert compartment is not None
            assert present_by(coming).held.opens(compartment)
            assert more_by(before, counted()) == made, f"killed at step {until}"
    assert killed > KILLS * 3 // 4


def erase() -> None:
    """All that the clock does about what is past its term: ordered, keys destroyed, rows gone, and then the files."""
    assert erase_due() <= 1
    erase_files()
    while remove_files():
        pass


def reads(case_id: uuid.UUID) -> bool:
    """Whether the desk still reads what was written."""
    try:
        opened_statement(db().get_one(Case, case_id), CompartmentKind.NARRATIVE, actor=present("counselor"))
    except CannotOpen:
        return False
    return True


def names_in_store() -> list[str]:
    return sorted(name for name, _since in files().names())


def erasure_is_whole(case_id: uuid.UUID, spared: uuid.UUID) -> None:
    """It opens as a whole, or its keys are gone and on the list, or nothing of it is left; others are as before."""
    case = db().get_one(Case, case_id)
    gone = key_store().destroyed([case_id])
    if case.erased_at is None:
        assert reads(case_id) == (not gone)
    else:
        assert gone
        assert rows_left(case) == set()
        assert len(records_of(case, "erasure.done")) == 1
    if gone:
        assert case_id in destroyed_before()
        assert len(records_of(case, "erasure.order")) == 1
    for one in db().scalars(select(Attachment)):
        assert (one.removed_at is None) == (one.sealed_card is not None)
        if one.removed_at is None:
            assert one.stored_as in names_in_store()
    assert reads(spared)
    assert spared not in destroyed_before()
    assert verify_all().ok


def erasure_is_done(case_id: uuid.UUID) -> None:
    """Ordered once, done once, each key noted once, and nothing waits."""
    case = db().get_one(Case, case_id)
    assert case.erased_at is not None
    assert rows_left(case) == set()
    for name in ("erasure.order", "erasure.done"):
        assert len(records_of(case, name)) == 1
    shredded = [one["key_id"] for one in records_of(case, "key.shred")]
    assert len(shredded) == len(set(shredded)) >= 1
    assert case_id.hex in shredded
    assert set(shredded) <= {key.hex for key in destroyed_before()}
    assert db().scalars(select(FileToRemove)).all() == []
    assert key_store().unfollowed(most=9) == []
    of_case = db().scalars(select(Attachment).where(Attachment.case_id == case_id)).all()
    assert all(one.removed_at is not None for one in of_case)


@pytest.fixture
def cases(app: Flask, clock: FixedClock) -> list[uuid.UUID]:
    """One that is spared, one to measure by, as many as are erased: each closed a day later, every third with files.

    The one that is spared is still open, and so is never due.
    """
    made = []
    for number in range(KILLS + 2):
        with app.app_context():
            case, code = road.triaged()
            made.append(case.id)
        if number % 3 == 0:
            give(enter(app, code), ("言葉".encode(), "b.txt"))
        if number:
            with app.app_context():
                road.done(partial(advise, road.case_of(case), "相談先をお伝えします。", actor=present("counselor")))
                road.done(partial(close_case, road.case_of(case), Outcome.ADVICE, actor=present("counselor")))
        clock.move(to=clock.now() + timedelta(days=1))
    return made


def until_it_is_due(app: Flask, clock: FixedClock, case_id: uuid.UUID) -> None:
    """It is past its term from today on, and those that were closed after it are not."""
    with app.app_context():
        until = until_of(db().get_one(Case, case_id))
        assert until is not None
        assert until > today()
        clock.move(to=clock.now() + (until - today()))


def test_an_erasure_is_killed_at_any_step_and_gone_on_with(
    app: Flask, clock: FixedClock, cases: list[uuid.UUID]
) -> None:
    spared, measured, *rest = cases
    with app.app_context():
        kept = {one.stored_as for one in db().scalars(select(Attachment).where(Attachment.case_id == spared))}
    assert kept
    until_it_is_due(app, clock, measured)
    calm = lived(app, erase)
    with app.app_context():
        erasure_is_done(measured)
    assert calm.steps > 50
    killed = 0
    for until, case_id in zip(points(calm.steps), rest, strict=True):
        until_it_is_due(app, clock, case_id)
        killed += lived(app, erase, until=until).was_killed
        with app.app_context():
            erasure_is_whole(case_id, spared)
        # Half of them are killed a second time before they are through.
        if killed % 2:
            lived(app, erase, until=until // 2)
        lived(app, erase)
        with app.app_context():
            erasure_is_whole(case_id, spared)
            erasure_is_done(case_id)
    with app.app_context():
        assert kept <= {name.removesuffix("-p") for name in names_in_store()} <= kept, (
            "no byte of an erased one is left"
        )
    assert killed > KILLS // 2
