"""The forms of signing in and of setting a password."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.presentation.fields import MailAddress, Secret
from app.presentation.form import Form

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128


class SignInForm(Form):
    """Address and password."""

    mail = MailAddress(_l("メールアドレス"), width="long", autocomplete="username")
    password = Secret(_l("パスワード"), limit=LONGEST_PASSWORD)
    next = HiddenField()


class SignUpForm(Form):
    """A new password, twice."""

    password = Secret(
        _l("新しいパスワード"),
        least=SHORTEST_PASSWORD,
        limit=LONGEST_PASSWORD,
        autocomplete="new-password",
        hint=_l("12文字以上。ほかで使っていないものにしてください。忘れても元には戻せません。"),
    )
    again = Secret(
        _l("もう一度"), thing=_l("確認のためのパスワード"), limit=LONGEST_PASSWORD, autocomplete="new-password"
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.password.data != self.again.data:
            return self.refuse(self.again, _("二つのパスワードが一致していません。同じものを入力してください。"))
        return valid
