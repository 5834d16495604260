"""Failed attempts at a password are counted for each account, and slow the ones that follow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_check, drop_check

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

COUNTS = "ck_person_failed_tries_have_a_last_one"


def upgrade() -> None:
    op.add_column("person", sa.Column("failed_tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("person", sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("tries_wait_until", sa.DateTime(timezone=True), nullable=True))
    add_check("person", COUNTS, "(failed_tries > 0) = (last_failed_at IS NOT NULL)")


def downgrade() -> None:
    drop_check("person", COUNTS)
    for column in ("tries_wait_until", "last_failed_at", "failed_tries"):
        op.drop_column("person", column)
