"""Every kind of key is rotated while the service runs; what stands under which is told, and nothing is lost."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.custody.queries import open_epoch, seat_of
from app.intake.carried import secret_of
from app.operations.heads import gather_head, newest_head, read_head
from app.operations.key_report import standing
from app.operations.key_terms import note_renewed, remind_of_keys, renew_seat, seats_to_renew, terms
from app.operations.keys import (
    NoSuchKey,
    StillHolds,
    StillWrites,
    activate,
    add_key,
    begin_rotation,
    renew_all,
    retire,
    stale,
)
from app.operations.verification import verify_all
from app.people.actions import invite, person_of_link
from app.people.queries import person_by_login
from app.pipeline.clock import FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.ring_place import RingPlace
from app.pipeline.secrets import facet, facets, look_at_ring, ring, ring_place
from app.pipeline.transaction import db, transaction
from app.sign_in.actions import open_with_password, renew_lock
from app.sign_in.second_factor import compare, new_emergency_codes
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.outbox_message import OutboxMessage
from models.person import Person
from models.recovery_code import RecoveryCode
from models.rules.key_kinds import KeyKind
from models.rules.people import SeatKind
from models.sealed import context_of
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import sign_in
from tests.support.world import MEMBERS, PASSWORD


def quietly(*_progress: object) -> None:
    """Nobody waits for it here."""


def rotated(app: Flask) -> tuple[bytes, bytes]:
    """The older and the newer key, after everything that the command makes anew."""
    with app.app_context():
        older = ring().active_id
        newer = begin_rotation()
        assert newer is not None
        activate(newer)
    renew_all(app, quietly)
    return older, newer


def under(key_id: bytes) -> dict[KeyKind, int]:
    return {line.kind: line.count for line in standing() if line.key_id == key_id and line.count}


def everybody_signs_in() -> None:
    """As at the page: what an older pepper locked is locked anew by whoever comes."""
    for member in MEMBERS.values():
        with transaction():
            opened = open_with_password(member.mail, PASSWORD)
            if opened is not None:
                renew_lock(opened.person, opened.private_key, PASSWORD)


def test_what_stands_under_which_key_is_told_and_a_key_that_holds_something_is_not_retired(app: Flask) -> None:
    older, newer = rotated(app)
    with app.app_context():
        left = under(older)
        signed_up = db().scalar(select(func.count()).where(Person.locked_private_key.is_not(None)))
        assert left[KeyKind.PEPPER] == signed_up
        assert not left.keys() & {KeyKind.CONTACT, KeyKind.KEYSTORE, KeyKind.LOGIN, KeyKind.SECOND_FACTOR}
        assert under(newer)[KeyKind.LOGIN] == db().scalar(select(func.count()).select_from(Person))
        with pytest.raises(StillHolds) as still:
            retire(older)
        assert KeyKind.PEPPER in {line.kind for line in still.value.held}
        with pytest.raises(StillWrites):
            retire(newer)
        assert older in RingPlace(ring_place().path).read().key_ids


def test_when_nobody_needs_it_any_more_a_key_is_retired_and_only_verifies(app: Flask) -> None:
    with app.app_context():
        before = facet("severity", "S3")
        gather_head()
        somebody = person("counselor")
        sealed_by_older, context = bytes(somebody.sealed_mail), context_of(somebody, "sealed_mail")
        sheet = secret_of("sheet", ())
    older, newer = rotated(app)
    with app.app_context():
        everybody_signs_in()
    with app.app_context():
        assert secret_of("sheet", ()) == sheet, "what is sent twice is one, also across a rotation"
        retire(older)
        assert ring().is_retired(older)
        assert ring().key_ids == (older, newer)
        kept = RingPlace(ring_place().path).read()
        assert kept.ids_for("audit") == (older, newer)
        for purpose in ("contact", "pepper", "keystore", "login", "link", "cookie"):
            assert kept.ids_for(purpose) == (newer,)
        assert verify_all().ok
        head = newest_head()
        assert head is not None
        assert read_head(head).heads
        assert before in facets("severity", "S3"), "the record tells by it how grave a case was found to be"
        assert facet("severity", "S3") != before
        assert ring().key_ids[0] == older
        with pytest.raises(CannotOpen):
            ring().open(sealed_by_older, purpose="contact", context=context)
        assert open_with_password(MEMBERS["counselor"].mail, PASSWORD) is not None
        with pytest.raises(NoSuchKey):
            activate(older)
        assert {"key.add", "key.activate", "key.retire"} <= set(db().scalars(select(AuditRecord.name)))


def test_people_sign_in_by_an_older_digest_and_pepper_and_by_newer_ones(app: Flask) -> None:
    mail = MEMBERS["counselor"].mail
    with app.app_context():
        with transaction():
            token = invite(person("adviser"), actor=THE_CLOCK)
        older = ring().active_id
        activate(add_key())
        assert person_by_login(mail) is not None, "the digest is still an older key's"
        assert person_of_link(token) is not None
        with transaction():
            assert open_with_password(mail, PASSWORD) is not None
    renew_all(app, quietly)
    with app.app_context():
        assert person_by_login(mail) is not None
        everybody_signs_in()
        assert under(older).get(KeyKind.PEPPER, 0) == 0
        assert sign_in(app, "counselor").page.status == 200


def test_an_emergency_code_of_an_older_pepper_is_taken(app: Flask) -> None:
    with app.app_context():
        (code, (phc, pepper_key)), *_others = new_emergency_codes().items()
        counselor = person("counselor")
        with transaction():
            db().add(RecoveryCode(person_id=counselor.id, number=0, phc=phc, pepper_key=pepper_key))
        activate(add_key())
        assert compare(counselor, code).matched is not None
        assert under(pepper_key)[KeyKind.CODE_PEPPER] == 1


def test_a_rotation_that_was_interrupted_is_gone_on_with_and_makes_no_further_key(app: Flask) -> None:
    with app.app_context():
        first = ring().active_id
        added = begin_rotation()
        assert begin_rotation() == added, "it was added, and writes next"
        assert added is not None
        activate(added)
        assert begin_rotation() is None, "it writes; what the older one made is made anew now"
        assert stale() > 0
    renew_all(app, quietly)
    with app.app_context():
        assert stale() == 0
        assert ring().key_ids == (first, added)
        assert begin_rotation() not in {None, first, added}, "the next rotation"


def test_a_key_that_was_given_up_for_an_older_one_does_not_keep_the_next_rotation_from_beginning(app: Flask) -> None:
    with app.app_context():
        first = ring().active_id
        given_up = add_key()
        activate(given_up)
        activate(first)
        retire(given_up)
        assert ring().is_retired(given_up), "it wrote a piece of the record, which it still verifies"
        added = begin_rotation()
        assert added not in {None, first, given_up}
        activate(added)
        assert ring().active_id == added


def test_a_server_that_runs_learns_of_a_key_and_opens_what_it_sealed(app: Flask) -> None:
    with app.app_context():
        elsewhere = RingPlace(ring_place().path)
        changed = elsewhere.read()
        added = changed.add()
        changed.make_active(added)
        elsewhere.write(changed)
        assert ring().active_id != added
        assert look_at_ring()
        assert ring().active_id == added
        assert not look_at_ring(), "it has not changed since"
        changed.make_active(ring().key_ids[0])
        elsewhere.write(changed)
        ring_place()._next_look = 0.0
    # Each process that answers looks by itself, before a request.
    app.test_client().get("/")
    with app.app_context():
        assert ring().active_id == ring().key_ids[0]
        changed.make_active(added)
        elsewhere.write(changed)
        assert look_at_ring()
        ring_place().path.write_text("", encoding="utf-8")
        assert not look_at_ring(), "what cannot be read changes nothing in a server that runs"
        assert ring().active_id == added


def test_a_seat_gets_a_new_key_while_its_holders_go_on_reading(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        exchange = road.acknowledged()
        seat = seat_of(SeatKind.COMPANY_OFFICE, company_id=exchange.company_id)
        assert seat is not None
        before = open_epoch(seat)
        assert before is not None
        assert seat not in seats_to_renew(clock.at - timedelta(days=365))
        clock.at += timedelta(days=400)
        assert seat in seats_to_renew(clock.at - timedelta(days=365))
        with transaction():
            assert renew_seat(seat)
        after = open_epoch(seat)
        assert after is not None
        assert after.number == before.number + 1
        held = present("alpha_officer").keys
        assert held is not None
        assert {before.id, after.id} <= set(held.held_epoch_ids())
        assert seat not in seats_to_renew(clock.at - timedelta(days=365))


def mails_to(key: str) -> Counter[str]:
    return Counter(db().scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == person(key).id)))


def test_when_a_term_is_over_the_administrators_are_told_and_told_again_a_month_later(
    app: Flask, clock: FixedClock
) -> None:
    def reminded() -> int:
        with app.app_context():
            return road.done(remind_of_keys)

    assert reminded() == 0
    with app.app_context():
        # The ring was made by the machine's own clock.
        clock.at = max(clock.at, ring().created(ring().active_id)) + timedelta(days=367)
        before = mails_to("admin")["reminder"]
        over = {term.kind for term in terms() if term.is_over}
        # A database elsewhere is asked with a key of its own, of which the clock has seen the first day.
        assert over - {KeyKind.DATABASE} == {KeyKind.CONTACT, KeyKind.SEAT}
    assert reminded() == len(over)
    assert reminded() == 0, "once"
    clock.at += timedelta(days=29)
    assert reminded() == 0
    clock.at += timedelta(days=2)
    assert reminded() == len(over)
    with app.app_context():
        assert mails_to("admin")["reminder"] == before + 2 * len(over)
        assert mails_to("counselor")["reminder"] == 0
        page = sign_in(app, "admin").get("/operations/keys")
        assert "替える時期になった鍵があります" in page.text
        assert ring().active_id.hex() in page.text


def test_the_renewal_of_a_key_that_lies_outside_is_noted(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        with transaction():
            note_renewed(KeyKind.MAIL)
        clock.at += timedelta(days=10)
        with transaction():
            note_renewed(KeyKind.MAIL)
        names = list(db().scalars(select(AuditRecord.name)))
    assert names.count("key.renewed") == 2


def test_the_page_of_keys_is_for_those_who_look_after_them_and_shows_no_key(app: Flask) -> None:
    older, newer = rotated(app)
    for who in ("admin", "head", "auditor"):
        page = sign_in(app, who).get("/operations/keys")
        assert page.status == 200
        assert older.hex() in page.text
        assert newer.hex() in page.text
    with app.app_context():
        text = ring_place().path.read_text(encoding="utf-8")
        secrets = [row["material"] for row in json.loads(text)]
        assert not [secret for secret in secrets if secret in page.html]
    sign_in(app, "counselor").get("/operations/keys", status=403)
