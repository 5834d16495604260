"""On the ladder nobody acts alone against the count: to annul a request, and to go to the board on a grave ground."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.escalations.actions import annul_request, ask_to_annul, name_grave_ground, propose
from app.escalations.queries import counter_sheet, may_be_proposed
from app.joint_acts.actions import JointRefused, approve, lapse_joint_acts
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.formal_request import FormalRequest
from models.joint_act import JointAct
from models.rules.company_file_lifecycle import FileState
from models.rules.escalation_ladder import Ground, ProposalRefusal, Step
from models.rules.joint_acts import JointRefusal
from models.rules.request_lifecycle import AnnulReason, RequestState
from models.rules.taxonomy.severity import Severity
from tests.support.ladder import BECAUSE, GROUNDS, file_of, issued, just_after, newest, silent_through, swept
from tests.support.present import present
from tests.support.road import done, routed
from tests.support.visitor import sign_in

ANNUL = {"annul-reason": "wrong_facts", "annul-because": BECAUSE}
GRAVE = {"ground": "false_report", "because": "報告にある面談は、行われていませんでした。"}


def asked_of(request: FormalRequest) -> JointAct:
    reason = AnnulReason.WRONG_FACTS
    return done(lambda: ask_to_annul(request, reason=reason, because=BECAUSE, actor=present("manager")))


def refused_to_annul() -> JointRefusal:
    with pytest.raises(JointRefused) as refused:
        done(lambda: annul_request(newest(file_of()), actor=present("manager")))
    return refused.value.refusal


def required() -> None:
    """E1 and E2 went by in silence, and the improvement that E3 requires is awaited."""
    routed(severity=Severity.HIGH)
    silent_through(Step.E2)
    issued(file_of())


def named(ground: Ground = Ground.FALSE_REPORT) -> JointAct:
    because = GRAVE["because"]
    return done(lambda: name_grave_ground(file_of(), ground=ground, because=because, actor=present("manager")))


def test_nobody_takes_a_request_out_of_the_count_alone(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        silent_through(Step.E1)
        assert refused_to_annul() is JointRefusal.NOT_APPROVED
        act = asked_of(newest(file_of()))
        assert refused_to_annul() is JointRefusal.NOT_APPROVED
        assert counter_sheet(file_of()).total == 1, "what is only asked for changes no count"
        with pytest.raises(JointRefused, match="same_person"):
            done(lambda: approve(db().get_one(JointAct, act.id), actor=present("manager")))
        done(lambda: approve(db().get_one(JointAct, act.id), actor=present("head")))
        assert counter_sheet(file_of()).total == 1, "what is only approved changes no count either"
        done(lambda: annul_request(newest(file_of()), actor=present("manager")))
        assert (newest(file_of()).state, counter_sheet(file_of()).total) == (RequestState.VOID, 0)
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "request.annulled")).one()
        assert json.loads(facts)["joint_id"] == act.id.hex
        assert json.loads(facts)["reason_code"] == "wrong_facts"


def test_an_approval_to_annul_lapses_and_leaves_the_count_as_it_is(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        silent_through(Step.E1)
        act = asked_of(newest(file_of()))
        done(lambda: approve(db().get_one(JointAct, act.id), actor=present("head")))
        clock.move(to=clock.now() + timedelta(days=7))
        assert refused_to_annul() is JointRefusal.LAPSED
        done(lapse_joint_acts)
        assert counter_sheet(file_of()).total == 1


def test_a_grave_ground_leads_from_e3_to_the_board_when_two_have_agreed(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        required()
        assert may_be_proposed(file_of()).reason == ProposalRefusal.BELOW_THRESHOLD.code
        act = named()
        assert not may_be_proposed(file_of()), "one has named it, and nobody has agreed"
        done(lambda: approve(db().get_one(JointAct, act.id), actor=present("head")))
        assert may_be_proposed(file_of())
        item = done(lambda: propose(file_of(), grounds=GROUNDS, actor=present("head")))
        assert file_of().state is FileState.PROPOSED
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "file.grave_ground")).one()
        assert json.loads(facts) == {
            "board_item_id": item.id.hex,
            "joint_id": act.id.hex,
            "reason_code": "false_report",
        }
        assert db().get_one(JointAct, act.id).state.value == "used"


def test_a_grave_ground_opens_nothing_before_e3_and_nothing_after_its_time(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        silent_through(Step.E1)
        with pytest.raises(ChangedMeanwhile):
            named()
        swept(just_after(newest(file_of()).due_at))
        issued(file_of())
        swept(just_after(newest(file_of()).due_at))
        issued(file_of())
        act = named()
        done(lambda: approve(db().get_one(JointAct, act.id), actor=present("head")))
        clock.move(to=clock.now() + timedelta(days=14))
        assert not may_be_proposed(file_of()), "the agreement of two holds for a while, and not for good"


def test_the_counter_sheet_shows_the_ground_and_stale_pages_are_refused(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        required()
        number, letter = file_of().number, str(newest(file_of()).number)
    manager, counselor = sign_in(app, "manager"), sign_in(app, "counselor")
    manager.get(f"/escalations/{number}/counter")
    page = manager.send(GRAVE, action="grave-ground")
    assert "二人目の確認を待っています: 虚偽の報告" in page.text
    assert GRAVE["because"] not in counselor.get(f"/escalations/{number}/counter").text
    assert "重大な事由を申し出る" not in counselor.page.text
    head = sign_in(app, "head")
    head.get(head.get(f"/escalations/{number}/counter").links["申し出を見る"])
    head.send({"approve-is_read": "1"}, action="approve")
    assert "二人が認めました: 虚偽の報告" in manager.get(f"/escalations/{number}/counter").text
    manager.get(f"/escalations/{number}/proposal", status=404)
    head.get(f"/escalations/{number}/proposal")
    manager.get(f"/escalations/requests/{letter}")
    with app.app_context():
        done(lambda: setattr(newest(file_of()), "version", newest(file_of()).version + 1))
    manager.send(ANNUL, action="annulment-asked", status=409)
