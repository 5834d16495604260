"""The forms of surveys: a new one, and what is noted of one company."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clocks.queries import calendar
from app.pipeline.clock import today
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText
from app.presentation.filters import label
from app.presentation.form import Form
from models.rules.pledge_standing import Survey
from models.rules.survey import refusal_of_days

LONGEST_TITLE = 120
NOTED = (Survey.ANSWERED, Survey.EXEMPT, Survey.ASKED)


class SurveyForm(Form):
    """A new survey; every company that is certified now is asked."""

    title = PlainText(_l("調査の名前"), limit=LONGEST_TITLE)
    asked_on = Day(_l("始まる日"))
    closes_on = Day(_l("締切の日"))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if not valid:
            return False
        refusal = refusal_of_days(self.asked_on.data, self.closes_on.data, today=today(), calendar=calendar())
        return True if refusal is None else self.refuse(self.closes_on, label(refusal))


class AnswerForm(ChangingForm):
    """Whether one company has answered a survey that began on a day."""

    asked_on: date

    standing = OneOf(_l("回答の様子"), options=NOTED, select=True)
    answered_on = Day(_l("回答した日"), required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if not valid:
            return False
        if self.standing.data is Survey.ANSWERED and self.answered_on.data is None:
            return self.refuse(self.answered_on, _("回答した日を入力してください。"))
        if self.answered_on.data is not None and self.answered_on.data > today():
            return self.refuse(self.answered_on, _("回答した日は、今日までの日付にしてください。"))
        if self.answered_on.data is not None and self.answered_on.data < self.asked_on:
            return self.refuse(self.answered_on, _("回答した日は、調査の始まる日からあとの日付にしてください。"))
        return True
