"""The forms of the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import TOKYO, now
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import Choices, OneOf, Option
from app.presentation.fields import Day, PlainText, Tick, TimeOfDay
from app.presentation.filters import current_language, label
from app.presentation.form import Form
from models.rules.desk_reasons import RecallReason, ReopenReason, RerouteReason
from models.rules.emergency_telling import EmergencyAnswer, EmergencyOutcome
from models.rules.known_by import ANSWERED_FOR_BY_THE_DESK
from models.rules.report_blocks import ReportBlock
from models.rules.taxonomy import harassment_type, organisational_issue
from models.rules.taxonomy.group_size import GroupSize
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from models.rules.withdrawal import AskedBy

LONGEST_TEXT = 4000
LONGEST_EMERGENCY = 2_000
LONGEST_NOTE = 4000
LONGEST_SEARCH = 120


class NoteForm(ChangingForm):
    """A desk note."""

    note = PlainText(
        _l("メモ"),
        limit=LONGEST_NOTE,
        rows=3,
        hint=_l("事務局の中だけで読みます。相談者にも会社にも見えません。"),
    )


class MessageForm(ChangingForm):
    """A message to the consulter."""

    message = PlainText(
        _l("相談者へのメッセージ"),
        thing=_l("メッセージ"),
        limit=LONGEST_TEXT,
        rows=5,
        hint=_l("相談者が受付コードで開く画面に届きます。メールは送りません。"),
    )


class QuestionForm(ChangingForm):
    """A question to the consulter."""

    question = PlainText(
        _l("相談者にお尋ねすること"),
        thing=_l("お尋ねすること"),
        limit=LONGEST_TEXT,
        rows=6,
        hint=_l("一度に聞くことは少なく、答えなくてもよいことを添えてください。"),
    )


class AdviceForm(ChangingForm):
    """Advice to the consulter."""

    advice = PlainText(
        _l("相談者への助言"),
        thing=_l("助言"),
        limit=LONGEST_TEXT,
        rows=10,
        hint=_l("お気持ちへのねぎらい、いまできること、使える外部の相談先を、分かりやすい言葉で書いてください。"),
    )


class FeedbackForm(ChangingForm):
    """The result, told to the consulter."""

    feedback = PlainText(
        _l("結果のご案内"),
        limit=LONGEST_TEXT,
        rows=10,
        hint=_l("会社がしたこと、これから変わること、納得できないときにできることを書いてください。"),
    )


class TriageForm(ChangingForm):
    """How grave a case is and what it is about."""

    severity = OneOf(_l("重大さ"))
    types = Choices(_l("カスハラの類型"), options=HarassmentType, most=harassment_type.MAX_CHOSEN)
    org_issues = Choices(
        _l("会社の対応についての課題"),
        options=OrganisationalIssue,
        required=False,
        hint=_l("会社がしたこと、しなかったこと。会社への要請はこの分類をもとにします。"),
    )
    is_crisis = Tick(
        _l("緊急の確認が必要"),
        thing=_l("緊急であること"),
        required=False,
        hint=_l("命や体の危険、消えたいという気持ちがうかがえるとき。一覧の先頭に出ます。"),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        place = 1 if current_language() == "en" else 0
        self.severity.options = [
            Option(grade.value, f"{grade.value} {label(grade)}", grade.criteria[place], answer=grade)
            for grade in Severity
        ]
        self.types.options = [
            Option(kind.value, label(kind), harassment_type.HINTS.get(kind, ("", ""))[place], answer=kind)
            for kind in HarassmentType
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for field, alone in (
            (self.types, harassment_type.STANDS_ALONE),
            (self.org_issues, organisational_issue.STANDS_ALONE),
        ):
            for one in alone.intersection(field.data):
                if len(field.data) > 1:
                    valid = self.refuse(field, _("「%(words)s」は、ほかの項目と一緒には選べません。", words=label(one)))
        return valid


class AssignForm(ChangingForm):
    """Who takes the case."""

    person = OneOf(_l("担当者"), select=True, width="long")


class SearchForm(Form):
    """Which company is meant."""

    words = PlainText(
        _l("会社の名前"),
        limit=LONGEST_SEARCH,
        hint=_l("漢字・かな・英語・以前の社名のどれでも探せます。"),
    )


class EmergencyForm(ChangingForm):
    """What is to be told without waiting for consent, to whom, and why."""

    told = PlainText(
        _l("だれに、何を伝えるか"),
        limit=LONGEST_EMERGENCY,
        rows=5,
        hint=_l("相手の名前と、守るために必要な最小限のことだけを書いてください。"),
    )
    reason = PlainText(_l("伝えなければならない理由"), limit=LONGEST_EMERGENCY, rows=5)
    at_risk = Tick(_l("命や体に危険があり、ほかに守る方法がありません"), thing=_l("危険があること"))


class EmergencyAnswerForm(ChangingForm):
    """The second person's button."""

    answer = OneOf(_l("二人目の判断"), options=EmergencyAnswer)


class EmergencyDoneForm(ChangingForm):
    """What became of what two people had agreed to tell."""

    outcome = OneOf(_l("どうなりましたか"), thing=_l("結果"), options=EmergencyOutcome)
    day = Day(_l("その日"))
    hour = TimeOfDay(_l("その時刻"), width="short", hint=_l("24時間の形で。例: 14:30"))
    words = PlainText(
        _l("だれに、どの方法で、何を伝えたか"),
        limit=LONGEST_EMERGENCY,
        rows=5,
        hint=_l("伝えられなかったときは、その事情を書きます。ここに書いたことは、相談者本人の画面にも届きます。"),
    )

    def done_at(self) -> datetime:
        return datetime.combine(self.day.data, self.hour.data, TOKYO)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.done_at() > now():
            return self.refuse(self.day, _("これからの日時です。伝えたあとに記録してください。"))
        return True


class CopyForm(ChangingForm):
    """What one company would be told."""

    level = OneOf(_l("会社に伝える範囲"), thing=_l("伝える範囲"))
    text = PlainText(
        _l("転送版の文章"),
        limit=LONGEST_TEXT,
        rows=14,
        hint=_l("会社の責任者が読む文章です。相談者が読んで承認したものだけを送ります。"),
    )
    group_size = OneOf(
        _l("相談者と同じ時間帯に働く人数"),
        thing=_l("人数"),
        options=GroupSize,
        required=False,
        none_words=_l("分からない"),
        hint=_l("少ないときや分からないときは、一人に絞られそうな記載を、相談者に示す前に確かめます。"),
    )
    small_group_seen = Tick(
        _l("人数が少ないことを踏まえて読み直し、この書き方で示します"),
        thing=_l("人数の少ない職場での書き方"),
        required=False,
    )
    is_right_company = Tick(_l("所在地と法人番号を確かめ、この会社で間違いありません"), thing=_l("会社"))


class SendForm(ChangingForm):
    """The copy goes to the company."""

    is_right = Tick(_l("会社・宛先・文章を確かめました"), thing=_l("会社・宛先・文章"))
    consulter_agrees = Tick(_l("宛先について、相談者に尋ねて了承を得ました"), thing=_l("相談者の了承"), required=False)


class RerouteForm(ChangingForm):
    """Why the copy goes to somebody else."""

    reason = OneOf(_l("宛先を変える理由"), thing=_l("理由"), options=RerouteReason)


class RecallForm(ChangingForm):
    """Why the copy is taken back."""

    reason = OneOf(_l("取り消す理由"), thing=_l("理由"), options=RecallReason)


class ReviewForm(ChangingForm):
    """What is missing in a report."""

    missing = Choices(_l("足りないところ"), options=ReportBlock, required=False)
    reason = PlainText(
        _l("差し戻す理由"),
        limit=LONGEST_TEXT,
        rows=5,
        hint=_l("会社の責任者が読みます。何を、どこまで書き足してほしいかを具体的に書いてください。"),
    )


class CloseForm(ChangingForm):
    """With which outcome a case ends."""

    outcome = OneOf(_l("終わり方"), options=Outcome, select=True, width="long")


class WithdrawForm(ChangingForm):
    """What the consulter said when she asked to withdraw, and how the desk knew that it was she."""

    asked_by = OneOf(_l("申し出の届き方"), options=AskedBy)
    known_by = OneOf(_l("本人の確かめ方"), options=ANSWERED_FOR_BY_THE_DESK)
    words = PlainText(
        _l("申し出の内容"),
        thing=_l("申し出の内容"),
        limit=LONGEST_TEXT,
        rows=4,
        hint=_l("相談者の言葉のままに書いてください。相談者の画面にも届きます。"),
    )
    read_out = Tick(_l("取り消せないことを伝え、それでも取り下げるという返事をもらいました"), thing=_l("ご本人の返事"))


class ReopenForm(ChangingForm):
    """Why a case is opened again."""

    reason = OneOf(_l("再開する理由"), thing=_l("理由"), options=ReopenReason)
