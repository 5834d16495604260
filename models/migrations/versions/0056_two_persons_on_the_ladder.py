"""What takes two persons on the ladder: to take a request out of the count, and a grave ground."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

TABLE, CHECK = "joint_act", "ck_joint_act_kind_is_known"
BEFORE = ("recovery_kit", "key_recovery", "bulk_export", "early_erasure")
ADDED = ("ladder_reset", "grave_ground")


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("code", sa.String(length=40), nullable=True))
    replace_check(TABLE, CHECK, _among((*BEFORE, *ADDED)))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM joint_act WHERE kind IN ('ladder_reset', 'grave_ground')"))
    replace_check(TABLE, CHECK, _among(BEFORE))
    op.drop_column(TABLE, "code")


def _among(kinds: tuple[str, ...]) -> str:
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
