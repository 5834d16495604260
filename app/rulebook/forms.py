"""The forms of the rulebook: each is shown with what it would change before it is sent for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText, WholeNumber
from app.presentation.filters import label
from app.presentation.previewed import LONGEST_REASON, PreviewedForm, first_day, why_it_changes
from app.rulebook.numbers import amount_on, pairs_out_of_order
from app.rulebook.queries import begins_on, rulebook
from app.rulebook.recounting import Move
from models.rules.amendable import Amendable, AmendmentRefusal, may_amend
from models.rules.rule_change import Amended, ClosureRefusal, ClosureSort, may_enter

OF_THE_DAY = frozenset({AmendmentRefusal.NOT_BEFORE_TOMORROW, AmendmentRefusal.TOO_FAR, AmendmentRefusal.TAKEN})


class ClosureForm(PreviewedForm):
    """Days on which nobody works, or holidays that become working days."""

    first_day = Day(_l("最初の日"))
    last_day = Day(_l("最後の日"), hint=_l("1日だけのときは、同じ日付を入れます。"))
    sort = OneOf(_l("種類"), options=ClosureSort)
    ja = PlainText(
        _l("休みや祝日の名前"),
        limit=40,
        width="long",
        hint=_l("休みの名前は、期限の理由として、相談者や会社の画面に出ます。"),
    )
    en = PlainText(_l("休みや祝日の名前(英語)"), limit=60, width="long", required=False)
    reason = PlainText(
        _l("登録の理由"),
        limit=LONGEST_REASON,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )

    def answers(self) -> str:
        days: tuple[date, date] = (self.first_day.data, self.last_day.data)
        return f"{rulebook().calendar.version} {self.sort.data.code} {days[0].isoformat()} {days[1].isoformat()}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        first, last = self.first_day.data, self.last_day.data
        decision = may_enter(first, last, sort=self.sort.data, today=today(), calendar=rulebook().calendar)
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


class NumberForm(PreviewedForm):
    """A number becomes another one from a day on."""

    amount = WholeNumber(_l("新しい数"), least=0, most=5_000, width="short")
    valid_from = first_day()
    reason = why_it_changes()
    number: Amendable | None = None

    def answers(self) -> str:
        key = self.number.key if self.number else ""
        before = amount_on(key, self.valid_from.data) if key else ""
        return f"{key} {self.amount.data} {self.valid_from.data.isoformat()} {before}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.number is None:
            return False
        key, new, day = self.number.key, self.amount.data, self.valid_from.data
        decision = may_amend(
            self.number,
            new,
            valid_from=day,
            today=today(),
            now_is=amount_on(key, day),
            taken=begins_on(self.number.kind, key, day),
        )
        if not decision.allowed:
            refusal = AmendmentRefusal(decision.reason)
            return self.refuse(self.valid_from if refusal in OF_THE_DAY else self.amount, label(refusal))
        if pairs_out_of_order(added=[Amended(key, new, day)]):
            return self.refuse(self.amount, label(AmendmentRefusal.OUT_OF_ORDER))
        return True


class NumberRecountForm(PreviewedForm):
    """The running clocks of one number are counted anew by its length of now."""

    reason = PlainText(
        _l("計算し直す理由"),
        limit=LONGEST_REASON,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )
    looked_at = ""

    def look(self, number: Amendable, found: Sequence[Move]) -> None:
        """What the preview shows; another clock, or another day of one, asks for another look."""
        days = " ".join(f"{move.clock.id.hex}{move.to.due_at:%Y%m%d%H%M}" for move in found)
        self.looked_at = f"{number.key} {len(found)} {sha256(days.encode()).hexdigest()[:16]}"

    def answers(self) -> str:
        return self.looked_at
