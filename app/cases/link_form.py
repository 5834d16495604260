"""The form in which the desk says that two cases have to do with each other."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.presentation.choices import OneOf
from app.presentation.fields import Code, PlainText
from app.presentation.form import Form
from models.rules.case_links import MADE_BY_THE_DESK, CaseLinkKind

LONGEST_NUMBER = 40
LONGEST_REASON = 1000


class LinkForm(Form):
    """Which other case, what it is to this one, and why the desk thinks so."""

    number = Code(_l("もう一つの相談の番号"), limit=LONGEST_NUMBER, hint=_l("例: K-7Q4M-92XT"))
    kind = OneOf(_l("もう一つの相談は、この相談から見て何ですか"), thing=_l("関係"))
    reason = PlainText(
        _l("そう考える理由"),
        thing=_l("理由"),
        limit=LONGEST_REASON,
        rows=4,
        hint=_l("事務局の中だけで読みます。両方の相談を開ける人にだけ見えます。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.options = [kind for kind in CaseLinkKind if kind in MADE_BY_THE_DESK]
