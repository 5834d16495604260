"""Rows that were there before a migration are there after it, with what they said."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models import schema
from models.rule_change import RuleChange
from models.rules.rule_change import RuleKind

ENTERED = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
CLOSED = {date(2026, 12, 28): "台風による休業", date(2027, 1, 4): "電気設備の点検"}


def plant_closure_days(engine: Engine) -> None:
    schema.upgrade(engine, schema.MAIN, to="0018")
    with engine.begin() as connection:
        for day, reason in CLOSED.items():
            connection.execute(
                text("INSERT INTO closure_day (day, reason, entered_at) VALUES (:day, :reason, :at)"),
                {"day": day.isoformat(), "reason": reason, "at": ENTERED.isoformat(sep=" ")},
            )


def test_closure_days_become_changes_of_rules_in_force(empty: Engine) -> None:
    plant_closure_days(empty)
    schema.upgrade(empty, schema.MAIN)
    with Session(empty) as session:
        rows = session.query(RuleChange).order_by(RuleChange.valid_from).all()
    assert {row.valid_from: json.loads(row.value)["ja"] for row in rows} == CLOSED
    for row in rows:
        assert (row.kind, row.key, row.ended_at) == (RuleKind.CLOSURE, row.valid_from.isoformat(), None)
        assert (row.entered_at, row.entered_by_id) == (ENTERED, None)
        assert json.loads(row.value)["sort"] == "association"


def test_closure_days_come_back_when_the_migration_is_undone_and_those_taken_back_do_not(empty: Engine) -> None:
    plant_closure_days(empty)
    schema.upgrade(empty, schema.MAIN)
    with empty.begin() as connection:
        connection.execute(text("UPDATE rule_change SET ended_at = entered_at WHERE key = '2027-01-04'"))
    schema.downgrade(empty, schema.MAIN, to="0018")
    with empty.connect() as connection:
        kept = connection.execute(text("SELECT day, reason FROM closure_day")).all()
    assert [(str(day), reason) for day, reason in kept] == [("2026-12-28", "台風による休業")]
