"""What was made with a key of the ring says with which, so that an older key can be told to be in use no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

MADE_WITH = (("person", "login_key"), ("sign_up_link", "digest_key"), ("recovery_code", "pepper_key"))
TERM = "key_term"


def upgrade() -> None:
    for table, column in MADE_WITH:
        op.add_column(table, sa.Column(column, sa.LargeBinary(length=8), nullable=True))
    op.create_table(
        TERM,
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", name=op.f(f"pk_{TERM}")),
    )


def downgrade() -> None:
    op.drop_table(TERM)
    for table, column in reversed(MADE_WITH):
        op.drop_column(table, column)
