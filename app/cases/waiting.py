"""What the page of a case says of waiting: which term stands still, and which answer did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.clocks.queries import last_stopped, ran_out, running_clock
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.case_clocks import RESTS_IN
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseState
from models.rules.deadlines import ClockKind

# While in a state: whose answer was waited for, and what the desk may do now that it did not come.
IN_VAIN: dict[CaseState, tuple[ClockKind, LazyString]] = {
    CaseState.TRIAGE: (
        ClockKind.CONSULTER_ANSWER,
        _l("お尋ねへの返事がありませんでした。いま分かっていることだけで、進め方を決めてください。"),
    ),
    CaseState.AWAIT_CONSENT: (
        ClockKind.CONSENT_ANSWER,
        _l(
            "転送版への返事がありませんでした。この文章は会社に伝えられません。"
            "メッセージで助言する、転送版を直してもう一度示す、同意なしで終結する、のいずれかを選んでください。"
        ),
    ),
    CaseState.FEEDBACK: (
        ClockKind.CONSULTER_ANSWER,
        _l("結果のご案内への返事がありませんでした。経過観察にするか、終結するかを決めてください。"),
    ),
}


WENT_ON = "case.went_on_unanswered"


@dataclass(frozen=True)
class InVain:
    """An answer that did not come by its day, and what may be done now."""

    since: datetime
    words: str


def waited_in_vain(case: Case) -> InVain | None:
    """What the newest question of this state came to, when nobody answered it in time."""
    if case.state not in IN_VAIN or _last_way_into(case) != WENT_ON:
        return None
    kind, words = IN_VAIN[case.state]
    clock = ran_out(case.id, kind)
    return InVain(clock.due_at, str(words)) if clock is not None else None


def _last_way_into(case: Case) -> str | None:
    """By which event the case came into its state: what was not answered before it was opened again is over."""
    ways = {row.event for row in CASE_LIFECYCLE if row.makes is case.state and not row.stays}
    return db().scalar(
        select(AuditRecord.name)
        .where(
            AuditRecord.subject_kind == "case",
            AuditRecord.subject_id == case.id,
            AuditRecord.name.in_({*ways, WENT_ON}),
        )
        .order_by(AuditRecord.number.desc())
        .limit(1)
    )


def stands_still(case: Case) -> ClockKind | None:
    """The desk's own term that waits for the consulter's answer; none while it goes on after a wish for a change."""
    if case.state not in RESTS_IN or any(running_clock(case.id, kind) for kind in RESTS_IN[case.state]):
        return None
    rested = last_stopped(case.id, RESTS_IN[case.state])
    return rested.kind if rested is not None else None
