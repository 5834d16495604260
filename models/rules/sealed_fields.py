"""The inventory of what is sealed: every field that holds words or contacts, and under which key it lies.

Source: architecture, 4. A column whose name begins with ``sealed`` and that is missing here, or the other way round,
fails a test; so does a planted phrase that is found in any stored byte.
"""

from dataclasses import dataclass

from models.rules.labelled import Labelled
from models.rules.people import CompartmentKind


class ServerPurpose(Labelled):
    """What the server itself must open to do its work; these lie under its key ring, not in a compartment."""

    # fmt: off
    CONTACT   = "contact",   "連絡先",           "Contact"
    RECIPIENT = "recipient", "送信先",           "Recipient"
    SECOND    = "second",    "二要素認証の秘密", "Second-factor secret"
    # fmt: on


@dataclass(frozen=True, slots=True)
class SealedField:
    """One sealed column, the key it lies under, and what it holds in plain words."""

    table: str
    column: str
    under: CompartmentKind | ServerPurpose
    holds_ja: str

    @property
    def name(self) -> str:
        """``table.column``, as it is bound into the context of the seal."""
        return f"{self.table}.{self.column}"


_C = CompartmentKind
_P = ServerPurpose

# A case has one statement for each compartment that the consulter wrote into; the row says which.
# fmt: off
SEALED_FIELDS: tuple[SealedField, ...] = (
    #           table             column                  under             holds
    SealedField("statement",      "sealed",               _C.NARRATIVE,     "相談の原文(氏名・健康は区画を分けて)"),
    SealedField("message",        "sealed_text",          _C.NARRATIVE,     "相談者と窓口のやり取り"),
    SealedField("desk_note",      "sealed_text",          _C.DESK_NOTES,    "窓口のメモ"),
    SealedField("forwarded_copy", "sealed_text",          _C.FORWARDED,     "会社に渡す転送版"),
    SealedField("forwarded_copy", "sealed_comment",       _C.FORWARDED,     "転送版への相談者の意見"),
    SealedField("action_entry",   "sealed_note",          _C.REPORT,        "会社の対応記録"),
    SealedField("report",         "sealed_body",          _C.REPORT,        "会社の報告"),
    SealedField("report",         "sealed_return_reason", _C.REPORT,        "差戻しの理由"),
    SealedField("extension",      "sealed_reason",        _C.REPORT,        "期限延長の理由"),
    SealedField("formal_request", "sealed_matter",        _C.COMPANY_FILE,  "正式な要求の事項"),
    SealedField("request_answer", "sealed_text",          _C.COMPANY_FILE,  "要求への回答"),
    SealedField("explanation",    "sealed_text",          _C.COMPANY_FILE,  "弁明書"),
    SealedField("resolution",     "sealed_reasons",       _C.COMPANY_FILE,  "決議の理由"),
    SealedField("person",         "sealed_name",          _P.CONTACT,       "登録された人の氏名"),
    SealedField("person",         "sealed_mail",          _P.CONTACT,       "登録された人のメールアドレス"),
    SealedField("person",         "sealed_phone",         _P.CONTACT,       "登録された人の電話番号"),
    SealedField("outbox_message", "sealed_recipient",     _P.RECIPIENT,     "送信先のメールアドレス"),
)
# fmt: on

# One table, several compartments: each row names its own, and these are the ones it may name.
COMPARTMENTS_OF_A_STATEMENT = frozenset({_C.NARRATIVE, _C.IDENTITY, _C.HEALTH})
