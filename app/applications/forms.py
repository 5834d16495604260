"""The forms of an application: one for each pledge, made from the sheet; the reviewer's; the board's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Asked as AskedField
from app.presentation.fields import Day, MailAddress, PlainText, Tick, WholeNumber
from app.presentation.filters import label
from app.presentation.form import Form
from models.rules.approvals import ApprovalDecision
from models.rules.labelled import Labelled
from models.rules.pledges import SHEETS, AnswerKind, Asked, Pledge, ReviewMark, lacking

LONGEST_LINE, LONGEST_TEXT = 200, 4_000
LATER = "later"


class PledgeForm(ChangingForm):
    """What every pledge asks: whether the company agrees to it. Its own questions come from the sheet."""

    pledge: Pledge | None = None
    asks: tuple[Asked, ...] = ()
    agreed = Tick(_l("この誓約に同意します"), thing=_l("誓約への同意"))

    def questions(self) -> list[AskedField]:
        """The fields of this pledge's own questions, in the order of the sheet."""
        return [self[one.question.code] for one in self.asks]

    def answers(self) -> dict[str, str]:
        """What was answered, as it is kept: codes of choices, ISO days and texts."""
        return {one.question.code: _kept(self[one.question.code]) for one in self.asks}

    def validate(self, extra_validators: Any = None) -> bool:
        later = LATER in request.form
        if later:
            # Whoever goes on later is refused nothing for what is still empty; it is said on the overview.
            for field in (self.agreed, *self.questions()):
                field.required = False
        valid = bool(super().validate(extra_validators))
        for one in self.asks:
            field = self[one.question.code]
            if one.kind is AnswerKind.LINK and field.data and not field.errors and not _is_address(field.data):
                valid = self.refuse(field, _("https:// で始まる、ページのアドレスを入力してください。"))
        return valid and (later or self._is_whole())

    def _is_whole(self) -> bool:
        whole = True
        if self.pledge is None:
            return whole
        for question in lacking(self.pledge, self.answers(), agreed=bool(self.agreed.data)):
            if question is not None:
                whole = self.refuse(self[question.code], _("%(thing)sを入力してください。", thing=label(question)))
        return whole


def pledge_form(pledge: Pledge, answers: Mapping[str, str] | None = None, **more: Any) -> PledgeForm:
    """The form of one pledge, with what was written before."""
    asks = SHEETS[pledge].asks
    made = type(
        "FormOfPledge",
        (PledgeForm,),
        {"pledge": pledge, "asks": asks, **{one.question.code: _field(one) for one in asks}},
    )
    data = {one.question.code: _shown(one, (answers or {}).get(one.question.code, "")) for one in asks}
    form: PledgeForm = made(data={**data, **more})
    return form


class ReviewForm(Form):
    """What the reviewer found about one pledge; nine of them stand in one form, which has the token and the version."""

    class Meta:
        """The token is the whole form's."""

        csrf = False

    mark = OneOf(_l("確認の結果"), options=ReviewMark)
    note = PlainText(
        _l("会社に伝えること"),
        limit=LONGEST_TEXT,
        rows=3,
        required=False,
        hint=_l("直してほしいときは、どこをどう直すかを書いてください。会社の方が読みます。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.mark.data is ReviewMark.NOT_MET and not self.note.data:
            return self.refuse(self.note, _("直してほしいことを入力してください。"))
        return valid


class AgendaForm(ChangingForm):
    """Before which meeting of the board an application goes."""

    meeting = OneOf(_l("会議"), select=True, width="long")


class DecisionForm(ChangingForm):
    """What the board decided at the meeting; a renewal begins where the present term ends, so it names no first day."""

    names_first_day = True

    decision = OneOf(_l("理事会の決定"), options=ApprovalDecision)
    present = WholeNumber(
        _l("参加した理事の数"), least=1, most=999, hint=_l("この会社や取引先に属する理事は、数に入れません。")
    )
    votes_for = WholeNumber(_l("この決定に賛成した理事の数"), least=1, most=999)
    valid_from = Day(_l("認定の初日"), required=False)
    reasons = PlainText(
        _l("承認しない理由"),
        limit=LONGEST_TEXT,
        rows=4,
        required=False,
        hint=_l("承認しないときに必要です。会社の方が読みます。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if not valid:
            return False
        approved = self.decision.data is ApprovalDecision.APPROVED
        if approved and self.names_first_day and self.valid_from.data is None:
            return self.refuse(self.valid_from, _("認定の初日を入力してください。"))
        if not approved and not self.reasons.data:
            return self.refuse(self.reasons, _("承認しない理由を入力してください。"))
        return True


def _field(one: Asked) -> AskedField:
    words, required = label(one.question), one.required
    match one.kind:
        case AnswerKind.DAY:
            return Day(words, required=required)
        case AnswerKind.CHOICE:
            return OneOf(words, options=one.options, required=required)
        case AnswerKind.MAIL:
            return MailAddress(words, required=required, width="long")
        case AnswerKind.TEXT:
            return PlainText(words, limit=LONGEST_TEXT, rows=4, required=required)
        case _:
            return PlainText(words, limit=LONGEST_LINE, required=required)


def _shown(one: Asked, answer: str) -> Any:
    if one.kind is AnswerKind.DAY:
        return date.fromisoformat(answer) if answer else None
    return answer


def _kept(field: AskedField) -> str:
    value = field.data
    if isinstance(value, date):
        return value.isoformat()
    return value.code if isinstance(value, Labelled) else str(value or "")


def _is_address(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(sign.isspace() for sign in typed)
