"""The forms of keeping and erasing: a hold is set, looked at again, and lifted."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import now
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText, Tick
from app.presentation.filters import ja_date, label
from models.rules.erasure import BEFORE_ITS_TIME, ErasedPart, HoldEnd, HoldReason
from models.rules.holds import DayRefusal, latest_review, why_no_review_day

LONGEST_REASON = 1_000


class ReviewForm(ChangingForm):
    """The hold goes on, and somebody looks at it again on a day."""

    review_on = Day(
        _l("次に見直す日"),
        hint=_l("この日になっても、ひとりでに消えることはありません。残す必要がまだあるかを、人が確かめます。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        refusal = why_no_review_day(self.review_on.data, at=now())
        if refusal is DayRefusal.FAR:
            words = _(
                "見直す日が先すぎます。遅くとも%(day)sまでの日付にしてください。",
                day=ja_date(latest_review(now()), weekday=True),
            )
            return self.refuse(self.review_on, words)
        return refusal is None or self.refuse(self.review_on, label(refusal))


class HoldForm(ReviewForm):
    """From now on nothing of the case is erased."""

    reason = OneOf(_l("残す理由"), options=HoldReason)


class EarlyForm(ChangingForm):
    """What is to be erased before its time, and why."""

    part = OneOf(_l("消去するもの"), options=ErasedPart)
    cause = OneOf(_l("消去の理由"), options=BEFORE_ITS_TIME)
    because = PlainText(
        _l("申し出る理由"),
        limit=LONGEST_REASON,
        rows=4,
        hint=_l("判断する人と監事が読みます。相談の内容、名前、会社名は書かないでください。"),
    )


class EraseForm(ChangingForm):
    """What was agreed on is to be done now."""

    is_sure = Tick(_l("消去すると、だれにも元に戻せないことを確かめました"), thing=_l("元に戻せないこと"))


class LiftForm(ChangingForm):
    """The hold is over."""

    because = OneOf(_l("保全を解く理由"), options=HoldEnd)
