"""The first tables of the board: its meetings, items and resolutions, and what a resolution leads to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.first_tables.references import reference


def board_meeting() -> None:
    op.create_table(
        "board_meeting",
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("called_by_id", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes_reference", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("mode IN ('in_person', 'online', 'written')", name=op.f("ck_board_meeting_mode_is_known")),
        reference("board_meeting", "called_by_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_meeting")),
    )


def board_item() -> None:
    op.create_table(
        "board_item",
        sa.Column("company_file_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("agenda_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_grounds", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_packet", sa.LargeBinary(), nullable=True),
        sa.Column("notice_number", sa.String(length=24), nullable=True),
        sa.Column("notice_served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silence_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_compliance_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voting_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_at IS NOT NULL)", name=op.f("ck_board_item_decided_has_a_time")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'hearing', 'ready', 'voting', 'decided', 'undecided')",
            name=op.f("ck_board_item_state_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'undecided') OR notice_served_at IS NOT NULL",
            name=op.f("ck_board_item_hearing_has_a_notice"),
        ),
        reference("board_item", "company_file_id", to="company_file"),
        reference("board_item", "compartment_id", to="compartment"),
        reference("board_item", "follows_id", to="board_item"),
        reference("board_item", "meeting_id", to="board_meeting"),
        reference("board_item", "proposed_by_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_item")),
        sa.UniqueConstraint("notice_number", name=op.f("uq_board_item_notice_number")),
    )
    op.create_index(op.f("ix_board_item_company_file_id"), "board_item", ["company_file_id"])
    op.create_index(op.f("ix_board_item_meeting_id"), "board_item", ["meeting_id"])
    op.create_index(
        "uq_board_item_open",
        "board_item",
        ["company_file_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('decided', 'undecided')"),
        postgresql_where=sa.text("state NOT IN ('decided', 'undecided')"),
    )


def recusal() -> None:
    op.create_table(
        "recusal",
        sa.Column("board_item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ground IN ('own_company', 'related_company', 'declared')", name=op.f("ck_recusal_ground_is_known")
        ),
        reference("recusal", "board_item_id", to="board_item"),
        reference("recusal", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("board_item_id", "person_id", name=op.f("uq_recusal_board_item_id_person_id")),
    )
    op.create_index(op.f("ix_recusal_board_item_id"), "recusal", ["board_item_id"])


def explanation() -> None:
    op.create_table(
        "explanation",
        sa.Column("board_item_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("wants_to_attend", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        reference("explanation", "board_item_id", to="board_item"),
        reference("explanation", "compartment_id", to="compartment"),
        reference("explanation", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explanation")),
    )
    op.create_index(op.f("ix_explanation_board_item_id"), "explanation", ["board_item_id"])


def vote() -> None:
    op.create_table(
        "vote",
        sa.Column("board_item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("option", sa.String(length=40), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "option IN ('no_action', 'warning', 'conditional', 'suspend', 'revoke', 'defer')",
            name=op.f("ck_vote_option_is_known"),
        ),
        reference("vote", "board_item_id", to="board_item"),
        reference("vote", "person_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("board_item_id", "person_id", name=op.f("uq_vote_board_item_id_person_id")),
    )
    op.create_index(op.f("ix_vote_board_item_id"), "vote", ["board_item_id"])


def resolution() -> None:
    op.create_table(
        "resolution",
        sa.Column("board_item_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("option", sa.String(length=40), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("sealed_reasons", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effect_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("immediate_because", sa.String(length=20), nullable=True),
        sa.Column("notice_number", sa.String(length=24), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(option = 'revoke') = (effect_at IS NOT NULL)", name=op.f("ck_resolution_revocation_has_an_effect_date")
        ),
        sa.CheckConstraint(
            "option IN ('no_action', 'warning', 'conditional', 'suspend', 'revoke', 'defer')",
            name=op.f("ck_resolution_option_is_known"),
        ),
        sa.CheckConstraint(
            "votes_for > 0 AND votes_for <= present AND present <= eligible",
            name=op.f("ck_resolution_counts_hang_together"),
        ),
        reference("resolution", "board_item_id", to="board_item"),
        reference("resolution", "compartment_id", to="compartment"),
        reference("resolution", "recorded_by_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("board_item_id", name=op.f("uq_resolution_board_item_id")),
        sa.UniqueConstraint("notice_number", name=op.f("uq_resolution_notice_number")),
        sa.UniqueConstraint("number", name=op.f("uq_resolution_number")),
    )


def certification_status() -> None:
    op.create_table(
        "certification_status",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'under_review', 'returned', 'board_pending', 'certified', 'rejected', 'renewal_open', 'renewal_review', 'expired', 'suspended', 'revocation_proc', 'revoked', 'withdrawn', 'lapsed_membership', 'transferred', 'reinstated')",
            name=op.f("ck_certification_status_state_is_known"),
        ),
        reference("certification_status", "certification_id", to="certification"),
        reference("certification_status", "resolution_id", to="resolution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_status")),
    )
    op.create_index("ix_certification_status_effect", "certification_status", ["certification_id", "effective_at"])


def publication() -> None:
    op.create_table(
        "publication",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("published_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("expires_at > published_from", name=op.f("ck_publication_expires_after_it_begins")),
        reference("publication", "certification_id", to="certification"),
        reference("publication", "resolution_id", to="resolution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("resolution_id", name=op.f("uq_publication_resolution_id")),
    )
    op.create_index(op.f("ix_publication_certification_id"), "publication", ["certification_id"])


def stop_use_task() -> None:
    op.create_table(
        "stop_use_task",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "place IN ('website', 'printed', 'business_card', 'recruiting', 'premises')",
            name=op.f("ck_stop_use_task_place_is_known"),
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_stop_use_task_confirmed_by_somebody")
        ),
        reference("stop_use_task", "certification_id", to="certification"),
        reference("stop_use_task", "confirmed_by_id", to="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_use_task")),
        sa.UniqueConstraint("certification_id", "place", name=op.f("uq_stop_use_task_certification_id_place")),
    )


TABLES = (
    board_meeting,
    board_item,
    recusal,
    explanation,
    vote,
    resolution,
    certification_status,
    publication,
    stop_use_task,
)
