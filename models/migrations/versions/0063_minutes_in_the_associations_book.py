"""The number of a meeting's minutes in the association's own book, with each entry of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

NUMBERS, MEETING = "minutes_number", "board_meeting"


def upgrade() -> None:
    op.add_column(MEETING, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        NUMBERS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=True),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f(f"ck_{NUMBERS}_place_begins_with_one")),
        _refers("meeting_id", f"{MEETING}.id"),
        _refers("entered_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NUMBERS}")),
        sa.UniqueConstraint("meeting_id", "place", name=op.f(f"uq_{NUMBERS}_meeting_id_place")),
    )


def downgrade() -> None:
    op.drop_table(NUMBERS)
    op.drop_column(MEETING, "version")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{NUMBERS}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
