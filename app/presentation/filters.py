"""How values are shown: dates as Japanese people write them, codes as words, text as paragraphs."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Protocol

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.presentation.code_words import codes_of
from models.rules.labelled import Labelled

# Japan has had one zone and no summer time since 1952; a fixed offset needs no zone data on the machine.
JST: Final = timezone(timedelta(hours=9), "JST")

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS_JA: Final = "月火水木金土日"
_WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BLANK_LINES: Final = re.compile(r"\n[ \t\u3000]*\n\s*")


class HasLabel(Protocol):
    """A code that knows its words, such as every member of a Labelled enumeration."""

    def label(self, locale: str) -> str: ...


def current_language() -> str:
    """The language of the page being shown, ``ja`` or ``en``."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "ja"


def label(member: HasLabel, at: date | datetime | None = None) -> str:
    """The words of a code in the language of the page, as they are today or as they were at a time."""
    changed = codes_of(member, day_of(at)).wordings.get(member) if isinstance(member, Labelled) else None
    return changed.words(current_language()) if changed else member.label(current_language())


def label_since(member: HasLabel, at: date | datetime) -> str:
    """Today's words of a code that was chosen at a time, and beside them those of that time where they differ."""
    now_words, then_words = label(member), label(member, at)
    if now_words == then_words:
        return now_words
    return str(_("%(now)s(以前の言い方: %(then)s)", now=now_words, then=then_words))


def day_of(at: date | datetime | None) -> date | None:
    """The day in Japan that a time lies in."""
    return in_japan(at).date() if isinstance(at, datetime) else at


def in_japan(moment: datetime) -> datetime:
    """The moment on a Japanese clock; a time without a zone is refused because nobody can say when it was."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return moment.astimezone(JST)


def ja_date(value: date | datetime, weekday: bool = False) -> str:  # noqa: FBT001, FBT002 - as a template writes it
    """2026年11月22日, with ``weekday=true`` 2026年11月22日(日); in English 22 November 2026."""
    day = in_japan(value).date() if isinstance(value, datetime) else value
    if current_language() == "en":
        text = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        return f"{_WEEKDAYS_EN[day.weekday()]} {text}" if weekday else text
    text = f"{day.year}年{day.month}月{day.day}日"
    return f"{text}({_WEEKDAYS_JA[day.weekday()]})" if weekday else text


def ja_datetime(value: datetime, weekday: bool = False) -> str:  # noqa: FBT001, FBT002 - as a template writes it
    """2026年11月22日 14:05 on a Japanese clock, with ``weekday=true`` 2026年11月22日(日) 14:05."""
    moment = in_japan(value)
    return f"{ja_date(moment, weekday)} {moment:%H:%M}"


def iso(value: date | datetime) -> str:
    """The value for a ``datetime`` attribute: a day as it is, a moment in universal time to the second."""
    if isinstance(value, datetime):
        return in_japan(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def linebreaks(text: str) -> Markup:
    """The text as paragraphs, blank lines between them and single newlines kept, every sign escaped."""
    lines = str(text).replace("\r\n", "\n").strip("\n")
    paragraphs = [part for part in _BLANK_LINES.split(lines) if part.strip()]
    line_break = Markup("<br>")
    return Markup("\n").join(
        Markup("<p>{}</p>").format(line_break.join(escape(line) for line in part.split("\n"))) for part in paragraphs
    )


def grouped(number: int) -> str:
    """A number with its thousands separated: 1,234."""
    return f"{number:,}"
