"""Whoever leaves while the board has the matter is marked so, and waits before applying again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_check, drop_check

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

CHECK = "ck_certification_left_a_procedure_by_ending"


def upgrade() -> None:
    op.add_column("certification", sa.Column("ended_in_procedure_on", sa.Date(), nullable=True))
    add_check(
        "certification",
        CHECK,
        "ended_in_procedure_on IS NULL OR state IN ('withdrawn', 'lapsed_membership', 'transferred', 'expired')",
    )


def downgrade() -> None:
    drop_check("certification", CHECK)
    op.drop_column("certification", "ended_in_procedure_on")
