"""Recalls take two: who asked, who agreed, and who of the company had opened the copy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recall",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('wrong_company', 'wrong_content', 'conflict', 'by_request')",
            name=op.f("ck_recall_reason_is_known"),
        ),
        sa.CheckConstraint("answer IN ('confirmed', 'refused', 'overtaken')", name=op.f("ck_recall_answer_is_known")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_recall_answered_has_a_time")),
        sa.CheckConstraint("answered_by_id IS NULL OR answered_by_id <> asked_by_id", name=op.f("ck_recall_takes_two")),
        sa.CheckConstraint(
            "answer IS NULL OR answer = 'overtaken' OR answered_by_id IS NOT NULL", name=op.f("ck_recall_says_who")
        ),
        _refers_to("recall", "exchange_id", "exchange"),
        _refers_to("recall", "asked_by_id", "person"),
        _refers_to("recall", "answered_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    op.create_index(op.f("ix_recall_exchange_id"), "recall", ["exchange_id"], unique=False)
    op.create_index(
        "uq_recall_open",
        "recall",
        ["exchange_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "recall_reading",
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_recall_reading_was_opened")),
        _refers_to("recall_reading", "recall_id", "recall"),
        _refers_to("recall_reading", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_reading")),
        sa.UniqueConstraint("recall_id", "person_id", name=op.f("uq_recall_reading_recall_id_person_id")),
    )


def downgrade() -> None:
    op.drop_table("recall_reading")
    op.drop_table("recall")


def _refers_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True
    )
