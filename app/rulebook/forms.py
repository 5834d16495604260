"""The forms of the rulebook: each is shown with what it would change before it is sent for good."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.pipeline.clock import today
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText
from app.presentation.filters import label
from app.presentation.form import Form
from app.rulebook.queries import rulebook
from models.rules.rule_change import ClosureRefusal, ClosureSort, may_close

LONGEST_REASON = 200


class PreviewedForm(Form):
    """A form that is sent twice: once to see what would change, and once, with the same answers, to change it."""

    seen = HiddenField()

    def answers(self) -> str:
        """What the preview depends on; another answer, or another rule meanwhile, asks for another look."""
        raise NotImplementedError

    def was_previewed(self) -> bool:
        """Whether what is sent is what was looked at; if not, the next sending will be compared with this one."""
        answers = self.answers()
        if self.seen.data == answers:
            return True
        self.seen.data = answers
        return False


class ClosureForm(PreviewedForm):
    """Days on which nobody works."""

    first_day = Day(_l("休みの最初の日"))
    last_day = Day(_l("休みの最後の日"), hint=_l("1日だけのときは、同じ日付を入れます。"))
    sort = OneOf(_l("休みの種類"), options=ClosureSort)
    ja = PlainText(_l("休みの名前"), limit=40, width="long", hint=_l("期限の理由として、相談者や会社の画面に出ます。"))
    en = PlainText(_l("休みの名前(英語)"), limit=60, width="long", required=False)
    reason = PlainText(
        _l("登録の理由"),
        limit=LONGEST_REASON,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )

    def answers(self) -> str:
        days: tuple[date, date] = (self.first_day.data, self.last_day.data)
        return f"{rulebook().calendar.version} {days[0].isoformat()} {days[1].isoformat()}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        first, last = self.first_day.data, self.last_day.data
        decision = may_close(first, last, today=today(), calendar=rulebook().calendar)
        if decision.allowed:
            return True
        refusal = ClosureRefusal(decision.reason)
        at_the_end = refusal in {ClosureRefusal.BACKWARDS, ClosureRefusal.TOO_LONG, ClosureRefusal.TOO_FAR}
        return self.refuse(self.last_day if at_the_end else self.first_day, label(refusal))


class RecountForm(PreviewedForm):
    """Running clocks are counted anew."""

    reason = PlainText(
        _l("計算し直す理由"),
        limit=LONGEST_REASON,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )
    moving = 0

    def answers(self) -> str:
        return f"{rulebook().calendar.version} {self.moving}"
