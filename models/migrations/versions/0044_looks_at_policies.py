"""Looks at the pages on which companies have published their policies, and the day for which one is planned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TABLE = "policy_check"
FOUND = (
    "there", "not_there", "refused", "failed", "no_name", "no_answer", "not_trusted", "not_public", "turns", "no_address",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("company", sa.Column("policy_planned_on", sa.Date(), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.String(length=40), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            f"found IN ({', '.join(repr(code) for code in FOUND)})", name=op.f(f"ck_{TABLE}_found_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f(f"fk_{TABLE}_company_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_policy_check_company", TABLE, ["company_id", "checked_at"])


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("company", "policy_planned_on")
