"""The first tables of what people write, sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def statement() -> None:
    op.create_table(
        "statement",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("statement", "case_id", to="case"),
        reference("statement", "compartment_id", to="compartment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("compartment_id", name=op.f("uq_statement_compartment_id")),
    )
    op.create_index(op.f("ix_statement_case_id"), "statement", ["case_id"])


def desk_note() -> None:
    op.create_table(
        "desk_note",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("desk_note", "case_id", to="case"),
        reference("desk_note", "compartment_id", to="compartment"),
        reference("desk_note", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_note")),
    )
    op.create_index(op.f("ix_desk_note_case_id"), "desk_note", ["case_id"])


def message() -> None:
    op.create_table(
        "message",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(author = 'officer') = (exchange_id IS NOT NULL)", name=op.f("ck_message_officers_write_in_an_exchange")
        ),
        sa.CheckConstraint("author IN ('consulter', 'desk', 'officer')", name=op.f("ck_message_author_is_known")),
        reference("message", "case_id", to="case"),
        reference("message", "compartment_id", to="compartment"),
        reference("message", "exchange_id", to="exchange"),
        reference("message", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_case", "message", ["case_id", "sent_at"])
    op.create_index(op.f("ix_message_exchange_id"), "message", ["exchange_id"])


def forwarded_copy() -> None:
    op.create_table(
        "forwarded_copy",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_comment", sa.LargeBinary(), nullable=True),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level IN ('CN-0', 'CN-1', 'CN-2', 'CN-3')", name=op.f("ck_forwarded_copy_level_is_known")),
        sa.CheckConstraint(
            "approved_at IS NULL OR put_at IS NOT NULL", name=op.f("ck_forwarded_copy_approved_after_it_was_put")
        ),
        reference("forwarded_copy", "compartment_id", to="compartment"),
        reference("forwarded_copy", "drafted_by_id", to="person"),
        reference("forwarded_copy", "exchange_id", to="exchange"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forwarded_copy")),
        sa.UniqueConstraint("exchange_id", "number", name=op.f("uq_forwarded_copy_exchange_id_number")),
    )
    op.create_index(op.f("ix_forwarded_copy_exchange_id"), "forwarded_copy", ["exchange_id"])


def action_entry() -> None:
    op.create_table(
        "action_entry",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("action_entry", "compartment_id", to="compartment"),
        reference("action_entry", "exchange_id", to="exchange"),
        reference("action_entry", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_entry")),
    )
    op.create_index(op.f("ix_action_entry_exchange_id"), "action_entry", ["exchange_id"])


def extension() -> None:
    op.create_table(
        "extension",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("new_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name=op.f("ck_extension_decided_has_an_answer")),
        reference("extension", "asked_by_id", to="person"),
        reference("extension", "compartment_id", to="compartment"),
        reference("extension", "decided_by_id", to="person"),
        reference("extension", "exchange_id", to="exchange"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("exchange_id", name=op.f("uq_extension_exchange_id")),
    )


def report() -> None:
    op.create_table(
        "report",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_return_reason", sa.LargeBinary(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (sealed_return_reason IS NULL)", name=op.f("ck_report_returned_with_a_reason")
        ),
        sa.CheckConstraint(
            "returned_at IS NULL OR accepted_at IS NULL", name=op.f("ck_report_is_returned_or_accepted")
        ),
        reference("report", "compartment_id", to="compartment"),
        reference("report", "exchange_id", to="exchange"),
        reference("report", "reviewed_by_id", to="person"),
        reference("report", "submitted_by_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("exchange_id", "number", name=op.f("uq_report_exchange_id_number")),
    )
    op.create_index(op.f("ix_report_exchange_id"), "report", ["exchange_id"])


TABLES = (
    statement,
    desk_note,
    message,
    forwarded_copy,
    action_entry,
    extension,
    report,
)
