"""What each event of the record is called on a page; an act of a lifecycle keeps the words of its own table."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.presentation.filters import label
from models.rules.audit_events import LIFECYCLES
from models.rules.lifecycle import Row

_ROWS: Iterable[Row[Any, Any]] = chain.from_iterable(LIFECYCLES)
_ACTS = {row.event: row.act for row in _ROWS}

OTHER_WORDS: dict[str, LazyString] = {
    "case.submit": _l("相談を受け付けた"),
    "case.key_in": _l("相談を代わりに入力した"),
    "case.read": _l("相談の内容を開いた"),
    "case.read_identity": _l("氏名と連絡先を開いた"),
    "search.narrow": _l("担当ではない相談も区分で絞り込んだ"),
    "search.done": _l("相談を開いて言葉を探した"),
    "case.assign": _l("担当を決めた"),
    "case.note": _l("窓口のメモを書いた"),
    "case.set_codes": _l("分類を付けた"),
    "case.set_crisis": _l("緊急の印を変えた"),
    "case.ask_close": _l("終結を申し出た(一人目)"),
    "case.refuse_close": _l("終結を認めなかった(二人目)"),
    "case.refuse_recall": _l("転送の取消しを認めなかった(二人目)"),
    "case.exclude": _l("利害関係のある人を外した"),
    "alarm.raise": _l("緊急の呼び出しを始めた"),
    "alarm.escalate": _l("緊急の呼び出しを管理者にも広げた"),
    "alarm.acknowledge": _l("緊急の呼び出しを受け止めた"),
    "duty.plan": _l("当番を決めた"),
    "duty.cancel": _l("当番を取り消した"),
    "incident.form": _l("一斉相談のグループを作った"),
    "incident.join": _l("一斉相談のグループに入れた"),
    "incident.take_out": _l("一斉相談のグループから外した"),
    "incident.say": _l("まとめの人数に入るかどうかを決めた"),
    "incident.tell": _l("グループの全員に知らせた"),
    "consent.give": _l("会社に伝えてよい範囲を決めた"),
    "consent.withdraw": _l("会社に伝える同意を取り消した"),
    "provision.record": _l("会社に提供したものを記録した"),
    "message.send": _l("メッセージを送った"),
    "message.read": _l("メッセージを開いた"),
    "attachment.add": _l("ファイルを加えた"),
    "attachment.refuse": _l("ファイルを受け取らなかった"),
    "attachment.open": _l("ファイルを開いた"),
    "attachment.remove": _l("ファイルを取り除いた"),
    "attachment.offer": _l("会社に渡すファイルを相談者に示した"),
    "attachment.approve": _l("ファイルを会社に渡すことを承認した"),
    "attachment.decline": _l("ファイルを会社に渡さないことにした"),
    "copy.draft": _l("転送版を用意した"),
    "copy.print": _l("転送版を印刷した"),
    "copy.view": _l("転送版を開いた"),
    "copy.approve": _l("承認された転送版の文面を確定した"),
    "copy.refuse": _l("承認された文面と違うため、送らなかった"),
    "exchange.arrange": _l("転送を手配した"),
    "exchange.call_off": _l("転送を取りやめた"),
    "exchange.close": _l("会社とのやりとりを終えた"),
    "exchange.deliver": _l("会社に届けた"),
    "exchange.hand_over": _l("宛先を引き継いだ"),
    "exchange.company_left": _l("会社が退会し、要求の段階に数えなくなった"),
    "exchange.open": _l("会社とのやりとりを開いた"),
    "exchange.key_in": _l("会社から聞いたことを、窓口が代わりに入力した"),
    "exchange.search_hint": _l("会社の記載に、相談者を探すような言葉があった"),
    "draft.save": _l("書きかけを保存した"),
    "draft.discard": _l("書きかけが無くなった(送ったか、捨てた)"),
    "report.read": _l("会社の報告を開いた"),
    "reminder.issue": _l("期限の案内を送った"),
    "extension.request": _l("期限の延長を申し出た"),
    "extension.grant": _l("期限の延長を認めた"),
    "extension.refuse": _l("期限の延長を認めなかった"),
    "receipt.used": _l("受付コードで開いた"),
    "receipt.issue_again": _l("受付コードを出し直した"),
    "receipt.end": _l("受付コードを使えなくした"),
    "receipt.repeat_back": _l("受付コードが正しく伝わったことを確かめた"),
    "reply.open": _l("折り返し・郵送の予定を入れた"),
    "reply.try": _l("折り返しの電話をかけた(出なかった)"),
    "reply.end": _l("折り返し・郵送を終えた"),
    "complaint.count": _l("消費者の苦情を案内した"),
    "lost_code.ask": _l("なくした受付コードの質問を確かめた"),
    "company.register": _l("会社を登録した"),
    "company.rename": _l("会社の名前を変えた"),
    "company.change_membership": _l("会員かどうかを変えた"),
    "company.note_vacancy": _l("責任者の不在を記録した"),
    "absence.enter": _l("不在を登録した"),
    "absence.cancel": _l("不在を取り消した"),
    "company.close_day": _l("会社の休業日を登録した"),
    "company.open_day": _l("会社の休業日を取り消した"),
    "company.add_site": _l("会社の拠点を登録した"),
    "company.give_site_code": _l("拠点のポスターのコードを出した"),
    "company.relate": _l("委託の関係を登録した"),
    "advice.ask": _l("企業相談をした"),
    "advice.read": _l("企業相談を読んだ"),
    "advice.search_hint": _l("企業相談に、相談した人を尋ねる言葉があった"),
    "request.read": _l("要請の文書を開いた"),
    "request.read_answer": _l("要請への回答を開いた"),
    "board.convene": _l("理事会の議題にした"),
    "board.read_packet": _l("理事会の資料を開いた"),
    "board.read_explanation": _l("弁明書を開いた"),
    "board.declare_interest": _l("利害関係を申し出た"),
    "board.recuse": _l("審議から外した"),
    "board.open_vote": _l("採決を始めた"),
    "board.vote": _l("票を入れた"),
    "board.end_undecided": _l("決まらないまま終えた"),
    "board.continue": _l("次の理事会へ続けた"),
    "board.uphold": _l("もとの決議を維持した"),
    "publication.add": _l("公開の一覧に載せた"),
    "publication.withdraw": _l("公開の一覧から下ろした"),
    "stop_use.open": _l("マークの使用停止を求めた"),
    "stop_use.confirm": _l("マークの使用停止を確認した"),
    "person.register": _l("利用者を登録した"),
    "person.invite": _l("利用登録を案内した"),
    "person.sign_up": _l("利用登録をした"),
    "person.verify": _l("本人を確認した"),
    "person.end": _l("利用を終えた"),
    "person.new_password": _l("パスワードを変えた"),
    "person.sign_in": _l("サインインした"),
    "person.sign_in_failed": _l("サインインできなかった"),
    "person.sign_out": _l("サインアウトした"),
    "seat.grant": _l("席の鍵を渡した"),
    "seat.end_holding": _l("席を離れた"),
    "seat.new_epoch": _l("席の鍵を新しくした"),
    "key.shred": _l("相談の鍵を破棄した"),
    "mail.queue": _l("メールを用意した"),
    "mail.sent": _l("メールを送った"),
    "mail.give_up": _l("メールの送信をあきらめた"),
    "rules.change": _l("規則を改めた"),
    "calendar.change": _l("休業日を改めた"),
    "calendar.recompute": _l("動いている期限を計算し直した"),
    "clock.recompute": _l("休業日の変更により期限を改めた"),
}


def words_of(event: str) -> str:
    """The words for an event on the page that is being shown."""
    if event in OTHER_WORDS:
        return str(OTHER_WORDS[event])
    act = _ACTS.get(event)
    return label(act) if act is not None else event
