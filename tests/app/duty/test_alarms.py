"""Danger wakes whoever is on duty, without content, until somebody has heard it (domain 7.35)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import assign, exclude
from app.duty import actions
from app.duty.actions import plan_shift, repeat_alarms
from app.mailbox.actions import withdraw
from app.operations.sweep import Work, sweep
from app.pipeline.clock import FixedClock, now
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.case import Case
from models.crisis_alarm import CrisisAlarm
from models.outbox_message import OutboxMessage
from models.person import Person
from models.rules.crisis_alarm import alarm_policy_at
from tests.support import road
from tests.support.present import consulter, person, present
from tests.support.visitor import Visitor, enter, sign_in

IN_DANGER = "もう消えたいです。田中さんには言えません。"
ALARM = "alarm"


def woken() -> list[str]:
    """Who was sent an alarm, by key, in the order of the sending."""
    mails = db().scalars(
        select(OutboxMessage).where(OutboxMessage.kind == ALARM).order_by(OutboxMessage.queued_at, OutboxMessage.id)
    )
    keys = {person(key).id: key for key in ("counselor", "second_counselor", "third_counselor", "manager", "head")}
    return sorted(keys[mail.person_id] for mail in mails)


def on_duty_are(*keys: str, hours: int = 12) -> None:
    for key in keys:
        road.done(
            lambda key=key: plan_shift(
                person(key), starts_at=now(), ends_at=now() + timedelta(hours=hours), actor=present("manager")
            )
        )


def alarm() -> CrisisAlarm:
    db().expire_all()
    return db().scalars(select(CrisisAlarm)).one()


def events(prefix: str) -> list[str]:
    rows = db().scalars(select(AuditRecord).where(AuditRecord.name.startswith(prefix)).order_by(AuditRecord.number))
    return [row.name for row in rows]


def test_text_suggesting_suicidal_thoughts_at_night_shows_the_lines_at_once_and_wakes_the_one_on_duty_without_content(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        for _other in range(3):
            road.submitted()
        on_duty_are("second_counselor", hours=24)
    clock.move(to=clock.now().replace(hour=3, minute=10) + timedelta(days=1))
    clock.move(to=clock.now() - timedelta(hours=5))
    visitor = Visitor(app)
    visitor.get("/consult")
    visitor.send({"text": IN_DANGER}, action="/consult/check")
    visitor.send({}, action="/consult/send")
    assert "0120-279-338" in visitor.page.text
    with app.app_context():
        in_danger = db().scalars(select(Case).where(Case.is_crisis)).one()
        assert woken() == ["second_counselor"]
        assert events("alarm.") == ["alarm.raise"]
    board = sign_in(app, "second_counselor").page
    assert "緊急の呼び出しが続いています" in board.text
    rows = board.text.split("相談の一覧(期限の近い順)")[1]
    assert rows.index(in_danger.number) == min(rows.index(number) for number in _numbers(app))
    assert "消えたい" not in board.html


def _numbers(app: Flask) -> list[str]:
    with app.app_context():
        return [case.number for case in db().scalars(select(Case))]


def test_when_nobody_is_on_duty_every_counselor_is_woken(app: Flask) -> None:
    with app.app_context():
        road.submitted(text=IN_DANGER)
        assert woken() == ["counselor", "second_counselor", "third_counselor"]


def test_an_alarm_leads_only_to_what_one_may_open_and_names_whose_it_is(app: Flask) -> None:
    with app.app_context():
        case = road.submitted(text=IN_DANGER)[0]
        hers, nobodys = case.number, road.submitted(text=IN_DANGER)[0].number
        road.done(lambda: assign(road.case_of(case), person("second_counselor"), actor=present("manager")))
    visitor = sign_in(app, "counselor")
    board = visitor.get("/desk/")
    alarms = board.text.split("緊急の呼び出しが続いています")[1].split("いまの当番")[0]
    assert hers in alarms
    assert nobodys in alarms
    assert "担当: 名前・second_counselor" in alarms
    led_to = {href for href in board.links.values() if "/desk/K-" in href}
    assert led_to == {f"/desk/{nobodys}"}
    assert sign_in(app, "second_counselor").get(f"/desk/{hers}").status == 200


def test_it_sounds_again_until_somebody_says_that_it_was_heard(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        on_duty_are("counselor")
        policy = alarm_policy_at(now())
        number = road.submitted(text=IN_DANGER)[0].number
        assert road.done(repeat_alarms) == 0
        clock.move(to=clock.now() + policy.repeat_every)
        assert road.done(repeat_alarms) == 1
        assert road.done(repeat_alarms) == 0
        assert woken() == ["counselor"] * 2
    visitor = sign_in(app, "second_counselor")
    visitor.send({}, action=f"/desk/duty/alarms/{number}/acknowledge")
    assert "緊急の呼び出しが続いています" not in visitor.page.text
    with app.app_context():
        heard = alarm()
        assert (heard.next_at, heard.acknowledged_by_id) == (None, person("second_counselor").id)
        assert db().get_one(Case, heard.case_id).is_crisis
        clock.move(to=clock.now() + 3 * policy.repeat_every)
        assert road.done(repeat_alarms) == 0
        assert woken() == ["counselor"] * 2


def test_what_nobody_hears_goes_to_the_manager_too(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        on_duty_are("counselor")
        policy = alarm_policy_at(now())
        road.submitted(text=IN_DANGER)
        while clock.now() < alarm().raised_at + policy.escalate_after + policy.repeat_every:
            clock.move(to=clock.now() + policy.repeat_every)
            road.done(repeat_alarms)
        assert woken() == ["counselor"] * 5 + ["manager"] * 2
        assert events("alarm.") == ["alarm.raise", "alarm.escalate"]


def test_a_sweep_that_is_killed_and_run_again_wakes_nobody_twice(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        road.submitted(text=IN_DANGER)
        before = woken()
    clock.move(to=clock.now() + alarm_policy_at(clock.now()).repeat_every)
    queue, sent = actions.queue_mail, []

    def killed(*args: object, **named: object) -> None:
        queue(*args, **named)
        sent.append(1)
        if len(sent) == 2:
            raise KeyboardInterrupt

    work = (Work("repeat_alarms", repeat_alarms),)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "queue_mail", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(app, works=work)
    with app.app_context():
        assert woken() == before
        assert alarm().rounds == 1
    for _again in range(2):
        assert sweep(app, works=work).failed == ()
    with app.app_context():
        assert woken() == sorted(before * 2)
        assert alarm().rounds == 2


def test_after_a_standstill_it_sounds_once_and_not_for_every_time_it_missed(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        on_duty_are("counselor", hours=48)
        road.submitted(text=IN_DANGER)
        clock.move(to=clock.now() + timedelta(hours=20))
        assert (road.done(repeat_alarms), road.done(repeat_alarms)) == (1, 0)
        assert woken() == ["counselor"] * 2 + ["manager"]


def test_whoever_weighs_the_case_has_heard_the_alarm(app: Flask) -> None:
    with app.app_context():
        road.triaged(text=IN_DANGER, is_crisis=True)
        assert alarm().acknowledged_by_id == person("counselor").id


def test_a_message_in_danger_raises_it_anew_once_the_first_was_heard(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(text=IN_DANGER, is_crisis=False)
    visitor = enter(app, code)
    for _twice in range(2):
        visitor.send({"message": "やはり死にたいです"})
    with app.app_context():
        rows = db().scalars(select(CrisisAlarm).order_by(CrisisAlarm.raised_at, CrisisAlarm.next_at)).all()
        assert sorted(row.next_at is None for row in rows) == [False, True]
        assert {row.case_id for row in rows} == {case.id}


def test_somebody_who_must_not_see_the_case_is_not_called_to_it(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        on_duty_are("second_counselor")
        case, _code = road.submitted(text=IN_DANGER)
        road.done(lambda: exclude(road.case_of(case), person("second_counselor"), "desk", actor=present("counselor")))
        clock.move(to=clock.now() + alarm_policy_at(now()).repeat_every)
        road.done(repeat_alarms)
        assert woken() == ["counselor", "second_counselor", "third_counselor"]
        number = road.case_of(case).number
    assert number not in sign_in(app, "second_counselor").page.text


def test_taking_the_consultation_back_does_not_silence_the_alarm(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        case, code = road.submitted(text=IN_DANGER)
        road.done(lambda: withdraw(road.case_of(case), actor=consulter(code)))
        clock.move(to=clock.now() + alarm_policy_at(now()).repeat_every)
        assert road.done(repeat_alarms) == 1
        assert len(woken()) == 6


def test_somebody_who_no_longer_serves_is_not_on_duty(app: Flask) -> None:
    with app.app_context():
        on_duty_are("counselor")
        with transaction():
            db().get_one(Person, person("counselor").id).ends_at = now()
        road.submitted(text=IN_DANGER)
        assert woken() == ["second_counselor", "third_counselor"]


def test_the_rota_is_kept_on_its_page_and_shows_where_nobody_is_on_duty(app: Flask, clock: FixedClock) -> None:
    visitor = sign_in(app, "third_counselor")
    visitor.get("/desk/duty/")
    assert "当番がいません" in visitor.page.text
    with app.app_context():
        someone = person("counselor").id.hex
    first = {"person": someone, "first_day": "2026-11-24", "first_hour": "09:00", "last_day": "2026-11-25"}
    visitor.send({**first, "last_hour": "09:00"})
    assert "当番表に加えました" in visitor.page.text
    assert "名前・counselor" in visitor.page.text
    assert "いまの当番: 名前・counselor" in visitor.get("/desk/").text
    visitor.get("/desk/duty/")
    with app.app_context():
        cancel = f"/desk/duty/{db().scalars(select(actions.DutyShift)).one().id}/cancel"
    visitor.send({}, action=cancel)
    assert "相談員全員に届きます" in visitor.get("/desk/").text
    with app.app_context():
        assert events("duty.") == ["duty.plan", "duty.cancel"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"last_day": "2026-11-24", "last_hour": "08:30"}, "終わりは、はじまりより後に"),
        ({"first_day": "2026-11-20", "last_day": "2026-11-21"}, "もう終わった時間です"),
        ({"last_day": "2027-11-25"}, "14日分までです"),
        ({"person": "0" * 32}, "一覧の中から選んでください"),
        ({"first_day": "きのう"}, "実際にある日付"),
    ],
)
def test_a_turn_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    app: Flask, typed: dict[str, str], words: str
) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/desk/duty/")
    with app.app_context():
        good = {"person": person("counselor").id.hex, "first_day": "2026-11-24", "first_hour": "09:00"}
    sent = {**good, "last_day": "2026-11-25", "last_hour": "09:00", **typed}
    form = visitor.page.form_with("person").fields
    visitor.post("/desk/duty/plan", {**form, **sent})
    assert words in visitor.page.text
    assert typed.get("first_day", "2026-11-24") in visitor.page.html
    with app.app_context():
        assert db().scalar(select(actions.DutyShift)) is None


def test_the_head_reads_the_rota_and_does_not_plan_it(app: Flask) -> None:
    visitor = sign_in(app, "head")
    assert "当番表に加える" not in visitor.get("/desk/duty/").text
