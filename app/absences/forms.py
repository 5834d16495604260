"""The forms about absences and closure days: who, from when, until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText
from app.presentation.form import Form
from models.rules.absence import FURTHEST_AHEAD, LONGEST_ABSENCE, LONGEST_CLOSURE


class AbsenceForm(Form):
    """Somebody is away."""

    person = OneOf(_l("不在になる人"), select=True, width="long")
    starts_on = Day(_l("不在の最初の日"))
    ends_on = Day(_l("不在の最後の日"))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        first, last = self.starts_on.data, self.ends_on.data
        if not _in_order(self, self.starts_on, self.ends_on):
            return False
        if last - first > LONGEST_ABSENCE:
            words = _(
                "一度に登録できるのは%(days)s日までです。長く不在になるときは、後任の登録を協会にご相談ください。",
                days=LONGEST_ABSENCE.days,
            )
            return self.refuse(self.ends_on, words)
        return True


class ClosureForm(Form):
    """The company is closed."""

    first_day = Day(_l("休みの最初の日"))
    last_day = Day(_l("休みの最後の日"), hint=_l("1日だけのときは、同じ日付を入れます。"))
    reason = PlainText(_l("休みの理由"), limit=80, width="long", hint=_l("例: 年末年始の休業、創立記念日"))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        first, last = self.first_day.data, self.last_day.data
        if not _in_order(self, self.first_day, self.last_day):
            return False
        if last - first > LONGEST_CLOSURE:
            words = _("一度に登録できるのは%(days)s日までです。分けて登録してください。", days=LONGEST_CLOSURE.days)
            return self.refuse(self.last_day, words)
        return True


def _in_order(form: Form, first: Day, last: Day) -> bool:
    day: date = today()
    if last.data < first.data:
        return form.refuse(last, _("最後の日は、最初の日と同じか、それより後にしてください。"))
    if last.data < day:
        return form.refuse(last, _("もう過ぎた日です。これからの日付を入力してください。"))
    if first.data > day + FURTHEST_AHEAD:
        words = _("先すぎる日付です。%(days)s日先までの日付を入力してください。", days=FURTHEST_AHEAD.days)
        return form.refuse(first, words)
    return True
