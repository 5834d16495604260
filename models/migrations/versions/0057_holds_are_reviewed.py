"""A hold has a day of review, and its case's holds are counted, so that of two who change one the second is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_unique, drop_unique

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

TABLE, ONCE = "legal_hold", "uq_legal_hold_case_id_version"
COUNTED = """
UPDATE legal_hold SET version = (
    SELECT count(*) FROM legal_hold AS other
    WHERE other.case_id = legal_hold.case_id
    AND (other.set_at < legal_hold.set_at OR (other.set_at = legal_hold.set_at AND other.id <= legal_hold.id))
)
"""


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(TABLE, sa.Column("review_on", sa.Date(), nullable=True))
    op.execute(sa.text(COUNTED))
    # The new index finds what the old one found.
    op.drop_index("ix_legal_hold_case_id", TABLE)
    add_unique(TABLE, ONCE, "case_id", "version")


def downgrade() -> None:
    drop_unique(TABLE, ONCE)
    op.create_index("ix_legal_hold_case_id", TABLE, ["case_id"])
    op.drop_column(TABLE, "review_on")
    op.drop_column(TABLE, "version")
