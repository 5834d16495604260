"""Links between cases: which two, what they are to each other, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STANDS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("linked_by_id", sa.Uuid(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('same_incident', 'retaliation', 'earlier_case', 'side_by_side')",
            name=op.f("ck_case_link_kind_is_known"),
        ),
        sa.CheckConstraint("case_id <> other_case_id", name=op.f("ck_case_link_leads_to_another_case")),
        sa.CheckConstraint(
            "(sealed_reason IS NULL) = (compartment_id IS NULL)", name=op.f("ck_case_link_reason_lies_in_a_compartment")
        ),
        sa.CheckConstraint(
            "linked_by_id IS NULL OR sealed_reason IS NOT NULL", name=op.f("ck_case_link_who_links_says_why")
        ),
        refers("case_link", "case_id", "case.id"),
        refers("case_link", "other_case_id", "case.id"),
        refers("case_link", "compartment_id", "compartment.id"),
        refers("case_link", "linked_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
    )
    op.create_index(
        "uq_case_link_standing",
        "case_link",
        ["case_id", "other_case_id", "kind"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index("ix_case_link_other", "case_link", ["other_case_id"])


def downgrade() -> None:
    op.drop_table("case_link")


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """A foreign key that is checked at the end of the transaction."""
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
