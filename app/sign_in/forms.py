"""The forms of signing in and of setting a password."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.pipeline.clock import now
from app.presentation.choices import OneOf
from app.presentation.fields import Code, MailAddress, PlainText, Secret, Tick
from app.presentation.form import Form
from app.sign_in.passkeys import Answer
from app.sign_in.strength import refusal_of
from models.person import Person
from models.rules.passwords import LONGEST_PASSWORD, password_rule_at
from models.rules.second_factor import ResetReason


class SignInForm(Form):
    """Address and password."""

    mail = MailAddress(_l("メールアドレス"), width="long", autocomplete="username")
    password = Secret(_l("パスワード"), limit=LONGEST_PASSWORD)
    next = HiddenField()


class SignUpForm(Form):
    """A new password, twice. The route hands in whose it will be."""

    owner: Person | None = None

    password = Secret(
        _l("新しいパスワード"),
        limit=LONGEST_PASSWORD,
        autocomplete="new-password",
        hint=_l("12文字以上。ほかで使っていないものにしてください。忘れても元には戻せません。"),
    )
    again = Secret(
        _l("もう一度"), thing=_l("確認のためのパスワード"), limit=LONGEST_PASSWORD, autocomplete="new-password"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.least = password_rule_at(now()).shortest

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.password.data != self.again.data:
            return self.refuse(self.again, _("二つのパスワードが一致していません。同じものを入力してください。"))
        refusal = refusal_of(self.password.data, self.owner) if valid else None
        return self.refuse(self.password, refusal) if refusal else valid


class ChangePasswordForm(SignUpForm):
    """The present password, and a new one in its place."""

    current_password = Secret(_l("いまのパスワード"), limit=LONGEST_PASSWORD)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.password.data == self.current_password.data:
            return self.refuse(self.password, _("いまと同じパスワードです。別のものにしてください。"))
        return valid


class CodeForm(Form):
    """The code of an app, or one of those for emergencies."""

    one_time_code = Code(
        _l("確認コード"),
        limit=40,
        width="medium",
        autocomplete="one-time-code",
        hint=_l("確認アプリに出ている6桁の数字です。"),
    )
    next = HiddenField()


class PasskeyForm(Form):
    """What a script has the browser answer for a passkey; nothing of it is typed, and nothing of it comes back."""

    challenge = Secret(_l("パスキーの確認"), limit=300, autocomplete="off")
    credential = Secret(_l("パスキーの答え"), limit=20_000, autocomplete="off")
    computed = Secret(_l("パスキーの鍵"), limit=100, required=False, autocomplete="off")
    next = HiddenField()

    def answer(self) -> Answer:
        """The same for those who read it."""
        return Answer.posted(self.challenge.data, self.credential.data, self.computed.data)


class NewPasskeyForm(PasskeyForm):
    """The same for a new one, and what its owner calls it."""

    name = PlainText(
        _l("パスキーの名前"),
        limit=40,
        width="long",
        hint=_l("どの端末のものか、あとで見てわかる名前にしてください。"),
    )


class PresentPasswordForm(Form):
    """The present password, before something grave."""

    current_password = Secret(_l("いまのパスワード"), limit=LONGEST_PASSWORD)


class ResetCodeForm(Form):
    """Why somebody's second step is taken away."""

    reason = OneOf(_l("取り消す理由"), options=ResetReason)
    sure = Tick(_l("声や顔で、本人だと確かめました"), thing=_l("本人であること"))
