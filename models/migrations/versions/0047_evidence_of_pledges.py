"""Files that a company gives as evidence for a pledge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

PLEDGES = "'guideline', 'officer', 'policy', 'desk', 'response', 'report', 'survey', 'outsourcing', 'revocation'"


def upgrade() -> None:
    op.create_table(
        "pledge_evidence",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("pledge", sa.String(length=40), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sealed_card", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"pledge IN ({PLEDGES})", name=op.f("ck_pledge_evidence_pledge_is_known")),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (sealed_card IS NOT NULL)", name=op.f("ck_pledge_evidence_removed_keeps_no_key")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_pledge_evidence_holds_something")),
        _refers("application_id", "certification_application"),
        _refers("compartment_id", "compartment"),
        _refers("person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_evidence")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_pledge_evidence_application_id_number")),
    )
    op.create_index(op.f("ix_pledge_evidence_stored_as"), "pledge_evidence", ["stored_as"])


def downgrade() -> None:
    op.drop_table("pledge_evidence")


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_pledge_evidence_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, initially="DEFERRED", deferrable=True)
