"""A second step of signing in: an authenticator app's secret, codes for emergencies, and sessions that wait for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_check, drop_check

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

CHECKS = {
    "ck_visit_awaits_is_known": "awaits IN ('code', 'enrolment')",
    "ck_visit_device_is_known": "device IN ('windows', 'mac', 'linux', 'iphone', 'ipad', 'android', 'other')",
    "ck_visit_no_consulters_device_is_kept": "device IS NULL OR person_id IS NOT NULL",
    "ck_visit_only_a_person_awaits": "awaits IS NULL OR person_id IS NOT NULL",
}
WHERE = {"in_use": sa.text("confirmed_at IS NOT NULL"), "waits": sa.text("confirmed_at IS NULL")}


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (last_step IS NULL)", name=op.f("ck_second_factor_was_used_when_confirmed")
        ),
        _of_a_person("second_factor"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
    )
    for name, where in WHERE.items():
        op.create_index(
            f"uq_second_factor_{name}",
            "second_factor",
            ["person_id"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phc", sa.String(length=200), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_recovery_code_has_a_number")),
        _of_a_person("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_recovery_code_person_id_number")),
    )
    op.add_column("visit", sa.Column("awaits", sa.String(length=40), nullable=True))
    op.add_column("visit", sa.Column("device", sa.String(length=40), nullable=True))
    for name, condition in CHECKS.items():
        add_check("visit", name, condition)


def downgrade() -> None:
    for name in reversed(CHECKS):
        drop_check("visit", name)
    # What waits for its second step would be a session without it in the eyes of the code before.
    op.execute("DELETE FROM visit WHERE awaits IS NOT NULL")
    op.drop_column("visit", "device")
    op.drop_column("visit", "awaits")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id"), initially="DEFERRED", deferrable=True
    )
