"""The forms of the telephone desk: what a call came to, the answers of whoever lost the code, one more complaint."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import now
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText
from app.presentation.form import Form
from models.rules.lost_code import LONGEST_PERIOD, KnowledgeQuestion
from models.rules.replies import RESULTS, ReplyWay
from models.rules.working_days import in_japan

LONGEST_ANSWER = 120


class ResultForm(ChangingForm):
    """What became of a call or a letter."""

    result = OneOf(_l("結果"), thing=_l("結果"))

    def __init__(self, *args: Any, way: ReplyWay = ReplyWay.CALL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result.options = RESULTS[way]


class ComplaintForm(Form):
    """One more complaint of a consumer, and nothing about it."""


class LostCodeForm(Form):
    """What somebody answers who has lost the receipt code: about when it was, and the agreed questions."""

    first = Day(_l("相談した時期(いつから)"), thing=_l("時期のはじめ"))
    last = Day(
        _l("相談した時期(いつまで)"), thing=_l("時期の終わり"), hint=_l("いつからいつまでは、31日以内にしてください。")
    )
    question_1 = OneOf(_l("質問"), thing=_l("質問"), select=True, options=KnowledgeQuestion)
    answer_1 = PlainText(_l("答え"), thing=_l("答え"), limit=LONGEST_ANSWER, width="long", spellcheck=False)
    question_2 = OneOf(
        _l("もう一つの質問"),
        thing=_l("質問"),
        select=True,
        required=False,
        options=KnowledgeQuestion,
        none_words=_l("一つだけ決めていた"),
    )
    answer_2 = PlainText(
        _l("もう一つの答え"), thing=_l("答え"), limit=LONGEST_ANSWER, required=False, width="long", spellcheck=False
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        first, last = self.first.data, self.last.data
        if isinstance(first, date) and isinstance(last, date):
            if first > last or last > in_japan(now()).date():
                valid = self.refuse(self.last, _("時期の終わりは、はじめより後で、今日までの日付にしてください。"))
            elif last - first > LONGEST_PERIOD:
                valid = self.refuse(self.last, _("いつからいつまでは、31日以内にしてください。"))
        if self.question_2.data and not self.answer_2.data:
            valid = self.refuse(self.answer_2, _("もう一つの答えを入力してください。"))
        if self.question_2.data and self.question_2.data is self.question_1.data:
            valid = self.refuse(self.question_2, _("一つ目とは違う質問を選んでください。"))
        return valid

    def told(self) -> dict[KnowledgeQuestion, str]:
        """The questions that were named, with the answers."""
        pairs = ((self.question_1, self.answer_1), (self.question_2, self.answer_2))
        return {question.data: answer.data for question, answer in pairs if question.data}
