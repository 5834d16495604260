"""The first tables of a case: its facets, consents and exclusions, its receipt, and what passes with each company."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def case() -> None:
    op.create_table(
        "case",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_crisis", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_level", sa.String(length=40), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_kind", sa.String(length=40), nullable=True),
        sa.Column("channel_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("severity_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("outcome_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("employer_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("workplace_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("client_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("closing_outcome_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_case_closed_has_a_closing_time")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (outcome_token IS NOT NULL)", name=op.f("ck_case_closed_has_an_outcome")
        ),
        sa.CheckConstraint(
            "consent_level IN ('CN-0', 'CN-1', 'CN-2', 'CN-3')", name=op.f("ck_case_consent_level_is_known")
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR withdrawn_at IS NOT NULL", name=op.f("ck_case_withdrawn_has_a_time")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'triage', 'need_info', 'await_consent', 'ready', 'routed', 'reroute', 'recalled', 'acked', 'in_action', 'responded', 'reported', 'review', 'feedback', 'monitor', 'advice', 'closed', 'withdrawn')",
            name=op.f("ck_case_state_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'triage', 'need_info', 'closed', 'withdrawn', 'advice') OR severity_token IS NOT NULL",
            name=op.f("ck_case_past_triage_has_a_severity"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('routed', 'reroute', 'acked', 'in_action', 'responded', 'reported', 'review') OR (routed_at IS NOT NULL AND consent_level <> 'CN-0')",
            name=op.f("ck_case_with_the_company_only_by_consent"),
        ),
        reference("case", "assignee_id", to="person"),
        reference("case", "closing_asked_by_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    op.create_index("ix_case_assignee", "case", ["assignee_id", "is_open", "is_crisis", "next_due_at", "id"])
    op.create_index("ix_case_board", "case", ["is_open", "is_crisis", "next_due_at", "id"])
    op.create_index(op.f("ix_case_channel_token"), "case", ["channel_token"])
    op.create_index(op.f("ix_case_client_token"), "case", ["client_token"])
    op.create_index(op.f("ix_case_employer_token"), "case", ["employer_token"])
    op.create_index(op.f("ix_case_outcome_token"), "case", ["outcome_token"])
    op.create_index(op.f("ix_case_severity_token"), "case", ["severity_token"])
    op.create_index(op.f("ix_case_workplace_token"), "case", ["workplace_token"])


def case_facet() -> None:
    op.create_table(
        "case_facet",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("case_facet", "case_id", to="case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_facet")),
        sa.UniqueConstraint("case_id", "field", "token", name=op.f("uq_case_facet_case_id_field_token")),
    )
    op.create_index(op.f("ix_case_facet_case_id"), "case_facet", ["case_id"])
    op.create_index("ix_case_facet_value", "case_facet", ["field", "token"])


def consent_entry() -> None:
    op.create_table(
        "consent_entry",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("options", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "act IN ('given', 'raised', 'lowered', 'withdrawn')", name=op.f("ck_consent_entry_act_is_known")
        ),
        sa.CheckConstraint("level IN ('CN-0', 'CN-1', 'CN-2', 'CN-3')", name=op.f("ck_consent_entry_level_is_known")),
        reference("consent_entry", "case_id", to="case"),
        reference("consent_entry", "company_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_entry")),
    )
    op.create_index(op.f("ix_consent_entry_case_id"), "consent_entry", ["case_id"])


def exclusion() -> None:
    op.create_table(
        "exclusion",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("declared_by", sa.String(length=12), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("declared_by IN ('consulter', 'desk')", name=op.f("ck_exclusion_declared_by_is_known")),
        reference("exclusion", "case_id", to="case"),
        reference("exclusion", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_exclusion_case_id_person_id")),
    )
    op.create_index(op.f("ix_exclusion_case_id"), "exclusion", ["case_id"])
    op.create_index(op.f("ix_exclusion_person_id"), "exclusion", ["person_id"])


def receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("locator", sa.LargeBinary(length=16), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("locked_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("receipt", "case_id", to="case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("locator", name=op.f("uq_receipt_locator")),
    )
    op.create_index(op.f("ix_receipt_case_id"), "receipt", ["case_id"])


def visit() -> None:
    op.create_table(
        "visit",
        sa.Column("locator", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("absolute_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (receipt_id IS NULL)", name=op.f("ck_visit_is_of_one_visitor")),
        reference("visit", "person_id", to="person"),
        reference("visit", "receipt_id", to="receipt"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("locator", name=op.f("uq_visit_locator")),
    )
    op.create_index(op.f("ix_visit_person_id"), "visit", ["person_id"])
    op.create_index(op.f("ix_visit_receipt_id"), "visit", ["receipt_id"])


def exchange() -> None:
    op.create_table(
        "exchange",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("feeds_ladder", sa.Boolean(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=True),
        sa.Column("addressee_id", sa.Uuid(), nullable=True),
        sa.Column("via", sa.String(length=16), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_kind", sa.String(length=40), nullable=True),
        sa.Column("arranged_by_id", sa.Uuid(), nullable=True),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responded_how", sa.String(length=20), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_exchange_closed_has_a_closing_time")
        ),
        sa.CheckConstraint(
            "state <> 'routed' OR (routed_at IS NOT NULL AND seat_id IS NOT NULL AND addressee_id IS NOT NULL)",
            name=op.f("ck_exchange_routed_has_an_addressee"),
        ),
        sa.CheckConstraint("state IN ('preparing', 'routed', 'closed')", name=op.f("ck_exchange_state_is_known")),
        reference("exchange", "acknowledged_by_id", to="person"),
        reference("exchange", "addressee_id", to="person"),
        reference("exchange", "arranged_by_id", to="person"),
        reference("exchange", "case_id", to="case"),
        reference("exchange", "company_id", to="company"),
        reference("exchange", "seat_id", to="seat"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
        sa.UniqueConstraint("case_id", "company_id", name=op.f("uq_exchange_case_id_company_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_exchange_reference")),
    )
    op.create_index(op.f("ix_exchange_company_id"), "exchange", ["company_id"])
    op.create_index("ix_exchange_office", "exchange", ["seat_id", "state", "next_due_at", "id"])
    op.create_index("ix_exchange_over", "exchange", ["seat_id", "closed_at", "id"])


TABLES = (
    case,
    case_facet,
    consent_entry,
    exclusion,
    receipt,
    visit,
    exchange,
)
