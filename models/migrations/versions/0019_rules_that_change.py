"""Rules that the secretariat changes, one dated row for each change; the closure days become such rows."""

from __future__ import annotations

import json
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("ended_at IS NULL")

CLOSURES = sa.table(
    "closure_day",
    sa.column("day", sa.Date()),
    sa.column("reason", sa.String()),
    sa.column("entered_at", sa.DateTime(timezone=True)),
)
CHANGES = sa.table(
    "rule_change",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("key", sa.String()),
    sa.column("value", sa.Text()),
    sa.column("valid_from", sa.Date()),
    sa.column("reason", sa.String()),
    sa.column("entered_at", sa.DateTime(timezone=True)),
    sa.column("ended_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.create_table(
        "rule_change",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('closure', 'deadline', 'recompute')", name=op.f("ck_rule_change_kind_is_known")),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR ended_by_id IS NULL",
            name=op.f("ck_rule_change_is_ended_by_somebody_when_it_is"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_rule_change_{column}"), initially="DEFERRED", deferrable=True
            )
            for column in ("entered_by_id", "ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
    )
    op.create_index(
        "uq_rule_change_in_force",
        "rule_change",
        ["kind", "key", "valid_from"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(CLOSURES)).all():
        value = {"sort": "association", "ja": row.reason, "en": row.reason}
        connection.execute(
            CHANGES.insert().values(
                id=uuid.uuid4(),
                kind="closure",
                key=row.day.isoformat(),
                value=json.dumps(value, ensure_ascii=False),
                valid_from=row.day,
                reason=row.reason,
                entered_at=row.entered_at,
            )
        )
    op.drop_table("closure_day")


def downgrade() -> None:
    op.create_table(
        "closure_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closure_day")),
    )
    connection = op.get_bind()
    kept = sa.select(CHANGES).where(CHANGES.c.kind == "closure", CHANGES.c.ended_at.is_(None))
    for row in connection.execute(kept).all():
        reason = json.loads(row.value)["ja"]
        connection.execute(CLOSURES.insert().values(day=row.valid_from, reason=reason[:80], entered_at=row.entered_at))
    op.drop_table("rule_change")
