"""Whoever was told of an earlier case is kept from the one that tells of retaliation for it, until she was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    replace_check(
        "exclusion", "ck_exclusion_declared_by_is_known", "declared_by IN ('consulter', 'desk', 'asked_before')"
    )


def downgrade() -> None:
    # Who was kept away stays kept away; that the consulter might have let them be asked is forgotten.
    op.execute(sa.text("UPDATE exclusion SET declared_by = 'consulter' WHERE declared_by = 'asked_before'"))
    replace_check("exclusion", "ck_exclusion_declared_by_is_known", "declared_by IN ('consulter', 'desk')")
