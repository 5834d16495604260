"""A site may have a code for its poster, and a company has no two sites of one name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GIVEN = sa.text("code IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.add_column(sa.Column("code", sa.String(length=6), nullable=True))
        site.create_unique_constraint(op.f("uq_site_company_id_name"), ["company_id", "name"])
    op.create_index("uq_site_code", "site", ["code"], unique=True, sqlite_where=GIVEN, postgresql_where=GIVEN)


def downgrade() -> None:
    op.drop_index("uq_site_code", "site")
    with op.batch_alter_table("site") as site:
        site.drop_constraint(op.f("uq_site_company_id_name"), type_="unique")
        site.drop_column("code")
