"""CN-EM: the least is told without consent only by two people, with a reason, and the consulter reads it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.consents.actions.emergency import answer_emergency, ask_emergency, note_outcome
from app.consents.queries import consent_in_force, lines_of, provisions_of
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.emergency_telling import EmergencyTelling
from models.rules.consent import ConsentLevel
from models.rules.emergency_telling import EmergencyAnswer, EmergencyOutcome
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import enter, sign_in

TOLD = "警察へ: 今夜の勤務先の住所と、命の危険があることだけを伝える。"
DONE = "9時55分に、警察署の生活安全課へ電話し、勤務先の住所と危険があることだけを伝えました。"
REASON = "本人から連絡が途絶え、ほかに守る方法がありません。"


def asked(app: Flask) -> tuple[str, str]:
    """The counselor has asked for a second person, on the page. Returns the case's number and the receipt."""
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        number = case.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}/emergency")
    desk.send({"told": TOLD, "reason": REASON})
    assert desk.page.title.startswith("エラー"), "danger is ticked, or nothing is asked"
    desk.send({"told": TOLD, "reason": REASON, "at_risk": "1"})
    assert "確認されるまで、だれにも伝えないでください" in desk.page.text
    assert "二人目として同意する" not in desk.page.text, "whoever asked never decides"
    return number, code


def her_ledger(app: Flask, code: str) -> str:
    visitor = enter(app, code)
    return visitor.get("/mailbox/consents").text


def test_two_people_decide_with_a_reason_and_the_consulter_reads_what_was_told(app: Flask) -> None:
    number, code = asked(app)
    assert TOLD not in her_ledger(app, code), "nothing was told yet"
    manager = sign_in(app, "manager")
    page = manager.get(f"/desk/{number}/consents?reason=safety")
    assert REASON in page.text
    manager.send({"answer": "agreed"}, action="/emergency/answer")
    assert "書かれた相手に、書かれたことだけを伝えてください" in manager.page.text
    hers = her_ledger(app, code)
    assert TOLD in hers
    assert REASON in hers
    assert "名前・" not in hers, "she is not told the names of the desk"
    with app.app_context():
        row = db().scalars(select(EmergencyTelling)).one()
        assert (row.asked_by_id, row.answered_by_id) == (person("counselor").id, person("manager").id)
        assert (row.answer, row.was_allowed) == (EmergencyAnswer.AGREED, False)
        names = [one for one in db().scalars(select(AuditRecord.name)) if one.startswith("emergency.")]
        assert sorted(names) == ["emergency.agreed", "emergency.ask"]
        case = db().get_one(Case, row.case_id)
        assert consent_in_force(case).level is ConsentLevel.CN_0, "her word is as it was"
        assert (len(lines_of(case)), list(provisions_of(case))) == (1, [])


def test_what_the_second_person_refuses_is_told_to_nobody(app: Flask) -> None:
    number, code = asked(app)
    manager = sign_in(app, "manager")
    manager.get(f"/desk/{number}/consents?reason=safety")
    manager.send({"answer": "refused"}, action="/emergency/answer")
    assert "伝えないことにしました" in manager.page.text
    assert TOLD not in her_ledger(app, code)


def test_nobody_is_both_people_and_nothing_is_decided_twice(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        road.done(
            lambda: ask_emergency(
                road.case_of(case), told=TOLD, reason=REASON, at_risk=True, actor=present("counselor")
            )
        )
        with pytest.raises(OutOfReach):
            road.done(lambda: answer_emergency(road.case_of(case), EmergencyAnswer.AGREED, actor=present("counselor")))
        with pytest.raises(ChangedMeanwhile):
            road.done(
                lambda: ask_emergency(
                    road.case_of(case), told=TOLD, reason=REASON, at_risk=True, actor=present("counselor")
                )
            )
        road.done(lambda: answer_emergency(road.case_of(case), EmergencyAnswer.REFUSED, actor=present("head")))
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: answer_emergency(road.case_of(case), EmergencyAnswer.AGREED, actor=present("manager")))


def her_thread(app: Flask, code: str) -> str:
    visitor = enter(app, code)
    return visitor.get("/mailbox").text


@pytest.mark.parametrize(
    ("at_risk", "told", "reason"),
    [(False, TOLD, REASON), (True, TOLD, " \n\u3000"), (True, " ", REASON)],
    ids=["no danger", "no reason", "nothing to tell"],
)
def test_the_act_itself_refuses_without_danger_or_words_whatever_the_form_said(
    app: Flask, at_risk: bool, told: str, reason: str
) -> None:
    with app.app_context():
        case, _code = road.triaged()
        with pytest.raises(OutOfReach):
            road.done(
                lambda: ask_emergency(
                    road.case_of(case), told=told, reason=reason, at_risk=at_risk, actor=present("counselor")
                )
            )
        assert db().scalars(select(EmergencyTelling)).all() == []


@pytest.mark.parametrize("answer", ["", "yes", "AGREED", "agreed refused"])
def test_an_answer_that_is_neither_decides_nothing(app: Flask, answer: str) -> None:
    number, code = asked(app)
    manager = sign_in(app, "manager")
    manager.get(f"/desk/{number}/consents?reason=safety")
    manager.send({"answer": answer}, action="/emergency/answer", status=400)
    with app.app_context():
        assert db().scalars(select(EmergencyTelling)).one().answered_at is None
    assert REASON not in her_thread(app, code)


def test_she_is_told_in_her_thread_what_was_decided_and_what_became_of_it(app: Flask) -> None:
    number, code = asked(app)
    assert REASON not in her_thread(app, code)
    manager = sign_in(app, "manager")
    manager.get(f"/desk/{number}/consents?reason=safety")
    manager.send({"answer": "agreed"}, action="/emergency/answer")
    thread = her_thread(app, code)
    assert all(words in thread for words in (TOLD, REASON, "あなたの同意は、まだいただいていません"))
    desk = sign_in(app, "counselor")
    page = desk.get(f"/desk/{number}/consents")
    assert "まだ記録されていません" in page.text
    done = next(link for link in page.links.values() if link.endswith("/done"))
    desk.get(done)
    desk.send({"outcome": "told", "day": "2026-11-25", "hour": "9:00", "words": DONE})
    assert "これからの日時です" in desk.page.text
    assert DONE in desk.page.text, "nothing that was typed is lost"
    desk.send({"outcome": "told", "day": "2026-11-24", "hour": "9:55", "words": DONE})
    assert DONE in desk.page.text
    assert "名前・counselor" in desk.page.text
    thread = her_thread(app, code)
    assert DONE in thread
    assert "9:55" in thread
    assert DONE in her_ledger(app, code)
    with app.app_context():
        row = db().scalars(select(EmergencyTelling)).one()
        assert (row.outcome, row.done_by_id) == (EmergencyOutcome.TOLD, person("counselor").id)
        names = [one for one in db().scalars(select(AuditRecord.name)) if one.startswith("emergency.")]
        assert sorted(names) == ["emergency.agreed", "emergency.ask", "emergency.done"]
        facts = "".join(db().scalars(select(AuditRecord.facts)))
        assert "警察" not in facts
        with pytest.raises(ChangedMeanwhile):
            road.done(
                lambda: note_outcome(
                    db().get_one(Case, row.case_id),
                    row,
                    EmergencyOutcome.NOT_REACHED,
                    at=row.done_at,
                    words=DONE,
                    actor=present("counselor"),
                )
            )


def test_what_two_people_did_not_agree_to_has_no_outcome(app: Flask) -> None:
    number, _code = asked(app)
    with app.app_context():
        row = db().scalars(select(EmergencyTelling)).one()
        with pytest.raises(ChangedMeanwhile):
            road.done(
                lambda: note_outcome(
                    db().get_one(Case, row.case_id),
                    row,
                    EmergencyOutcome.TOLD,
                    at=row.asked_at,
                    words=DONE,
                    actor=present("counselor"),
                )
            )
        telling_id = row.id
    sign_in(app, "counselor").get(f"/desk/{number}/emergency/{telling_id}/done", status=404)
