"""The forms about accounts: who is registered, and whose service ends."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.people.queries import person_by_login
from app.presentation.choices import OneOf
from app.presentation.fields import Code, MailAddress, PlainText, Tick
from app.presentation.form import Form
from models.rules.people import COMPANY, MAY_HOLD, Role, SeatKind


class RegisterForm(Form):
    """Somebody new. The route hands in which roles the one who registers may give, and the companies."""

    role = OneOf(_l("役割"), select=True, width="long")
    name = PlainText(_l("氏名"), limit=60, width="long")
    mail = MailAddress(
        _l("メールアドレス"),
        width="long",
        hint=_l("本人だけが読めるアドレスにしてください。サインインにも使います。"),
    )
    post = PlainText(_l("役職"), limit=60, required=False, width="long")
    company = OneOf(
        _l("会社"),
        select=True,
        required=False,
        none_words=_l("会社の人ではない"),
        hint=_l("責任者・副責任者・会社代表者のときは、必ず選んでください。理事のときは、所属する会社を選びます。"),
    )
    is_handler = Tick(
        _l("従事者として登録する"),
        thing=_l("従事者"),
        required=False,
        hint=_l("書面で守秘の義務を負った相談員・管理者だけです。氏名・連絡先の区画を開けるようになります。"),
    )
    is_chair = Tick(_l("会長として登録する"), thing=_l("会長"), required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        role = self.role.data
        if role in COMPANY and not self.company.data:
            valid = self.refuse(self.company, _("会社の人を登録するときは、会社を選んでください。"))
        if role is not None and role not in COMPANY | {Role.DIRECTOR} and self.company.data:
            valid = self.refuse(self.company, _("この役割の人には、会社を選ばないでください。"))
        if self.is_handler.data and role not in MAY_HOLD[SeatKind.HANDLERS]:
            valid = self.refuse(self.is_handler, _("従事者にできるのは、相談員と管理者だけです。"))
        if self.is_chair.data and role is not Role.DIRECTOR:
            valid = self.refuse(self.is_chair, _("会長にできるのは、理事だけです。"))
        if self.mail.data and not self.mail.errors and person_by_login(self.mail.data) is not None:
            valid = self.refuse(self.mail, _("このアドレスは、すでに使われています。別のアドレスを入力してください。"))
        return valid


class LastEndForm(Form):
    """The end of the last holder's service, which is said twice: from then on only cards open what the seat opens."""

    sure = Tick(_l("この人の利用を、いますぐ終わらせます"), thing=_l("利用を終わらせること"))
    relies_on_cards = Tick(
        _l(
            "後任がいないこと、復元カードを持つ人に連絡がつくことを確かめました。これからは、カードがなければだれも開けません"
        ),
        thing=_l("復元カードがあること"),
    )


class LossForm(Form):
    """A new password of somebody who alone holds a seat."""

    accepts_loss = Tick(
        _l(
            "この人が決め直すと、前の文書を開けるのは復元カードだけになること、カードがなければ失われることを、わかりました"
        ),
        thing=_l("失われるものがあること"),
    )


class PassOnForm(Form):
    """A colleague says that it is her."""

    is_she = Tick(
        _l("本人と話して、パスワードを決め直したのが本人であることを確かめました"), thing=_l("本人であること")
    )


class AddressCodeForm(Form):
    """The code that the secretariat has spoken or posted."""

    address_code = Code(
        _l("協会から聞いたコード"),
        limit=40,
        width="medium",
        hint=_l("8文字です。大文字でも小文字でも、間の「-」がなくても構いません。"),
    )


class StillServesForm(Form):
    """That she still serves, at this address."""

    still_serves = Tick(
        _l("いまもこの会社の担当で、このメールアドレスを自分だけが読んでいます"), thing=_l("いまも担当であること")
    )


class EndForm(Form):
    """The end of somebody's service, which is not undone by a click."""

    sure = Tick(_l("この人の利用を、いますぐ終わらせます"), thing=_l("利用を終わらせること"))
