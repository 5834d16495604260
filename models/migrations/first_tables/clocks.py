"""The first tables of what waits for its time: clocks, reminders and mail, and what keeps two processes apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def clock() -> None:
    op.create_table(
        "clock",
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version", sa.String(length=20), nullable=False),
        sa.Column("calendar_version", sa.String(length=40), nullable=False),
        sa.Column("explanation_ja", sa.Text(), nullable=False),
        sa.Column("explanation_en", sa.Text(), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('acknowledge_consulter', 'acknowledge_outer', 'triage', 'consulter_answer', 'consent_answer', 'send_hold', 'route', 'officer_ack', 'initial_report', 'final_report', 'report_extension', 'review', 'feedback', 'progress_note', 'feedback_outer', 'advice', 'vacancy', 'reminder_e0', 'request_e1', 'request_e2', 'request_e3', 'request_e3_proof', 'request_e4', 'explanation', 'objection', 'stop_use', 'publication', 'retaliation_watch', 'reopen', 'receipt_valid')",
            name=op.f("ck_clock_kind_is_known"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('case', 'exchange', 'formal_request', 'board_item', 'certification', 'company')",
            name=op.f("ck_clock_subject_is_known"),
        ),
        sa.CheckConstraint("met_at IS NULL OR stopped_at IS NULL", name=op.f("ck_clock_is_met_or_stopped")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_index(
        "ix_clock_due",
        "clock",
        ["kind", "due_at"],
        sqlite_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
    )
    op.create_index("ix_clock_subject", "clock", ["subject_kind", "subject_id"])
    op.create_index(
        "uq_clock_running",
        "clock",
        ["subject_id", "kind"],
        unique=True,
        sqlite_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
    )


def closure_day() -> None:
    op.create_table(
        "closure_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closure_day")),
    )


def reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("reminder", "clock_id", to="clock"),
        reference("reminder", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("clock_id", "kind", name=op.f("uq_reminder_clock_id_kind")),
    )
    op.create_index(op.f("ix_reminder_clock_id"), "reminder", ["clock_id"])


def outbox_message() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failure", sa.String(length=40), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_outbox_message_is_sent_or_given_up")
        ),
        reference("outbox_message", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_message_idempotency_key")),
    )
    op.create_index(op.f("ix_outbox_message_person_id"), "outbox_message", ["person_id"])
    op.create_index("ix_outbox_message_queued", "outbox_message", ["queued_at", "id"])
    op.create_index(
        "ix_outbox_message_waiting",
        "outbox_message",
        ["next_try_at"],
        sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )


def lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def letter_number() -> None:
    op.create_table(
        "letter_number",
        sa.Column("series", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_letter_number")),
    )


TABLES = (
    clock,
    closure_day,
    reminder,
    outbox_message,
    lease,
    letter_number,
)
