"""The leak worksheet: its days from becoming aware, its nine items, who was told, and the proof of the keys."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import exclude
from app.clocks.queries import running_clocks
from app.leaks.actions.beginning import begin_leak
from app.leaks.actions.days import remind_of_leaks
from app.leaks.actions.deciding import (
    ItemsAreMissing,
    end_leak,
    need_report,
    record_report,
    reopen_leak,
    spare_report,
)
from app.leaks.actions.writing import WHY, assess, name_case, tell, write_items
from app.leaks.proof import proof_of
from app.leaks.queries import items_of, latest_sheet, proposed, told_of, versions_of
from app.operations.sweep import sweep
from app.pipeline.clock import FixedClock, now
from app.pipeline.secrets import key_store, ring
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.leak import Leak
from models.outbox_message import OutboxMessage
from models.recall import Recall
from models.rules.deadlines import ClockKind
from models.rules.desk_reasons import RecallReason
from models.rules.leak import KeySafety, LeakDuty, LeakItem, LeakReach, LeakState, LeakTold, LeakTrigger, triggers_in
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import in_japan
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import sign_in

TODAY = "2026-11-24"
WORDS = "バックアップを入れた記憶媒体が、運ぶ途中で見つからなくなりました。"
NUMBER = "受付番号 R8-0123 で、ウェブサイトの報告フォームから提出しました。"
ALL_NINE = {item: f"{item.ja}について書きました。" for item in LeakItem}


def begun(reach: LeakReach = LeakReach.STORE, **given: object) -> Leak:
    given.setdefault("aware_at", now())
    return road.done(
        lambda: begin_leak(reach=reach, items={LeakItem.SUMMARY: WORDS}, actor=present("counselor"), **given)
    )


def again(leak: Leak) -> Leak:
    db().expire_all()
    return db().get_one(Leak, leak.id)


def days(leak: Leak) -> dict[ClockKind, date]:
    return {clock.kind: in_japan(clock.due_at).date() for clock in running_clocks(leak.id)}


def weighed(
    leak: Leak,
    *triggers: LeakTrigger,
    safety: KeySafety = KeySafety.UNKNOWN,
    aware_at: object = None,
    by: str = "counselor",
) -> None:
    road.done(
        lambda: assess(
            again(leak),
            aware_at=aware_at or leak.aware_at,
            reach=leak.reach,
            key_safety=safety,
            triggers=triggers,
            actor=present(by),
        )
    )


def names(leak: Leak) -> list[str]:
    query = select(AuditRecord.name).where(AuditRecord.subject_kind == "leak", AuditRecord.subject_id == leak.id)
    return list(db().scalars(query.order_by(AuditRecord.number)))


def reported(leak: Leak, told: LeakTold = LeakTold.SPEEDY) -> None:
    road.done(lambda: record_report(again(leak), told, told_at=now(), words=NUMBER, actor=present("manager")))


def test_the_days_run_from_becoming_aware_with_that_day_as_the_first(app: Flask, clock: FixedClock):
    with app.app_context():
        leak = begun(aware_at=now() - timedelta(days=1))
        first = in_japan(leak.aware_at).date()
        assert days(leak) == {
            ClockKind.LEAK_SPEEDY_GOAL: first + timedelta(days=2),
            ClockKind.LEAK_SPEEDY: first + timedelta(days=4),
            ClockKind.LEAK_FINAL: first + timedelta(days=29),
        }


def test_a_wrongful_purpose_gives_the_full_report_sixty_days_and_back(app: Flask):
    with app.app_context():
        leak = begun()
        first = in_japan(leak.aware_at).date()
        weighed(leak, LeakTrigger.WRONGFUL, by="manager")
        assert days(leak)[ClockKind.LEAK_FINAL_WRONGFUL] == first + timedelta(days=59)
        assert ClockKind.LEAK_FINAL not in days(leak)
        weighed(leak, LeakTrigger.SENSITIVE)
        assert days(leak)[ClockKind.LEAK_FINAL] == first + timedelta(days=29)
        assert ClockKind.LEAK_FINAL_WRONGFUL not in days(leak)


def test_a_wrongful_purpose_is_said_by_anybody_and_lengthens_the_full_report_by_those_who_decide(app: Flask):
    with app.app_context():
        leak = begun()
        first = in_japan(leak.aware_at).date()
        weighed(leak, LeakTrigger.WRONGFUL)
        assert days(leak)[ClockKind.LEAK_FINAL] == first + timedelta(days=29)
        assert ClockKind.LEAK_FINAL_WRONGFUL not in days(leak)
        assert LeakTrigger.WRONGFUL in triggers_in(again(leak).triggers), "the report is due with it all the same"
        number = leak.number
    manager = sign_in(app, "manager")
    manager.get(f"/desk/leaks/{number}")
    assert "確報の期限は、まだ延びていません" in manager.page.text
    manager.get(f"/desk/leaks/{number}/assess")
    manager.send({"triggers": ["wrongful"]})
    assert manager.page.path == f"/desk/leaks/{number}"
    assert "まだ延びていません" not in manager.page.text
    with app.app_context():
        weighed(leak, LeakTrigger.WRONGFUL, LeakTrigger.SENSITIVE, aware_at=leak.aware_at - timedelta(days=1))
        decided = days(leak)
        assert decided[ClockKind.LEAK_FINAL_WRONGFUL] == first + timedelta(days=58), "what was decided goes on"
        assert ClockKind.LEAK_FINAL not in decided


def test_another_first_day_moves_every_day(app: Flask):
    with app.app_context():
        leak = begun()
        earlier = leak.aware_at - timedelta(days=2)
        weighed(leak, aware_at=earlier)
        assert days(again(leak))[ClockKind.LEAK_SPEEDY] == in_japan(earlier).date() + timedelta(days=4)


def test_a_later_first_day_puts_the_days_of_the_law_off_and_is_for_those_who_decide(app: Flask):
    with app.app_context():
        leak = begun(aware_at=now() - timedelta(days=3))
        due = days(leak)
        with pytest.raises(OutOfReach):
            weighed(leak, aware_at=now())
        assert days(again(leak)) == due
        number = leak.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/leaks/{number}/assess")
    desk.send({"aware_day": TODAY, "aware_time": "00:00", "key_safety": "lost", "triggers": []})
    assert "管理者か事務局長" in desk.page.text
    manager = sign_in(app, "manager")
    manager.get(f"/desk/leaks/{number}/assess")
    manager.send({"aware_day": TODAY, "aware_time": "00:00", "key_safety": "lost", "triggers": []})
    with app.app_context():
        assert days(again(leak))[ClockKind.LEAK_SPEEDY] > due[ClockKind.LEAK_SPEEDY]


def test_who_decides_is_reminded_on_the_second_day_and_once_a_day(app: Flask, clock: FixedClock):
    with app.app_context():
        leak = begun()
        assert in_japan(again(leak).next_reminder_at).date() == in_japan(leak.aware_at).date() + timedelta(days=1)
        clock.move(to=again(leak).next_reminder_at + timedelta(minutes=1))
    sweep(app)
    sweep(app)
    with app.app_context():
        mails = db().scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == "reminder")).all()
        assert sorted(mails) == sorted(person(who).id for who in ("manager", "head", "counselor"))
        assert names(leak).count("leak.remind") == 1
        assert in_japan(again(leak).next_reminder_at).date() == in_japan(leak.aware_at).date() + timedelta(days=2)


def test_nobody_is_reminded_once_both_reports_are_recorded(app: Flask, clock: FixedClock):
    with app.app_context():
        leak = begun()
        reported(leak)
        assert set(days(leak)) == {ClockKind.LEAK_FINAL}
        road.done(lambda: write_items(again(leak), ALL_NINE, actor=present("counselor")))
        reported(leak, LeakTold.FINAL)
        assert days(leak) == {}
        assert again(leak).next_reminder_at is None
        clock.move(to=now() + timedelta(days=90))
        assert remind_of_leaks() == 0


def test_a_full_report_that_comes_at_once_is_the_preliminary_one_too(app: Flask):
    with app.app_context():
        leak = begun()
        road.done(lambda: write_items(again(leak), ALL_NINE, actor=present("counselor")))
        reported(leak, LeakTold.FINAL)
        assert days(leak) == {}


def test_the_full_report_needs_all_nine_items_and_nothing_is_lost(app: Flask):
    with app.app_context():
        leak = begun()
        with pytest.raises(ItemsAreMissing) as refused:
            reported(leak, LeakTold.FINAL)
        assert LeakItem.CAUSE in refused.value.missing
        assert LeakItem.SUMMARY not in refused.value.missing
        assert again(leak).final_at is None


def test_what_was_reported_is_kept_when_the_items_are_written_anew(app: Flask):
    with app.app_context():
        leak = begun()
        reported(leak)
        road.done(lambda: write_items(again(leak), ALL_NINE, actor=present("counselor")))
        told = told_of(again(leak), actor=present("manager"))
        assert [(one.row.told, one.sheet_number, one.words) for one in told] == [(LeakTold.SPEEDY, 1, NUMBER)]
        versions = versions_of(leak, actor=present("manager"))
        assert [one.row.number for one in versions] == [2, 1]
        assert versions[1].items[LeakItem.SUMMARY.value] == WORDS


@pytest.mark.parametrize(
    ("triggers", "safety", "expected"),
    [
        ((), KeySafety.LOST, LeakDuty.NO_TRIGGER),
        ((LeakTrigger.SENSITIVE,), KeySafety.SAFE, LeakDuty.EXEMPT),
        ((LeakTrigger.SENSITIVE,), KeySafety.OPENED, LeakDuty.REPORT),
        ((LeakTrigger.MANY,), KeySafety.UNKNOWN, LeakDuty.NOT_KNOWN),
    ],
)
def test_the_table_proposes_and_names_encryption_only_where_the_key_is_safe(
    app: Flask, triggers: tuple[LeakTrigger, ...], safety: KeySafety, expected: LeakDuty
):
    with app.app_context():
        leak = begun()
        weighed(leak, *triggers, safety=safety)
        assert proposed(again(leak)) is expected


def test_a_report_that_is_not_needed_stops_the_days_with_a_reason_and_can_be_needed_after_all(app: Flask):
    with app.app_context():
        leak = begun()
        why = "媒体は封じられたままで、鍵は別の建物にあり、使われた形跡がありません。"
        road.done(lambda: spare_report(again(leak), why, actor=present("manager")))
        assert days(leak) == {}
        assert again(leak).state is LeakState.NO_REPORT
        sheet = latest_sheet(leak)
        kept = items_of(sheet, actor=present("head"))
        assert (kept[WHY], kept[LeakItem.SUMMARY.value]) == (why, WORDS)
        road.done(lambda: need_report(again(leak), actor=present("head")))
        assert set(days(leak)) == {ClockKind.LEAK_SPEEDY_GOAL, ClockKind.LEAK_SPEEDY, ClockKind.LEAK_FINAL}


def test_a_counselor_writes_and_decides_nothing(app: Flask):
    with app.app_context():
        leak = begun()
        for decision in (
            lambda: need_report(again(leak), actor=present("counselor")),
            lambda: spare_report(again(leak), "理由です。", actor=present("counselor")),
            lambda: record_report(
                again(leak), LeakTold.SPEEDY, told_at=now(), words=NUMBER, actor=present("counselor")
            ),
        ):
            with pytest.raises(OutOfReach):
                road.done(decision)
        assert again(leak).state is LeakState.CHECKING
        assert again(leak).speedy_at is None


def test_it_ends_only_after_the_full_report_and_can_be_opened_again(app: Flask):
    with app.app_context():
        leak = begun()
        reported(leak)
        with pytest.raises(NotAllowedNow):
            road.done(lambda: end_leak(again(leak), actor=present("manager")))
        road.done(lambda: write_items(again(leak), ALL_NINE, actor=present("counselor")))
        reported(leak, LeakTold.FINAL)
        road.done(lambda: end_leak(again(leak), actor=present("manager")))
        assert again(leak).ended_at is not None
        road.done(lambda: reopen_leak(again(leak), actor=present("manager")))
        assert (again(leak).state, again(leak).ended_at) == (LeakState.CHECKING, None)


def test_a_report_is_never_recorded_as_an_ordinary_telling(app: Flask):
    with app.app_context():
        leak = begun()
        with pytest.raises(ValueError, match="as a report"):
            tell(leak, LeakTold.FINAL, told_at=now(), words=NUMBER, actor=present("counselor"))


def test_the_proof_names_every_compartment_of_the_case_with_its_keys_and_opens_none(app: Flask):
    with app.app_context():
        case, _code = road.submitted(impact_text="眠れない日が続いています。", health_consent=True, name="架空はるか")
        leak = begun()
        road.done(lambda: name_case(again(leak), case, actor=present("counselor")))
        proof = proof_of(again(leak))
        lines = {line.kind: line for line in proof.lines}
        assert {CompartmentKind.IDENTITY, CompartmentKind.NARRATIVE, CompartmentKind.HEALTH} <= set(lines)
        assert "statement.sealed" in lines[CompartmentKind.NARRATIVE].columns
        assert dict(lines[CompartmentKind.IDENTITY].open_grants) == {"handlers": 1, "receipt": 1}
        assert lines[CompartmentKind.HEALTH].shred.ring_key == ring().active_id.hex()
        assert not any(line.to_this_company for line in proof.lines)
        assert {line.kind for line in proof.whole_store} >= {CompartmentKind.LEAK, CompartmentKind.NARRATIVE}
        key_store().destroy(case.id, at=now())
        destroyed = proof_of(again(leak))
        assert all(line.shred.destroyed_at is not None for line in destroyed.lines)
        assert destroyed.destroyed == 1


def test_an_erased_worksheet_opens_no_more(app: Flask):
    with app.app_context():
        leak = begun()
        key_store().destroy(leak.id, at=now())
    with app.app_context(), pytest.raises(CannotOpen):
        items_of(latest_sheet(again(leak)), actor=present("manager"))


def test_who_is_kept_from_the_case_finds_no_worksheet_of_it_and_gets_no_mail(app: Flask, clock: FixedClock):
    with app.app_context():
        case, _code = road.triaged()
        leak = begun()
        road.done(lambda: name_case(again(leak), case, actor=present("counselor")))
        road.done(lambda: exclude(case, person("head"), "desk", actor=present("counselor")))
        number = leak.number
        clock.move(to=again(leak).next_reminder_at + timedelta(minutes=1))
        road.done(remind_of_leaks)
        mails = db().scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == "reminder")).all()
        assert person("head").id not in mails
        assert person("manager").id in mails
        with pytest.raises(OutOfReach):
            road.done(lambda: need_report(again(leak), actor=present("head")))
    head = sign_in(app, "head")
    assert number not in head.get("/desk/leaks/").text
    assert number not in head.get("/operations/").text
    assert number in sign_in(app, "auditor").get("/operations/").text
    head.get(f"/desk/leaks/{number}", status=404)


def test_the_auditor_sees_that_there_is_one_and_no_word_of_it(app: Flask):
    with app.app_context():
        number = begun().number
    auditor = sign_in(app, "auditor")
    assert number in auditor.get("/desk/leaks/").text
    for page in ("", "/print", "/file"):
        auditor.get(f"/desk/leaks/{number}{page}", status=403)


def test_a_worksheet_through_its_pages_from_beginning_to_end(app: Flask):
    with app.app_context():
        case, _code = road.triaged()
        case_number = case.number
    desk = sign_in(app, "counselor")
    desk.get("/desk/leaks/new")
    desk.send({"reach": "store", "aware_day": TODAY, "aware_time": "8時30分", "summary": WORDS, "case": case_number})
    sheet = desk.page.path
    assert WORDS in desk.page.text
    assert sheet in desk.get(f"/desk/{case_number}").links.values()
    desk.get(f"{sheet}/items")
    nine = {item.value: f"{item.ja}です。" for item in LeakItem}
    desk.send(nine)
    assert "原因です。" in desk.page.text
    desk.get(f"{sheet}/assess")
    desk.send({"key_safety": "lost", "triggers": ["sensitive", "wrongful"]})
    assert "2026年12月23日" in desk.page.text
    desk.get(f"{sheet}/tell")
    desk.send({"told": "person", "told_day": TODAY, "told_time": "09:10", "words": "相談の画面でお知らせしました。"})
    assert "相談の画面でお知らせしました。" in desk.page.text
    desk.get(f"{sheet}/report", status=403)
    manager = sign_in(app, "manager")
    manager.get(f"{sheet}/report")
    manager.send({"told": "final", "told_day": TODAY, "told_time": "09:40", "words": NUMBER})
    assert NUMBER in manager.page.text
    manager.send({}, action="/end")
    assert "完了" in manager.page.text
    paper = manager.get(f"{sheet}/print").text
    assert all(words in paper for words in (*nine.values(), NUMBER, "statement.sealed"))
    taken = manager.client.get(f"{sheet}/file")
    assert taken.mimetype == "text/csv"
    assert all(words in taken.text for words in (*nine.values(), NUMBER, "statement.sealed"))
    with app.app_context():
        leak = db().scalars(select(Leak)).one()
        facts = select(AuditRecord.facts).where(AuditRecord.name == "leak.export").order_by(AuditRecord.number)
        assert [json.loads(one)["how"] for one in db().scalars(facts)] == ["print", "file"]
        assert WORDS not in "".join(db().scalars(select(AuditRecord.facts)))
        assert in_japan(leak.aware_at).hour == 8


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"aware_day": "2026-11-25"}, "これからの日時です"),
        ({"aware_day": "2024-11-25"}, "一年より前の日付です"),
        ({"aware_time": "25:00"}, "24時間の形で"),
        ({"reach": "everything"}, "一覧の中から"),
        ({"case": "K-0000-0000"}, "相談は見つかりません"),
        ({"summary": "  "}, "入力してください"),
    ],
)
def test_a_slip_of_the_pen_is_said_and_what_was_typed_stays(app: Flask, given: dict[str, str], refusal: str):
    desk = sign_in(app, "counselor")
    desk.get("/desk/leaks/new")
    typed = {"reach": "store", "aware_day": TODAY, "aware_time": "8:30", "summary": WORDS, **given}
    desk.send(typed)
    assert refusal in desk.page.text
    assert WORDS in desk.page.text or "summary" in given
    with app.app_context():
        assert db().scalars(select(Leak)).all() == []


def test_a_worksheet_that_changed_meanwhile_is_not_written_over(app: Flask):
    with app.app_context():
        number = begun().number
    first, second = sign_in(app, "counselor"), sign_in(app, "manager")
    first.get(f"/desk/leaks/{number}/assess")
    second.get(f"/desk/leaks/{number}/assess")
    second.send({"key_safety": "safe", "triggers": ["many"]})
    first.send({"key_safety": "lost", "triggers": []}, status=409)
    with app.app_context():
        assert db().scalars(select(Leak)).one().key_safety is KeySafety.SAFE


def test_a_copy_that_was_taken_back_unread_is_no_leak_and_one_that_was_read_begins_a_worksheet(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        unread = road.routed(case, code)
        road.recalled(unread, RecallReason.WRONG_COMPANY)
        assert db().scalars(select(Leak)).all() == []
        case, code = road.triaged(severity=Severity.HIGH)
        reference = road.routed(case, code).reference
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    officer.send({}, action="/open")
    with app.app_context():
        road.recalled(road.exchange_at(reference), RecallReason.WRONG_COMPANY)
        leak = db().scalars(select(Leak)).one()
        assert (leak.reach, leak.key_safety) == (LeakReach.COPY, KeySafety.OPENED)
        asked = db().scalars(select(Recall).where(Recall.id == leak.recall_id)).one()
        assert leak.aware_at == asked.asked_at
        summary = items_of(latest_sheet(leak), actor=present("counselor"))[LeakItem.SUMMARY.value]
        assert "名前・alpha_officer" in summary
        assert road.FORWARDED not in summary
        given = [line.kind for line in proof_of(leak).lines if line.to_this_company]
        assert CompartmentKind.FORWARDED in given
        assert CompartmentKind.NARRATIVE not in given
        mails = db().scalars(select(OutboxMessage.person_id).where(OutboxMessage.idempotency_key.like("update:leak:%")))
        assert set(mails) >= {person("head").id}
