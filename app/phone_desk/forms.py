"""The forms of the telephone desk: what a call came to, the words of whoever lost the code, one more complaint."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import now
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import Choices, OneOf
from app.presentation.fields import Code, Day, PlainText, Tick
from app.presentation.form import Form
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.known_by import PROVED_AT_THE_PAGE, KnownBy
from models.rules.lost_code import LONGEST_PERIOD
from models.rules.replies import RESULTS, ReplyWay
from models.rules.spoken_consent import SPOKEN
from models.rules.working_days import in_japan

LONGEST_SECRET_WORD = 120
LONGEST_CODE = 100


class ResultForm(ChangingForm):
    """What became of a call or a letter."""

    result = OneOf(_l("結果"), thing=_l("結果"))

    def __init__(self, *args: Any, way: ReplyWay = ReplyWay.CALL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result.options = RESULTS[way]


class ComplaintForm(Form):
    """One more complaint of a consumer, and nothing about it."""


class LostCodeForm(Form):
    """What somebody says who has lost the receipt code: about when it was, and the words that she chose."""

    first = Day(_l("相談した時期(いつから)"), thing=_l("時期のはじめ"))
    last = Day(
        _l("相談した時期(いつまで)"), thing=_l("時期の終わり"), hint=_l("いつからいつまでは、31日以内にしてください。")
    )
    secret_word = PlainText(_l("合言葉"), thing=_l("合言葉"), limit=LONGEST_SECRET_WORD, width="long", spellcheck=False)
    second_secret_word = PlainText(
        _l("もう一つの合言葉"),
        limit=LONGEST_SECRET_WORD,
        required=False,
        width="long",
        spellcheck=False,
        hint=_l("一つだけ決めていたときは、空けておきます。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        first, last = self.first.data, self.last.data
        if isinstance(first, date) and isinstance(last, date):
            if first > last or last > in_japan(now()).date():
                valid = self.refuse(self.last, _("時期の終わりは、はじめの日から今日までの日付にしてください。"))
            elif last - first > LONGEST_PERIOD:
                valid = self.refuse(self.last, _("いつからいつまでは、31日以内にしてください。"))
        return valid

    def told(self) -> tuple[str, ...]:
        """The words that she said."""
        return _said(self.secret_word, self.second_secret_word)


class SpokenConsentForm(ChangingForm):
    """What the consulter says by telephone about what a company may be told, and how she was verified."""

    check = OneOf(_l("ご本人をどう確かめましたか"), thing=_l("確かめ方"), options=PROVED_AT_THE_PAGE)
    receipt = Code(
        _l("受付コード"),
        limit=LONGEST_CODE,
        required=False,
        hint=_l("言っていただいたとおりに入力します。どこにも保存しません。控えも残さないでください。"),
    )
    secret_word = PlainText(
        _l("合言葉"), thing=_l("合言葉"), limit=LONGEST_SECRET_WORD, required=False, width="long", spellcheck=False
    )
    second_secret_word = PlainText(
        _l("もう一つの合言葉"),
        limit=LONGEST_SECRET_WORD,
        required=False,
        width="long",
        spellcheck=False,
        hint=_l("一つだけ決めていたときは、空けておきます。"),
    )
    company = OneOf(
        _l("どの会社についてですか"), select=True, required=False, none_words=_l("すべての会社"), width="long"
    )
    level = OneOf(_l("会社に伝えてよい範囲"), thing=_l("伝えてよい範囲"), options=ConsentLevel)
    uses = Choices(
        _l("許している使いみち"),
        options=ConsentOption,
        required=False,
        hint=_l("すべての会社についてのときだけ使います。選ばれていないものは、許していないことになります。"),
    )
    read_back = OneOf(_l("読み返し"), options=SPOKEN)
    own_word = Tick(_l("ご本人が、自分の言葉でこの範囲を望みました"), thing=_l("ご本人の言葉であること"))

    def told(self) -> tuple[str, ...]:
        """The words that she said."""
        return _said(self.secret_word, self.second_secret_word)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.check.data is KnownBy.RECEIPT and not self.receipt.data:
            valid = self.refuse(self.receipt, _("言っていただいた受付コードを入力してください。"))
        if self.check.data is KnownBy.QUESTIONS and not self.told():
            valid = self.refuse(self.secret_word, _("言っていただいた合言葉を入力してください。"))
        return valid


def _said(*fields: PlainText) -> tuple[str, ...]:
    return tuple(field.data for field in fields if field.data)
