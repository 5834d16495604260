"""The words of the numbers that may be changed: how much with its unit, and the orders that they keep."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.presentation.fields import Words
from app.presentation.filters import current_language
from app.rulebook.numbers import numbers
from models.rules.amendable import Amendable

_UNITS: dict[str, Words] = {
    "business_days": _l("%(n)s営業日"),
    "calendar_days": _l("%(n)s日"),
    "months": _l("%(n)sか月"),
    "hours": _l("%(n)s時間"),
    "desk_hours": _l("窓口の時間で%(n)s時間"),
    "mebibytes": _l("%(n)s MB"),
    "files": _l("%(n)s個"),
}


def amount_words(number: Amendable, amount: int) -> str:
    """How much, with its unit."""
    return str(_UNITS[number.unit]) % {"n": amount}


def order_words(pairs: Iterable[tuple[str, str]]) -> str:
    """Orders that numbers have to keep, in words."""
    known = numbers()
    language = current_language()
    words = (
        _("「%(one)s」は「%(two)s」を超えられません。", one=known[one].label(language), two=known[two].label(language))
        for one, two in pairs
    )
    return " ".join(str(one) for one in words)
