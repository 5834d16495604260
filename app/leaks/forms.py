"""The forms of a leak worksheet: since when it is known, its circumstances, the nine items, and who was told."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import TOKYO, now
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import Choices, OneOf
from app.presentation.fields import Code, Day, PlainText, TimeOfDay
from app.presentation.filters import label
from app.presentation.form import Form
from models.rules.leak import (
    CAN_BE_AWARE_BEFORE,
    REPORTS,
    KeySafety,
    LeakItem,
    LeakReach,
    LeakTold,
    LeakTrigger,
)

LONGEST_ITEM = 4_000
LONGEST_TELLING = 2_000
LONGEST_NUMBER = 20
AWARE_DAY = _l("漏えい(のおそれ)を知った日")
AWARE_TIME = _l("知った時刻")
AWARE_HINT = _l("協会のだれかが最初に知った日です。期限は、この日を1日目として数えます。休業日も数えます。")


def _called(item: LeakItem) -> LazyString:
    """The words of an item, in the language of the page that asks for it."""
    return LazyString(label, item)


def moment_of(day: date, hour: time) -> datetime:
    """A moment as it was typed: a day and a time in Japan."""
    return datetime.combine(day, hour, TOKYO)


class _Aware(Form):
    """Since when it is known."""

    aware_day = Day(AWARE_DAY, hint=AWARE_HINT)
    aware_time = TimeOfDay(AWARE_TIME, width="short", hint=_l("24時間の形で。例: 14:30"))

    def aware_at(self) -> datetime:
        return moment_of(self.aware_day.data, self.aware_time.data)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        at = now()
        if self.aware_at() > at:
            return self.refuse(self.aware_day, _("これからの日時です。知った日時を入力してください。"))
        if self.aware_at() < at - CAN_BE_AWARE_BEFORE:
            return self.refuse(self.aware_day, _("一年より前の日付です。知った日を確かめてください。"))
        return True


class BeginForm(_Aware):
    """Something may have got into wrong hands."""

    reach = OneOf(_l("何が起きましたか"), thing=_l("起きたこと"), options=LeakReach)
    summary = PlainText(
        _l("いま分かっていること"),
        limit=LONGEST_ITEM,
        rows=6,
        hint=_l("分かる範囲で、短くてかまいません。相談の文章そのものは写さないでください。"),
    )
    case = Code(
        _l("関係する相談の番号"),
        limit=LONGEST_NUMBER,
        required=False,
        hint=_l("分からなければ空けておき、あとで加えられます。"),
    )


class AssessForm(_Aware, ChangingForm):
    """The circumstances, on which the days and the duty to report hang."""

    reach = OneOf(_l("何が起きましたか"), thing=_l("起きたこと"), options=LeakReach)
    key_safety = OneOf(_l("暗号の鍵は、別の場所にあって無事ですか"), thing=_l("鍵の状況"), options=KeySafety)
    triggers = Choices(
        _l("次のうち、当てはまる(おそれのある)もの"),
        options=LeakTrigger,
        required=False,
        hint=_l("ひとつでも当てはまると、報告が必要になります。迷うものも選んでください。"),
    )


class ItemsForm(ChangingForm):
    """The nine items of the report."""

    summary = PlainText(
        _called(LeakItem.SUMMARY),
        limit=LONGEST_ITEM,
        rows=6,
        hint=_l("いつ、何が起き、どう分かったか。相談の文章は写しません。"),
    )
    data = PlainText(
        _called(LeakItem.DATA),
        limit=LONGEST_ITEM,
        rows=4,
        required=False,
        hint=_l("項目の名前だけを書きます。例: 氏名、連絡先、健康に関する記載。"),
    )
    people = PlainText(
        _called(LeakItem.PEOPLE),
        limit=LONGEST_ITEM,
        rows=2,
        required=False,
        hint=_l("分からないときは、見込みと根拠を書きます。"),
    )
    cause = PlainText(_called(LeakItem.CAUSE), limit=LONGEST_ITEM, rows=4, required=False)
    secondary = PlainText(_called(LeakItem.SECONDARY), limit=LONGEST_ITEM, rows=4, required=False)
    to_persons = PlainText(_called(LeakItem.TO_PERSONS), limit=LONGEST_ITEM, rows=4, required=False)
    publication = PlainText(_called(LeakItem.PUBLICATION), limit=LONGEST_ITEM, rows=3, required=False)
    prevention = PlainText(_called(LeakItem.PREVENTION), limit=LONGEST_ITEM, rows=4, required=False)
    further = PlainText(_called(LeakItem.FURTHER), limit=LONGEST_ITEM, rows=4, required=False)

    def items(self) -> dict[LeakItem, str]:
        return {item: str(self[item.value].data) for item in LeakItem}


class _Told(ChangingForm):
    """That somebody was told."""

    told_day = Day(_l("知らせた日"))
    told_time = TimeOfDay(_l("知らせた時刻"), width="short", hint=_l("24時間の形で。例: 14:30"))

    def told_at(self) -> datetime:
        return moment_of(self.told_day.data, self.told_time.data)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.told_at() > now():
            return self.refuse(self.told_day, _("これからの日時です。知らせたあとに記録してください。"))
        return True


class TellForm(_Told):
    """Somebody was told, beside the authority."""

    told = OneOf(_l("知らせた相手"), options=[one for one in LeakTold if one not in REPORTS])
    words = PlainText(
        _l("だれに、どの方法で、何を知らせたか"),
        limit=LONGEST_TELLING,
        rows=5,
        hint=_l("知らせなかったときは、その理由も、9つの項目の「本人への対応の状況」に書きます。"),
    )


class ReportForm(_Told):
    """The authority was told."""

    told = OneOf(_l("提出したもの"), options=[one for one in LeakTold if one in REPORTS])
    words = PlainText(
        _l("提出の方法と受付番号"),
        limit=LONGEST_TELLING,
        rows=3,
        hint=_l("例: 個人情報保護委員会のウェブサイトの報告フォーム、受付番号"),
    )


class SpareForm(ChangingForm):
    """No report is held to be needed."""

    why = PlainText(
        _l("報告が不要と判断した理由"),
        limit=LONGEST_ITEM,
        rows=6,
        hint=_l("あとで問われたときに説明できるように、根拠(鍵の状況、四つの場合に当たらない理由など)を書きます。"),
    )


class NameCaseForm(ChangingForm):
    """One more consultation that it concerns."""

    case = Code(_l("関係する相談の番号"), limit=LONGEST_NUMBER)
