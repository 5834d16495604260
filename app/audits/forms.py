"""What the auditor says before a sample is drawn."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText, WholeNumber
from app.presentation.form import Form
from models.rules.sampling import LARGEST_SIZE, USUAL_SIZE, SampleOf

LONGEST_REMARK = 400


class SampleForm(Form):
    """Of what, from which days, and how many."""

    what = OneOf(_l("抜き取るもの"), options=SampleOf)
    first_day = Day(_l("最初の日"), thing=_l("最初の日"), width="medium")
    last_day = Day(_l("最後の日"), thing=_l("最後の日"), width="medium", hint=_l("きのうまでの日を選べます。"))
    size = WholeNumber(_l("件数"), least=1, most=LARGEST_SIZE, default=USUAL_SIZE, width="short")

    def validate(self, extra_validators: Any = None) -> bool:
        whole: bool = super().validate(extra_validators)
        if not whole:
            return False
        if self.last_day.data >= today():
            return self.refuse(self.last_day, _("まだ終わっていない日は選べません。きのうまでの日を入力してください。"))
        if self.first_day.data > self.last_day.data:
            return self.refuse(self.last_day, _("「最初の日」と同じか、それより後の日付を入力してください。"))
        return True


class LookedIntoForm(ChangingForm):
    """What whoever looked into unusual reading has found."""

    remark = PlainText(
        _l("確かめたこと"),
        limit=LONGEST_REMARK,
        rows=4,
        hint=_l("だれに尋ね、どうだったかを書いてください。相談の内容や、相談者のお名前は書かないでください。"),
    )
