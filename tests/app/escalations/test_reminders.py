"""Reminders: on exactly their days, each once, however often and by however many the sweep is run."""

from __future__ import annotations

import threading
from datetime import datetime

from flask import Flask
from sqlalchemy import select

from app.escalations.actions import issue_due_reminders, open_due_steps
from app.escalations.queries import file_of_company
from app.pipeline.transaction import db
from models.clock import Clock
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.outbox_message import OutboxMessage
from models.reminder import Reminder
from models.rules.deadlines import ClockKind
from models.rules.reminders import ReminderKind
from models.rules.taxonomy.severity import Severity
from tests.support.ladder import at, move_to, swept
from tests.support.present import company, person
from tests.support.road import acknowledged, done, routed

HIGH = {"severity": Severity.HIGH}


def reminders_of(exchange: Exchange, kind: ClockKind = ClockKind.OFFICER_ACK) -> list[Reminder]:
    return list(
        db().scalars(
            select(Reminder)
            .join(Clock, Clock.id == Reminder.clock_id)
            .where(Clock.subject_id == exchange.id, Clock.kind == kind)
            .order_by(Reminder.scheduled_at)
        )
    )


def mails() -> list[OutboxMessage]:
    return list(db().scalars(select(OutboxMessage).where(OutboxMessage.kind == "reminder")))


def sweep_often(*moments: datetime) -> None:
    for moment in moments:
        for _again in range(2):
            swept(moment)


def test_the_officer_is_reminded_before_on_and_after_the_due_day_and_once_each(app: Flask) -> None:
    """Scenario 7.5; routed on Friday 2026-12-25, due on Tuesday 2027-01-05 (scenario 7.15)."""
    with app.app_context():
        move_to(at(2026, 12, 25, 11))
        exchange = routed(**HIGH)
        days = ((12, 28), (1, 5), (1, 6), (1, 8))
        moments = [at(2026 if month == 12 else 2027, month, day, 10) for month, day in days]
        for place, moment in enumerate(moments, start=1):
            sweep_often(moment.replace(hour=9, minute=59))
            assert len(reminders_of(exchange)) == place - 1
            sweep_often(moment, moment.replace(hour=16))
            assert len(reminders_of(exchange)) == place
        found = reminders_of(exchange)
        assert [one.kind for one in found] == [kind.value for kind in ReminderKind]
        assert [one.scheduled_at for one in found] == moments
        assert {one.person_id for one in found} == {person("alpha_officer").id}
        assert len([mail for mail in mails() if "officer" not in mail.idempotency_key]) == len(mails()) == 4
        sweep_often(at(2027, 1, 7), at(2027, 1, 20))
        assert len(reminders_of(exchange)) == 4


def test_what_is_done_is_not_reminded_of(app: Flask) -> None:
    with app.app_context():
        exchange = acknowledged(**HIGH)
        swept(at(2026, 12, 4))
        assert reminders_of(exchange) == []


def test_after_an_outage_only_the_newest_is_mailed_and_the_missed_ones_are_recorded(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        sweep_often(at(2026, 12, 1))
        found = reminders_of(exchange)
        assert [one.kind for one in found] == ["before", "due_day", "after_1"]
        assert [one.person_id is not None for one in found] == [False, False, True]
        assert len(mails()) == 1


def test_a_member_without_certification_is_reminded_as_well(app: Flask) -> None:
    with app.app_context():
        exchange = routed(company="delta", **HIGH)
        swept(at(2026, 11, 27))
        assert [one.kind for one in reminders_of(exchange)] == ["before", "due_day"]


def test_two_sweeps_at_once_remind_and_open_once(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        move_to(at(2026, 12, 2))
    together = threading.Barrier(2)
    failures: list[BaseException] = []

    def sweep() -> None:
        try:
            with app.app_context():
                together.wait(timeout=20)
                done(issue_due_reminders)
                done(open_due_steps)
        except BaseException as failure:  # noqa: BLE001 - a thread's failure is told to the test
            failures.append(failure)

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    with app.app_context():
        assert [one.kind for one in reminders_of(exchange)] == [kind.value for kind in ReminderKind]
        assert len(mails()) == 1
        files = db().scalars(select(CompanyFile).where(CompanyFile.company_id == company("alpha").id)).all()
        assert [one.next_step for one in files] == ["E1"]


def test_a_reminder_goes_to_the_successor_when_the_addressee_has_left(app: Flask) -> None:
    from app.people.actions import end_service
    from app.pipeline.identity import THE_CLOCK

    with app.app_context():
        exchange = routed(**HIGH)
        done(lambda: end_service(person("alpha_officer"), actor=THE_CLOCK))
        swept(at(2026, 11, 27))
        assert [one.person_id for one in reminders_of(exchange)][-1] == person("alpha_deputy").id


def test_a_sweep_that_is_killed_leaves_nothing_half_done(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        move_to(at(2026, 12, 2))

        def killed() -> None:
            issue_due_reminders()
            open_due_steps()
            raise KeyboardInterrupt

        try:
            done(killed)
        except KeyboardInterrupt:
            db().expire_all()
        assert (reminders_of(exchange), file_of_company(exchange.company_id), mails()) == ([], None, [])
        swept()
        assert len(reminders_of(exchange)) == 4
        assert file_of_company(exchange.company_id) is not None
