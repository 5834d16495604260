"""The forms of a bulk export: of which days and why, and as what."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.choices import OneOf
from app.presentation.fields import Day, Tick
from app.presentation.form import Form
from app.presentation.reason import reason_for_two
from models.rules.bulk_export import LONGEST_DAYS, ExportFormat, ExportScope


class AskForm(Form):
    """The cases of which days, and why."""

    first_day = Day(_l("受け付けた日(この日から)"), thing=_l("最初の日"), width="medium")
    last_day = Day(_l("受け付けた日(この日まで)"), thing=_l("最後の日"), width="medium")
    reason = reason_for_two()

    def validate(self, extra_validators: Any = None) -> bool:
        whole: bool = super().validate(extra_validators)
        if not whole:
            return False
        if self.last_day.data > today():
            return self.refuse(self.last_day, _("きょうまでの日を入力してください。"))
        if self.first_day.data > self.last_day.data:
            return self.refuse(self.last_day, _("「最初の日」と同じか、それより後の日付を入力してください。"))
        if (self.last_day.data - self.first_day.data).days >= LONGEST_DAYS:
            return self.refuse(self.last_day, _("一度に書き出せるのは、%(days)s日分までです。", days=LONGEST_DAYS))
        return True

    def scope(self) -> ExportScope:
        """What was asked for."""
        return ExportScope(self.first_day.data, self.last_day.data)


class MakeForm(Form):
    """As what the file is given out, and that it is kept in a safe place."""

    kind = OneOf(_l("ファイルの形式"), options=ExportFormat)
    is_ready = Tick(
        _l("ファイルを限られた人だけが開ける場所に置き、使い終わったら消します"), thing=_l("ファイルの取扱い")
    )
