"""The forms of an officer: the log, the reply, the response, more time, and the report in the Guideline's blocks."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.pipeline.clock import now, today
from app.presentation.changing_form import LONGEST_VERSION, ChangingForm
from app.presentation.choices import Choices, OneOf
from app.presentation.fields import Day, PlainText, Tick, WholeNumber
from app.presentation.filters import label
from app.presentation.form import Form
from app.rulebook.queries import deadlines_at
from models.rules.deadlines import ClockKind
from models.rules.drafts import DraftKind
from models.rules.printing import PrintReason
from models.rules.report_blocks import Element, Judgement, ReportBlock, RuleUsable
from models.rules.taxonomy.company_action import NEEDS_REASON, CompanyAction
from models.rules.taxonomy.response_method import ResponseMethod

LONGEST_BLOCK = 4000
LONGEST_NOTE = 2000


class ActionForm(ChangingForm):
    """One line of the action log."""

    action = OneOf(_l("行ったこと"), options=CompanyAction, select=True, width="long")
    done_on = Day(_l("行った日"), hint=_l("例: 2026/11/22"))
    note = PlainText(
        _l("くわしく"),
        thing=_l("くわしい説明"),
        limit=LONGEST_NOTE,
        rows=4,
        required=False,
        hint=_l("何も行わなかったときは、理由を書いてください。相談した人を推測した内容は書かないでください。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.action.data in NEEDS_REASON and not self.note.data:
            valid = self.refuse(self.note, _("何も行わなかったときは、その理由を入力してください。"))
        return _not_in_the_future(self, self.done_on) and bool(valid)


class DraftedForm(ChangingForm):
    """A form that may be kept before it is sent; it knows which draft its page showed."""

    KIND: ClassVar[DraftKind]
    draft_version = HiddenField()

    def seen_draft(self) -> int:
        """The version of the draft that the page showed; none for a page that showed none."""
        typed = str(self.draft_version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_VERSION else 0

    def written(self) -> dict[str, list[str]]:
        """What stands in each field as it was typed, whether the form would take it or not."""
        asked = [field for field in self if not isinstance(field, HiddenField)]
        typed = {field.short_name: request.form.getlist(field.name) for field in asked}
        return {name: values for name, values in typed.items() if any(value.strip() for value in values)}


class ReplyForm(DraftedForm):
    """A reply that the worker reads in her mailbox."""

    KIND = DraftKind.REPLY

    text = PlainText(
        _l("返信の文章"),
        thing=_l("返信"),
        limit=LONGEST_BLOCK,
        rows=6,
        hint=_l("協会の画面を通して届きます。名前や所属を尋ねることはできません。"),
    )


class ResponseForm(ChangingForm):
    """When and how the worker was answered."""

    how = OneOf(_l("伝えた方法"), options=ResponseMethod)
    done_on = Day(_l("伝えた日"), hint=_l("例: 2026/11/22"))
    note = PlainText(_l("伝えた内容"), limit=LONGEST_NOTE, rows=4, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        return _not_in_the_future(self, self.done_on) and bool(valid)


class ExtensionForm(ChangingForm):
    """More time for the final report."""

    working_days = WholeNumber(
        _l("延ばしたい営業日の数"),
        thing=_l("営業日の数"),
        least=1,
        width="short",
    )
    reason = PlainText(_l("延長の理由"), limit=1000, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = deadlines_at(now()).term(ClockKind.REPORT_EXTENSION).amount
        self.working_days.most = most
        self.working_days.hint = _("%(most)s営業日までです。", most=most)


class PrintForm(Form):
    """Why the forwarded copy is put on paper."""

    reason = OneOf(_l("印刷する理由"), options=PrintReason)


class ReportForm(DraftedForm):
    """The report, block by block."""

    KIND = DraftKind.REPORT

    fact_check = PlainText(
        ReportBlock.FACT_CHECK.ja,
        thing=_l("事実の確認"),
        limit=LONGEST_BLOCK,
        rows=6,
        hint=_l("いつ、何を、どうやって確かめましたか。録音や記録を確かめたときは、そのことも書いてください。"),
    )
    care = PlainText(
        ReportBlock.CARE.ja,
        thing=_l("働く人への配慮"),
        limit=LONGEST_BLOCK,
        rows=6,
        hint=_l("休憩や交代、体調への配慮など。名前が分からなくてもできることを含みます。"),
    )
    measures_customer = PlainText(
        ReportBlock.MEASURES_CUSTOMER.ja,
        thing=_l("行為者への対応"),
        limit=LONGEST_BLOCK,
        rows=6,
        hint=_l("警告、対応の終了、着信の制限、警察や委託元との相談など。しなかったときは、その理由。"),
    )
    prevention = PlainText(
        ReportBlock.PREVENTION.ja,
        thing=_l("再発の防止"),
        limit=LONGEST_BLOCK,
        rows=6,
        hint=_l("見直したルール、研修、体制。これから行うことは、いつまでに行うかも書いてください。"),
    )
    privacy_no_retaliation = PlainText(
        ReportBlock.PRIVACY.ja,
        thing=_l("プライバシーの保護と不利益取扱いの禁止の周知"),
        limit=LONGEST_BLOCK,
        rows=5,
        hint=_l("この件を知っている人の範囲と、相談を理由に不利益に扱わないことをどう知らせたか。"),
    )
    rule_applied = PlainText(
        ReportBlock.RULE_APPLIED.ja,
        thing=_l("社内ルール"),
        limit=1000,
        rows=3,
        hint=_l("手順書や切電のルールなど。なければ「なし」と書いてください。"),
    )
    rule_usable = OneOf(
        _l("そのルールは、そのとき実際に使えましたか"), thing=_l("ルールが使えたか"), options=RuleUsable
    )
    cooperation = PlainText(
        ReportBlock.COOPERATION.ja,
        thing=_l("ほかの事業主との協力"),
        limit=1000,
        rows=3,
        required=False,
        hint=_l("委託元・派遣元・派遣先などに求めたこと、求められて行ったこと。関わりがなければ、空けておきます。"),
    )
    conduct = OneOf(
        Element.CONDUCT.ja, thing=_l("判断"), options=Judgement, required=False, none_words=_l("まだ判断していない")
    )
    beyond = OneOf(
        Element.BEYOND.ja, thing=_l("判断"), options=Judgement, required=False, none_words=_l("まだ判断していない")
    )
    environment = OneOf(
        Element.ENVIRONMENT.ja, thing=_l("判断"), options=Judgement, required=False, none_words=_l("まだ判断していない")
    )
    judgement_reason = PlainText(_l("そう判断した理由"), limit=LONGEST_NOTE, rows=3, required=False)
    may_be_legitimate = Tick(_l("正当な申出や、障害のある人への合理的配慮の求めだった可能性がある"), required=False)
    actions = Choices(_l("行った対応"), options=CompanyAction)
    reason_for_none = PlainText(_l("対応しなかった理由"), limit=LONGEST_NOTE, rows=3, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        chosen = set(self.actions.data)
        if chosen & NEEDS_REASON and not self.reason_for_none.data:
            valid = self.refuse(self.reason_for_none, _("何も行わなかったときは、その理由を入力してください。"))
        if chosen & NEEDS_REASON and chosen - NEEDS_REASON:
            valid = self.refuse(
                self.actions,
                _("「%(words)s」と、ほかの対応を同時に選ぶことはできません。", words=label(CompanyAction.NONE)),
            )
        return bool(valid)

    def blocks(self) -> dict[str, Any]:
        """What is kept of the report."""
        return {
            **{block.value: self[block.value].data for block in ReportBlock},
            "rule_usable": self.rule_usable.data.value,
            "actions": [action.value for action in self.actions.data],
            "reason_for_none": self.reason_for_none.data,
            "judgement": {
                element.value: self[element.value].data.value for element in Element if self[element.value].data
            },
            "judgement_reason": self.judgement_reason.data,
            "may_be_legitimate": self.may_be_legitimate.data,
        }


def _not_in_the_future(form: Form, field: Day) -> bool:
    if field.data is not None and field.data > today():
        return bool(form.refuse(field, _("今日より後の日付です。行った日を入力してください。")))
    return True
