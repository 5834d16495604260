"""The facts of a record in words for the one who reads it: what each is called, and what its code means."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.presentation.fields import Words
from app.presentation.filters import label
from models.rules.board import BoardOption, BoardReason, RecusalGround
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.desk_reasons import ReadingReason, RecallReason, ReopenReason, RerouteReason
from models.rules.erasure import ErasedPart, ErasureCause, HoldEnd, HoldReason
from models.rules.escalation_ladder import Step
from models.rules.joint_acts import JointKind
from models.rules.known_by import KnownBy
from models.rules.labelled import Labelled
from models.rules.leak import KeySafety, LeakDuty, LeakReach, LeakTold
from models.rules.letters import LetterKind
from models.rules.mail_kinds import MailKind
from models.rules.membership import MemberType
from models.rules.people import CompartmentKind, Role
from models.rules.readings import Unusual
from models.rules.recovery import KitRefusal
from models.rules.reminders import ReminderKind
from models.rules.sampling import SampleOf
from models.rules.withdrawal import AskedBy

FACT_WORDS: dict[str, Words] = {
    "absence_id": _l("不在"),
    "agreed_by_id": _l("認めた人"),
    "asked_by_id": _l("求めた人"),
    "finding_id": _l("いつもと違う閲覧"),
    "unusual": _l("どのように違うか"),
    "exported": _l("書き出した相談の数"),
    "backup_id": _l("バックアップ"),
    "chains": _l("記録の足りない鎖の数"),
    "with_ring": _l("サーバーの鍵も含めたか"),
    "cause": _l("消去の理由"),
    "destroyed_at": _l("破棄した時"),
    "entries": _l("同意の記録の数"),
    "erasure_id": _l("消去"),
    "hold_end": _l("保全を解いた理由"),
    "hold_id": _l("保全"),
    "hold_reason": _l("保全の理由"),
    "review_on": _l("見直す日"),
    "key_id": _l("鍵"),
    "keys": _l("鍵の数"),
    "kinds": _l("区画"),
    "links": _l("登録用リンクの数"),
    "mails": _l("送信の記録の数"),
    "provisions": _l("提供の記録の数"),
    "rows": _l("消えた行の数"),
    "sessions": _l("利用の記録の数"),
    "act": _l("行い"),
    "already": _l("登録済みの行の数"),
    "refused": _l("取り込まなかった行の数"),
    "taken": _l("取り込んだ行の数"),
    "alarm_id": _l("緊急の呼び出し"),
    "answer_id": _l("回答"),
    "asked_by": _l("申し出の届き方"),
    "attachment_id": _l("ファイル"),
    "file_digest": _l("ファイルの指紋"),
    "files": _l("ファイルの数"),
    "year": _l("年度"),
    "board_item_id": _l("議案"),
    "case_link_id": _l("相談どうしの関係"),
    "cases": _l("開いた相談の数"),
    "code_id": _l("アドレスの確認"),
    "clock": _l("期限"),
    "closure_id": _l("休業日"),
    "company_file_id": _l("会社別の記録"),
    "company_id": _l("会社"),
    "compartment": _l("区画"),
    "consent_id": _l("同意"),
    "copy_digest": _l("転送版の指紋"),
    "telling_id": _l("緊急のときの連絡"),
    "was_allowed": _l("危険なときの同意があったか"),
    "provision_id": _l("提供の記録"),
    "copy_id": _l("転送版"),
    "day": _l("日付"),
    "desk_key": _l("ほかの相談先の符号"),
    "declared_by": _l("申し出た人"),
    "draft_id": _l("書きかけ"),
    "during_procedure": _l("手続の途中"),
    "ended": _l("終わらせた数"),
    "entry_id": _l("記録の行"),
    "epoch": _l("鍵の世代"),
    "exchange_id": _l("会社とのやりとり"),
    "explanation_id": _l("弁明書"),
    "extension_id": _l("期限の延長"),
    "facet": _l("分類"),
    "first_day": _l("期間の始まり"),
    "follows_id": _l("前の議案"),
    "group_id": _l("一斉相談のグループ"),
    "ground": _l("根拠"),
    "hits": _l("見つかった数"),
    "how": _l("作り方"),
    "evidence_id": _l("誓約の証拠のファイル"),
    "had_one": _l("前の登録の有無"),
    "is_member": _l("会員"),
    "from_type": _l("前の種別"),
    "to_type": _l("新しい種別"),
    "is_on_duty": _l("当番の有無"),
    "is_set": _l("印"),
    "kind": _l("種類"),
    "known_by": _l("本人の確かめ方"),
    "last_day": _l("期間の終わり"),
    "duty": _l("報告の要否の目安"),
    "key_safety": _l("鍵の状況"),
    "leak_id": _l("漏えいの記録"),
    "leak_telling_id": _l("知らせた記録"),
    "reach": _l("起きたこと"),
    "ring_key": _l("サーバーの鍵の番号"),
    "sheet_id": _l("9つの項目の版"),
    "told": _l("知らせた相手"),
    "triggers": _l("当てはまる場合"),
    "caller_check": _l("本人の確かめ方"),
    "read_back": _l("読み返し"),
    "case_id": _l("相談"),
    "letter_digest": _l("文書の指紋"),
    "left": _l("残りの数"),
    "level": _l("伝える範囲"),
    "link_id": _l("ご案内のリンク"),
    "opens_key": _l("これだけで入れる"),
    "passkey_id": _l("パスキー"),
    "mail_kind": _l("メールの種類"),
    "meeting_id": _l("会議"),
    "packet_digest": _l("資料の指紋"),
    "place": _l("何回目の記録か"),
    "reference_digest": _l("番号の指紋"),
    "members": _l("人数"),
    "merger_case": _l("合併の形"),
    "message_id": _l("メッセージ"),
    "moved": _l("動いた期限の数"),
    "name_id": _l("名前"),
    "site_id": _l("拠点"),
    "access_id": _l("外部助言者に見せること"),
    "advice_id": _l("企業相談"),
    "topic": _l("テーマ"),
    "by_telephone": _l("電話で受けた"),
    "relation_id": _l("委託の関係"),
    "note_id": _l("メモ"),
    "number": _l("番号"),
    "option": _l("決議"),
    "outcome_code": _l("結果"),
    "outcome": _l("終わり方"),
    "part": _l("見た部分"),
    "person_id": _l("対象の人"),
    "application_id": _l("認定の申請"),
    "survey_id": _l("実態調査"),
    "kit_id": _l("復元カードの組"),
    "cards": _l("カードの枚数"),
    "needed": _l("必要な枚数"),
    "epochs": _l("開いた世代の数"),
    "joint_id": _l("二人で行うこと"),
    "joint_kind": _l("行うこと"),
    "answered_on": _l("回答した日"),
    "is_exempt": _l("回答の免除"),
    "check_id": _l("ページの確認"),
    "has_page": _l("ページがあるか"),
    "planned_on": _l("公表の予定の日"),
    "confirmation_id": _l("誓約の確認"),
    "asked_for": _l("何年目の日の確認か"),
    "changed": _l("変わった誓約の数"),
    "not_kept": _l("守れていない誓約の数"),
    "approval_id": _l("認定についての決定"),
    "decision": _l("決定"),
    "mark": _l("確認の結果"),
    "pledge": _l("誓約"),
    "pledge_version": _l("誓約の版"),
    "publication_id": _l("公表"),
    "reason_code": _l("理由"),
    "receipts": _l("受付コードの数"),
    "recall_id": _l("転送の取消し"),
    "receipt_id": _l("受付コード"),
    "reminder_id": _l("督促"),
    "renewal_filed_on": _l("更新の申請日"),
    "report_id": _l("報告"),
    "request_id": _l("要請の文書"),
    "resolution_id": _l("決議の記録"),
    "result": _l("結果"),
    "role": _l("役割"),
    "rule": _l("規則"),
    "seat_id": _l("席"),
    "seed": _l("乱数の種"),
    "size": _l("件数"),
    "population": _l("もとの件数"),
    "population_digest": _l("もとの一覧の要約"),
    "service": _l("届け方"),
    "severity": _l("重大さ"),
    "shift_id": _l("当番"),
    "statement_digest": _l("文章の指紋"),
    "step": _l("段階"),
    "succession_id": _l("合併・分割・事業譲渡"),
    "successor_company_id": _l("承継した会社"),
    "suspended_until": _l("停止の期限"),
    "task_id": _l("マークの使用停止"),
    "token_digest": _l("符号の指紋"),
    "valid_from": _l("はじめの日"),
    "valid_to": _l("終わりの日"),
    "version": _l("版"),
    "via": _l("経路"),
    "waiting": _l("鍵を待つ相談の数"),
    "watch_id": _l("見守り"),
    "check_in_id": _l("その後の様子"),
    "way": _l("返事の届け方"),
    "with_messages": _l("やりとりも含む"),
    "word": _l("相談者の返事"),
    "working_days": _l("営業日の数"),
}
CODES: dict[str, type[Labelled]] = {
    "asked_by": AskedBy,
    "caller_check": KnownBy,
    "clock": ClockKind,
    "duty": LeakDuty,
    "from_type": MemberType,
    "hold_end": HoldEnd,
    "hold_reason": HoldReason,
    "joint_kind": JointKind,
    "key_safety": KeySafety,
    "known_by": KnownBy,
    "level": ConsentLevel,
    "mail_kind": MailKind,
    "reach": LeakReach,
    "role": Role,
    "unusual": Unusual,
    "step": Step,
    "to_type": MemberType,
    "told": LeakTold,
    "ground": RecusalGround,
    "option": BoardOption,
    "via": Role,
}
OF_SEVERAL: dict[str, tuple[type[Labelled], ...]] = {
    "compartment": (CompartmentKind,),
    "kind": (ReminderKind, LetterKind, SampleOf),
    "part": (ErasedPart, CompartmentKind),
    "reason_code": (
        ReadingReason,
        RerouteReason,
        RecallReason,
        ReopenReason,
        ErasureCause,
        BoardReason,
        KitRefusal,
    ),
}
"""What is called by one name in several events; a code that two of them know has the same words in both."""
OTHER_CODES: dict[str, dict[str, Words]] = {
    "reason_code": {
        "absorbed": _l("会社が合併でなくなった"),
        "consent_withdrawn": _l("相談した方が同意を取り消した"),
        "membership_ended": _l("会員資格が終わった"),
        "recalled": _l("転送を取り消した"),
        "rerouted": _l("宛先が変わった"),
        "too_soon": _l("続けて違ったあとの待ち時間に試した"),
        "unknown_address": _l("登録のないメールアドレス"),
        "withdrawn": _l("取り下げられた"),
        "wrong_code": _l("確認コードが違う"),
        "wrong_passkey": _l("パスキーが違う"),
        "wrong_password": _l("パスワードが違う"),
    },
    "service": {"system": _l("会社の画面")},
}
TRUTHS: dict[str, Words] = {"True": _l("はい"), "False": _l("いいえ")}
SHOWN_OF_AN_IDENTIFIER = 8


def facts_in_words(facts: dict[str, object]) -> str:
    """Every fact that there is, by its name; identifiers by their beginning, codes in words where these are known."""
    parts = [
        f"{FACT_WORDS.get(name, name)} {_value(name, str(value))}" for name, value in facts.items() if value is not None
    ]
    return str(_("、")).join(parts)


def short(value: str) -> str:
    """An identifier by its beginning, as people compare them; a code as it is."""
    is_identifier = len(value) > 2 * SHOWN_OF_AN_IDENTIFIER and all(letter in "0123456789abcdef" for letter in value)
    return f"{value[:SHOWN_OF_AN_IDENTIFIER]}…" if is_identifier else value


def _value(name: str, value: str) -> str:
    if value in TRUTHS:
        return str(TRUTHS[value])
    # Several compartments that were read at once stand in one fact.
    parts = value.split("+") if name == "compartment" else [value]
    return str(_("・")).join(_code(name, one) for one in parts)


def _code(name: str, value: str) -> str:
    if (words := OTHER_CODES.get(name, {}).get(value)) is not None:
        return str(words)
    for codes in OF_SEVERAL.get(name) or ((CODES[name],) if name in CODES else ()):
        known = {str(member.value): member for member in codes}
        if value in known:
            return label(known[value])
    return short(value)
