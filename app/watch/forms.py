"""The form of the watch: how she is treated since a company was told."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.intake.actions import is_sheet, new_sheet
from app.presentation.choices import OneOf, Option
from app.presentation.fields import PlainText
from app.presentation.form import Form
from models.rules.retaliation_watch import CheckInAnswer

LONGEST_WORDS = 10_000
TO_THE_WORKER = {
    CheckInAnswer.FINE: _l("変わったことはありません"),
    CheckInAnswer.UNSURE: _l("少し気になることがあります"),
    CheckInAnswer.HAPPENED: _l("不利な扱いを受けています"),
}


class TellForm(Form):
    """What happened because she consulted, for a consultation of its own."""

    sheet = HiddenField()
    """The random name of the page on which she writes, so that what is sent twice is one consultation."""
    text = PlainText(
        _l("どのような扱いを受けましたか"),
        thing=_l("どのような扱いを受けたか"),
        limit=LONGEST_WORDS,
        rows=8,
        hint=_l(
            "いつごろ、だれから、どのようなことをされたか、分かる範囲で書いてください。個人の名前は書かなくてもかまいません。"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_sheet(self.sheet.data):
            self.sheet.data = new_sheet()


class CheckInForm(Form):
    """One question of the watch."""

    check_in = HiddenField()
    answer = OneOf(
        _l("会社に伝えたあと、不利な扱いはありませんか"),
        thing=_l("いまのご様子"),
        options=[Option(one.value, words, answer=one) for one, words in TO_THE_WORKER.items()],
    )
    words = PlainText(
        _l("気になること、起きたこと"),
        limit=LONGEST_WORDS,
        rows=5,
        required=False,
        hint=_l(
            "書かなくてもかまいません。書いたことは相談員だけが読みます。会社には伝わりません。不利な扱いを受けていると書かれたときは、新しい相談としてお受けします。"
        ),
    )
