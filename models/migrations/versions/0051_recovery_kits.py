"""Recovery kits of seats: which there are, by what their cards are known again, and what they open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recovery_kit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("epoch_number", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        _check("some_cards_are_enough", "needed >= 2 AND needed <= cards AND cards <= 31"),
        _check("ended_by_somebody", "(ended_at IS NULL) = (ended_by_id IS NULL)"),
        _check("mark_has_twenty_bits", "mark >= 0 AND mark < 1048576"),
        _refers("recovery_kit", "seat_id", "seat.id"),
        _refers("recovery_kit", "made_by_id", "person.id"),
        _refers("recovery_kit", "ended_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_kit")),
        sa.UniqueConstraint("number", name=op.f("uq_recovery_kit_number")),
    )
    op.create_index("ix_recovery_kit_seat_id", "recovery_kit", ["seat_id"])
    op.create_table(
        "recovery_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_keeper", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        _refers("recovery_card", "kit_id", "recovery_kit.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_card")),
        sa.UniqueConstraint("kit_id", "number", name=op.f("uq_recovery_card_kit_id_number")),
    )
    op.create_table(
        "recovery_epoch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kit_id", sa.Uuid(), nullable=False),
        sa.Column("epoch_id", sa.Uuid(), nullable=False),
        sa.Column("locked_private_key", sa.LargeBinary(), nullable=False),
        _refers("recovery_epoch", "kit_id", "recovery_kit.id"),
        _refers("recovery_epoch", "epoch_id", "seat_epoch.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_epoch")),
        sa.UniqueConstraint("kit_id", "epoch_id", name=op.f("uq_recovery_epoch_kit_id_epoch_id")),
    )
    op.create_index("ix_recovery_epoch_epoch_id", "recovery_epoch", ["epoch_id"])


def downgrade() -> None:
    op.drop_table("recovery_epoch")
    op.drop_table("recovery_card")
    op.drop_table("recovery_kit")


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_recovery_kit_{name}"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
