"""Signed heads that leave this machine by mail and to a time-stamping service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

FAILURES = "'not_sent', 'no_answer', 'refused', 'no_proof', 'no_file'"


def upgrade() -> None:
    op.create_table(
        "head_export",
        sa.Column("head_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_failure", sa.String(length=40), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("way IN ('mail', 'timestamp')", name=op.f("ck_head_export_way_is_known")),
        sa.CheckConstraint(f"last_failure IN ({FAILURES})", name=op.f("ck_head_export_last_failure_is_known")),
        sa.CheckConstraint("proof IS NULL OR done_at IS NOT NULL", name=op.f("ck_head_export_has_a_proof_when_done")),
        sa.ForeignKeyConstraint(
            ["head_id"],
            ["audit_head.id"],
            name=op.f("fk_head_export_head_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head_export")),
        sa.UniqueConstraint("head_id", "way", name=op.f("uq_head_export_head_id_way")),
    )


def downgrade() -> None:
    op.drop_table("head_export")
