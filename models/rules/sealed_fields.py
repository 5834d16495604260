"""The inventory of what is sealed: every field that holds words, contacts or keys, and what it lies under.

Source: architecture, 4. A sealed column that is missing here, or the other way round, fails a test; so does a planted
phrase that is found in any stored byte.
"""

from dataclasses import dataclass

from models.rules.labelled import Labelled
from models.rules.people import CompartmentKind


class ServerPurpose(Labelled):
    """What the server itself must open to do its work; these lie under its key ring, each purpose with its own key."""

    # fmt: off
    CONTACT  = "contact",  "連絡先",     "Contact"
    KEYSTORE = "keystore", "破棄用の鍵", "Shred keys"
    LINK     = "link",     "登録用リンク", "Sign-up links"
    JOINT = "joint", "二人で行うことの理由と、いつもと違う閲覧への所見", "Reasons of what takes two persons, remarks on unusual reading"
    SECOND_FACTOR = "second_factor", "確認アプリの共有の鍵と、パスキーの名前", "Secrets of authenticator apps, names of passkeys"
    # fmt: on


class KeyPurpose(Labelled):
    """A stored key, and what locks it: nothing that the server holds."""

    # fmt: off
    PERSON  = "person",  "本人のパスワードで施錠",       "Locked with the person's password"
    PASSKEY = "passkey", "本人のパスキーで施錠",         "Locked with the person's passkey"
    RECEIPT = "receipt", "受付コードで施錠",               "Locked with the receipt"
    VISIT   = "visit",   "ブラウザのクッキーで施錠",     "Locked with the browser's cookie"
    SEAT    = "seat",    "席に着く人の公開鍵へ封印",     "Sealed to the holder's public key"
    KIT     = "kit",     "復元カードの鍵で施錠",         "Locked with the key of a kit's cards"
    GRANT   = "grant",   "席または受付コードの公開鍵へ封印", "Sealed to a seat's or a receipt's public key"
    # fmt: on


Under = CompartmentKind | ServerPurpose | KeyPurpose


@dataclass(frozen=True, slots=True)
class SealedField:
    """One sealed column, what it lies under, what it holds, and the other compartments in which a row of it may lie."""

    table: str
    column: str
    under: Under
    holds_ja: str
    or_under: frozenset[CompartmentKind] = frozenset()

    @property
    def name(self) -> str:
        """``table.column``."""
        return f"{self.table}.{self.column}"


_C = CompartmentKind
_S = ServerPurpose
_K = KeyPurpose

# A consultation lies in three compartments, one row for each; a message in the narrative, or, when an officer wrote it,
# with the forwarded copy; a copy lies in the narrative until it is sent, so that the company's key opens what was
# approved and no draft; a resolution's reasons with the packet before, and with the company's file after, it is told.
_STATEMENT = frozenset({_C.IDENTITY, _C.HEALTH})
_MESSAGE = frozenset({_C.FORWARDED})
_UNTIL_IT_IS_SENT = frozenset({_C.NARRATIVE})
# A file lies with the account it belongs to; with the forwarded copy once its going along was approved; an officer's
# with the report. The bytes of a file lie in the store, under the key that stands on its card.
_FILE = frozenset({_C.FORWARDED, _C.REPORT})
# What an adviser is asked lies in the part that is shown.
_SHOWN = frozenset({_C.HEALTH, _C.FORWARDED})
_BEFORE_THE_BOARD = frozenset({_C.BOARD_PACKET})

# fmt: off
SEALED_FIELDS: tuple[SealedField, ...] = (
    #           table               column                  under            holds
    SealedField("statement",        "sealed",               _C.NARRATIVE,    "相談の原文・氏名・健康(区画ごと)", _STATEMENT),
    SealedField("recovery_answers", "sealed_answers",       _C.IDENTITY,     "受付コードをなくしたときの合言葉"),
    SealedField("message",          "sealed_text",          _C.NARRATIVE,    "相談者・窓口・会社のやりとり", _MESSAGE),
    SealedField("emergency_telling", "sealed_told",        _C.NARRATIVE,    "緊急のときに伝える相手と内容"),
    SealedField("emergency_telling", "sealed_reason",      _C.NARRATIVE,    "緊急のときに伝える理由"),
    SealedField("adviser_access",   "sealed_question",      _C.NARRATIVE,    "外部助言者に尋ねること", _SHOWN),
    SealedField("emergency_telling", "sealed_done",        _C.NARRATIVE,    "緊急のときに、実際に伝えた相手と内容"),
    SealedField("attachment",       "sealed_card",          _C.NARRATIVE,    "添付ファイルの鍵・種類・説明", _FILE),
    SealedField("advice_message",   "sealed_text",          _C.ADVICE,       "企業相談のやりとり"),
    SealedField("leak_sheet",       "sealed_items",         _C.LEAK,         "漏えいの報告の9つの項目"),
    SealedField("leak_telling",     "sealed_words",         _C.LEAK,         "漏えいについて、だれに何を知らせたか"),
    SealedField("pledge_entry",     "sealed_answers",       _C.PLEDGES,      "認定の申請で誓約ごとに書かれたこと"),
    SealedField("pledge_entry",     "sealed_note",          _C.PLEDGES,      "審査で直してほしいと書かれたこと"),
    SealedField("pledge_evidence",  "sealed_card",          _C.PLEDGES,      "誓約の証拠のファイルの鍵・種類・説明"),
    SealedField("confirmed_pledge", "sealed_note",          _C.PLEDGES,      "年1回の確認で誓約ごとに書かれたこと"),
    SealedField("approval",         "sealed_reasons",       _C.PLEDGES,      "承認しない理由"),
    SealedField("desk_note",        "sealed_text",          _C.DESK_NOTES,   "窓口のメモ"),
    SealedField("case_link",        "sealed_reason",        _C.DESK_NOTES,   "二つの相談が関係すると考える理由"),
    SealedField("forwarded_copy",   "sealed_text",          _C.FORWARDED,    "会社に渡す転送版", _UNTIL_IT_IS_SENT),
    SealedField("action_entry",     "sealed_note",          _C.REPORT,       "会社の対応記録"),
    SealedField("report",           "sealed_body",          _C.REPORT,       "会社の報告"),
    SealedField("report",           "sealed_return_reason", _C.REPORT,       "差戻しの理由"),
    SealedField("extension",        "sealed_reason",        _C.REPORT,       "期限延長の理由"),
    SealedField("draft",            "sealed_answers",       _C.DRAFTS,       "会社の書きかけの報告と返信"),
    SealedField("formal_request",   "sealed_matter",        _C.COMPANY_FILE, "正式な要請の文面"),
    SealedField("issued_letter",    "sealed_values",        _C.COMPANY_FILE, "会社に出した文書の中身"),
    SealedField("request_answer",   "sealed_text",          _C.COMPANY_FILE, "要請への回答"),
    SealedField("explanation",      "sealed_text",          _C.COMPANY_FILE, "弁明書", _BEFORE_THE_BOARD),
    SealedField("board_item",       "sealed_grounds",       _C.BOARD_PACKET, "付議の理由"),
    SealedField("board_item",       "sealed_packet",        _C.BOARD_PACKET, "理事会資料"),
    SealedField("resolution",       "sealed_reasons",       _C.COMPANY_FILE, "決議の理由", _BEFORE_THE_BOARD),

    SealedField("person",           "sealed_name",          _S.CONTACT,      "登録された人の氏名"),
    SealedField("person",           "sealed_mail",          _S.CONTACT,      "登録された人のメールアドレス"),
    SealedField("person",           "sealed_post",          _S.CONTACT,      "登録された人の役職"),
    SealedField("sign_up_link",     "sealed_link",          _S.LINK,         "利用登録のリンク(送信まで)"),
    SealedField("second_factor",    "sealed_secret",        _S.SECOND_FACTOR, "確認アプリと共有する鍵"),
    SealedField("recovery_card",    "sealed_keeper",        _S.CONTACT,      "復元カードを持つ人の氏名"),
    SealedField("joint_act",        "sealed_reason",        _S.JOINT,        "二人で行うことを申し出た理由"),
    SealedField("unusual_reading",  "sealed_remark",        _S.JOINT,        "いつもと違う閲覧について確かめたこと"),
    SealedField("passkey",          "sealed_name",          _S.SECOND_FACTOR, "パスキーに付けた名前"),
    SealedField("shred_key",        "sealed_key",           _S.KEYSTORE,     "相談の破棄用の鍵"),

    SealedField("person",           "locked_private_key",   _K.PERSON,       "本人の秘密鍵"),
    SealedField("passkey",          "locked_private_key",   _K.PASSKEY,      "本人の秘密鍵"),
    SealedField("receipt",          "locked_private_key",   _K.RECEIPT,      "受付コードの秘密鍵"),
    SealedField("visit",            "sealed_private_key",   _K.VISIT,        "利用中の人の秘密鍵"),
    SealedField("seat_holding",     "sealed_private_key",   _K.SEAT,         "席の秘密鍵"),
    SealedField("recovery_epoch",   "locked_private_key",   _K.KIT,          "席の秘密鍵(復元カード用)"),
    SealedField("compartment_grant", "sealed_key",          _K.GRANT,        "区画の鍵"),
    SealedField("adviser_access",   "sealed_key",           _K.GRANT,        "外部助言者に見せる区画の鍵"),
)
# fmt: on

_PURPOSES = {(field.table, field.column): field.under.code for field in SEALED_FIELDS}


def purpose_of(table: str, column: str) -> str:
    """The purpose that is bound into the context of a sealed column.

    Raises:
        LookupError: the column is not in the inventory, and so nothing may be sealed into it.
    """
    try:
        return _PURPOSES[table, column]
    except KeyError:
        raise LookupError(f"{table}.{column} is not in the inventory of sealed fields") from None
