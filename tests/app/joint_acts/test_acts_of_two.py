"""What takes two persons: never the same, never whom it concerns, in its time, once, and recorded."""

from __future__ import annotations

import json
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from app.custody.actions import ASSOCIATION
from app.joint_acts.actions import JointRefused, approve, ask_for, decline, lapse_joint_acts, use_approval, withdraw
from app.joint_acts.queries import approval_for, open_act
from app.people.actions import end_service, register_person
from app.pipeline.audit import Subject
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.joint_act import JointAct
from models.outbox_message import OutboxMessage
from models.person import Person
from models.rules.joint_acts import JointKind, JointRefusal, JointState
from models.rules.people import Role
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import sign_in

REASON = "席の鍵を持つ二人が同時に退職するため"
KIND = JointKind.BULK_EXPORT


def asked(*, concerns: str | None = None) -> tuple[JointAct, Subject]:
    subject = Subject("export", new_id())
    whom = person(concerns) if concerns else None
    act = road.done(lambda: ask_for(KIND, subject=subject, reason=REASON, actor=present("manager"), concerns=whom))
    return act, subject


def refusal_of(do: object) -> JointRefusal:
    with pytest.raises(JointRefused) as refused:
        road.done(do)
    return refused.value.refusal


def as_it_is(act: JointAct) -> JointAct:
    return db().get_one(JointAct, act.id)


def test_one_asks_another_approves_and_it_is_done_once(app: Flask) -> None:
    with app.app_context():
        act, subject = asked()
        assert refusal_of(lambda: use_approval(KIND, subject=subject, actor=present("manager"))) is (
            JointRefusal.NOT_APPROVED
        )
        road.done(lambda: approve(as_it_is(act), actor=present("head")))
        assert approval_for(KIND, subject=subject, actor=present("manager")) is not None
        elsewhere = Subject("export", new_id())
        assert refusal_of(lambda: use_approval(KIND, subject=elsewhere, actor=present("manager"))) is (
            JointRefusal.NOT_APPROVED
        ), "what was approved for one subject is not approved for another"
        road.done(lambda: use_approval(KIND, subject=subject, actor=present("manager")))
        assert refusal_of(lambda: use_approval(KIND, subject=subject, actor=present("manager"))) is (
            JointRefusal.NOT_APPROVED
        )
        entries = db().scalars(
            select(AuditRecord)
            .where(AuditRecord.subject_kind == ASSOCIATION.kind, AuditRecord.name.startswith("joint."))
            .order_by(AuditRecord.number)
        )
        told = [(entry.name, entry.actor_role, json.loads(entry.facts)["joint_id"]) for entry in entries]
        names = (("joint.ask", "manager"), ("joint.approve", "head"), ("joint.use", "manager"))
        assert told == [(name, role, act.id.hex) for name, role in names]


def test_nobody_is_her_own_second_person_nor_decides_about_what_concerns_her(app: Flask) -> None:
    with app.app_context():
        act, _subject = asked(concerns="head")
        assert refusal_of(lambda: approve(as_it_is(act), actor=present("head"))) is JointRefusal.CONCERNED
        told = select(OutboxMessage.person_id).where(OutboxMessage.idempotency_key.contains(f"joint:{act.id.hex}"))
        assert db().scalars(told).all() == [], "nor is she asked to"
        # As if she had been manager when she asked, and is the head now.
        other, _subject = asked()
        road.done(lambda: setattr(as_it_is(other), "asked_by_id", person("head").id))
        assert refusal_of(lambda: approve(as_it_is(other), actor=present("head"))) is JointRefusal.SAME_PERSON


def test_it_lapses_before_and_after_it_was_approved_and_may_then_be_asked_again(app: Flask) -> None:
    with app.app_context():
        act, subject = asked()
        assert (
            refusal_of(lambda: ask_for(KIND, subject=subject, reason=REASON, actor=present("manager")))
            is JointRefusal.ASKED_ALREADY
        )
        road.let_hours_pass(7 * 24)
        assert refusal_of(lambda: approve(as_it_is(act), actor=present("head"))) is JointRefusal.LAPSED
        # The clock may be late: whoever asks anew does not wait for it.
        again = road.done(lambda: ask_for(KIND, subject=subject, reason=REASON, actor=present("manager")))
        assert as_it_is(act).state is JointState.LAPSED
        road.done(lambda: approve(as_it_is(again), actor=present("head")))
        road.let_hours_pass(24)
        assert refusal_of(lambda: use_approval(KIND, subject=subject, actor=present("manager"))) is JointRefusal.LAPSED
        assert (road.done(lapse_joint_acts), road.done(lapse_joint_acts)) == (1, 0)
        assert open_act(KIND, subject.id) is None


def test_what_was_declined_or_taken_back_is_not_done(app: Flask) -> None:
    with app.app_context():
        for end, state in (
            (lambda act: decline(act, actor=present("head")), JointState.DECLINED),
            (lambda act: withdraw(act, actor=present("manager")), JointState.WITHDRAWN),
        ):
            act, subject = asked()
            road.done(lambda act=act, end=end: end(as_it_is(act)))
            assert as_it_is(act).state is state
            assert refusal_of(
                lambda subject=subject: use_approval(KIND, subject=subject, actor=present("manager"))
            ) is (JointRefusal.NOT_APPROVED)


def test_the_second_person_finds_it_decides_on_the_page_and_an_old_page_is_refused(app: Flask) -> None:
    with app.app_context():
        act, _subject = asked()
        url = f"/joint/{act.id}"
    head = sign_in(app, "head")
    assert act.kind.ja in head.get("/joint/").text
    page = head.get(url)
    assert REASON in page.text
    manager = sign_in(app, "manager")
    manager.get(url)
    manager.send({"withdraw-is_sure": "1"}, action=f"{url}/withdraw")
    refused = head.post(
        f"{url}/approve", page.form_with(action=f"{url}/approve").fields | {"approve-is_read": "1"}, status=409
    )
    assert "申し出を取り下げる" in refused.text
    with app.app_context():
        assert as_it_is(act).state is JointState.WITHDRAWN
    for key, status in (("admin", 200), ("counselor", 403), ("auditor", 403)):
        assert REASON not in sign_in(app, key).get(url, status=status).text
    assert REASON in sign_in(app, "auditor").get("/joint/record").text


def registered(app: Flask, role: Role, *, name: str, by: str = "manager") -> uuid.UUID:
    return road.done(lambda: register_person(role, name=name, mail="second@kikite.example", actor=present(by))).id


def decided_by(act: JointAct, who: uuid.UUID) -> None:
    decider = db().get_one(Person, who)
    approve(as_it_is(act), actor=Actor(decider.role, person=decider))


def test_nobody_registers_her_own_second_person(app: Flask) -> None:
    with app.app_context():
        act, _subject = asked()
        who = registered(app, Role.HEAD, name="新しい 事務局長")
        assert refusal_of(lambda: decided_by(act, who)) is JointRefusal.UNKNOWN_YET
        road.let_hours_pass(14 * 24)
        later, _subject = asked()
        road.done(lambda: decided_by(later, who))
        assert as_it_is(later).state is JointState.APPROVED


def test_whoever_oversees_reads_that_somebody_who_may_approve_was_registered(app: Flask) -> None:
    with app.app_context():
        who = registered(app, Role.HEAD, name="新しい 事務局長")
        told = select(OutboxMessage.person_id).where(OutboxMessage.idempotency_key.contains(f"registered:{who.hex}"))
        assert set(db().scalars(told)) == {person("head").id, person("auditor").id}
        gone = person("auditor").id
        road.done(lambda: end_service(person("auditor"), actor=present("admin")))
        told = select(OutboxMessage.person_id).where(OutboxMessage.idempotency_key.contains(f"ended:{gone.hex}"))
        assert set(db().scalars(told)) == {person("head").id, person("manager").id, who}, "and that somebody goes"


def test_who_has_two_accounts_is_no_second_person_to_herself(app: Flask) -> None:
    with app.app_context():
        who = registered(app, Role.HEAD, name=" 名前・ｍanager")
        road.let_hours_pass(15 * 24)
        act, _subject = asked()
        assert refusal_of(lambda: decided_by(act, who)) is JointRefusal.SAME_PERSON


def test_what_somebody_approved_who_serves_no_more_is_not_done(app: Flask) -> None:
    with app.app_context():
        act, subject = asked()
        road.done(lambda: approve(as_it_is(act), actor=present("head")))
        road.done(lambda: setattr(person("head"), "ends_at", now()))
        assert refusal_of(lambda: use_approval(KIND, subject=subject, actor=present("manager"))) is (
            JointRefusal.SECOND_GONE
        )
