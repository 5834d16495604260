"""A clock is found by its subject alone, as most of those ask who look for one."""

from __future__ import annotations

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_clock_subject", table_name="clock")
    op.create_index("ix_clock_subject", "clock", ["subject_id", "kind"])


def downgrade() -> None:
    op.drop_index("ix_clock_subject", table_name="clock")
    op.create_index("ix_clock_subject", "clock", ["subject_kind", "subject_id"])
