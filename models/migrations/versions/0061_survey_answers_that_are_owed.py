"""An answer to a survey falls due on the survey's last day, and is a matter of a request when it does not come."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import (
    add_check,
    add_reference,
    check_references,
    drop_check,
    drop_reference,
    replace_check,
)

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

CLOCKS = (
    "acknowledge_consulter", "acknowledge_outer", "acknowledge_group", "triage", "consulter_answer", "consent_answer",
    "send_hold", "route", "officer_ack", "initial_report", "final_report", "report_extension", "review", "feedback",
    "progress_note", "feedback_outer", "advice", "vacancy", "reminder_e0", "request_e1", "request_e2", "request_e3",
    "request_e3_proof", "request_e4", "explanation", "objection", "stop_use", "publication", "retaliation_watch",
    "reopen", "receipt_valid", "scope_update", "leak_speedy_goal", "leak_speedy", "leak_final", "leak_final_wrongful",
    "pledge_confirmation",
)  # fmt: skip
SUBJECTS = ("case", "exchange", "formal_request", "board_item", "certification", "company", "leak")
DUTIES = ("acknowledge", "initial_report", "report", "vacancy", "poor_report", "confirmation")
MATTER, SURVEY = "request_matter", "survey_invitation_id"
KIND, SUBJECT, DUTY = "ck_clock_kind_is_known", "ck_clock_subject_is_known", "ck_request_matter_duty_is_known"
NAMED = "ck_request_matter_names_its_survey"
GIVEN = sa.text(f"{SURVEY} IS NOT NULL")
JAPAN = ZoneInfo("Asia/Tokyo")


def upgrade() -> None:
    replace_check("clock", KIND, _among("kind", (*CLOCKS, "survey_answer")))
    replace_check("clock", SUBJECT, _among("subject_kind", (*SUBJECTS, "survey_invitation")))
    replace_check(MATTER, DUTY, _among("duty", (*DUTIES, "survey")))
    add_reference(MATTER, SURVEY, "survey_invitation")
    add_check(
        MATTER,
        NAMED,
        f"(duty = 'survey' AND {SURVEY} IS NOT NULL) OR (duty <> 'survey' AND {SURVEY} IS NULL)",
    )
    op.create_index(
        "uq_request_matter_survey",
        MATTER,
        [SURVEY, "formal_request_id"],
        unique=True,
        sqlite_where=GIVEN,
        postgresql_where=GIVEN,
    )
    _wait_for_those_that_run()


def _wait_for_those_that_run() -> None:
    """Of a survey that is not over yet the answers begin to be waited for; of an older one nobody owes anything now."""
    survey = sa.table("survey", sa.column("id", sa.Uuid()), sa.column("closes_on", sa.Date()))
    asked = sa.table(
        "survey_invitation",
        sa.column("id", sa.Uuid()),
        sa.column("survey_id", sa.Uuid()),
        sa.column("answered_on", sa.Date()),
        sa.column("is_exempt", sa.Boolean()),
    )
    moment = sa.DateTime(timezone=True)
    clock = sa.table(
        "clock",
        *(sa.column(name, sa.Uuid()) for name in ("id", "subject_id")),
        *(sa.column(name, moment) for name in ("started_at", "due_at")),
        *(
            sa.column(name, sa.String())
            for name in (
                *("subject_kind", "kind", "policy_version", "calendar_version"),
                *("explanation_ja", "explanation_en"),
            )
        ),
    )
    now = datetime.now(UTC)
    found = (
        sa.select(asked.c.id, survey.c.closes_on)
        .join(survey, survey.c.id == asked.c.survey_id)
        .where(
            asked.c.answered_on.is_(None),
            asked.c.is_exempt.is_(False),
            survey.c.closes_on >= now.astimezone(JAPAN).date(),
        )
    )
    for invitation_id, closes_on in op.get_bind().execute(found).all():
        op.get_bind().execute(clock.insert().values(**_clock(invitation_id, closes_on, now)))
    check_references()


def _clock(invitation_id: uuid.UUID, closes_on: date, now: datetime) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "subject_kind": "survey_invitation",
        "subject_id": invitation_id,
        "kind": "survey_answer",
        "started_at": _kept(now),
        "due_at": _kept(datetime.combine(closes_on, time(23, 59, 59), JAPAN).astimezone(UTC)),
        "policy_version": "2025-10",
        "calendar_version": "2026",
        "explanation_ja": f"調査の締切の{closes_on.year}年{closes_on.month}月{closes_on.day}日が期限です。",
        "explanation_en": f"Due by the end of {closes_on:%A %Y-%m-%d}, the last day of the survey.",
    }


def _kept(moment: datetime) -> datetime:
    return moment if op.get_context().dialect.name != "sqlite" else moment.replace(tzinfo=None)


def downgrade() -> None:
    # What the older tables have no word for goes with the newer ones.
    op.execute("DELETE FROM request_matter WHERE duty = 'survey'")
    op.execute("DELETE FROM reminder WHERE clock_id IN (SELECT id FROM clock WHERE kind = 'survey_answer')")
    op.execute("DELETE FROM clock WHERE kind = 'survey_answer'")
    check_references()
    op.drop_index("uq_request_matter_survey", MATTER)
    drop_check(MATTER, NAMED)
    drop_reference(MATTER, SURVEY)
    replace_check(MATTER, DUTY, _among("duty", DUTIES))
    replace_check("clock", SUBJECT, _among("subject_kind", SUBJECTS))
    replace_check("clock", KIND, _among("kind", CLOCKS))


def _among(column: str, codes: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"
