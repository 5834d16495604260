"""Groups of consultations about one workplace or client, their members, and the clock of a group's acknowledgement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GATHERING = sa.text("is_gathering")
CLOCKS = (
    "acknowledge_consulter",
    "acknowledge_outer",
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
)


def upgrade() -> None:
    _groups()
    _members()
    replace_check("clock", "ck_clock_kind_is_known", _kinds(*CLOCKS, "acknowledge_group"))


def _groups() -> None:
    op.create_table(
        "incident_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("company_token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("formed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("formed_how", sa.String(length=12), nullable=False),
        sa.Column("policy_version", sa.String(length=20), nullable=False),
        sa.Column("is_gathering", sa.Boolean(), nullable=False),
        sa.Column("gathers_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("copy_token", sa.LargeBinary(length=16), nullable=True),
        sa.CheckConstraint("formed_how IN ('submissions', 'desk')", name=op.f("ck_incident_group_formed_how_is_known")),
        _refers("incident_group", "case_id", "case.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_group")),
        sa.UniqueConstraint("case_id", name=op.f("uq_incident_group_case_id")),
    )
    op.create_index(
        "uq_incident_group_gathering",
        "incident_group",
        ["company_token"],
        unique=True,
        sqlite_where=GATHERING,
        postgresql_where=GATHERING,
    )


def _members() -> None:
    op.create_table(
        "incident_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=True),
        sa.Column("word_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "party IN ('workplace', 'employer', 'client')", name=op.f("ck_incident_member_party_is_known")
        ),
        sa.CheckConstraint("word IN ('count_me', 'keep_out')", name=op.f("ck_incident_member_word_is_known")),
        sa.CheckConstraint("(word IS NULL) = (word_at IS NULL)", name=op.f("ck_incident_member_her_word_has_a_time")),
        sa.CheckConstraint(
            "(left_at IS NULL) = (left_by_id IS NULL)", name=op.f("ck_incident_member_taken_out_by_somebody")
        ),
        sa.CheckConstraint(
            "NOT is_counted OR left_at IS NULL", name=op.f("ck_incident_member_who_is_taken_out_is_not_counted")
        ),
        _refers("incident_member", "group_id", "incident_group.id"),
        _refers("incident_member", "case_id", "case.id"),
        _refers("incident_member", "left_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_member")),
        sa.UniqueConstraint("case_id", name=op.f("uq_incident_member_case_id")),
    )
    op.create_index("ix_incident_member_group_id", "incident_member", ["group_id"])


def downgrade() -> None:
    replace_check("clock", "ck_clock_kind_is_known", _kinds(*CLOCKS))
    op.drop_table("incident_member")
    op.drop_table("incident_group")


def _kinds(*codes: str) -> str:
    return f"kind IN ({', '.join(repr(code) for code in codes)})"


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
