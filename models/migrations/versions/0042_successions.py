"""Mergers, splits and transfers of business, with the sites that go over, and the clock of a scope's update."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_reference, drop_reference, replace_check

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

CLOCKS = [
    "acknowledge_consulter",
    "acknowledge_outer",
    "acknowledge_group",
    "triage",
    "consulter_answer",
    "consent_answer",
    "send_hold",
    "route",
    "officer_ack",
    "initial_report",
    "final_report",
    "report_extension",
    "review",
    "feedback",
    "progress_note",
    "feedback_outer",
    "advice",
    "vacancy",
    "reminder_e0",
    "request_e1",
    "request_e2",
    "request_e3",
    "request_e3_proof",
    "request_e4",
    "explanation",
    "objection",
    "stop_use",
]
LATER_CLOCKS = [
    "publication",
    "retaliation_watch",
    "reopen",
    "receipt_valid",
    "leak_speedy_goal",
    "leak_speedy",
    "leak_final",
    "leak_final_wrongful",
]
STANDS = sa.text("state <> 'cancelled'")
ABSORBS = sa.text("kind = 'merger' AND state <> 'cancelled'")


def upgrade() -> None:
    replace_check("clock", "ck_clock_kind_is_known", _one_of("kind", (*CLOCKS, "scope_update", *LATER_CLOCKS)))
    op.create_table(
        "succession",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("took_effect_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merger_case", sa.String(length=40), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_by_id", sa.Uuid(), nullable=True),
        sa.Column("scope_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(_one_of("kind", ("merger", "split", "transfer")), name=op.f("ck_succession_kind_is_known")),
        sa.CheckConstraint(
            _one_of("state", ("entered", "confirmed", "in_effect", "handed_over", "cancelled")),
            name=op.f("ck_succession_state_is_known"),
        ),
        sa.CheckConstraint(
            _one_of(
                "merger_case",
                (
                    "certified_by_certified",
                    "other_by_certified",
                    "certified_by_other",
                    "other_by_other",
                    "split",
                    "transfer",
                ),
            ),
            name=op.f("ck_succession_merger_case_is_known"),
        ),
        sa.CheckConstraint("predecessor_id <> successor_id", name=op.f("ck_succession_joins_two_companies")),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", name=op.f("ck_succession_takes_two")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_succession_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_succession_cancelled_has_a_time")
        ),
        sa.CheckConstraint(
            "(state IN ('in_effect', 'handed_over')) = (took_effect_at IS NOT NULL AND merger_case IS NOT NULL)",
            name=op.f("ck_succession_in_effect_by_a_rule"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'in_effect', 'handed_over') OR confirmed_at IS NOT NULL",
            name=op.f("ck_succession_nothing_follows_unconfirmed"),
        ),
        sa.CheckConstraint(
            "(state = 'handed_over') = (handed_over_at IS NOT NULL)", name=op.f("ck_succession_handed_over_has_a_time")
        ),
        _refers("succession", "predecessor_id", "company"),
        _refers("succession", "successor_id", "company"),
        _refers("succession", "entered_by_id", "person"),
        _refers("succession", "confirmed_by_id", "person"),
        _refers("succession", "cancelled_by_id", "person"),
        _refers("succession", "handed_over_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
    )
    op.create_index(
        "uq_succession_entered",
        "succession",
        ["predecessor_id", "successor_id", "kind", "effective_on"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index(
        "uq_succession_absorbed",
        "succession",
        ["predecessor_id"],
        unique=True,
        sqlite_where=ABSORBS,
        postgresql_where=ABSORBS,
    )
    op.create_index("ix_succession_due", "succession", ["state", "effective_on"])
    for column in ("predecessor_id", "successor_id"):
        op.create_index(op.f(f"ix_succession_{column}"), "succession", [column])
    op.create_table(
        "succession_site",
        sa.Column("succession_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("succession_site", "succession_id", "succession"),
        _refers("succession_site", "site_id", "site"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession_site")),
        sa.UniqueConstraint("succession_id", "site_id", name=op.f("uq_succession_site_succession_id_site_id")),
    )
    add_reference("exchange", "succession_id", "succession")


def downgrade() -> None:
    drop_reference("exchange", "succession_id")
    op.drop_table("succession_site")
    op.drop_table("succession")
    op.execute("DELETE FROM clock WHERE kind = 'scope_update'")
    replace_check("clock", "ck_clock_kind_is_known", _one_of("kind", (*CLOCKS, *LATER_CLOCKS)))


def _one_of(column: str, codes: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"{column} IN ({listed})"


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, initially="DEFERRED", deferrable=True)
