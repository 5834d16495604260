"""The forms about files: giving one, taking one away, letting a company have one, and deciding about that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.presentation.choices import OneOf, Option
from app.presentation.fields import ChosenFiles, PlainText
from app.presentation.form import Form

LONGEST_ABOUT = 200
ACCEPTED = (
    "image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain,"
    ".jpg,.jpeg,.png,.webp,.gif,.pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.doc,.xls,.ppt,.txt,.csv"
)


class GiveForm(Form):
    """Files, and what they are. The words come first on the page, because a form is read in its order."""

    about = PlainText(
        _l("何のファイルか"),
        thing=_l("ファイルの説明"),
        limit=LONGEST_ABOUT,
        required=False,
        hint=_l("例: 11月のシフト表、通話のあとのメモ。名前や番号は書かなくてかまいません。"),
    )
    files = ChosenFiles(_l("加えるファイル"), thing=_l("ファイル"), accept=ACCEPTED)

    def check_about(self) -> bool:
        """Whether the words, which came by the streaming reading and not by this form, are within their limit."""
        self.about.errors = []
        return bool(self.about.validate(self))


class ActForm(Form):
    """An act that needs nothing but the will to do it."""


class OfferForm(Form):
    """The company that might be given a file."""

    exchange = OneOf(_l("会社"), thing=_l("会社"))

    def __init__(self, *args: Any, companies: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exchange.options = tuple(Option(reference, name) for reference, name in companies)
