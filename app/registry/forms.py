"""The form with which the list is searched, read from the address, and the one into which a statement is pasted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.fields import Day, PlainText
from app.presentation.form import Form
from app.registry.queries import LONGEST


class SearchForm(Form):
    """A name the company has or had, and a day."""

    class Meta:
        csrf = False

    q = PlainText(
        _l("会社名"),
        limit=120,
        required=False,
        width="long",
        hint=_l("かな、英語、以前の会社名でも探せます。"),
    )
    on = Day(
        _l("いつの時点か"),
        thing=_l("日付"),
        required=False,
        hint=_l("空欄なら、いまの一覧です。"),
    )


class DayForm(Form):
    """A day on which the status of one number is asked for."""

    class Meta:
        csrf = False

    on = Day(
        _l("いつの時点か"),
        thing=_l("日付"),
        required=False,
        hint=_l("空欄なら、いまの状態です。"),
    )


class StatementForm(Form):
    """A statement as somebody was given it."""

    text = PlainText(
        _l("証明の全文"),
        limit=LONGEST,
        rows=10,
        spellcheck=False,
        hint=_l("受け取ったファイルを開き、最初の { から最後の } まで、すべて写して貼り付けてください。"),
    )
