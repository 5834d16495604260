"""The form of the rota: who, from when, until when."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import TOKYO, now
from app.presentation.choices import OneOf
from app.presentation.fields import Day
from app.presentation.form import Form
from models.rules.duty import LONGEST_SHIFT

HOURS = tuple(f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30))


class ShiftForm(Form):
    """One turn of duty."""

    person = OneOf(_l("当番の人"), select=True, width="long")
    first_day = Day(_l("はじまりの日"))
    first_hour = OneOf(_l("はじまりの時刻"), options=[(hour, hour) for hour in HOURS], select=True, width="short")
    last_day = Day(_l("終わりの日"), hint=_l("夜をまたぐときは、翌日の日付にしてください。"))
    last_hour = OneOf(_l("終わりの時刻"), options=[(hour, hour) for hour in HOURS], select=True, width="short")

    def starts_at(self) -> datetime:
        return _moment(self.first_day.data, self.first_hour.data)

    def ends_at(self) -> datetime:
        return _moment(self.last_day.data, self.last_hour.data)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.ends_at() <= self.starts_at():
            return self.refuse(self.last_day, _("終わりは、はじまりより後にしてください。"))
        if self.ends_at() <= now():
            return self.refuse(self.last_day, _("もう終わった時間です。これからの当番を入力してください。"))
        if self.ends_at() > self.starts_at() + LONGEST_SHIFT:
            days = LONGEST_SHIFT.days
            return self.refuse(self.last_day, _("一度に決められるのは%(days)s日分までです。", days=days))
        return True


def _moment(day: date, hour: str) -> datetime:
    hours, minutes = (int(part) for part in hour.split(":"))
    return datetime.combine(day, time(hours, minutes), TOKYO)
