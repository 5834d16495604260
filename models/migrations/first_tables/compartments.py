"""The first tables of compartments, and who holds the key to each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def compartment() -> None:
    op.create_table(
        "compartment",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("company_file_id", sa.Uuid(), nullable=True),
        sa.Column("exchange_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('identity', 'narrative', 'health', 'desk_notes', 'forwarded', 'report', 'company_file', 'board_packet')",
            name=op.f("ck_compartment_kind_is_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('forwarded', 'report') OR exchange_id IS NOT NULL",
            name=op.f("ck_compartment_exchange_parts_have_an_exchange"),
        ),
        sa.CheckConstraint(
            "(case_id IS NULL) <> (company_file_id IS NULL)", name=op.f("ck_compartment_belongs_to_one_subject")
        ),
        reference("compartment", "case_id", to="case"),
        reference("compartment", "company_file_id", to="company_file"),
        reference("compartment", "exchange_id", to="exchange"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compartment")),
    )
    op.create_index("ix_compartment_case", "compartment", ["case_id", "kind"])
    op.create_index("ix_compartment_company_file", "compartment", ["company_file_id", "kind"])
    op.create_index(op.f("ix_compartment_exchange_id"), "compartment", ["exchange_id"])


def compartment_grant() -> None:
    op.create_table(
        "compartment_grant",
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("seat_epoch_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(seat_epoch_id IS NOT NULL AND receipt_id IS NULL AND person_id IS NULL) OR (seat_epoch_id IS NULL AND receipt_id IS NOT NULL AND person_id IS NULL) OR (seat_epoch_id IS NULL AND receipt_id IS NULL AND person_id IS NOT NULL)",
            name=op.f("ck_compartment_grant_is_to_one_reader"),
        ),
        reference("compartment_grant", "compartment_id", to="compartment"),
        reference("compartment_grant", "person_id", to="person"),
        reference("compartment_grant", "receipt_id", to="receipt"),
        reference("compartment_grant", "seat_epoch_id", to="seat_epoch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compartment_grant")),
        sa.UniqueConstraint("compartment_id", "person_id", name=op.f("uq_compartment_grant_compartment_id_person_id")),
        sa.UniqueConstraint(
            "compartment_id", "receipt_id", name=op.f("uq_compartment_grant_compartment_id_receipt_id")
        ),
        sa.UniqueConstraint(
            "compartment_id", "seat_epoch_id", name=op.f("uq_compartment_grant_compartment_id_seat_epoch_id")
        ),
    )
    op.create_index(op.f("ix_compartment_grant_compartment_id"), "compartment_grant", ["compartment_id"])
    op.create_index(op.f("ix_compartment_grant_person_id"), "compartment_grant", ["person_id"])
    op.create_index(op.f("ix_compartment_grant_receipt_id"), "compartment_grant", ["receipt_id"])
    op.create_index(op.f("ix_compartment_grant_seat_epoch_id"), "compartment_grant", ["seat_epoch_id"])


def waiting_grant() -> None:
    op.create_table(
        "waiting_grant",
        sa.Column("seat_epoch_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (compartment_id IS NULL)", name=op.f("ck_waiting_grant_waits_for_one_thing")
        ),
        reference("waiting_grant", "compartment_id", to="compartment"),
        reference("waiting_grant", "done_by_id", to="person"),
        reference("waiting_grant", "person_id", to="person"),
        reference("waiting_grant", "seat_epoch_id", to="seat_epoch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_grant")),
    )
    op.create_index(
        "ix_waiting_grant_open",
        "waiting_grant",
        ["seat_epoch_id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


TABLES = (
    compartment,
    compartment_grant,
    waiting_grant,
)
