"""The forms of the board: the company's words, the meeting, the vote and the resolution."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.letters.queries import not_in_the_font, sign_it_lacks
from app.pipeline.clock import TOKYO, now
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Day, PlainText, Tick, WholeNumber
from app.presentation.filters import label
from app.presentation.form import Form
from app.rulebook.queries import deadlines_at
from models.rules.board import BoardOption, BoardRefusal, ImmediateReason, MeetingMode
from models.rules.deadlines import ClockKind

LONGEST_EXPLANATION = 20_000
LONGEST_REASONS = 8_000
LONGEST_MINUTES_NUMBER = 40
STARTS = tuple(f"{hour:02d}:{minute:02d}" for hour in range(9, 20) for minute in (0, 30))


class ExplanationForm(ChangingForm):
    """The company's written explanation."""

    text = PlainText(
        _l("弁明"),
        limit=LONGEST_EXPLANATION,
        rows=14,
        hint=_l("事実と異なるところ、できなかった事情、これからの計画などを、ご自身の言葉で書いてください。"),
    )
    wants_to_attend = Tick(_l("理事会に出席して、口頭でも意見を述べたい"), thing=_l("出席の希望"), required=False)


class ObjectionForm(ChangingForm):
    """The company's one objection."""

    text = PlainText(
        _l("不服の理由"),
        limit=LONGEST_EXPLANATION,
        rows=10,
        hint=_l("不服申立ては一度だけです。決定のどこを見直してほしいかを書いてください。"),
    )


class MeetingForm(Form):
    """A meeting of the board."""

    day = Day(_l("開催日"))
    start = OneOf(_l("開始時刻"), options=[(start, start) for start in STARTS], select=True, width="short")
    mode = OneOf(_l("開き方"), options=MeetingMode)

    def held_at(self) -> datetime:
        hour, minute = (int(part) for part in self.start.data.split(":"))
        return datetime.combine(self.day.data, time(hour, minute), TOKYO)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.held_at() <= now():
            return self.refuse(self.day, _("これからの日時を入力してください。"))
        return valid


class MinutesForm(ChangingForm):
    """Which number the minutes of a meeting have; empty, when what was entered belonged elsewhere."""

    reference = PlainText(
        _l("議事録の番号"),
        limit=LONGEST_MINUTES_NUMBER,
        required=False,
        hint=_l("協会の議事録の綴りに付けた番号です(例: 2026-理12)。人の名前は書かないでください。"),
    )

    def number(self) -> str | None:
        return " ".join(str(self.reference.data or "").split()) or None

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        signs = sign_it_lacks(self.number() or "")
        return not signs or self.refuse(self.reference, not_in_the_font(signs))


class AgendaForm(ChangingForm):
    """On which meeting's agenda an item goes."""

    meeting = OneOf(_l("会議"), select=True, width="long")


class VoteForm(ChangingForm):
    """A director's vote."""

    option = OneOf(_l("どの決議に賛成しますか"), thing=_l("決議の案"), options=())


class ResolutionForm(ChangingForm):
    """Closing the vote: who was there, why it was decided so, and from when a revocation holds."""

    present = WholeNumber(
        _l("出席した理事の人数"),
        most=999,
        width="short",
        hint=_l("この議案に参加できる理事のうち、出席した人の数です。棄権した人も数えます。"),
    )
    reasons = PlainText(
        _l("決議の理由"),
        limit=LONGEST_REASONS,
        rows=8,
        hint=_l("会社への通知に載ります。相談した人が推測できることは書かないでください。"),
    )
    effect_on = Day(
        _l("取消しの効力が生じる日"),
        thing=_l("効力が生じる日"),
        required=False,
    )
    immediate_because = OneOf(
        _l("期間の終わりを待たずに効力を生じさせる理由"),
        thing=_l("理由"),
        options=ImmediateReason,
        required=False,
        none_words=_l("待つ(ふつうはこちら)"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = deadlines_at(now()).term(ClockKind.OBJECTION).amount
        self.effect_on.hint = _(
            "取消しのときだけ使います。空欄なら、不服申立ての期間(%(days)s日)が終わった翌日の午前0時です。", days=days
        )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        signs = sign_it_lacks(self.reasons.data)
        return not signs or self.refuse(self.reasons, not_in_the_font(signs))

    def refuse_because(self, refusal: BoardRefusal) -> None:
        """Put a refusal of the rules beside the field that it is about."""
        field = self.effect_on if refusal is BoardRefusal.EFFECT_TOO_EARLY else self.present
        self.refuse(field, label(refusal))


class ReExaminationForm(ChangingForm):
    """Why a decided matter is taken up again."""

    grounds = PlainText(
        _l("もう一度審議する理由"),
        thing=_l("理由"),
        limit=LONGEST_REASONS,
        rows=8,
        hint=_l("理事会の資料に載ります。相談した人が推測できることは書かないでください。"),
    )


def vote_form(options: tuple[BoardOption, ...], *, version: int) -> VoteForm:
    """The vote with the options of the day, on the item as the page shows it."""
    form = VoteForm(prefix="vote", data={"version": version})
    form.option.options = options
    return form
