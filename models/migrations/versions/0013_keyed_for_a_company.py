"""What the desk keyed in a company's stead, and who had said it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REFERS = {
    "exchange_id": "exchange",
    "told_by_id": "person",
    "keyed_by_id": "person",
    "report_id": "report",
    "extension_id": "extension",
}


def upgrade() -> None:
    op.create_table(
        "proxy_entry",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_by_id", sa.Uuid(), nullable=False),
        sa.Column("keyed_by_id", sa.Uuid(), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("extension_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("act IN ('acknowledge', 'extension', 'report')", name=op.f("ck_proxy_entry_act_is_known")),
        sa.CheckConstraint("way IN ('phone', 'letter', 'visit')", name=op.f("ck_proxy_entry_way_is_known")),
        sa.CheckConstraint("(act = 'report') = (report_id IS NOT NULL)", name=op.f("ck_proxy_entry_a_report_is_named")),
        sa.CheckConstraint(
            "(act = 'extension') = (extension_id IS NOT NULL)", name=op.f("ck_proxy_entry_an_extension_is_named")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{to}.id"], name=op.f(f"fk_proxy_entry_{column}"), initially="DEFERRED", deferrable=True
            )
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_entry")),
    )
    op.create_index(op.f("ix_proxy_entry_exchange_id"), "proxy_entry", ["exchange_id"])


def downgrade() -> None:
    op.drop_table("proxy_entry")
