"""The form of a consultation that the desk keys: the questions of the web form, and how it came and how replies go."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clocks.queries import calendar
from app.intake.answers import Answers, ReplyWish
from app.intake.desk.script import SCRIPTS
from app.intake.forms import CheckForm, IntakeForm
from app.pipeline.clock import now
from app.presentation.choices import OneOf
from app.presentation.fields import Code, Day, PlainText
from app.presentation.filters import label
from app.presentation.typed_text import as_keyed
from models.rules.consent import DEFAULT
from models.rules.keyed_intake import KEYED_ROUTES, WAYS_IN, may_be_told_at_intake
from models.rules.replies import CallSlot, ReplyWay, wished_hours
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.working_days import in_japan

A_NUMBER = re.compile(r"\+?[0-9]{10,13}")
BETWEEN_DIGITS = re.compile(r"[-() .]")
LONGEST_ADDRESS = 300
LONGEST_NOTES = 300


class KeyedForm(IntakeForm):
    """What is asked by voice, or found in a letter."""

    route = OneOf(_l("どのように届きましたか"), thing=_l("届き方"), select=True, options=KEYED_ROUTES)
    arrived_on = Day(
        _l("届いた日"), thing=_l("届いた日"), hint=_l("電話・来訪は今日、手紙や書面は窓口に届いた日です。")
    )
    reply_way = OneOf(_l("お返事の届け方"), thing=_l("お返事の届け方"), options=ReplyWay)
    phone = Code(_l("折り返しの電話番号"), thing=_l("電話番号"), limit=30, required=False, width="medium")
    call_on = Day(_l("折り返しの希望日"), thing=_l("希望日"), required=False)
    call_slot = OneOf(
        _l("折り返しの希望時間"),
        thing=_l("希望時間"),
        required=False,
        select=True,
        options=CallSlot,
        none_words=_l("選ばない"),
    )
    address = PlainText(
        _l("郵送先(郵便番号・住所・宛名)"),
        thing=_l("郵送先"),
        limit=LONGEST_ADDRESS,
        rows=3,
        required=False,
        spellcheck=False,
    )
    reply_notes = PlainText(
        _l("お返事のときに気をつけること"), thing=_l("気をつけること"), limit=LONGEST_NOTES, rows=2, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = in_japan(now()).date()
        asked = {"route": IntakeRoute.PHONE_DESK, "arrived_on": today, "reply_way": ReplyWay.MAILBOX}
        super().__init__(*args, data={**asked, **kwargs.pop("data", {})}, **kwargs)
        for name in SCRIPTS:
            # The web form's hints speak to whoever writes; here the script beside the question speaks instead.
            self[name].hint = ""

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        return all((self._arrived_before_now(), self._is_her_own_consent(), self._can_be_reached(), valid))

    def _arrived_before_now(self) -> bool:
        if self.arrived_on.errors or self.arrived_on.data <= in_japan(now()).date():
            return True
        return self.refuse(self.arrived_on, _("今日より後の日付です。窓口に届いた日を入力してください。"))

    def _is_her_own_consent(self) -> bool:
        route = self.route.data
        if route is None or may_be_told_at_intake(route, self.consent.data or DEFAULT):
            return True
        return self.refuse(
            self.consent,
            _(
                "「%(route)s」で届いた相談は、ご本人の声ではありません。「会社に伝えない」のまま受け付け、ご本人に受付コードで決めていただいてください。",
                route=label(route),
            ),
        )

    def _can_be_reached(self) -> bool:
        if self.reply_way.data is ReplyWay.POST and not self.address.data:
            return self.refuse(self.address, _("郵送を選ばれています。郵送先を入力してください。"))
        return self.reply_way.data is not ReplyWay.CALL or self._can_be_called()

    def _can_be_called(self) -> bool:
        if not A_NUMBER.fullmatch(self.number()):
            return self.refuse(
                self.phone, _("折り返しを選ばれています。電話番号を、市外局番から数字で入力してください。")
            )
        day = self.call_on.data
        if day is None:
            return bool(self.call_on.errors) or self.refuse(self.call_on, _("折り返しの希望日を入力してください。"))
        if wished_hours(day, self.call_slot.data or CallSlot.ANY)[1] <= now() or not calendar().is_working_day(day):
            return self.refuse(
                self.call_on, _("窓口が開いている、これからの日時を選んでください。平日の10時から17時です。")
            )
        return True

    def number(self) -> str:
        """The telephone number in plain digits."""
        return BETWEEN_DIGITS.sub("", as_keyed(self.phone.data or ""))

    def with_the_way(self, answers: Answers) -> Answers:
        """The answers with the way they came and the way replies go."""
        return replace(answers, route=self.route.data, reply=self._wish())

    def _wish(self) -> ReplyWish:
        way, slot = self.reply_way.data, self.call_slot.data or CallSlot.ANY
        if way is ReplyWay.MAILBOX:
            return ReplyWish()
        calls = way is ReplyWay.CALL
        return ReplyWish(
            way=way,
            number=as_keyed(self.phone.data) if calls else "",
            slot=slot,
            first_call=wished_hours(self.call_on.data, slot) if calls else None,
            address="" if calls else self.address.data,
            notes=self.reply_notes.data,
        )


class ReadBackForm(CheckForm):
    """What is asked once everything was read back: which companies were meant, and how the words were confirmed."""

    read_back = OneOf(_l("内容の確かめ方"), thing=_l("内容の確かめ方"))

    def __init__(self, *args: Any, route: IntakeRoute = IntakeRoute.PHONE_DESK, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_back.options = WAYS_IN[route].read_backs
