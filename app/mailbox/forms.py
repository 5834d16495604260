"""The forms of the mailbox: the receipt at its door, and what a consulter writes and decides behind it."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import Choices, OneOf, Option
from app.presentation.fields import Code, PlainText, Tick
from app.presentation.filters import current_language
from app.presentation.form import Form
from app.presentation.workers_words import to_the_worker
from crypto import EARLIER_RECEIPT_SYMBOLS, RECEIPT_ALPHABET, RECEIPT_SYMBOLS
from models.rules.consent import Consent, ConsentLevel, ConsentOption, what_the_company_gets

LONGEST_MESSAGE = 10_000
LONGEST_COMMENT = 2_000
# Letters that no receipt has; they are read as the one that they look like, and so they are no slip.
FORGIVEN = frozenset("OILU")
# The long vowel mark and the numeral one, which Japanese keyboards put where a dash was meant.
BETWEEN = frozenset({chr(0x30FC), chr(0x4E00)})


class EnterForm(Form):
    """The receipt, typed in any way."""

    receipt = Code(
        _l("受付コード"),
        limit=400,
        width="long",
        hint=_l(
            "4文字ずつ7つです(以前にお渡ししたものは6つ)。大文字と小文字、全角と半角、区切りは、どのように書いても大丈夫です。"
        ),
    )
    then = HiddenField()
    """The page that is wanted behind the door: the files, or nothing for the usual one."""


def slip_of_the_pen(typed: str) -> str:
    """Where a code that cannot be one goes wrong, as far as it can be told from the code alone."""
    symbols = [sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign.isalnum() and sign not in BETWEEN]
    strange = [sign for sign in symbols if sign not in RECEIPT_ALPHABET and sign not in FORGIVEN]
    if strange:
        return str(_("受付コードに使われない文字「%(sign)s」があります。控えと見比べてください。", sign=strange[0]))
    if len(symbols) not in (RECEIPT_SYMBOLS, EARLIER_RECEIPT_SYMBOLS):
        words = _(
            "受付コードは%(whole)s文字(以前のものは%(earlier)s文字)ですが、いまは%(count)s文字です。"
            "抜けているところや余分なところがないか、見比べてください。",
            whole=RECEIPT_SYMBOLS,
            earlier=EARLIER_RECEIPT_SYMBOLS,
            count=len(symbols),
        )
        return str(words)
    if len(symbols) == EARLIER_RECEIPT_SYMBOLS:
        return str(
            _(
                "受付コードのどこかに書き間違いがあるか、4文字が抜けています。"
                "控えが4文字ずつ7つなら、7つともあるかを見比べてください。"
            )
        )
    return str(_("受付コードのどこかに書き間違いがあります。似た形の文字を中心に、控えと見比べてください。"))


class WriteForm(Form):
    """A message to the desk."""

    message = PlainText(_l("相談員に伝えたいこと"), thing=_l("伝えたいこと"), limit=LONGEST_MESSAGE, rows=5)


class AnswerForm(ChangingForm):
    """The answer to what the desk asked."""

    reply = PlainText(_l("お答え"), limit=LONGEST_MESSAGE, rows=6)


class CopyForm(ChangingForm):
    """What she says of one forwarded copy: it may be told, it should be changed, or it should not be told."""

    copy_id = HiddenField()
    text_seen = HiddenField()
    """The digest of the text that the page showed."""
    comment = PlainText(
        _l("直してほしいところ・伝えておきたいこと"),
        thing=_l("直してほしいところ"),
        limit=LONGEST_COMMENT,
        rows=4,
        required=False,
        hint=_l("相談員だけが読みます。会社には送りません。"),
    )
    decision = OneOf(_l("この文章を会社に伝えますか"), thing=_l("伝えるかどうか"))

    def __init__(self, *args: Any, place: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Several copies may wait on one page; each control keeps its name and has an id of its own.
        self.comment.id, self.decision.id = f"comment-{place}", f"decision-{place}"
        self.decision.options = (
            Option("approve", _("この内容で伝えてよい")),
            Option("change", _("直してほしい")),
            Option("decline", _("会社には伝えない")),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if valid and self.decision.data == "change" and not self.comment.data:
            return self.refuse(self.comment, _("どこを直してほしいか、ひとことで書いてください。"))
        return valid


class ConsentForm(ChangingForm):
    """What a company may be told from now on."""

    level = OneOf(_l("会社に伝えてよい範囲"))
    options = Choices(_l("ほかに、よいと思うもの"), required=False)

    def __init__(self, *args: Any, now: Consent, **kwargs: Any) -> None:
        chosen = {"level": now.level, "options": sorted(now.options)}
        super().__init__(*args, data={**chosen, **kwargs.pop("data", {})}, **kwargs)
        language = current_language()
        self.level.options = tuple(
            Option(one.value, to_the_worker(one), what_the_company_gets(one, language), answer=one)
            for one in ConsentLevel
        )
        self.options.options = tuple(
            Option(one.value, to_the_worker(one), what_the_company_gets(one, language), answer=one)
            for one in ConsentOption
        )


class CompanyConsentForm(ChangingForm):
    """How far this one company may be told, within what holds for all."""

    company_id = HiddenField()
    level = OneOf(_l("この会社に伝えてよい範囲"))

    def __init__(self, *args: Any, place: int = 1, widest: ConsentLevel = ConsentLevel.CN_3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Each company has its own form on one page; each control keeps its name and has an id of its own.
        self.level.id = f"level-{place}"
        language = current_language()
        self.level.options = tuple(
            Option(one.value, to_the_worker(one), what_the_company_gets(one, language), answer=one)
            for one in ConsentLevel
            if one.rank <= widest.rank
        )


class SureForm(ChangingForm):
    """A step that cannot be undone; one says that one has read what stays as it is."""

    sure = Tick(_l("取り消せないことがあるのを読みました"), thing=_l("説明"))


class WithdrawForm(SureForm):
    """The consultation as a whole is withdrawn."""

    parting = PlainText(
        _l("相談員に伝えておきたいこと"), thing=_l("伝えておきたいこと"), limit=LONGEST_COMMENT, rows=4, required=False
    )


class AcceptForm(ChangingForm):
    """She agrees to the result; the case is over with that."""


class NotSatisfiedForm(ChangingForm):
    """The result is not enough, and why."""

    reason = PlainText(_l("納得できないところ"), limit=LONGEST_MESSAGE, rows=5)
