"""What an officer began to write: sealed in a compartment of the company's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = (
    "'identity', 'narrative', 'health', 'desk_notes', 'forwarded', 'report', {}'company_file', 'board_packet', 'advice'"
)


def upgrade() -> None:
    kinds_are(drafts=True)
    op.create_table(
        "draft",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('report', 'reply')", name=op.f("ck_draft_kind_is_known")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{to}.id"], name=op.f(f"fk_draft_{column}"), initially="DEFERRED", deferrable=True
            )
            for column, to in (("exchange_id", "exchange"), ("compartment_id", "compartment"), ("person_id", "person"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("exchange_id", "kind", name=op.f("uq_draft_exchange_id_kind")),
    )


def downgrade() -> None:
    op.drop_table("draft")
    of_drafts = "SELECT id FROM compartment WHERE kind = 'drafts'"
    for table in ("waiting_grant", "compartment_grant"):
        op.execute(f"DELETE FROM {table} WHERE compartment_id IN ({of_drafts})")  # noqa: S608 - names of our own
    op.execute("DELETE FROM compartment WHERE kind = 'drafts'")
    kinds_are(drafts=False)


def kinds_are(*, drafts: bool) -> None:
    """Which kinds of compartment there are, and which of them belong to what passes with a company."""
    known = KINDS.format("'drafts', " if drafts else "")
    replace_check("compartment", "ck_compartment_kind_is_known", f"kind IN ({known})")
    of_exchanges = "'forwarded', 'report', 'drafts'" if drafts else "'forwarded', 'report'"
    replace_check(
        "compartment",
        "ck_compartment_exchange_parts_have_an_exchange",
        f"kind NOT IN ({of_exchanges}) OR exchange_id IS NOT NULL",
    )
