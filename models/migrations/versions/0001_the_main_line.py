"""the main line."""

from __future__ import annotations

from alembic import op

from models.migrations.first_tables import (
    board,
    cases,
    clocks,
    companies,
    compartments,
    people,
    record,
    requests,
    words,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IN_ORDER = (
    *record.TABLES,
    *companies.TABLES,
    *people.TABLES,
    *clocks.TABLES,
    *cases.TABLES,
    *compartments.TABLES,
    *words.TABLES,
    *requests.TABLES,
    *board.TABLES,
)
"""Each is a function named for the table that it makes; a table comes after those that it refers to."""


def upgrade() -> None:
    for make_table in IN_ORDER:
        make_table()
    refuse_to_change_the_record()


def downgrade() -> None:
    for make_table in reversed(IN_ORDER):
        op.drop_table(make_table.__name__)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_change_the_record()")


def refuse_to_change_the_record() -> None:
    """UPDATE and DELETE of the audit record are refused by the database itself."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_record_no_{act.lower()} BEFORE {act} ON audit_record "
                "BEGIN SELECT RAISE(ABORT, 'the record is never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_to_change_the_record() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the record is never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_record_never_changed BEFORE UPDATE OR DELETE ON audit_record "
        "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_record()"
    )
