"""When what a destroyed key leaves behind elsewhere was put on the list of what is to be removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNFOLLOWED = sa.text("destroyed_at IS NOT NULL AND followed_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("shred_key") as table:
        table.add_column(sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(
            op.f("ck_shred_key_followed_once_destroyed"), "followed_at IS NULL OR destroyed_at IS NOT NULL"
        )
    op.create_index(
        "ix_shred_key_unfollowed",
        "shred_key",
        ["destroyed_at"],
        sqlite_where=UNFOLLOWED,
        postgresql_where=UNFOLLOWED,
    )


def downgrade() -> None:
    op.drop_index("ix_shred_key_unfollowed", table_name="shred_key")
    with op.batch_alter_table("shred_key") as table:
        table.drop_constraint(op.f("ck_shred_key_followed_once_destroyed"), type_="check")
        table.drop_column("followed_at")
