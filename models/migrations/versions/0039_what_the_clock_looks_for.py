"""What the clock looks for among exchanges is found by an index, however many there ever were."""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_exchange_held", "exchange", ["state", "hold_until"])


def downgrade() -> None:
    op.drop_index("ix_exchange_held", "exchange")
