"""A consulter's comment on a copy is a message of the conversation; the column that nothing wrote is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both databases drop a column in place; a table built anew would upset what refers to it.
    op.drop_column("forwarded_copy", "sealed_comment")


def downgrade() -> None:
    op.add_column("forwarded_copy", sa.Column("sealed_comment", sa.LargeBinary(), nullable=True))
