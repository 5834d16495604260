"""The timeline of a case, read from the record: what was done, when and by whom, and never what was written."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.people.queries import name_of
from app.pipeline.audit import of_case
from app.pipeline.changes import ACT_OF_EVENT
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.audit_record import AuditRecord
from models.case import Case
from models.person import Person
from models.rules.desk_reasons import ReadingReason
from models.rules.people import SECRETARIAT, Role

MOST = 60
WORDS = {
    "case.submit": _l("相談が届きました"),
    "case.key_in": _l("相談が代理で入力されました"),
    "case.read": _l("内容を開きました"),
    "case.read_identity": _l("氏名・連絡先を開きました"),
    "case.assign": _l("担当が決まりました"),
    "case.note": _l("窓口のメモを書きました"),
    "case.set_codes": _l("分類を記録しました"),
    "case.set_crisis": _l("緊急の印を変えました"),
    "case.ask_close": _l("終結の確認を求めました"),
    "case.refuse_close": _l("終結を見送りました"),
    "case.exclude": _l("見せてはならない人を記録しました"),
    "consent.give": _l("同意の範囲が変わりました"),
    "consent.withdraw": _l("会社への提供の同意が取り消されました"),
    "message.send": _l("メッセージを送りました"),
    "copy.draft": _l("転送版の下書きを作りました"),
    "copy.view": _l("会社が転送版を開きました"),
    "exchange.open": _l("会社が初めて開きました"),
    "exchange.arrange": _l("転送を予約しました"),
    "exchange.call_off": _l("転送の予約を取り消しました"),
    "exchange.deliver": _l("別の会社へも転送しました"),
    "exchange.close": _l("会社とのやりとりを閉じました"),
    "exchange.search_hint": _l("相談者を探すような記載がありました"),
    "report.read": _l("報告を開きました"),
    "reminder.issue": _l("会社へ督促を送りました"),
    "extension.request": _l("会社が報告期限の延長を求めました"),
    "extension.grant": _l("報告期限の延長を認めました"),
    "extension.refuse": _l("報告期限の延長を認めませんでした"),
    "receipt.used": _l("相談者がページを開きました"),
    "receipt.issue_again": _l("受付コードを発行し直しました"),
    "receipt.end": _l("受付コードを終わらせました"),
}
GRAVE = frozenset({"case.recalled", "exchange.search_hint", "consent.withdraw", "case.consent_withdrawn"})


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    title: str
    by: str
    tone: str
    body: str = ""


def timeline_of(case: Case) -> list[Entry]:
    """The newest lines of a case's record, the newest first."""
    subject = of_case(case)
    records = db().scalars(
        select(AuditRecord)
        .where(AuditRecord.subject_kind == subject.kind, AuditRecord.subject_id == subject.id)
        .order_by(AuditRecord.number.desc())
        .limit(MOST)
    )
    names: dict[uuid.UUID, str] = {}
    return [_entry(record, names) for record in records]


def _entry(record: AuditRecord, names: dict[uuid.UUID, str]) -> Entry:
    act = ACT_OF_EVENT.get(record.name)
    title = label(act) if act is not None else str(WORDS.get(record.name, _("記録")))
    tone = "danger" if record.name in GRAVE else "progress" if act is not None else "neutral"
    return Entry(record.at, title, _who(record, names), tone, _why(record))


def _who(record: AuditRecord, names: dict[uuid.UUID, str]) -> str:
    role = Role(record.actor_role)
    if role not in SECRETARIAT or record.actor_id is None:
        return label(role)
    if record.actor_id not in names:
        names[record.actor_id] = name_of(db().get(Person, record.actor_id))
    return f"{names[record.actor_id]} ({label(role)})"


def _why(record: AuditRecord) -> str:
    if record.name not in {"case.read", "case.read_identity"}:
        return ""
    code = json.loads(record.facts).get("reason_code")
    known = {reason.value: reason for reason in ReadingReason}
    return _("理由: %(reason)s", reason=label(known[code])) if code in known else ""
