"""Finding: cases lie in the order in which they came, and the consulter's messages that were answered count as read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Until now nothing was noted; whatever the desk wrote after it was written in answer to it.
ANSWERED = sa.text(
    "UPDATE message SET read_at = sent_at WHERE author = 'consulter' AND read_at IS NULL AND EXISTS ("
    "SELECT 1 FROM message AS later WHERE later.case_id = message.case_id AND later.author = 'desk' "
    "AND later.sent_at >= message.sent_at)"
)


def upgrade() -> None:
    op.create_index("ix_case_received", "case", ["received_at", "id"])
    op.execute(ANSWERED)


def downgrade() -> None:
    op.drop_index("ix_case_received", "case")
