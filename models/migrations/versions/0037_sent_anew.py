"""What passes with a company is one at a time: what is over stays as it was when the case is sent to the company anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_unique, drop_unique

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

OPEN = sa.text("state <> 'closed'")


def upgrade() -> None:
    drop_unique("exchange", "uq_exchange_case_id_company_id")
    op.create_index(
        "uq_exchange_one_at_a_time",
        "exchange",
        ["case_id", "company_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    # Where a case was sent anew, the code before has no room for the second: this raises, and nothing is lost.
    op.drop_index("uq_exchange_one_at_a_time", "exchange")
    add_unique("exchange", "uq_exchange_case_id_company_id", "case_id", "company_id")
