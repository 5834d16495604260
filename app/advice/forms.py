"""The forms of company advice."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import PlainText
from app.presentation.form import Form
from models.rules.company_advice import AdviceTopic

LONGEST_TEXT = 4_000


class AskForm(Form):
    """What a company would like to know."""

    topic = OneOf(_l("何についての相談ですか"), thing=_l("相談のテーマ"), options=AdviceTopic)
    text = PlainText(
        _l("相談したいこと"),
        limit=LONGEST_TEXT,
        rows=8,
        hint=_l("お客様や従業員のお名前は書かず、状況と、迷っている点を書いてください。"),
    )


class KeyedAskForm(AskForm):
    """What a company asked by telephone, and what it was told."""

    company = OneOf(_l("電話をくださった会社"), thing=_l("会社"), select=True)
    answer = PlainText(
        _l("その場でお答えしたこと"),
        limit=LONGEST_TEXT,
        rows=6,
        required=False,
        hint=_l("あとで答えるときは、空けておきます。回答待ちの一覧に残ります。"),
    )


class WriteForm(ChangingForm):
    """One more message of either side."""

    text = PlainText(_l("書くこと"), limit=LONGEST_TEXT, rows=6)
