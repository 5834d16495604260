"""The forms about external advisers: what is asked of whom, until when; her word; the adviser's promise and note."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.pipeline.clock import now, today
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText, Tick
from app.presentation.form import Form
from models.rules.adviser_access import AdviceSought, last_day_allowed, longest_days

LONGEST_QUESTION = 2_000
LONGEST_ADVICE = 10_000


class AskForm(ChangingForm):
    """One part of the case, for one adviser, until one day."""

    adviser = OneOf(_l("見せる相手"), select=True, width="long")
    part = OneOf(_l("見せる部分"))
    sought = OneOf(_l("尋ねること"), options=AdviceSought)
    question = PlainText(
        _l("助言者に尋ねたいことと、見せる理由"),
        limit=LONGEST_QUESTION,
        rows=5,
        hint=_l("相談者と助言者が読みます。見せる部分といっしょに封をして保管します。"),
    )
    last_day = Day(_l("見せる最後の日"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last_day.hint = _l(
            "今日から%(days)s日先までです。延ばすときは、もう一度お願いします。", days=longest_days(now())
        )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        last = last_day_allowed(now())
        if self.last_day.data < today():
            return self.refuse(self.last_day, _("もう過ぎた日です。これからの日付を入力してください。"))
        if self.last_day.data > last:
            words = _(
                "見せられるのは、今日から%(days)s日先までです。%(day)sまでの日付を入力してください。",
                days=longest_days(now()),
                day=last.isoformat(),
            )
            return self.refuse(self.last_day, words)
        return True


class WordForm(ChangingForm):
    """The consulter's yes or no about one adviser."""

    access_id = HiddenField()
    decision = HiddenField()


class PromiseForm(Form):
    """What an adviser promises before anything opens."""

    secrecy = Tick(_l("読んだことを、だれにも話さず、書き写さず、この助言のほかに使いません"), thing=_l("守秘の約束"))
    no_interest = Tick(
        _l("関係する会社や人と利害関係がありません。読んで気づいたときは、すぐに辞退します"), thing=_l("利害関係")
    )


class AdviceForm(Form):
    """A note for the desk."""

    advice = PlainText(
        _l("窓口への助言"),
        limit=LONGEST_ADVICE,
        rows=10,
        hint=_l("相談窓口だけが読みます。送ったあとは、あなたにも開けません。控えは手元に残さないでください。"),
    )
