"""Other places to turn to, one dated row for each that the secretariat enters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "referral_row",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("prefecture", sa.String(length=10), nullable=True),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("ja", sa.String(length=80), nullable=False),
        sa.Column("en", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("when_ja", sa.String(length=120), nullable=False),
        sa.Column("when_en", sa.String(length=160), nullable=False),
        sa.Column("find_ja", sa.String(length=200), nullable=True),
        sa.Column("find_en", sa.String(length=200), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR ended_by_id IS NULL",
            name=op.f("ck_referral_row_is_ended_by_somebody_when_it_is"),
        ),
        sa.CheckConstraint(
            "(checked_on IS NULL) = (source IS NULL)",
            name=op.f("ck_referral_row_was_checked_on_a_day_and_somewhere"),
        ),
        sa.CheckConstraint(
            "NOT is_shown OR number IS NOT NULL OR find_ja IS NOT NULL",
            name=op.f("ck_referral_row_shows_a_number_or_how_to_find_one"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_referral_row_{column}"), initially="DEFERRED", deferrable=True
            )
            for column in ("entered_by_id", "ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_row")),
    )
    op.create_index(
        "uq_referral_row_in_force",
        "referral_row",
        ["key", "valid_from"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def downgrade() -> None:
    op.drop_table("referral_row")
