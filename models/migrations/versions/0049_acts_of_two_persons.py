"""Acts that take two persons: asked by one, decided by another, used once, within their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

TABLE = "joint_act"
KINDS = ("recovery_kit", "key_recovery", "bulk_export", "early_erasure")
STATES = ("asked", "approved", "declined", "withdrawn", "lapsed", "used")
OPEN = "state IN ('asked', 'approved')"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("concerns_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _one_of("kind", KINDS),
        _one_of("state", STATES),
        _check("takes_two", "decided_by_id IS NULL OR decided_by_id <> asked_by_id"),
        _check(
            "decided_by_nobody_concerned",
            "decided_by_id IS NULL OR concerns_id IS NULL OR decided_by_id <> concerns_id",
        ),
        _check("decided_by_somebody", "(decided_at IS NULL) = (decided_by_id IS NULL)"),
        _check("nothing_follows_undecided", "state NOT IN ('approved', 'declined', 'used') OR decided_at IS NOT NULL"),
        _check("asked_is_undecided", "state <> 'asked' OR decided_at IS NULL"),
        _check("over_has_a_time", "(state IN ('withdrawn', 'lapsed', 'used')) = (ended_at IS NOT NULL)"),
        *(_refers(column) for column in ("concerns_id", "asked_by_id", "decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        "uq_joint_act_open",
        TABLE,
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_index("ix_joint_act_due", TABLE, ["state", "lapses_at"])


def downgrade() -> None:
    op.drop_table(TABLE)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))


def _one_of(column: str, codes: tuple[str, ...]) -> sa.CheckConstraint:
    return _check(f"{column}_is_known", f"{column} IN ({', '.join(repr(code) for code in codes)})")


def _refers(column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{TABLE}_{column}")
    return sa.ForeignKeyConstraint([column], ["person.id"], name=name, initially="DEFERRED", deferrable=True)
