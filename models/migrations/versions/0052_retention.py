"""What is erased and by which rule, what is held, and a shred key of its own for a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_check, drop_check

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

KINDS = (
    "case_content", "identity", "short_case", "draft", "company_file", "resolution", "revocation", "audit_log",
    "technical_log", "consent_record", "statistics", "receipt",
)  # fmt: skip
HOLDS = "'lawsuit', 'authority', 'procedure', 'leak', 'consulter'"
BY_TWO = "(cause = 'term') = (asked_by_id IS NULL) AND (cause = 'term') = (agreed_by_id IS NULL)"
LIFTED = "(lifted_at IS NULL) = (lifted_by_id IS NULL) AND (lifted_at IS NULL) = (lifted_because IS NULL)"
UNDONE, LASTS = sa.text("done_at IS NULL"), sa.text("lifted_at IS NULL")
KEPT_AND_OVER = sa.text("erased_at IS NULL AND NOT is_open")
ERASED = sa.text("erased_at IS NOT NULL")
ONLY_WHAT_IS_OVER = "ck_case_only_what_is_over_is_erased"


def upgrade() -> None:
    _erasures()
    _holds()
    op.add_column("case", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    add_check("case", ONLY_WHAT_IS_OVER, "erased_at IS NULL OR NOT is_open")
    op.create_index(
        "ix_case_to_erase",
        "case",
        ["closed_at"],
        sqlite_where=KEPT_AND_OVER,
        postgresql_where=KEPT_AND_OVER,
    )
    op.create_index("ix_case_erased_at", "case", ["erased_at"], sqlite_where=ERASED, postgresql_where=ERASED)
    # What was sealed before stays bound to its case's shred key.
    op.add_column("compartment", sa.Column("has_own_key", sa.Boolean(), nullable=False, server_default=sa.false()))


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(BY_TWO, name=op.f("ck_erasure_before_its_time_by_two")),
        sa.CheckConstraint("(cause = 'term') = (rule IS NOT NULL)", name=op.f("ck_erasure_a_term_has_its_rule")),
        sa.CheckConstraint("cause IN ('term', 'consulter', 'court')", name=op.f("ck_erasure_cause_is_known")),
        sa.CheckConstraint("part IN ('content', 'identity')", name=op.f("ck_erasure_part_is_known")),
        sa.CheckConstraint(f"rule IN {KINDS}", name=op.f("ck_erasure_rule_is_known")),
        sa.CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name=op.f("ck_erasure_takes_two")),
        *(_refers("erasure", *to) for to in (("asked_by_id", "person"), ("agreed_by_id", "person"))),
        _refers("erasure", "case_id", "case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("case_id", "part", name=op.f("uq_erasure_case_id_part")),
    )
    op.create_index("ix_erasure_done", "erasure", ["done_at"])
    op.create_index("ix_erasure_undone", "erasure", ["ordered_at"], sqlite_where=UNDONE, postgresql_where=UNDONE)


def _holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_because", sa.String(length=40), nullable=True),
        sa.CheckConstraint(f"reason IN ({HOLDS})", name=op.f("ck_legal_hold_reason_is_known")),
        sa.CheckConstraint(
            "lifted_because IN ('over', 'mistake', 'consulter')", name=op.f("ck_legal_hold_lifted_because_is_known")
        ),
        sa.CheckConstraint(LIFTED, name=op.f("ck_legal_hold_lifted_by_somebody_for_a_reason")),
        *(_refers("legal_hold", *to) for to in (("set_by_id", "person"), ("lifted_by_id", "person"))),
        _refers("legal_hold", "case_id", "case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_case_id"), "legal_hold", ["case_id"])
    op.create_index(
        "uq_legal_hold_lasts", "legal_hold", ["case_id"], unique=True, sqlite_where=LASTS, postgresql_where=LASTS
    )


def downgrade() -> None:
    op.drop_column("compartment", "has_own_key")
    op.drop_index("ix_case_to_erase", "case")
    op.drop_index("ix_case_erased_at", "case")
    drop_check("case", ONLY_WHAT_IS_OVER)
    op.drop_column("case", "erased_at")
    op.drop_table("legal_hold")
    op.drop_table("erasure")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, initially="DEFERRED", deferrable=True)
