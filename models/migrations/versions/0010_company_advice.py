"""Companies' requests for advice, in threads of their own, and the compartments that hold their words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_reference, drop_reference, replace_check

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = ("identity", "narrative", "health", "desk_notes", "forwarded", "report", "company_file", "board_packet")
GIVEN = sa.text("advice_id IS NOT NULL")
OF_ONE = "ck_compartment_belongs_to_one_subject"


def upgrade() -> None:
    _threads()
    _messages()
    add_reference("compartment", "advice_id", "company_advice")
    op.create_index(
        "ix_compartment_advice_id", "compartment", ["advice_id"], sqlite_where=GIVEN, postgresql_where=GIVEN
    )
    replace_check("compartment", "ck_compartment_kind_is_known", _kinds(*KINDS, "advice"))
    replace_check(
        "compartment",
        OF_ONE,
        "CASE WHEN case_id IS NULL THEN 0 ELSE 1 END + CASE WHEN company_file_id IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN advice_id IS NULL THEN 0 ELSE 1 END = 1",
    )


def _threads() -> None:
    op.create_table(
        "company_advice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_telephone", sa.Boolean(), nullable=False),
        sa.Column("asks_who", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "topic IN ('conduct', 'protection', 'policy', 'client', 'law', 'certification', 'other')",
            name=op.f("ck_company_advice_topic_is_known"),
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_company_advice_state_is_known")),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state = 'closed')", name=op.f("ck_company_advice_closed_when_it_ended")
        ),
        _refers("company_advice", "company_id", "company.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_advice")),
        sa.UniqueConstraint("number", name=op.f("uq_company_advice_number")),
    )
    op.create_index("ix_company_advice_company", "company_advice", ["company_id", "asked_at"])
    op.create_index("ix_company_advice_state", "company_advice", ["state", "moved_at"])


def _messages() -> None:
    op.create_table(
        "advice_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advice_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("author IN ('company', 'desk')", name=op.f("ck_advice_message_author_is_known")),
        _refers("advice_message", "advice_id", "company_advice.id"),
        _refers("advice_message", "compartment_id", "compartment.id"),
        _refers("advice_message", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice_message")),
    )
    op.create_index("ix_advice_message_advice", "advice_message", ["advice_id", "sent_at"])


def downgrade() -> None:
    replace_check("compartment", OF_ONE, "(case_id IS NULL) <> (company_file_id IS NULL)")
    replace_check("compartment", "ck_compartment_kind_is_known", _kinds(*KINDS))
    op.drop_index("ix_compartment_advice_id", "compartment")
    op.drop_table("advice_message")
    drop_reference("compartment", "advice_id")
    op.drop_table("company_advice")


def _kinds(*codes: str) -> str:
    return f"kind IN ({', '.join(repr(code) for code in codes)})"


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
