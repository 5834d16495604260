"""Everything that was answered, in the order of the form, as the check page shows it before it is stored."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.intake.forms import IntakeForm
from app.presentation.choices import FromList
from app.presentation.fields import Asked, Day, Tick, Words
from app.presentation.filters import ja_date, linebreaks


@dataclass(frozen=True)
class Part:
    """One part of the form with its answers."""

    title: str
    rows: tuple[tuple[str, str | Markup], ...]


@dataclass(frozen=True)
class Summary:
    """What was answered, and the questions that were not."""

    parts: tuple[Part, ...]
    left_open: tuple[str, ...]


Parts = tuple[tuple[Words, tuple[str, ...]], ...]
NOT_MISSED = frozenset({"site_code", "secret_word", "second_secret_word"})
PARTS: Parts = (
    (_l("あったこと"), ("text", "happened", "channel", "actor", "types", "org_issues")),
    (_l("影響"), ("impacts", "impact_text", "health_consent")),
    (_l("希望すること"), ("requested",)),
    (_l("会社のこと"), ("employment", "employer", "site_code", "workplace", "client", "group_size")),
    (_l("知られたくない人・会社に伝えてよい範囲"), ("keep_from", "consent", "options")),
    (_l("お名前と連絡先"), ("name", "contact")),
    (_l("受付コードをなくしたときの合言葉"), ("secret_word", "second_secret_word")),
)


def summary_of(form: IntakeForm, shown: Parts = PARTS) -> Summary:
    """The parts with their answers; what was left open is named once, by its question."""
    parts, left_open = [], []
    for title, names in shown:
        rows = []
        for name in names:
            field = form[name]
            if field.data:
                rows.append((str(field.label.text), _shown(field)))
            elif name not in NOT_MISSED:
                left_open.append(str(field.label.text))
        if rows:
            parts.append(Part(str(title), tuple(rows)))
    return Summary(tuple(parts), tuple(left_open))


def _shown(field: Asked) -> str | Markup:
    if isinstance(field, FromList):
        return str(_("、")).join(str(option.words) for option in field.options if option.value in field.chosen)
    if isinstance(field, Tick):
        return str(_("はい"))
    if isinstance(field, Day) and field.data:
        return ja_date(field.data, weekday=True)
    return linebreaks(field.shown())
