"""In which steps a database would answer a question, and whether it reads through what grows with the consultations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from models.registry import metadata

READ_THROUGH = re.compile(r"Seq Scan on (\S+)")
WITHOUT_AN_INDEX = re.compile(r"^(?:SCAN|SEARCH(?= \S+$))")
"""SQLite searches for a least or greatest value by reading through as well, where it names no index."""
AS_GOOD_AS_ALL = re.compile(r"SEARCH (\S+) USING .*INDEX (?:ix_case_board|ix_case_assignee) \([a-z_]+=\?\)")
"""By the first column of such an index alone, SQLite finds whatever is open, or whatever nobody has taken."""
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


@contextmanager
def questions_heard(engine: Engine) -> Iterator[dict[str, Any]]:
    """Each question asked of a database, with the first values it was asked with."""
    asked: dict[str, Any] = {}

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            asked.setdefault(statement, parameters[0] if many else parameters)

    event.listen(engine, "before_cursor_execute", remember)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", remember)


def read_through(engine: Engine, questions: Mapping[str, Any]) -> dict[str, str]:
    """The questions that are answered by reading through a table that grows with the consultations, and how."""
    assert set(metadata.tables) >= A_ROW_FOR_EACH_CONSULTATION
    found = {}
    with engine.connect() as connection:
        for statement, parameters in questions.items():
            plan = "\n".join(plan_of(connection, statement, parameters))
            tables = {table.strip('"') for table in (*READ_THROUGH.findall(plan), *AS_GOOD_AS_ALL.findall(plan))}
            if tables & A_ROW_FOR_EACH_CONSULTATION:
                found[statement] = plan
    return found


def plan_of(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The steps in which the database would answer, as it says them."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [WITHOUT_AN_INDEX.sub("Seq Scan on", row[3]) for row in rows]
    # It goes by how many rows there are, and here there are few: told to avoid it, it reads through where it must.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
