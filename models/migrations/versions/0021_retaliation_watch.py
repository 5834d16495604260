"""The watch after a company was told, and its questions to the consulter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    watch()
    check_in()


def watch() -> None:
    op.create_table(
        "retaliation_watch",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version", sa.String(length=40), nullable=False),
        sa.Column("act_version", sa.String(length=40), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_at > disclosed_at", name=op.f("ck_retaliation_watch_ends_after_the_disclosure")),
        sa.CheckConstraint(
            "ended_at IS NULL OR next_check_at IS NULL", name=op.f("ck_retaliation_watch_asks_nothing_once_it_ended")
        ),
        refers("retaliation_watch", "case_id", "case.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retaliation_watch")),
        sa.UniqueConstraint("case_id", name=op.f("uq_retaliation_watch_case_id")),
    )
    for name, column in (("ix_retaliation_watch_next", "next_check_at"), ("ix_retaliation_watch_end", "ends_at")):
        op.create_index(name, "retaliation_watch", [column], sqlite_where=RUNNING, postgresql_where=RUNNING)


def check_in() -> None:
    op.create_table(
        "check_in",
        sa.Column("watch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer_token IS NULL)", name=op.f("ck_check_in_answered_has_an_answer")
        ),
        sa.CheckConstraint(
            "message_id IS NULL OR answered_at IS NOT NULL", name=op.f("ck_check_in_words_belong_to_an_answer")
        ),
        sa.CheckConstraint(
            "seen_at IS NULL OR answered_at IS NOT NULL", name=op.f("ck_check_in_only_an_answer_is_seen")
        ),
        refers("check_in", "watch_id", "retaliation_watch.id"),
        refers("check_in", "case_id", "case.id"),
        refers("check_in", "message_id", "message.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    op.create_index("ix_check_in_watch", "check_in", ["watch_id", "asked_at"])
    op.create_index("ix_check_in_case", "check_in", ["case_id"])


def downgrade() -> None:
    op.drop_table("check_in")
    op.drop_table("retaliation_watch")


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """A foreign key that is checked at the end of the transaction."""
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
