"""Before its time something is erased when one person asked with a reason and another agreed, and nothing holds it."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import advise, close_case, exclude, reopen
from app.joint_acts.actions import JointRefused, approve, lapse_joint_acts
from app.operations.erasing import erase_due
from app.operations.sweep import Work, sweep
from app.operations.verification import verify_all
from app.pipeline.clock import FixedClock
from app.pipeline.secrets import key_store
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.retention.actions import EarlyRefused, ask_to_erase, erase_before_its_time
from app.retention.queries import keys_of
from models.audit_record import AuditRecord
from models.erasure import Erasure
from models.joint_act import JointAct
from models.rules.early_erasure import EarlyRefusal, Wanted
from models.rules.erasure import ErasedPart, ErasureCause
from models.rules.joint_acts import JointKind, JointRefusal, term_of
from models.rules.lifecycle import NotAllowedNow
from models.rules.taxonomy.outcome import Outcome
from models.statement import Statement
from tests.app.mailbox.test_own_copy import closed_with_code
from tests.app.merging.test_merging import asked as asked_whether_one
from tests.app.merging.test_merging import merged, two
from tests.app.retention.test_holds import Of, closed, held, page
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import enter, sign_in

WORKS = (Work("erase_due", erase_due, waits=True),)
BECAUSE = "ご本人から画面で申し出があり、電話で確かめました。"
ALL = Wanted(ErasedPart.CONTENT, ErasureCause.CONSULTER)
NAME = Wanted(ErasedPart.IDENTITY, ErasureCause.CONSULTER)


def asked(case: Of, wanted: Wanted = ALL) -> JointAct:
    return road.done(lambda: ask_to_erase(road.case_of(case), wanted, because=BECAUSE, actor=present("manager")))


def approved(act: JointAct) -> None:
    road.done(lambda: approve(db().get_one(JointAct, act.id), actor=present("head")))


def erased(case: Of, by: str = "manager") -> None:
    road.done(lambda: erase_before_its_time(road.case_of(case), actor=present(by)))


def facts_of(case: Of, name: str) -> list[dict[str, object]]:
    rows = db().scalars(select(AuditRecord).where(AuditRecord.subject_id == case.id, AuditRecord.name == name))
    return [json.loads(row.facts) for row in rows]


def test_she_wishes_it_one_asks_another_agrees_and_it_goes_as_at_the_end_of_its_term(app: Flask):
    with app.app_context():
        case, code = closed_with_code()
    her = enter(app, code)
    her.get("/mailbox/own")
    her.send(action="/mailbox/own/wish")
    assert "相談員に伝えました" in her.page.text
    manager = sign_in(app, "manager")
    assert "相談した方が、期限より前に消去することを望んでいます" in manager.get(page(case.number)).text
    early = f"/desk/retention/early/{case.number}"
    manager.send({"part": "content", "cause": "consulter", "because": BECAUSE}, action=f"{early}/ask")
    assert "別の人が認めるまで、何も消去しません" in manager.page.text
    head = sign_in(app, "head")
    head.get("/joint/")
    assert case.number in head.page.text
    with app.app_context():
        (act,) = db().scalars(select(JointAct)).all()
        joint = act.id
    head.get(f"/joint/{joint}")
    assert BECAUSE in head.page.text
    head.send({"approve-is_read": "1"}, action=f"/joint/{joint}/approve")
    manager.get(page(case.number))
    manager.send({"is_sure": "1"}, action=f"{early}/erase")
    assert "消去が始まっています" in manager.page.text
    with app.app_context():
        keys = keys_of(case.id, ErasedPart.CONTENT)
    sweep(app, works=WORKS)
    with app.app_context():
        assert road.case_of(case).erased_at is not None
        assert set(key_store().destroyed(keys)) == set(keys)
        (order,) = facts_of(case, "erasure.order")
        assert (order["asked_by_id"], order["agreed_by_id"]) == (person("manager").id.hex, person("head").id.hex)
        assert (order["part"], order["cause"]) == ("content", "consulter")
        assert {one["reason_code"] for one in facts_of(case, "key.shred")} == {"consulter"}
        assert verify_all().ok
    assert her.client.get("/mailbox").status_code == 302
    assert "相談した方が望まれたため" in manager.get("/desk/retention/gone").text


def test_a_name_goes_alone_and_what_was_written_stays(app: Flask):
    with app.app_context():
        case = closed()
        approved(asked(case, NAME))
        erased(case)
    sweep(app, works=WORKS)
    with app.app_context():
        assert road.case_of(case).erased_at is None
        assert db().scalars(select(Statement).where(Statement.case_id == case.id)).all()
        (done,) = db().scalars(select(Erasure)).all()
        assert (done.part, done.done_at is not None) == (ErasedPart.IDENTITY, True)
        with pytest.raises(EarlyRefused) as refused:
            asked(case, NAME)
        assert refused.value.refusal is EarlyRefusal.ORDERED
    assert "消去済み" in sign_in(app, "manager").get(page(case.number)).text


def test_a_hold_stops_it_before_it_is_asked_and_after_it_was_approved(app: Flask):
    with app.app_context():
        case = closed()
        act = asked(case)
        approved(act)
        held(case)
        with pytest.raises(EarlyRefused) as refused:
            erased(case)
        assert refused.value.refusal is EarlyRefusal.HELD
        db().rollback()
        assert db().scalars(select(Erasure)).all() == []
        assert db().get_one(JointAct, act.id).state.value == "approved", "it may be used once the hold is lifted"
        other = closed()
        held(other)
        with pytest.raises(EarlyRefused):
            asked(other)
    manager = sign_in(app, "manager")
    manager.get(page(case.number))
    assert "先に保全を解いてください" in manager.page.text


def test_nobody_does_it_alone_unapproved_twice_or_too_late(app: Flask, clock: FixedClock):
    with app.app_context():
        case = closed()
        with pytest.raises(JointRefused) as refused:
            erased(case)
        assert refused.value.refusal is JointRefusal.NOT_APPROVED
        act = asked(case)
        with pytest.raises(JointRefused) as refused:
            asked(case)
        assert refused.value.refusal is JointRefusal.ASKED_ALREADY
        with pytest.raises(JointRefused):
            erased(case)
        approved(act)
        with pytest.raises(JointRefused) as refused:
            erased(case, by="head")
        assert refused.value.refusal is JointRefusal.NOT_YOURS
        db().rollback()
        clock.move(to=clock.now() + term_of(JointKind.EARLY_ERASURE, at=clock.now()).holds)
        assert lapse_joint_acts() == 1
        with pytest.raises(JointRefused):
            erased(case)
        db().rollback()
        assert db().scalars(select(Erasure)).all() == []
        asked(case)


def test_an_open_case_is_not_erased(app: Flask):
    with app.app_context():
        case, _code = road.triaged()
        of = Of(case.id, case.number)
        with pytest.raises(EarlyRefused) as refused:
            asked(of)
        assert refused.value.refusal is EarlyRefusal.OPEN


def test_who_is_kept_from_the_case_does_not_agree_to_its_erasure(app: Flask):
    with app.app_context():
        case = closed()
        act = asked(case)
        road.done(lambda: exclude(road.case_of(case), person("head"), "desk", actor=present("counselor")))
        with pytest.raises(JointRefused) as refused:
            approved(act)
        assert refused.value.refusal is JointRefusal.CONCERNED


def test_who_runs_the_machines_and_who_is_kept_from_the_case_read_no_number_of_it(app: Flask):
    with app.app_context():
        case = closed()
        joint = asked(case).id
        road.done(lambda: exclude(road.case_of(case), person("head"), "desk", actor=present("counselor")))
    for key, words in (("manager", True), ("head", False), ("admin", False)):
        visitor = sign_in(app, key)
        assert (case.number in visitor.get("/joint/").text) is words, key
        one = visitor.get(f"/joint/{joint}").text
        assert ((case.number in one), (BECAUSE in one)) == (words, words), key
        assert "相談の内容のすべて" in one, "that there is such an act is hidden from nobody who lists them"
    assert case.number in sign_in(app, "auditor").get("/joint/record").text


def test_what_was_opened_again_since_is_not_erased_by_the_word_of_before(app: Flask):
    with app.app_context():
        case = closed()
        approved(asked(case))
        road.let_hours_pass(1)
        road.done(lambda: reopen(road.case_of(case), "new_facts", actor=present("manager")))
        road.done(lambda: advise(road.case_of(case), "新しい助言です。", actor=present("counselor")))
        road.done(lambda: close_case(road.case_of(case), Outcome.ADVICE, actor=present("counselor")))
        with pytest.raises(EarlyRefused) as refused:
            erased(case)
        assert refused.value.refusal is EarlyRefusal.CHANGED
    assert "もう一度申し出てください" in sign_in(app, "manager").get(page(case.number)).text


def test_what_is_ordered_to_go_is_not_opened_again(app: Flask):
    with app.app_context():
        case = closed()
        approved(asked(case))
        erased(case)
        with pytest.raises(NotAllowedNow):
            road.done(lambda: reopen(road.case_of(case), "new_facts", actor=present("manager")))


def test_who_is_kept_from_one_of_a_thread_lets_none_of_it_go(app: Flask):
    with app.app_context():
        first, second = two()
        asked_whether_one(first, second)
        assert merged(first, second[1])
        goes, ends = (road.case_of(one[0]) for one in (first, second))
        road.done(lambda: close_case(road.case_of(goes), Outcome.IMPROPER_USE, actor=present("counselor")))
        road.done(lambda: exclude(road.case_of(goes), person("manager"), "desk", actor=present("counselor")))
        with pytest.raises(OutOfReach):
            asked(Of(ends.id, ends.number))


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"part": "content", "cause": "consulter", "because": " "}, "申し出る理由"),
        ({"part": "content", "cause": "term", "because": BECAUSE}, "消去の理由"),
        ({"part": "all", "cause": "court", "because": BECAUSE}, "消去するもの"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(app: Flask, answers: dict[str, str], says: str):
    with app.app_context():
        case = closed()
    manager = sign_in(app, "manager")
    manager.get(page(case.number))
    form = manager.page.form_with("because")
    manager.post(form.action, {**form.fields, **answers})
    assert "入力を確かめてください" in manager.page.text
    assert says in manager.page.text
    with app.app_context():
        assert db().scalars(select(JointAct)).all() == []


def test_a_code_of_the_act_is_one_part_and_one_cause_before_its_time():
    assert Wanted.read(ALL.code) == ALL
    for wrong in (None, "", "content", "content.term", "all.court"):
        with pytest.raises(ValueError, match=r".*"):
            Wanted.read(wrong)
