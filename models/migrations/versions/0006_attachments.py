"""attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=True),
        sa.Column("giver", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sealed_card", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copy_of_id", sa.Uuid(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("giver IN ('consulter', 'desk', 'officer')", name=op.f("ck_attachment_giver_is_known")),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (sealed_card IS NOT NULL)", name=op.f("ck_attachment_removed_keeps_no_key")
        ),
        sa.CheckConstraint(
            "giver <> 'officer' OR exchange_id IS NOT NULL", name=op.f("ck_attachment_officers_give_in_an_exchange")
        ),
        sa.CheckConstraint(
            "(copy_of_id IS NULL) = (offered_at IS NULL)", name=op.f("ck_attachment_what_is_offered_is_a_copy")
        ),
        sa.CheckConstraint(
            "copy_of_id IS NULL OR exchange_id IS NOT NULL", name=op.f("ck_attachment_a_copy_is_for_one_company")
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL AND declined_at IS NULL) OR (offered_at IS NOT NULL)",
            name=op.f("ck_attachment_decided_after_the_offer"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_holds_something")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_attachment_{column}"),
                initially="DEFERRED",
                deferrable=True,
            )
            for column, table in (
                ("case_id", "case"),
                ("compartment_id", "compartment"),
                ("exchange_id", "exchange"),
                ("person_id", "person"),
                ("copy_of_id", "attachment"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_attachment_case_id_number")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_exchange_id"), ["exchange_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_stored_as"), ["stored_as"], unique=False)


def downgrade() -> None:
    op.drop_table("attachment")
