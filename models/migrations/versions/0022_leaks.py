"""Leak worksheets with their versions, what was told to whom, the cases that they concern, and their clocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_reference, drop_reference, replace_check

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CLOCKS = [
    "acknowledge_consulter",
    "acknowledge_outer",
    "acknowledge_group",
    "triage",
    "consulter_answer",
    "consent_answer",
    "send_hold",
    "route",
    "officer_ack",
    "initial_report",
    "final_report",
    "report_extension",
    "review",
    "feedback",
    "progress_note",
    "feedback_outer",
    "advice",
    "vacancy",
    "reminder_e0",
    "request_e1",
    "request_e2",
    "request_e3",
    "request_e3_proof",
    "request_e4",
    "explanation",
    "objection",
    "stop_use",
    "publication",
    "retaliation_watch",
    "reopen",
    "receipt_valid",
]
LEAK_CLOCKS = ("leak_speedy_goal", "leak_speedy", "leak_final", "leak_final_wrongful")
CLOCKED = ("case", "exchange", "formal_request", "board_item", "certification", "company")
COMPARTMENTS = (
    "identity narrative health desk_notes forwarded report drafts company_file board_packet advice".split()  # noqa: SIM905 - read aloud
)
OF_ONE = "CASE WHEN case_id IS NULL THEN 0 ELSE 1 END + CASE WHEN company_file_id IS NULL THEN 0 ELSE 1 END"
OF_ADVICE = " + CASE WHEN advice_id IS NULL THEN 0 ELSE 1 END"
OF_A_LEAK = " + CASE WHEN leak_id IS NULL THEN 0 ELSE 1 END"
GIVEN = sa.text("leak_id IS NOT NULL")
TO_REMIND = sa.text("next_reminder_at IS NOT NULL")


def upgrade() -> None:
    _leak()
    _case()
    _sheet()
    _telling()
    add_reference("compartment", "leak_id", "leak")
    op.create_index("ix_compartment_leak_id", "compartment", ["leak_id"], sqlite_where=GIVEN, postgresql_where=GIVEN)
    replace_check("compartment", "ck_compartment_kind_is_known", _one_of("kind", (*COMPARTMENTS, "leak")))
    replace_check("compartment", "ck_compartment_belongs_to_one_subject", f"{OF_ONE}{OF_ADVICE}{OF_A_LEAK} = 1")
    replace_check("clock", "ck_clock_kind_is_known", _one_of("kind", (*CLOCKS, *LEAK_CLOCKS)))
    replace_check("clock", "ck_clock_subject_is_known", _one_of("subject_kind", (*CLOCKED, "leak")))


def _leak() -> None:
    op.create_table(
        "leak",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reach", sa.String(length=40), nullable=False),
        sa.Column("key_safety", sa.String(length=40), nullable=False),
        sa.Column("triggers", sa.String(length=80), nullable=False),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("recall_id", sa.Uuid(), nullable=True),
        _moment("aware_at"),
        _moment("begun_at"),
        sa.Column("begun_by_id", sa.Uuid(), nullable=False),
        *(_moment(name, may_lack=True) for name in ("speedy_at", "final_at", "ended_at", "next_due_at")),
        sa.Column("next_due_kind", sa.String(length=40), nullable=True),
        _moment("next_reminder_at", may_lack=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _check("leak", "state_is_known", _one_of("state", ("checking", "to_report", "no_report", "ended"))),
        _check("leak", "reach_is_known", _one_of("reach", ("copy", "store", "signed_in", "paper", "other"))),
        _check("leak", "key_safety_is_known", _one_of("key_safety", ("safe", "lost", "opened", "unknown"))),
        _check("leak", "ended_when_it_is_done", "(ended_at IS NOT NULL) = (state = 'ended')"),
        _check("leak", "was_known_when_it_began", "aware_at <= begun_at"),
        _check("leak", "reminds_of_nothing_once_it_ended", "ended_at IS NULL OR next_reminder_at IS NULL"),
        _refers("leak", "recall_id", "recall.id"),
        _refers("leak", "begun_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak")),
        sa.UniqueConstraint("number", name=op.f("uq_leak_number")),
        sa.UniqueConstraint("recall_id", name=op.f("uq_leak_recall_id")),
    )
    op.create_index("ix_leak_state", "leak", ["state", "aware_at"])
    op.create_index(
        "ix_leak_reminder", "leak", ["next_reminder_at"], sqlite_where=TO_REMIND, postgresql_where=TO_REMIND
    )


def _case() -> None:
    op.create_table(
        "leak_case",
        sa.Column("leak_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=True),
        _moment("named_at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("leak_case", "leak_id", "leak.id"),
        _refers("leak_case", "case_id", "case.id"),
        _refers("leak_case", "exchange_id", "exchange.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_case")),
        sa.UniqueConstraint("leak_id", "case_id", name=op.f("uq_leak_case_leak_id_case_id")),
    )
    op.create_index(op.f("ix_leak_case_case_id"), "leak_case", ["case_id"])


def _sheet() -> None:
    op.create_table(
        "leak_sheet",
        sa.Column("leak_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_items", sa.LargeBinary(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        _moment("written_at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        _check("leak_sheet", "counts_from_one", "number > 0"),
        _refers("leak_sheet", "leak_id", "leak.id"),
        _refers("leak_sheet", "compartment_id", "compartment.id"),
        _refers("leak_sheet", "written_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_sheet")),
        sa.UniqueConstraint("leak_id", "number", name=op.f("uq_leak_sheet_leak_id_number")),
    )


def _telling() -> None:
    told = ("speedy", "final", "person", "company", "police", "public", "others")
    op.create_table(
        "leak_telling",
        sa.Column("leak_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.String(length=40), nullable=False),
        _moment("told_at"),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        _moment("recorded_at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        _check("leak_telling", "told_is_known", _one_of("told", told)),
        _check(
            "leak_telling",
            "a_report_names_its_version",
            "told NOT IN ('speedy', 'final') OR sheet_id IS NOT NULL",
        ),
        _check("leak_telling", "is_told_before_it_is_recorded", "told_at <= recorded_at"),
        _refers("leak_telling", "leak_id", "leak.id"),
        _refers("leak_telling", "compartment_id", "compartment.id"),
        _refers("leak_telling", "sheet_id", "leak_sheet.id"),
        _refers("leak_telling", "recorded_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_telling")),
    )
    op.create_index("ix_leak_telling_leak", "leak_telling", ["leak_id", "told_at"])


def downgrade() -> None:
    op.execute("DELETE FROM clock WHERE subject_kind = 'leak'")
    replace_check("clock", "ck_clock_subject_is_known", _one_of("subject_kind", CLOCKED))
    replace_check("clock", "ck_clock_kind_is_known", _one_of("kind", CLOCKS))
    for table in ("leak_telling", "leak_sheet", "leak_case"):
        op.drop_table(table)
    of_leaks = "SELECT id FROM compartment WHERE kind = 'leak'"
    for table in ("waiting_grant", "compartment_grant"):
        op.execute(f"DELETE FROM {table} WHERE compartment_id IN ({of_leaks})")  # noqa: S608 - names of our own
    op.execute("DELETE FROM compartment WHERE kind = 'leak'")
    replace_check("compartment", "ck_compartment_belongs_to_one_subject", f"{OF_ONE}{OF_ADVICE} = 1")
    replace_check("compartment", "ck_compartment_kind_is_known", _one_of("kind", COMPARTMENTS))
    op.drop_index("ix_compartment_leak_id", "compartment")
    drop_reference("compartment", "leak_id")
    op.drop_table("leak")


def _one_of(column: str, codes: tuple[str, ...] | list[str]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def _moment(name: str, *, may_lack: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=may_lack)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
