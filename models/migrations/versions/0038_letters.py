"""Letters that were issued, and the versions of their words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

CHECK = "ck_rule_change_kind_is_known"
KINDS = (
    "'cooperation', 'cooperation_again', 'improvement', 'last_improvement', 'hearing', 'decision', 'revocation', "
    "'reinstatement', 'certificate'"
)


def upgrade() -> None:
    replace_check(
        "rule_change",
        CHECK,
        "kind IN ('closure', 'deadline', 'limit', 'text', 'label', 'offer', 'mail', 'letter', 'recompute')",
    )
    op.create_table(
        "issued_letter",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=True),
        sa.Column("compartment_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_values", sa.LargeBinary(), nullable=True),
        sa.Column("public_values", sa.Text(), nullable=True),
        sa.Column("words_from", sa.Date(), nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=True),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_issued_letter_kind_is_known")),
        sa.CheckConstraint(
            "(compartment_id IS NULL) = (sealed_values IS NULL)", name=op.f("ck_issued_letter_sealed_in_a_compartment")
        ),
        sa.CheckConstraint(
            "(sealed_values IS NULL) <> (public_values IS NULL)",
            name=op.f("ck_issued_letter_says_something_in_one_place"),
        ),
        sa.CheckConstraint(
            "(public_values IS NULL) OR (kind = 'certificate')",
            name=op.f("ck_issued_letter_only_a_certificate_is_public"),
        ),
        _refers("company_id", "company"),
        _refers("compartment_id", "compartment"),
        _refers("issued_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_letter")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_letter_number")),
    )
    for column in ("company_id", "about"):
        op.create_index(op.f(f"ix_issued_letter_{column}"), "issued_letter", [column])


def downgrade() -> None:
    op.drop_table("issued_letter")
    op.execute("DELETE FROM rule_change WHERE kind = 'letter'")
    replace_check(
        "rule_change",
        CHECK,
        "kind IN ('closure', 'deadline', 'limit', 'text', 'label', 'offer', 'mail', 'recompute')",
    )


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{table}.id"], name=op.f(f"fk_issued_letter_{column}"), initially="DEFERRED", deferrable=True
    )
