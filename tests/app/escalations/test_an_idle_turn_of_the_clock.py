"""A turn of the clock of which nothing is due asks a few questions, and visits no company."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import event

from app.escalations.actions import issue_due_reminders, open_due_steps
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transactions
from models.rules.escalation_ladder import Step
from models.rules.request_lifecycle import RequestState
from models.rules.taxonomy.severity import Severity
from tests.support.ladder import file_of, issued, just_after, newest, silent_through
from tests.support.road import done, routed

OF_THE_REMINDERS = 5
"""Which clocks run, by which calendar, and what was issued of all of them: however many they are."""
OF_A_COMPANY = "WHERE company_file.company_id = "
"""How a turn of the clock begins with each company that it visits."""


def asked_by(work: Callable[[], object]) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    def note(*given: object) -> None:
        asked.append((str(given[2]), str(given[3]).replace("-", "")))

    db().expire_all()
    event.listen(transactions().engine, "before_cursor_execute", note)
    try:
        done(work)
    finally:
        event.remove(transactions().engine, "before_cursor_execute", note)
    return asked


def test_a_company_whose_letter_has_time_left_costs_the_clock_nothing(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        silent_through(Step.E1)
        issued(file_of())
        done(open_due_steps)
        alpha = file_of().company_id.hex
        asked = asked_by(open_due_steps)
        assert newest(file_of()).state is RequestState.SERVED
        visits = [values for statement, values in asked if OF_A_COMPANY in statement]
        assert not [values for values in visits if alpha in values], "nothing can follow while the letter has time"
        clock.move(to=just_after(newest(file_of()).due_at))
        visits = [values for statement, values in asked_by(open_due_steps) if OF_A_COMPANY in statement]
        assert [values for values in visits if alpha in values], "the test no longer sees which company is visited"


def test_a_clock_of_which_no_reminder_is_due_is_asked_about_together_with_all_others(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        for _case in range(3):
            routed(severity=Severity.HIGH)
        done(issue_due_reminders)
        asked = asked_by(issue_due_reminders)
        assert len(asked) <= OF_THE_REMINDERS, [statement for statement, _values in asked]
