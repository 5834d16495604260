"""Who of a company put the forwarded copy on paper, when, why, and as which number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "printed_copy",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('meeting', 'counsel', 'filing', 'reading')", name=op.f("ck_printed_copy_reason_is_known")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_printed_copy_counts_from_one")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{to}.id"], name=op.f(f"fk_printed_copy_{column}"), initially="DEFERRED", deferrable=True
            )
            for column, to in (("exchange_id", "exchange"), ("copy_id", "forwarded_copy"), ("person_id", "person"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_copy")),
        sa.UniqueConstraint("exchange_id", "number", name=op.f("uq_printed_copy_exchange_id_number")),
    )


def downgrade() -> None:
    op.drop_table("printed_copy")
