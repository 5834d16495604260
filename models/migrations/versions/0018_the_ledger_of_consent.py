"""Lines of the ledger of consent are numbered and say who keyed them; what is provided to a company has a record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_reference, drop_reference

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

REFERS = {
    "case_id": "case",
    "exchange_id": "exchange",
    "company_id": "company",
    "person_id": "person",
    "copy_id": "forwarded_copy",
    "attachment_id": "attachment",
    "consent_id": "consent_entry",
    "provided_by_id": "person",
}


def upgrade() -> None:
    op.add_column("consent_entry", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    add_reference("consent_entry", "keyed_by_id", "person")
    op.add_column("consent_entry", sa.Column("read_back", sa.String(length=40), nullable=True))
    _number_what_is_there()
    op.create_index("uq_consent_entry_number", "consent_entry", ["case_id", "number"], unique=True)
    op.create_table(
        "provision",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=True),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("provided_by_id", sa.Uuid(), nullable=False),
        sa.Column("provided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level IN ('CN-0', 'CN-1', 'CN-2', 'CN-3')", name=op.f("ck_provision_level_is_known")),
        sa.CheckConstraint("(copy_id IS NULL) <> (attachment_id IS NULL)", name=op.f("ck_provision_a_copy_or_a_file")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{to}.id"], name=op.f(f"fk_provision_{column}"), initially="DEFERRED", deferrable=True
            )
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision")),
    )
    op.create_index("uq_provision_number", "provision", ["case_id", "number"], unique=True)
    op.create_index(op.f("ix_provision_exchange_id"), "provision", ["exchange_id"])


def downgrade() -> None:
    op.drop_table("provision")
    op.drop_index("uq_consent_entry_number", "consent_entry")
    op.drop_column("consent_entry", "read_back")
    drop_reference("consent_entry", "keyed_by_id")
    op.drop_column("consent_entry", "number")


def _number_what_is_there() -> None:
    """The order of before, by time, becomes the numbers; the first line of a keyed case was keyed with it."""
    op.execute(
        "UPDATE consent_entry SET number = (SELECT count(*) FROM consent_entry AS other "
        "WHERE other.case_id = consent_entry.case_id AND (other.given_at < consent_entry.given_at "
        "OR (other.given_at = consent_entry.given_at AND other.id <= consent_entry.id)))"
    )
    for column in ("keyed_by_id", "read_back"):
        op.execute(
            f"UPDATE consent_entry SET {column} = (SELECT keyed_intake.{column} FROM keyed_intake "  # noqa: S608 - two names from the line above
            "WHERE keyed_intake.case_id = consent_entry.case_id) WHERE number = 1"
        )
