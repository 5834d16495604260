"""The desk's forms for what an officer said: who, when and how, before the answers of the officer's own forms."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Day, Tick
from app.responses.forms import ExtensionForm, ReportForm
from models.rules.proxy import ProxyWay


class ToldForm(ChangingForm):
    """Who of the company said it."""

    told_by = OneOf(_l("伝えた人"), hint=_l("いまこの件を担当している人だけが選べます。"))
    way = OneOf(_l("伝えられた方法"), options=ProxyWay)
    told_on = Day(_l("伝えられた日"), hint=_l("例: 2026/11/22"))
    checked = Tick(
        _l("登録の連絡先で本人と確かめ、入力する内容を読み返しました(手紙・FAXのときは、見比べました)"),
        thing=_l("本人と内容"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.told_on.data is not None and self.told_on.data > today():
            valid = self.refuse(self.told_on, _("今日より後の日付です。伝えられた日を入力してください。"))
        return valid


class KeyedAcknowledgementForm(ToldForm):
    """The company has the matter."""


class KeyedExtensionForm(ToldForm, ExtensionForm):
    """The company asks for more time."""


class KeyedReportForm(ToldForm, ReportForm):
    """The company reports."""
