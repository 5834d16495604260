"""The work by the clock finds what is due by an index: what it reads does not grow with what is not due."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from app.operations.outbox import send_waiting
from app.operations.sweep import CLOCKWORK, sweep
from models.registry import metadata
from tests.support.installation import engines_of

READ_THROUGH = re.compile(r"Seq Scan on (\S+)")
WITHOUT_AN_INDEX = re.compile(r"^(?:SCAN|SEARCH(?= \S+$))")
"""SQLite searches for a least or greatest value by reading through as well, where it names no index."""
A_ROW_FOR_EACH_CONSULTATION = {
    "action_entry",
    "attachment",
    "audit_record",
    "case",
    "case_facet",
    "clock",
    "compartment",
    "compartment_grant",
    "consent_entry",
    "exchange",
    "extension",
    "forwarded_copy",
    "message",
    "outbox_message",
    "person",
    "receipt",
    "reminder",
    "reply_task",
    "report",
    "statement",
}
"""Or several. Companies, files, meetings and watches are few, and may be read whole."""


@pytest.fixture
def questions(app: Flask) -> list[tuple[str, Any]]:
    """All that a turn of the clock asks of the main database."""
    asked: dict[str, Any] = {}

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            asked.setdefault(statement, parameters[0] if many else parameters)

    engine = engines_of(app)[0]
    event.listen(engine, "before_cursor_execute", remember)
    try:
        assert sweep(app).failed == ()
        # And what is asked by whatever has something to do.
        assert sweep(app, works=tuple(replace(work, due=None) for work in CLOCKWORK)).failed == ()
        send_waiting(app)
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    return list(asked.items())


def plan_of(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The steps in which the database would answer, as it says them."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [WITHOUT_AN_INDEX.sub("Seq Scan on", row[3]) for row in rows]
    # It goes by how many rows there are, and here there are few: told to avoid it, it reads through where it must.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]


def test_what_grows_with_the_consultations_is_never_read_through(app: Flask, questions: list[tuple[str, Any]]) -> None:
    assert len(questions) > 20
    assert set(metadata.tables) >= A_ROW_FOR_EACH_CONSULTATION
    read_through = {}
    with engines_of(app)[0].connect() as connection:
        for statement, parameters in questions:
            plan = "\n".join(plan_of(connection, statement, parameters))
            tables = {table.strip('"') for table in READ_THROUGH.findall(plan)}
            if tables & A_ROW_FOR_EACH_CONSULTATION:
                read_through[statement] = plan
    assert read_through == {}
