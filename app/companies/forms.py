"""The forms about companies: their entry, a new name, a site, clients and agencies, and the end of a membership."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.companies.queries import number_taken, relations_of, sites_of
from app.pipeline.clock import today
from app.presentation.choices import OneOf
from app.presentation.fields import Code, Day, PlainText, Tick
from app.presentation.filters import label
from app.presentation.form import Form
from models.company import Company
from models.rules.corporate_number import read_corporate_number
from models.rules.membership import MEMBERS, MembershipRefusal, MemberType, OperatorType
from models.rules.prefectures import PREFECTURES


class NameForm(Form):
    """A name in its three spellings, and from when it holds."""

    name = PlainText(_l("会社名"), limit=120, width="long")
    kana = PlainText(_l("フリガナ"), limit=160, width="long", hint=_l("例: アオバダイコンタクト"))
    english = PlainText(_l("英語の名前"), limit=160, required=False, width="long")


class CompanyForm(NameForm):
    """A company's entry."""

    member_type = OneOf(_l("会員の種別"), options=MemberType)
    operator_type = OneOf(_l("事業の種別"), options=OperatorType)
    corporate_number = Code(
        _l("法人番号"),
        limit=20,
        required=False,
        width="medium",
        hint=_l("13桁の数字です。似た名前の会社と取り違えないために使います。"),
    )
    prefecture = OneOf(_l("都道府県"), select=True, options=[(name, name) for name in PREFECTURES], width="medium")
    address = PlainText(_l("所在地"), limit=200, width="long")
    joined_on = Day(_l("入会した日"), required=False, hint=_l("会員でない会社のときは、空けておきます。"))

    def number(self) -> str | None:
        """The corporate number in plain digits; None when there is none, or what was typed is none."""
        return read_corporate_number(self.corporate_number.data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        number = self.number()
        if number is None and self.corporate_number.data and not self.corporate_number.errors:
            words = _("法人番号として正しくありません。13桁の数字を、打ち間違いがないか確かめてください。")
            valid = self.refuse(self.corporate_number, words)
        elif number is not None and number_taken(number):
            valid = self.refuse(self.corporate_number, _("この法人番号の会社は、すでに登録されています。"))
        if self.member_type.data is not None and (self.member_type.data is MemberType.NONE) is not (
            self.joined_on.data is None
        ):
            words = _("会員の会社には入会した日を入力し、会員でない会社では空けてください。")
            valid = self.refuse(self.joined_on, words)
        return _has_come(self, self.joined_on) and valid


class NumberForm(Form):
    """The corporate number of a company that is registered already."""

    corporate_number = Code(
        _l("法人番号"),
        limit=20,
        width="medium",
        hint=_l("13桁の数字です。国税庁の法人番号公表サイトで、会社名と所在地が同じことを確かめてください。"),
    )

    def number(self) -> str:
        """The corporate number in plain digits."""
        return read_corporate_number(self.corporate_number.data or "") or ""

    def fits(self) -> bool:
        """Whether it is a corporate number, and nobody's yet."""
        if not self.number():
            words = _("法人番号として正しくありません。13桁の数字を、打ち間違いがないか確かめてください。")
            return bool(self.refuse(self.corporate_number, words))
        if number_taken(self.number()):
            return bool(self.refuse(self.corporate_number, _("この法人番号の会社は、すでに登録されています。")))
        return True


class EntryForm(Form):
    """What changes about a company beside its name: where it is, what it does, and its own desk."""

    prefecture = OneOf(_l("都道府県"), select=True, options=[(name, name) for name in PREFECTURES], width="medium")
    address = PlainText(
        _l("所在地"), limit=200, width="long", hint=_l("相談する人が、似た名前の会社と取り違えないために見ます。")
    )
    operator_type = OneOf(_l("事業の種別"), options=OperatorType)
    inside_desk = PlainText(
        _l("社内の相談窓口"),
        limit=200,
        required=False,
        width="long",
        hint=_l("働く人のための窓口か担当者の名称と、受け付ける時間です。ないときは、空けておきます。"),
    )


class RenameForm(NameForm):
    """A new name from a day on."""

    from_ = Day(_l("変更した日"))

    def fits(self, company: Company) -> bool:
        """Whether the day comes after the last change of name; a name does not change twice on one day."""
        day: date = self.from_.data
        if day > company.names[-1].valid_from:
            return True
        return bool(self.refuse(self.from_, _("前の名前が始まった日より後の日付を入力してください。")))


class SiteForm(Form):
    """A place where workers sit."""

    site = PlainText(_l("拠点の名前"), limit=120, width="long")
    prefecture = OneOf(_l("都道府県"), select=True, options=[(name, name) for name in PREFECTURES], width="medium")
    address = PlainText(_l("所在地"), limit=200, width="long")

    def is_new_to(self, company: Company) -> bool:
        """Whether the company has no site of this name yet."""
        if self.site.data not in {site.name for site in sites_of(company)}:
            return True
        return bool(self.refuse(self.site, _("この名前の拠点は、すでに登録されています。")))


class RelationForm(Form):
    """A client or an agency of the company, from a day on."""

    other = OneOf(
        _l("相手の会社"),
        select=True,
        width="long",
        hint=_l("一覧にないときは、先に会社を登録してください。"),
    )
    side = OneOf(
        _l("相手の立場"),
        options=[
            ("client", _l("委託元(この会社に仕事を頼んでいる)")),
            ("agency", _l("受託先(この会社から仕事を引き受けている)")),
        ],
    )
    from_ = Day(_l("始まった日"))

    def is_new_to(self, company: Company) -> bool:
        """Whether the two do not stand so to each other already."""
        known = {(one.other.id, one.is_client) for one in relations_of(company) if one.relation.valid_to is None}
        if (self.other.data.id, self.side.data == "client") not in known:
            return True
        return bool(self.refuse(self.other, _("この会社との同じ関係は、すでに登録されています。")))


class EndRelationForm(Form):
    """The end of one of them."""

    related = OneOf(_l("終わった関係"), select=True, width="long")
    last_day = Day(_l("最後の日"))

    def fits(self) -> bool:
        """Whether it had begun by then."""
        if self.last_day.data >= self.related.data.valid_from:
            return True
        return bool(self.refuse(self.last_day, _("始まった日か、それより後の日付を入力してください。")))


class DrawCodeForm(Form):
    """Asks for a poster's code; there is nothing to fill in."""


class JoinAgainForm(Form):
    """A company that left comes back, or one that was no member joins."""

    member_type = OneOf(_l("会員の種別"), options=MEMBERS)
    joined_on = Day(_l("入会した日"), thing=_l("入会した日"))

    def fits(self) -> bool:
        """Whether the day does not lie ahead."""
        return _has_come(self, self.joined_on)


class MemberTypeForm(Form):
    """A member is of another type from a day on."""

    member_type = OneOf(_l("新しい種別"), options=MEMBERS)
    from_ = Day(_l("変わった日"), hint=_l("この日から新しい種別になります。"))


class LeaveForm(Form):
    """The end of a membership."""

    left_on = Day(_l("退会した日"), hint=_l("この日までは会員です。"))
    sure = Tick(_l("この会社の会員資格を終わらせます"), thing=_l("会員資格を終わらせること"))

    def fits(self) -> bool:
        """Whether the day does not lie ahead."""
        return _has_come(self, self.left_on)


def _has_come(form: Form, field: Day) -> bool:
    """What is entered at a page has happened; the clock ends nothing that somebody may still call off."""
    if field.data is None or field.data <= today():
        return True
    return bool(form.refuse(field, label(MembershipRefusal.AHEAD)))
