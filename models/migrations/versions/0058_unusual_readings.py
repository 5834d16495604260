"""Days of unusual reading as they were found, and who has looked into them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unusual_reading",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unusual", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_into_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_into_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_remark", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "unusual IN ('many', 'not_own', 'at_night', 'identities', 'searched')",
            name=op.f("ck_unusual_reading_unusual_is_known"),
        ),
        sa.CheckConstraint(
            "(looked_into_at IS NULL) = (looked_into_by_id IS NULL)",
            name=op.f("ck_unusual_reading_looked_into_by_somebody"),
        ),
        sa.CheckConstraint(
            "(looked_into_at IS NULL) = (sealed_remark IS NULL)",
            name=op.f("ck_unusual_reading_looked_into_with_a_remark"),
        ),
        sa.CheckConstraint(
            "looked_into_by_id IS NULL OR looked_into_by_id <> person_id",
            name=op.f("ck_unusual_reading_not_by_herself"),
        ),
        sa.ForeignKeyConstraint(
            ["looked_into_by_id"],
            ["person.id"],
            name=op.f("fk_unusual_reading_looked_into_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_unusual_reading_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unusual_reading")),
        sa.UniqueConstraint("person_id", "day", "unusual", name=op.f("uq_unusual_reading_person_id_day_unusual")),
    )


def downgrade() -> None:
    op.drop_table("unusual_reading")
