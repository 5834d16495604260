"""Who opened what of her case, as the record tells it to the consulter: by role, and never a name of the desk."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.companies.queries import company_named, name_on
from app.pipeline.transaction import db
from app.presentation.fields import Words
from app.presentation.filters import label
from models.audit_record import AuditRecord
from models.case import Case
from models.person import Person
from models.rules.desk_reasons import ReadingReason
from models.rules.people import COMPANY, WITHOUT_ACCOUNT, Role
from models.rules.readings import READINGS
from models.rules.working_days import in_japan

MOST = 200
WHAT: dict[str, Words] = {
    "case.read": _l("相談の内容"),
    "case.read_identity": _l("氏名・連絡先"),
    "copy.view": _l("会社に伝える文章"),
    "copy.print": _l("会社に伝える文章(印刷)"),
    "attachment.open": _l("ファイル"),
    "report.read": _l("会社の報告"),
    "message.read": _l("やりとり"),
    "adviser.read": _l("外部助言者に見せた部分"),
}


@dataclass(frozen=True)
class Opening:
    """One line of the list."""

    at: datetime
    who: str
    what: Words
    why: str


def openings_of(case: Case) -> list[Opening]:
    """The newest openings by anybody but herself, the newest first."""
    records = db().scalars(
        select(AuditRecord)
        .where(
            AuditRecord.subject_kind == "case",
            AuditRecord.subject_id == case.id,
            AuditRecord.name.in_(READINGS),
            AuditRecord.actor_role.not_in([role.value for role in WITHOUT_ACCOUNT]),
        )
        .order_by(AuditRecord.number.desc())
        .limit(MOST)
    )
    return [_opening(one) for one in records]


def _opening(record: AuditRecord) -> Opening:
    reasons = {reason.value: reason for reason in ReadingReason}
    code = json.loads(record.facts).get("reason_code")
    why = label(reasons[code]) if code in reasons else ""
    return Opening(record.at, _who(record.actor_role, record.actor_id, record.at), WHAT[record.name], why)


def _who(code: str, person_id: uuid.UUID | None, at: datetime) -> str:
    role = Role(code)
    person = db().get(Person, person_id) if role in COMPANY and person_id else None
    company = company_named(person.company_id) if person else None
    return f"{name_on(company, in_japan(at).date())} {label(role)}" if company else label(role)
