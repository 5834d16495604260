"""The second step of an officer's address, and the half-yearly question whether she still serves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

OPEN = sa.text("confirmed_at IS NULL")


def upgrade() -> None:
    # Whoever had signed up by then keeps the day on which her address was verified.
    op.create_table(
        "address_check",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest_key", sa.LargeBinary(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_address_check_counts_upwards")),
        _of_a_person("address_check"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_check")),
    )
    op.create_index(op.f("ix_address_check_person_id"), "address_check", ["person_id"])
    op.create_table(
        "post_confirmation",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR confirmed_at >= asked_at",
            name=op.f("ck_post_confirmation_is_answered_after_it_is_asked"),
        ),
        _of_a_person("post_confirmation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_confirmation")),
    )
    op.create_index(op.f("ix_post_confirmation_person_id"), "post_confirmation", ["person_id"])
    op.create_index(
        "uq_post_confirmation_open",
        "post_confirmation",
        ["person_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("post_confirmation")
    op.drop_table("address_check")


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id"), initially="DEFERRED", deferrable=True
    )
