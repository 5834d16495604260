"""External advisers, and which compartment of which case each may read until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = (
    "consulter", "officer", "deputy", "representative", "counselor", "manager", "head", "director", "auditor", "admin",
)  # fmt: skip
RUNNING = sa.text("ended_at IS NULL")
SOUGHT = "'law', 'mind', 'safety', 'work'"
ENDS = "'expired', 'desk', 'consulter', 'declined', 'recused', 'excluded', 'case_over', 'left'"
TABLE = "adviser_access"
REFERS = {"case_id": "case", "compartment_id": "compartment", "person_id": "person", "asked_by_id": "person"}


def upgrade() -> None:
    replace_check("person", "ck_person_role_is_known", _one_of((*BEFORE, "adviser", "system")))
    access()


def access() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("case_id", "compartment_id", "person_id")),
        sa.Column("sought", sa.String(length=40), nullable=False),
        sa.Column("sealed_question", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("asked_at", "ends_at")),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("acknowledged_at", "ended_at")),
        sa.Column("ended_how", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _check("sought_is_known", f"sought IN ({SOUGHT})"),
        _check("ended_how_is_known", f"ended_how IN ({ENDS})"),
        _check("ends_after_it_was_asked", "ends_at > asked_at"),
        _check("ended_says_how", "(ended_at IS NULL) = (ended_how IS NULL)"),
        _check("opens_by_her_yes_alone", "(key_id IS NULL) = (agreed_at IS NULL)"),
        _check(
            "keeps_no_key_once_it_ended",
            "(length(sealed_key) > 0) = (agreed_at IS NOT NULL AND ended_at IS NULL)",
        ),
        _check("is_promised_after_her_yes", "acknowledged_at IS NULL OR agreed_at IS NOT NULL"),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{to}.id"], name=op.f(f"fk_{TABLE}_{column}"), initially="DEFERRED", deferrable=True
            )
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_adviser_access_case", TABLE, ["case_id", "asked_at"])
    op.create_index(op.f("ix_adviser_access_person_id"), TABLE, ["person_id"])
    op.create_index("ix_adviser_access_end", TABLE, ["ends_at"], sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_index(
        "uq_adviser_access_running",
        TABLE,
        ["compartment_id", "person_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
    replace_check("person", "ck_person_role_is_known", _one_of((*BEFORE, "system")))


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))


def _one_of(roles: tuple[str, ...]) -> str:
    codes = ", ".join(f"'{role}'" for role in roles)
    return f"role IN ({codes})"
