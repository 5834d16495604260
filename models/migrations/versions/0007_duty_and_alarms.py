"""The desk's rota, and the alarms about danger that sound until somebody has heard them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SOUNDING = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_shift_ends_after_it_starts")),
        refers("duty_shift", "person_id", "person.id"),
        refers("duty_shift", "planned_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    op.create_index("ix_duty_shift_time", "duty_shift", ["ends_at", "starts_at"])
    op.create_table(
        "crisis_alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name=op.f("ck_crisis_alarm_heard_by_somebody")
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (next_at IS NOT NULL)", name=op.f("ck_crisis_alarm_sounds_until_it_was_heard")
        ),
        refers("crisis_alarm", "case_id", "case.id"),
        refers("crisis_alarm", "acknowledged_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_alarm")),
    )
    op.create_index("ix_crisis_alarm_case", "crisis_alarm", ["case_id"])
    for name, column, unique in (
        ("ix_crisis_alarm_next", "next_at", False),
        ("uq_crisis_alarm_sounding", "case_id", True),
    ):
        op.create_index(name, "crisis_alarm", [column], unique=unique, sqlite_where=SOUNDING, postgresql_where=SOUNDING)


def downgrade() -> None:
    op.drop_table("crisis_alarm")
    op.drop_table("duty_shift")


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """A foreign key that is checked at the end of the transaction."""
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
