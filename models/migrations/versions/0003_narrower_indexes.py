"""Narrower indexes: a row that lacks what an index finds rows by is not in it, and no index says what another does.

Every consultation writes a page of each index that its rows are in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OF_GIVEN_ROWS = (
    *(
        (f"ix_case_{facet}_token", "case", (f"{facet}_token",))
        for facet in ("channel", "severity", "outcome", "employer", "workplace", "client")
    ),
    ("ix_compartment_company_file", "compartment", ("company_file_id", "kind")),
    ("ix_compartment_exchange_id", "compartment", ("exchange_id",)),
    *(
        (f"ix_compartment_grant_{reader}", "compartment_grant", (reader,))
        for reader in ("seat_epoch_id", "receipt_id", "person_id")
    ),
)


def upgrade() -> None:
    op.drop_index("ix_compartment_grant_compartment_id", "compartment_grant")
    for name, table, columns in OF_GIVEN_ROWS:
        op.drop_index(name, table)
        given = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(name, table, columns, sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    for name, table, columns in OF_GIVEN_ROWS:
        op.drop_index(name, table)
        op.create_index(name, table, columns)
    op.create_index("ix_compartment_grant_compartment_id", "compartment_grant", ["compartment_id"])
