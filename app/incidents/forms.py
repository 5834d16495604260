"""The forms of a group: a word to everybody, how it ends, and a consulter's own word."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import PlainText, Tick
from models.rules.taxonomy.outcome import Outcome

LONGEST_TEXT = 4000


class TellForm(ChangingForm):
    """One text for everybody in the group."""

    message = PlainText(
        _l("全員へのメッセージ"),
        thing=_l("メッセージ"),
        limit=LONGEST_TEXT,
        rows=8,
        hint=_l("一人ひとりの画面に、同じ文章が届きます。特定の方のことや、ほかの方の事情は書かないでください。"),
    )


class ApproveForm(ChangingForm):
    """A second person has read the grouped copy."""

    is_right = Tick(_l("会社と文章を読み、人を特定できる記載がないことを確かめました"), thing=_l("会社と文章"))


class EndForm(ChangingForm):
    """How the group and those who were answered with it end."""

    outcome = OneOf(_l("終わり方"), options=Outcome, select=True, width="long")
