"""The least is told without consent only by two people, and what they told and why is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WAITS = sa.text("answered_at IS NULL")
REFERS = {"case_id": "case", "compartment_id": "compartment", "asked_by_id": "person", "answered_by_id": "person"}


def upgrade() -> None:
    op.create_table(
        "emergency_telling",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_told", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("was_allowed", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("answer IN ('agreed', 'refused')", name=op.f("ck_emergency_telling_answer_is_known")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_emergency_telling_answered_says_who_and_when"),
        ),
        sa.CheckConstraint(
            "answered_by_id IS NULL OR answered_by_id <> asked_by_id", name=op.f("ck_emergency_telling_takes_two")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{to}.id"],
                name=op.f(f"fk_emergency_telling_{column}"),
                initially="DEFERRED",
                deferrable=True,
            )
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_telling")),
    )
    op.create_index(op.f("ix_emergency_telling_case_id"), "emergency_telling", ["case_id"])
    op.create_index(
        "uq_emergency_telling_open",
        "emergency_telling",
        ["case_id"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    op.drop_table("emergency_telling")
