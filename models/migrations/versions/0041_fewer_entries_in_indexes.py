"""Each row stands in no more indexes than find it: no index that is the beginning of another, none of what is not given.

Every entry is a page that is written before the answer leaves. A consultation's six grants stood in seven indexes each.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_unique, drop_unique

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BEGIN_ANOTHER = (
    ("company_name", "company_id"),
    ("site", "company_id"),
    ("reminder", "clock_id"),
    ("seat_epoch", "seat_id"),
    ("case_facet", "case_id"),
    ("consent_entry", "case_id"),
    ("exclusion", "case_id"),
    ("seat_holding", "epoch_id"),
    ("attachment", "case_id"),
    ("forwarded_copy", "exchange_id"),
    ("report", "exchange_id"),
    ("recusal", "board_item_id"),
    ("request_addressee", "formal_request_id"),
    ("request_matter", "formal_request_id"),
    ("vote", "board_item_id"),
)
READERS = ("seat_epoch_id", "receipt_id", "person_id")
GRANT, RECORD = "compartment_grant", "audit_record"


def upgrade() -> None:
    for table, column in BEGIN_ANOTHER:
        op.drop_index(f"ix_{table}_{column}", table)
    op.create_index(f"ix_{GRANT}_compartment_id", GRANT, ["compartment_id"])
    for reader in READERS:
        drop_unique(GRANT, f"uq_{GRANT}_compartment_id_{reader}")
        op.drop_index(f"ix_{GRANT}_{reader}", GRANT)
        _of_those_given(f"uq_{GRANT}_{reader}_compartment_id", GRANT, reader, "compartment_id", unique=True)
    op.drop_index("ix_audit_record_actor", RECORD)
    _of_those_given("ix_audit_record_actor", RECORD, "actor_id", "at")


def downgrade() -> None:
    op.drop_index("ix_audit_record_actor", RECORD)
    op.create_index("ix_audit_record_actor", RECORD, ["actor_id", "at"])
    for reader in READERS:
        op.drop_index(f"uq_{GRANT}_{reader}_compartment_id", GRANT)
        _of_those_given(f"ix_{GRANT}_{reader}", GRANT, reader)
        add_unique(GRANT, f"uq_{GRANT}_compartment_id_{reader}", "compartment_id", reader)
    op.drop_index(f"ix_{GRANT}_compartment_id", GRANT)
    for table, column in BEGIN_ANOTHER:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _of_those_given(name: str, table: str, *columns: str, unique: bool = False) -> None:
    given = sa.text(f"{columns[0]} IS NOT NULL")
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=given, postgresql_where=given)
