"""The files whose sealed bytes are still to be taken from the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_to_remove",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_erasure", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
            name=op.f("fk_file_to_remove_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_to_remove")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_file_to_remove_stored_as")),
    )
    op.create_index(op.f("ix_file_to_remove_case_id"), "file_to_remove", ["case_id"])
    op.create_index(op.f("ix_file_to_remove_ordered_at"), "file_to_remove", ["ordered_at"])


def downgrade() -> None:
    op.drop_table("file_to_remove")
