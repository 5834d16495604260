"""By what the record is narrowed on its page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.presentation.fields import Code, Day, PlainText
from app.presentation.form import Form


class TrailForm(Form):
    """Reads the address, because a narrowed list is a page that somebody may come back to."""

    class Meta:
        csrf = False

    number = Code(_l("相談の番号"), required=False, width="medium")
    name = PlainText(_l("した人の名前"), required=False, width="medium", limit=60)
    company_name = PlainText(_l("会社の名前"), required=False, width="long", limit=100)
    since = Day(_l("この日から"), thing=_l("日付"), required=False, width="medium")
    until = Day(_l("この日まで"), thing=_l("日付"), required=False, width="medium")

    def validate(self, extra_validators: Any = None) -> bool:
        whole: bool = super().validate(extra_validators)
        if whole and self.since.data and self.until.data and self.since.data > self.until.data:
            return self.refuse(self.until, _("「この日から」より後の日付を入力してください。"))
        return whole
