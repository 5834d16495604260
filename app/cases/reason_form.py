"""The form in which somebody says why a case, or an identity, is opened; it changes nothing and is sent by address."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.choices import OneOf
from app.presentation.form import Form
from models.rules.desk_reasons import ReadingReason


class ReasonForm(Form):
    """One of the reasons that the record knows."""

    class Meta:
        csrf = False

    reason = OneOf(_l("開く理由"), options=ReadingReason)
