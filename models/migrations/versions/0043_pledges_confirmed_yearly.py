"""The yearly confirmation of each pledge: when a company was asked, what it said, and what it owes until it does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_reference, drop_reference, replace_check

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

PLEDGES = (
    "guideline", "officer", "policy", "desk", "response", "report", "survey", "outsourcing", "revocation",
)  # fmt: skip
CLOCKS = (
    "acknowledge_consulter", "acknowledge_outer", "acknowledge_group", "triage", "consulter_answer", "consent_answer",
    "send_hold", "route", "officer_ack", "initial_report", "final_report", "report_extension", "review", "feedback",
    "progress_note", "feedback_outer", "advice", "vacancy", "reminder_e0", "request_e1", "request_e2", "request_e3",
    "request_e3_proof", "request_e4", "explanation", "objection", "stop_use", "publication", "retaliation_watch",
    "reopen", "receipt_valid", "scope_update", "leak_speedy_goal", "leak_speedy", "leak_final", "leak_final_wrongful",
)  # fmt: skip
DUTIES = ("acknowledge", "initial_report", "report", "vacancy", "poor_report")
SUBJECTS = ("case_id", "company_file_id", "advice_id", "leak_id", "application_id")
OF_ONE = "ck_compartment_belongs_to_one_subject"
GIVEN = sa.text("confirmation_id IS NOT NULL")
AWAITED = sa.text("confirmed_at IS NULL AND ended_at IS NULL")
ASKED, SAID = "pledge_confirmation", "confirmed_pledge"


def upgrade() -> None:
    _asked()
    _said()
    add_reference("compartment", "confirmation_id", ASKED)
    op.create_index(
        "ix_compartment_confirmation_id", "compartment", ["confirmation_id"], sqlite_where=GIVEN, postgresql_where=GIVEN
    )
    replace_check("compartment", OF_ONE, _one_of_these(*SUBJECTS, "confirmation_id"))
    replace_check("clock", "ck_clock_kind_is_known", _among("kind", (*CLOCKS, "pledge_confirmation")))
    replace_check("request_matter", "ck_request_matter_duty_is_known", _among("duty", (*DUTIES, "confirmation")))


def _asked() -> None:
    op.create_table(
        ASKED,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_for", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            _among("ended_because", ("renewal_filed", "not_held")), name=op.f(f"ck_{ASKED}_ended_because_is_known")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f(f"ck_{ASKED}_confirmed_by_somebody")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name=op.f(f"ck_{ASKED}_ended_has_a_reason")),
        sa.CheckConstraint("ended_at IS NULL OR confirmed_at IS NULL", name=op.f(f"ck_{ASKED}_is_confirmed_or_ended")),
        _refers(ASKED, "company_id", "company.id"),
        _refers(ASKED, "certification_id", "certification.id"),
        _refers(ASKED, "confirmed_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ASKED}")),
        sa.UniqueConstraint("certification_id", "asked_for", name=op.f(f"uq_{ASKED}_certification_id_asked_for")),
    )
    op.create_index(
        "uq_pledge_confirmation_awaited",
        ASKED,
        ["company_id"],
        unique=True,
        sqlite_where=AWAITED,
        postgresql_where=AWAITED,
    )
    op.create_index("ix_pledge_confirmation_company", ASKED, ["company_id", "asked_for"])


def _said() -> None:
    op.create_table(
        SAID,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("confirmation_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=True),
        sa.Column("pledge", sa.String(length=40), nullable=False),
        sa.Column("keeping", sa.String(length=40), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(_among("pledge", PLEDGES), name=op.f(f"ck_{SAID}_pledge_is_known")),
        sa.CheckConstraint(
            _among("keeping", ("kept", "changed", "not_kept")), name=op.f(f"ck_{SAID}_keeping_is_known")
        ),
        sa.CheckConstraint(
            "keeping = 'kept' OR sealed_note IS NOT NULL", name=op.f(f"ck_{SAID}_a_difference_says_what")
        ),
        sa.CheckConstraint(
            "sealed_note IS NULL OR compartment_id IS NOT NULL", name=op.f(f"ck_{SAID}_words_lie_in_a_compartment")
        ),
        _refers(SAID, "confirmation_id", f"{ASKED}.id"),
        _refers(SAID, "compartment_id", "compartment.id"),
        _refers(SAID, "said_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SAID}")),
        sa.UniqueConstraint("confirmation_id", "pledge", name=op.f(f"uq_{SAID}_confirmation_id_pledge")),
    )


def downgrade() -> None:
    # What the older tables have no word for goes with the newer ones.
    op.execute("DELETE FROM request_matter WHERE duty = 'confirmation'")
    op.execute("DELETE FROM reminder WHERE clock_id IN (SELECT id FROM clock WHERE kind = 'pledge_confirmation')")
    op.execute("DELETE FROM clock WHERE kind = 'pledge_confirmation'")
    replace_check("request_matter", "ck_request_matter_duty_is_known", _among("duty", DUTIES))
    replace_check("clock", "ck_clock_kind_is_known", _among("kind", CLOCKS))
    op.drop_table(SAID)
    op.execute(
        "DELETE FROM compartment_grant WHERE compartment_id IN"
        " (SELECT id FROM compartment WHERE confirmation_id IS NOT NULL)"
    )
    op.execute(
        "DELETE FROM waiting_grant WHERE compartment_id IN"
        " (SELECT id FROM compartment WHERE confirmation_id IS NOT NULL)"
    )
    op.execute("DELETE FROM compartment WHERE confirmation_id IS NOT NULL")
    replace_check("compartment", OF_ONE, _one_of_these(*SUBJECTS))
    op.drop_index("ix_compartment_confirmation_id", "compartment")
    drop_reference("compartment", "confirmation_id")
    op.drop_table(ASKED)


def _among(column: str, codes: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def _one_of_these(*columns: str) -> str:
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns) + " = 1"


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)
