"""How long there is until a due date, in working days and in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app.presentation.filters import in_japan
from models.rules.working_days import Calendar

SOON: Final = 2


@dataclass(frozen=True)
class TimeLeft:
    """The words, and the tone in which components/clock.html shows them."""

    words: str
    tone: str


def time_left(due_at: datetime, *, at: datetime, calendar: Calendar) -> TimeLeft:
    """「あと3営業日」, 「今日 17:00まで」 or 「2営業日超過」, as seen at a moment."""
    due, here = in_japan(due_at), in_japan(at)
    if due < here:
        days = _working_days(calendar, due, here)
        late = ngettext("%(num)d営業日超過", "%(num)d営業日超過", days) if days else _("期限超過")
        return TimeLeft(str(late), "over")
    if due.date() == here.date():
        return TimeLeft(str(_("今日 %(time)sまで", time=f"{due:%H:%M}")), "today")
    days = _working_days(calendar, here, due)
    words = ngettext("あと%(num)d営業日", "あと%(num)d営業日", days) if days else _("まもなく期限")
    return TimeLeft(str(words), "soon" if days <= SOON else "calm")


def _working_days(calendar: Calendar, after: datetime, until: datetime) -> int:
    """How many working days come after one day, up to and with another."""
    span = (until.date() - after.date()).days
    return sum(calendar.is_working_day(after.date() + timedelta(days=step)) for step in range(1, span + 1))
