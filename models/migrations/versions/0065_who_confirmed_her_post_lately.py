"""Who has confirmed her post lately is found without reading all that she ever confirmed."""

from __future__ import annotations

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_post_confirmation_of_person", "post_confirmation", ["person_id", "confirmed_at"])
    op.drop_index("ix_post_confirmation_person_id", table_name="post_confirmation")


def downgrade() -> None:
    op.create_index("ix_post_confirmation_person_id", "post_confirmation", ["person_id"])
    op.drop_index("ix_post_confirmation_of_person", table_name="post_confirmation")
