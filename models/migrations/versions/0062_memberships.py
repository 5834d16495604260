"""Memberships as dated rows: what stood on each company is carried over, and stays there as what they come to."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_check, drop_check

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TABLE = "membership"
TYPES = "'regular', 'supporting', 'none'"
BEGINNINGS = "'joined', 'came_back', 'type_changed'"
COMPANY = sa.table(
    "company",
    sa.column("id", sa.Uuid()),
    sa.column("member_type", sa.String()),
    sa.column("joined_on", sa.Date()),
    sa.column("left_on", sa.Date()),
)


def upgrade() -> None:
    membership = op.create_table(
        TABLE,
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("member_type", sa.String(length=40), nullable=False),
        sa.Column("began", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"member_type IN ({TYPES})", name=op.f(f"ck_{TABLE}_member_type_is_known")),
        sa.CheckConstraint(f"began IN ({BEGINNINGS})", name=op.f(f"ck_{TABLE}_began_is_known")),
        sa.CheckConstraint("member_type <> 'none'", name=op.f(f"ck_{TABLE}_is_of_a_member")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f(f"ck_{TABLE}_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f(f"fk_{TABLE}_company_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("company_id", "valid_from", name=op.f(f"uq_{TABLE}_company_id_valid_from")),
    )
    lasting = sa.text("valid_to IS NULL")
    op.create_index(
        "uq_membership_lasting",
        TABLE,
        ["company_id"],
        unique=True,
        sqlite_where=lasting,
        postgresql_where=lasting,
    )
    # Since a day, and without a type: whoever joined so was made a regular member.
    op.execute(
        COMPANY.update()
        .where(COMPANY.c.member_type == "none", COMPANY.c.joined_on.is_not(None))
        .values(member_type="regular")
    )
    op.execute(
        COMPANY.update()
        .where(COMPANY.c.member_type != "none", COMPANY.c.joined_on.is_(None))
        .values(member_type="none")
    )
    _carry_over(membership)
    add_check("company", "ck_company_is_a_member_since_a_day", "(member_type = 'none') = (joined_on IS NULL)")


def _carry_over(membership: sa.Table) -> None:
    """One row for each company that is or was a member; of memberships before the last, no days were kept."""
    connection = op.get_bind()
    found = connection.execute(sa.select(COMPANY).where(COMPANY.c.joined_on.is_not(None))).all()
    rows = [
        {
            "id": uuid.uuid4(),
            "company_id": one.id,
            "member_type": one.member_type,
            "began": "joined",
            "valid_from": one.joined_on,
            "valid_to": one.left_on,
        }
        for one in found
    ]
    if rows:
        connection.execute(membership.insert(), rows)


def downgrade() -> None:
    drop_check("company", "ck_company_is_a_member_since_a_day")
    op.drop_table(TABLE)
