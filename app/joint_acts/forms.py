"""The forms of the second person, and of the one who asked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.changing_form import ChangingForm
from app.presentation.fields import Tick


class ApproveForm(ChangingForm):
    """The second person has looked at what was asked."""

    is_read = Tick(_l("申し出た人に直接確かめ、理由が正しいと判断しました"), thing=_l("申し出の内容"))


class DeclineForm(ChangingForm):
    """The second person does not agree."""

    is_sure = Tick(_l("この申し出を認めません"), thing=_l("認めないこと"))


class WithdrawForm(ChangingForm):
    """Whoever asked takes it back."""

    is_sure = Tick(_l("この申し出を取り下げます"), thing=_l("取り下げること"))
