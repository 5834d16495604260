"""The first tables of people with accounts and the seats that they hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def person() -> None:
    op.create_table(
        "person",
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("is_handler", sa.Boolean(), nullable=False),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("login_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_mail", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_post", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("locked_private_key", sa.LargeBinary(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IN ('consulter', 'officer', 'deputy', 'representative', 'counselor', 'manager', 'head', 'director', 'auditor', 'admin', 'system')",
            name=op.f("ck_person_role_is_known"),
        ),
        sa.CheckConstraint(
            "(public_key IS NULL) = (locked_private_key IS NULL)", name=op.f("ck_person_has_both_halves_of_the_pair")
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_person_ends_after_it_begins")),
        reference("person", "company_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login_digest", name=op.f("uq_person_login_digest")),
    )
    op.create_index(op.f("ix_person_company_id"), "person", ["company_id"])


def sign_up_link() -> None:
    op.create_table(
        "sign_up_link",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_link", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("sign_up_link", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_up_link_digest")),
    )
    op.create_index(op.f("ix_sign_up_link_person_id"), "sign_up_link", ["person_id"])


def seat() -> None:
    op.create_table(
        "seat",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('company_office', 'company_representative')) = (company_id IS NOT NULL)",
            name=op.f("ck_seat_company_seats_have_a_company"),
        ),
        sa.CheckConstraint(
            "kind IN ('handlers', 'desk', 'company_office', 'company_representative', 'board')",
            name=op.f("ck_seat_kind_is_known"),
        ),
        reference("seat", "company_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    op.create_index(
        "uq_seat_of_a_company",
        "seat",
        ["kind", "company_id"],
        unique=True,
        sqlite_where=sa.text("company_id IS NOT NULL"),
        postgresql_where=sa.text("company_id IS NOT NULL"),
    )
    op.create_index(
        "uq_seat_of_the_association",
        "seat",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("company_id IS NULL"),
        postgresql_where=sa.text("company_id IS NULL"),
    )


def seat_epoch() -> None:
    op.create_table(
        "seat_epoch",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("seat_epoch", "seat_id", to="seat"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_epoch")),
        sa.UniqueConstraint("seat_id", "number", name=op.f("uq_seat_epoch_seat_id_number")),
    )
    op.create_index(op.f("ix_seat_epoch_seat_id"), "seat_epoch", ["seat_id"])
    op.create_index(
        "uq_seat_epoch_one_open",
        "seat_epoch",
        ["seat_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def seat_holding() -> None:
    op.create_table(
        "seat_holding",
        sa.Column("epoch_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("seat_holding", "epoch_id", to="seat_epoch"),
        reference("seat_holding", "granted_by_id", to="person"),
        reference("seat_holding", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_holding")),
        sa.UniqueConstraint("epoch_id", "person_id", name=op.f("uq_seat_holding_epoch_id_person_id")),
    )
    op.create_index(op.f("ix_seat_holding_epoch_id"), "seat_holding", ["epoch_id"])
    op.create_index(op.f("ix_seat_holding_person_id"), "seat_holding", ["person_id"])


TABLES = (
    person,
    sign_up_link,
    seat,
    seat_epoch,
    seat_holding,
)
