"""What a page or a turn of the clock asks for is found by an index, and none of it by reading through all there is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

SAID_OF_A_COPY = sa.text("copy_id IS NOT NULL")
KEPT_AND_CLOSED = sa.text("erased_at IS NULL AND closed_at IS NOT NULL")
KEPT_AND_OVER = sa.text("erased_at IS NULL AND NOT is_open")


def upgrade() -> None:
    op.create_index("ix_exchange_case", "exchange", ["case_id"])
    _create("ix_message_copy", "message", "copy_id", SAID_OF_A_COPY)
    op.drop_index("ix_case_to_erase", table_name="case")
    _create("ix_case_to_erase", "case", "closed_at", KEPT_AND_CLOSED)


def downgrade() -> None:
    op.drop_index("ix_case_to_erase", table_name="case")
    _create("ix_case_to_erase", "case", "closed_at", KEPT_AND_OVER)
    op.drop_index("ix_message_copy", table_name="message")
    op.drop_index("ix_exchange_case", table_name="exchange")


def _create(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
