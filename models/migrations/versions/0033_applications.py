"""Applications for certification: the sheet of nine pledges, what the reviewer found, and what the board decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_reference, drop_reference, replace_check

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KINDS = (
    "identity", "narrative", "health", "desk_notes", "forwarded", "report", "drafts", "company_file", "board_packet",
    "advice", "leak",
)  # fmt: skip
PLEDGES = (
    "guideline", "officer", "policy", "desk", "response", "report", "survey", "outsourcing", "revocation",
)  # fmt: skip
GIVEN = sa.text("application_id IS NOT NULL")
OPEN = sa.text("ended_at IS NULL")
OF_ONE = "ck_compartment_belongs_to_one_subject"
SUBJECTS = ("case_id", "company_file_id", "advice_id", "leak_id")


def upgrade() -> None:
    _applications()
    _entries()
    _approvals()
    add_reference("compartment", "application_id", "certification_application")
    op.create_index(
        "ix_compartment_application_id", "compartment", ["application_id"], sqlite_where=GIVEN, postgresql_where=GIVEN
    )
    replace_check("compartment", "ck_compartment_kind_is_known", _among("kind", (*KINDS, "pledges")))
    replace_check("compartment", OF_ONE, _one_of_these(*SUBJECTS, "application_id"))


def _applications() -> None:
    op.create_table(
        "certification_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("pledge_version", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("begun_by_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("agenda_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('first', 'renewal')", name=op.f("ck_certification_application_kind_is_known")),
        sa.CheckConstraint(
            "meeting_id IS NULL OR agenda_at IS NOT NULL", name=op.f("ck_certification_application_agenda_has_a_time")
        ),
        _refers("certification_application", "company_id", "company.id"),
        _refers("certification_application", "certification_id", "certification.id"),
        _refers("certification_application", "begun_by_id", "person.id"),
        _refers("certification_application", "meeting_id", "board_meeting.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_application")),
        sa.UniqueConstraint("number", name=op.f("uq_certification_application_number")),
    )
    op.create_index("ix_certification_application_company", "certification_application", ["company_id", "begun_at"])
    op.create_index("ix_certification_application_meeting_id", "certification_application", ["meeting_id"])
    op.create_index(
        "uq_certification_application_open",
        "certification_application",
        ["certification_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _entries() -> None:
    op.create_table(
        "pledge_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("pledge", sa.String(length=40), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=True),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("marked_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(_among("pledge", PLEDGES), name=op.f("ck_pledge_entry_pledge_is_known")),
        sa.CheckConstraint(_among("mark", ("met", "not_met")), name=op.f("ck_pledge_entry_mark_is_known")),
        sa.CheckConstraint(
            "mark <> 'not_met' OR sealed_note IS NOT NULL", name=op.f("ck_pledge_entry_correction_says_what")
        ),
        _refers("pledge_entry", "application_id", "certification_application.id"),
        _refers("pledge_entry", "compartment_id", "compartment.id"),
        _refers("pledge_entry", "written_by_id", "person.id"),
        _refers("pledge_entry", "marked_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_entry")),
        sa.UniqueConstraint("application_id", "pledge", name=op.f("uq_pledge_entry_application_id_pledge")),
    )


def _approvals() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("sealed_reasons", sa.LargeBinary(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_among("decision", ("approved", "rejected")), name=op.f("ck_approval_decision_is_known")),
        sa.CheckConstraint(
            "votes_for > 0 AND votes_for <= present AND present <= eligible",
            name=op.f("ck_approval_counts_hang_together"),
        ),
        sa.CheckConstraint(
            "(decision = 'approved') = (valid_to IS NOT NULL)", name=op.f("ck_approval_approved_has_a_term")
        ),
        sa.CheckConstraint(
            "decision = 'approved' OR sealed_reasons IS NOT NULL", name=op.f("ck_approval_rejection_has_reasons")
        ),
        _refers("approval", "application_id", "certification_application.id"),
        _refers("approval", "meeting_id", "board_meeting.id"),
        _refers("approval", "compartment_id", "compartment.id"),
        _refers("approval", "recorded_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("application_id", name=op.f("uq_approval_application_id")),
        sa.UniqueConstraint("number", name=op.f("uq_approval_number")),
    )


def downgrade() -> None:
    replace_check("compartment", OF_ONE, _one_of_these(*SUBJECTS))
    replace_check("compartment", "ck_compartment_kind_is_known", _among("kind", KINDS))
    op.drop_index("ix_compartment_application_id", "compartment")
    op.drop_table("approval")
    op.drop_table("pledge_entry")
    drop_reference("compartment", "application_id")
    op.drop_table("certification_application")


def _among(column: str, codes: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def _one_of_these(*columns: str) -> str:
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns) + " = 1"


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
