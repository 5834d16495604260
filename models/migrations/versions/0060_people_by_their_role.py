"""The few of a role are found among all the people of companies."""

from __future__ import annotations

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_person_role", "person", ["role", "company_id"])


def downgrade() -> None:
    op.drop_index("ix_person_role", table_name="person")
