"""The timeline of a case, read from the record: what was done, when and by whom, and never what was written."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, false, or_, select

from app.cases.links import links_out_of_reach
from app.people.queries import name_of
from app.pipeline.audit import of_case
from app.pipeline.changes import ACT_OF_EVENT
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.audit_record import AuditRecord
from models.case import Case
from models.person import Person
from models.rules.case_lifecycle import CaseAct
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
    "case.limit_passed": _l("相談者への約束の最終期限を過ぎました"),
    "copy.unanswered": _l("別の会社への転送版に、相談者の返事がないまま期限を過ぎました"),
    "case.set_codes": _l("分類を記録しました"),
    "case.set_crisis": _l("緊急の印を変えました"),
    "case.ask_close": _l("終結の確認を求めました"),
    "case.refuse_close": _l("終結を見送りました"),
    "case.ask_withdrawal": _l("取下げの確認を求めました"),
    "case.refuse_withdrawal": _l("取下げを見送りました"),
    "exchange.company_left": _l("会社が協会を退会しました"),
    "exchange.company_absorbed": _l("会社が合併しました。引き継ぎを待っています"),
    "exchange.go_over": _l("合併後の会社に引き継ぎました"),
    "exchange.stay": _l("合併後の会社には引き継いでいません。相談者に尋ねてください"),
    "clock.recompute": _l("規則の変更により期限が変わりました"),
    "case.refuse_recall": _l("転送を取り消さないことにしました"),
    "case.exclude": _l("見せてはならない人を記録しました"),
    "incident.form": _l("一斉相談のグループができました"),
    "incident.join": _l("一斉相談のグループに入りました"),
    "incident.take_out": _l("グループから外れ、個別に進めることになりました"),
    "incident.say": _l("相談者が、まとめの人数に入るかどうかを決めました"),
    "incident.tell": _l("グループの全員に知らせました"),
    "case.link": _l("ほかの相談との関係を記録しました"),
    "case.unlink": _l("ほかの相談との関係を取り消しました"),
    "case.merge": _l("同じ方の相談を一つにまとめました"),
    "case.lift": _l("相談どうしの関係により、重大さの下限が上がりました"),
    "case.let_be_asked": _l("相談者の了承により、前の相談を伝えた人にも伝えられるようにしました"),
    "consent.give": _l("同意の範囲が変わりました"),
    "consent.withdraw": _l("会社への提供の同意が取り消されました"),
    "emergency.ask": _l("命や体の危険のため、最小限を伝えることを求めました"),
    "emergency.agreed": _l("最小限を伝えることに二人目が同意しました"),
    "consent.key_in": _l("相談者が電話で伝えた同意の変更を入力しました"),
    "emergency.done": _l("最小限を伝えたかどうかを記録し、相談者に知らせました"),
    "emergency.refused": _l("最小限も伝えないことにしました"),
    "provision.record": _l("会社に提供したものを記録しました"),
    "message.send": _l("メッセージを送りました"),
    "attachment.add": _l("ファイルが加わりました"),
    "attachment.refuse": _l("ファイルを受け取りませんでした"),
    "attachment.open": _l("ファイルを開きました"),
    "attachment.remove": _l("ファイルが取り除かれました"),
    "attachment.erase": _l("消去された相談のファイルが、置き場所からも取り除かれました"),
    "attachment.offer": _l("会社に渡すファイルを相談者に示しました"),
    "attachment.approve": _l("相談者がファイルを会社に渡すことを承認しました"),
    "attachment.decline": _l("相談者がファイルを会社に渡さないことにしました"),
    "copy.draft": _l("転送版の下書きを作りました"),
    "copy.print": _l("会社が転送版を印刷しました"),
    "copy.view": _l("会社が転送版を開きました"),
    "copy.approve": _l("承認された転送版の文面を確定しました"),
    "copy.refuse": _l("承認された文面と違うため、送りませんでした"),
    "exchange.open": _l("会社が初めて開きました"),
    "exchange.arrange": _l("転送を予約しました"),
    "exchange.call_off": _l("転送の予約を取り消しました"),
    "exchange.deliver": _l("別の会社へも転送しました"),
    "exchange.close": _l("会社とのやりとりを閉じました"),
    "exchange.key_in": _l("会社が電話・手紙などで伝えたことを、窓口が代理で入力しました"),
    "exchange.search_hint": _l("相談者を探す言葉がありました"),
    "report.read": _l("報告を開きました"),
    "reminder.issue": _l("会社へ督促を送りました"),
    "extension.request": _l("会社が報告期限の延長を求めました"),
    "extension.grant": _l("報告期限の延長を認めました"),
    "extension.refuse": _l("報告期限の延長を認めませんでした"),
    "receipt.used": _l("相談者がページを開きました"),
    "receipt.issue_again": _l("受付コードを発行し直しました"),
    "receipt.end": _l("受付コードを終わらせました"),
    "receipt.repeat_back": _l("受付コードが正しく伝わったことを、復唱で確かめました"),
    "reply.open": _l("折り返し・郵送の予定を入れました"),
    "reply.try": _l("折り返しの電話をかけましたが、話せませんでした"),
    "reply.end": _l("折り返し・郵送を終えました"),
    "adviser.ask": _l("外部助言者に見せてよいかを相談者に尋ねました"),
    "adviser.agree": _l("外部助言者に見せることに相談者が同意しました"),
    "adviser.acknowledge": _l("外部助言者が守秘を約束しました"),
    "adviser.read": _l("外部助言者が内容を開きました"),
    "adviser.advise": _l("外部助言者が助言を書きました"),
    "adviser.end": _l("外部助言者に見せるのを終わらせました"),
    "watch.begin": _l("不利益な取扱いの見守りが始まりました"),
    "watch.prolong": _l("会社にあらためて伝えたため、見守りの期間が延びました"),
    "watch.follow_rules": _l("見守りの期間を、新しい規則に合わせました"),
    "watch.ask": _l("その後の様子を相談者に尋ねました"),
    "watch.answer": _l("相談者が、その後の様子に答えました"),
    "watch.see": _l("その後の様子の答えを確かめました"),
    "watch.end": _l("不利益な取扱いの見守りが終わりました"),
    "leak.concerns": _l("漏えいの記録が、この相談について始まりました"),
    "case.export_own": _l("相談者が、ご自分の控えを取り出しました"),
    "erasure.wish": _l("相談者が、期限より前の消去を望みました"),
    "erasure.order": _l("消去することになりました"),
    "key.shred": _l("鍵を破棄しました"),
    "erasure.done": _l("消去を終えました"),
    "receipt.kill": _l("期間の過ぎた受付コードを使えなくしました"),
    "hold.set": _l("消去しないように保全しました"),
    "hold.review": _l("保全を見直し、続けることにしました"),
    "hold.lift": _l("消去しないようにする保全を解きました"),
    "consent.erase": _l("期間の過ぎた同意と提供の記録を消去しました"),
}
WORDS_OF_ACTS = {
    CaseAct.OPEN_TRIAGE: _l("受付審査を始めました"),
    CaseAct.RECORD_TRIAGE: _l("審査の内容を記録しました"),
    CaseAct.ASK_INFORMATION: _l("相談者に追加で尋ねました"),
    CaseAct.ANSWER_INFORMATION: _l("相談者が質問に答えました"),
    CaseAct.RESUME_TRIAGE: _l("回答を待たずに審査へ戻しました"),
    CaseAct.GO_ON_UNANSWERED: _l("相談者の返事がないまま期限を過ぎ、窓口が先へ進めることになりました"),
    CaseAct.CONFIRM_WITHDRAWAL: _l("二人目が確認し、相談者の申し出により相談を取り下げました"),
    CaseAct.WITHDRAW_ON_REQUEST: _l("相談者の申し出により、窓口が相談を取り下げました"),
    CaseAct.ASK_CONSENT: _l("転送版を相談者に示しました"),
    CaseAct.REVISE_COPY: _l("転送版を直して示しました"),
    CaseAct.APPROVE_COPY: _l("相談者が転送版を承認しました"),
    CaseAct.APPROVE_GROUP_COPY: _l("まとめの転送版を、二人目が承認しました"),
    CaseAct.REVISE_GROUP_COPY: _l("まとめの転送版を作り直しました"),
    CaseAct.DECLINE_COPY: _l("相談者が会社に伝えないことを選びました"),
    CaseAct.CLOSE_WITHOUT_CONSENT: _l("同意がないまま終結しました"),
    CaseAct.ADVISE: _l("助言で対応しました"),
    CaseAct.PUT_OUT_OF_SCOPE: _l("対象外として終結しました"),
    CaseAct.REOPEN_COPY: _l("転送版を開き直しました"),
    CaseAct.ROUTE: _l("責任者へ転送しました"),
    CaseAct.DELIVER: _l("待ち時間のあとに届きました"),
    CaseAct.REROUTE: _l("宛先を変えました"),
    CaseAct.ROUTE_AGAIN: _l("新しい宛先へ転送しました"),
    CaseAct.RECALL: _l("転送の取消しを申し出ました(一人目)"),
    CaseAct.CONFIRM_RECALL: _l("転送を取り消しました"),
    CaseAct.RETURN_TO_READY: _l("転送準備に戻しました"),
    CaseAct.RETURN_TO_TRIAGE: _l("受付審査に戻しました"),
    CaseAct.ACKNOWLEDGE: _l("会社が受領を確認しました"),
    CaseAct.LOG_ACTION: _l("会社が対応を記録しました"),
    CaseAct.RECORD_RESPONSE: _l("会社が本人への対応を記録しました"),
    CaseAct.SUBMIT_REPORT: _l("会社が報告書を提出しました"),
    CaseAct.BEGIN_REVIEW: _l("報告の確認を始めました"),
    CaseAct.RETURN_REPORT: _l("報告を差し戻しました"),
    CaseAct.ACCEPT_REPORT: _l("報告を受理しました"),
    CaseAct.CONCLUDE_WITHOUT_ANSWER: _l("会社の回答なしで結論としました"),
    CaseAct.GIVE_FEEDBACK: _l("相談者に結果を伝えました"),
    CaseAct.SAY_NOT_SATISFIED: _l("相談者が納得できないと伝えました"),
    CaseAct.ACCEPT_RESULT: _l("相談者が結果を了承しました"),
    CaseAct.MONITOR: _l("経過観察にしました"),
    CaseAct.OFFER_COPY: _l("あらためて転送版を示すことにしました"),
    CaseAct.WITHDRAW_CONSENT: _l("会社への提供の同意が取り消されました"),
    CaseAct.KEY_CONSENT_BACK: _l("相談者が電話で、会社への提供の同意を取り消しました"),
    CaseAct.WITHDRAW: _l("相談が取り下げられました"),
    CaseAct.MERGE: _l("相談者が、もう一つの相談とまとめました"),
    CaseAct.CLOSE: _l("相談を終結しました"),
    CaseAct.CONFIRM_CLOSE: _l("二人目が確認し、相談を終結しました"),
    CaseAct.REOPEN: _l("相談を再開しました"),
}
OF_A_COMPANY_ALONE = ("draft.save", "draft.discard")
"""When an officer begins or pauses to write is not the desk's to follow; the record keeps it."""
OF_A_LINK = ("case.link", "case.unlink")
GRAVE = frozenset(
    {
        "case.recalled",
        "emergency.ask",
        "emergency.agreed",
        "emergency.done",
        "leak.concerns",
        "exchange.search_hint",
        "consent.withdraw",
        "case.consent_withdrawn",
    }
)


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    title: str
    by: str
    tone: str
    body: str = ""


def timeline_of(case: Case, *, actor: Actor) -> list[Entry]:
    """The newest lines of a case's record, the newest first; of a case that one may not open, none tells."""
    subject = of_case(case)
    out_of_reach = [AuditRecord.facts.contains(link.hex) for link in links_out_of_reach(case, actor=actor)]
    records = db().scalars(
        select(AuditRecord)
        .where(
            AuditRecord.subject_kind == subject.kind,
            AuditRecord.subject_id == subject.id,
            AuditRecord.name.not_in(OF_A_COMPANY_ALONE),
            ~and_(AuditRecord.name.in_(OF_A_LINK), or_(false(), *out_of_reach)),
        )
        .order_by(AuditRecord.number.desc())
        .limit(MOST)
    )
    names: dict[uuid.UUID, str] = {}
    return [_entry(record, names) for record in records]


def _entry(record: AuditRecord, names: dict[uuid.UUID, str]) -> Entry:
    act = ACT_OF_EVENT.get(record.name)
    words = WORDS_OF_ACTS.get(act) if isinstance(act, CaseAct) else WORDS.get(record.name)
    title = str(words or _("記録"))
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
