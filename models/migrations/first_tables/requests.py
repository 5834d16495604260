"""The first tables of formal requests: to whom, about what, and the answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def formal_request() -> None:
    op.create_table(
        "formal_request",
        sa.Column("company_file_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("sealed_matter", sa.LargeBinary(), nullable=False),
        sa.Column("letter_digest", sa.LargeBinary(), nullable=True),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.Column("proof_reference", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unmet_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'met') = (met_at IS NOT NULL)", name=op.f("ck_formal_request_met_has_a_time")),
        sa.CheckConstraint(
            "(state = 'unmet') = (unmet_at IS NOT NULL)", name=op.f("ck_formal_request_unmet_has_a_time")
        ),
        sa.CheckConstraint(
            "state = 'drafted' OR state = 'void' OR (number IS NOT NULL AND issued_at IS NOT NULL)",
            name=op.f("ck_formal_request_issued_has_a_number"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'issued', 'served', 'met', 'unmet', 'void')",
            name=op.f("ck_formal_request_state_is_known"),
        ),
        sa.CheckConstraint("step IN ('E1', 'E2', 'E3', 'E4')", name=op.f("ck_formal_request_step_is_known")),
        sa.CheckConstraint(
            "(void_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_formal_request_void_has_a_reason")
        ),
        reference("formal_request", "company_file_id", to="company_file"),
        reference("formal_request", "compartment_id", to="compartment"),
        reference("formal_request", "drafted_by_id", to="person"),
        reference("formal_request", "issued_by_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formal_request")),
        sa.UniqueConstraint("number", name=op.f("uq_formal_request_number")),
    )
    op.create_index(op.f("ix_formal_request_company_file_id"), "formal_request", ["company_file_id"])
    op.create_index("ix_formal_request_due", "formal_request", ["state", "due_at"])
    op.create_index(
        "uq_formal_request_draft",
        "formal_request",
        ["company_file_id"],
        unique=True,
        sqlite_where=sa.text("state = 'drafted'"),
        postgresql_where=sa.text("state = 'drafted'"),
    )


def request_addressee() -> None:
    op.create_table(
        "request_addressee",
        sa.Column("formal_request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("request_addressee", "formal_request_id", to="formal_request"),
        reference("request_addressee", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_addressee")),
        sa.UniqueConstraint(
            "formal_request_id", "person_id", name=op.f("uq_request_addressee_formal_request_id_person_id")
        ),
    )
    op.create_index(op.f("ix_request_addressee_formal_request_id"), "request_addressee", ["formal_request_id"])
    op.create_index(op.f("ix_request_addressee_person_id"), "request_addressee", ["person_id"])


def request_matter() -> None:
    op.create_table(
        "request_matter",
        sa.Column("formal_request_id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=True),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("owed_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "duty IN ('acknowledge', 'initial_report', 'report', 'vacancy', 'poor_report')",
            name=op.f("ck_request_matter_duty_is_known"),
        ),
        reference("request_matter", "exchange_id", to="exchange"),
        reference("request_matter", "formal_request_id", to="formal_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_matter")),
        sa.UniqueConstraint(
            "formal_request_id",
            "exchange_id",
            "duty",
            name=op.f("uq_request_matter_formal_request_id_exchange_id_duty"),
        ),
    )
    op.create_index(op.f("ix_request_matter_exchange_id"), "request_matter", ["exchange_id"])
    op.create_index(op.f("ix_request_matter_formal_request_id"), "request_matter", ["formal_request_id"])


def request_answer() -> None:
    op.create_table(
        "request_answer",
        sa.Column("formal_request_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("request_answer", "compartment_id", to="compartment"),
        reference("request_answer", "formal_request_id", to="formal_request"),
        reference("request_answer", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_answer")),
    )
    op.create_index(op.f("ix_request_answer_formal_request_id"), "request_answer", ["formal_request_id"])


TABLES = (
    formal_request,
    request_addressee,
    request_matter,
    request_answer,
)
