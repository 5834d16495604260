"""Surveys of certified companies: which were asked, and who has answered; what they answered is kept elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_on > asked_on", name=op.f("ck_survey_closes_after_it_is_asked")),
        _refers("survey", "opened_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    op.create_table(
        "survey_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("is_exempt", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT is_exempt OR answered_on IS NULL", name=op.f("ck_survey_invitation_is_answered_or_exempt")
        ),
        _refers("survey_invitation", "survey_id", "survey.id"),
        _refers("survey_invitation", "company_id", "company.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitation")),
        sa.UniqueConstraint("survey_id", "company_id", name=op.f("uq_survey_invitation_survey_id_company_id")),
    )
    op.create_index("ix_survey_invitation_company_id", "survey_invitation", ["company_id"])


def downgrade() -> None:
    op.drop_table("survey_invitation")
    op.drop_table("survey")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
