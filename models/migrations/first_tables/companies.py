"""The first tables of companies: their names, sites and relations, their certification, and the file that the ladder is counted in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def company() -> None:
    op.create_table(
        "company",
        sa.Column("corporate_number", sa.String(length=13), nullable=True),
        sa.Column("member_type", sa.String(length=40), nullable=False),
        sa.Column("operator_type", sa.String(length=40), nullable=False),
        sa.Column("prefecture", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("policy_url", sa.String(length=300), nullable=True),
        sa.Column("inside_desk", sa.String(length=200), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "member_type IN ('regular', 'supporting', 'none')", name=op.f("ck_company_member_type_is_known")
        ),
        sa.CheckConstraint(
            "operator_type IN ('inhouse', 'agency', 'vendor', 'other')", name=op.f("ck_company_operator_type_is_known")
        ),
        sa.CheckConstraint("left_on IS NULL OR left_on >= joined_on", name=op.f("ck_company_leaves_after_joining")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_index("uq_company_corporate_number", "company", ["corporate_number"], unique=True)


def company_name() -> None:
    op.create_table(
        "company_name",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kana", sa.String(length=160), nullable=False),
        sa.Column("english", sa.String(length=160), nullable=False),
        sa.Column("search_key", sa.String(length=500), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_company_name_ends_after_it_begins")
        ),
        reference("company_name", "company_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_name")),
        sa.UniqueConstraint("company_id", "valid_from", name=op.f("uq_company_name_company_id_valid_from")),
    )
    op.create_index(op.f("ix_company_name_company_id"), "company_name", ["company_id"])
    op.create_index(op.f("ix_company_name_search_key"), "company_name", ["search_key"])


def company_relation() -> None:
    op.create_table(
        "company_relation",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("client_id <> agency_id", name=op.f("ck_company_relation_joins_two_companies")),
        reference("company_relation", "agency_id", to="company"),
        reference("company_relation", "client_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_relation")),
    )
    op.create_index(op.f("ix_company_relation_agency_id"), "company_relation", ["agency_id"])
    op.create_index(op.f("ix_company_relation_client_id"), "company_relation", ["client_id"])


def site() -> None:
    op.create_table(
        "site",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("prefecture", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("site", "company_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index(op.f("ix_site_company_id"), "site", ["company_id"])


def certification() -> None:
    op.create_table(
        "certification",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("is_pre_certified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("renewal_filed_on", sa.Date(), nullable=True),
        sa.Column("resolution_reference", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'under_review', 'returned', 'board_pending', 'certified', 'rejected', 'renewal_open', 'renewal_review', 'expired', 'suspended', 'revocation_proc', 'revoked', 'withdrawn', 'lapsed_membership', 'transferred', 'reinstated')",
            name=op.f("ck_certification_state_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'under_review', 'returned', 'board_pending', 'rejected') OR (number IS NOT NULL AND valid_from IS NOT NULL AND valid_to IS NOT NULL)",
            name=op.f("ck_certification_certified_has_number_and_term"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_certification_ends_after_it_begins")
        ),
        reference("certification", "company_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification")),
        sa.UniqueConstraint("number", name=op.f("uq_certification_number")),
    )
    op.create_index(op.f("ix_certification_company_id"), "certification", ["company_id"])


def company_file() -> None:
    op.create_table(
        "company_file",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_step", sa.String(length=4), nullable=True),
        sa.Column("next_step_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('calm', 'requesting', 'improvement', 'proposed', 'hearing', 'decided', 'effective', 'complied', 'frozen')",
            name=op.f("ck_company_file_state_is_known"),
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (is_open)", name=op.f("ck_company_file_open_until_it_is_closed")),
        reference("company_file", "company_id", to="company"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_file")),
        sa.UniqueConstraint("number", name=op.f("uq_company_file_number")),
    )
    op.create_index(op.f("ix_company_file_company_id"), "company_file", ["company_id"])
    op.create_index("ix_company_file_due", "company_file", ["is_open", "next_due_at"])
    op.create_index(
        "uq_company_file_open",
        "company_file",
        ["company_id"],
        unique=True,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )


TABLES = (
    company,
    company_name,
    company_relation,
    site,
    certification,
    company_file,
)
