"""the phone desk: who keyed a consultation, calls and letters that are due, questions for a lost code, complaints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    complaint_count()
    keyed_intake()
    reply_task()
    recovery_answers()
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("repeated_back_at", sa.DateTime(timezone=True), nullable=True))


def complaint_count() -> None:
    op.create_table(
        "complaint_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_complaint_count_counts_something")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_complaint_count")),
    )


def keyed_intake() -> None:
    op.create_table(
        "keyed_intake",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("keyed_by_id", sa.Uuid(), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("read_back", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "read_back IN ('read_aloud', 'compared', 'not_yet')", name=op.f("ck_keyed_intake_read_back_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_keyed_intake_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["keyed_by_id"],
            ["person.id"],
            name=op.f("fk_keyed_intake_keyed_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyed_intake")),
        sa.UniqueConstraint("case_id", name=op.f("uq_keyed_intake_case_id")),
    )


def reply_task() -> None:
    op.create_table(
        "reply_task",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "result IN ('reached', 'no_answer', 'posted', 'stopped')", name=op.f("ck_reply_task_result_is_known")
        ),
        sa.CheckConstraint(
            "result IS NULL OR result <> 'no_answer'", name=op.f("ck_reply_task_no_answer_ends_nothing")
        ),
        sa.CheckConstraint("way <> 'mailbox'", name=op.f("ck_reply_task_is_a_call_or_a_letter")),
        sa.CheckConstraint("way IN ('mailbox', 'call', 'post')", name=op.f("ck_reply_task_way_is_known")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_reply_task_ended_by_somebody")),
        sa.CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name=op.f("ck_reply_task_ended_has_a_result")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_reply_task_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["person.id"],
            name=op.f("fk_reply_task_ended_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_task")),
    )
    with op.batch_alter_table("reply_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_task_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_reply_task_due", ["ended_at", "due_at", "id"], unique=False)


def recovery_answers() -> None:
    op.create_table(
        "recovery_answers",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_recovery_answers_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_recovery_answers_compartment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_answers")),
        sa.UniqueConstraint("case_id", name=op.f("uq_recovery_answers_case_id")),
    )


def downgrade() -> None:
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_column("repeated_back_at")

    op.drop_table("recovery_answers")
    with op.batch_alter_table("reply_task", schema=None) as batch_op:
        batch_op.drop_index("ix_reply_task_due")
        batch_op.drop_index(batch_op.f("ix_reply_task_case_id"))

    op.drop_table("reply_task")
    op.drop_table("keyed_intake")
    op.drop_table("complaint_count")
