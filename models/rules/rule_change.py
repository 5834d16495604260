"""Rules that change: which of them the secretariat amends by a dated row, and what such a row may hold (domain 6.2, 6.3).

What is shipped in this folder holds until a row amends it. The functions of the rules take what is in force as a plain
value; nothing here knows where a row is kept.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.working_days import Calendar


class RuleKind(Labelled):
    """What a row amends."""

    # fmt: off
    CLOSURE   = "closure",   "休業日",           "Closure day"
    DEADLINE  = "deadline",  "期限の長さ",       "Length of a deadline"
    LIMIT     = "limit",     "ファイルの上限",   "Limit of files"
    TEXT      = "text",      "画面の文章",       "Text of a page"
    LABEL     = "label",     "分類の言葉",       "Words of a code"
    OFFER     = "offer",     "分類を選べるか",   "Whether a code is offered"
    MAIL      = "mail",      "メールの文面",     "Words of a mail"
    LETTER    = "letter",    "文書の文面",       "Words of a letter"
    RECOMPUTE = "recompute", "期限の計算し直し", "Due dates recalculated"
    # fmt: on


class ClosureSort(Labelled):
    """Why nobody works on a day that was a working day before, or why it is one that was a holiday."""

    # fmt: off
    ASSOCIATION = "association", "協会の休業日",     "Closure of the association"
    HOLIDAY     = "holiday",     "法律による祝日",   "National holiday by law"
    MOVED_AWAY  = "moved_away",  "法律で平日になる祝日", "National holiday that becomes a working day by law"
    # fmt: on


def closure_key(day: date, sort: ClosureSort) -> str:
    """What a row of a day is kept under; the association may close on a day that was a holiday once."""
    return f"{day.isoformat()} {sort.code}" if sort is ClosureSort.MOVED_AWAY else day.isoformat()


LONGEST_AHEAD = timedelta(days=366)
"""How far ahead the first day of a changed word may lie."""


class DayRefusal(Labelled):
    """Why a change of words cannot begin on a day."""

    # fmt: off
    NOT_BEFORE_TOMORROW = "not_before_tomorrow", "始まる日は、明日からの日付にしてください。", "The first day must be tomorrow or later."
    TOO_FAR             = "too_far",             "始まる日が先すぎます。1年先までの日付にしてください。", "The first day is more than a year ahead."
    TAKEN               = "taken",               "その日から始まる変更が、もうあります。取り消してから、入力し直してください。", "Another change begins on that day."
    # fmt: on


def refusal_of_day(valid_from: date, *, today: date, taken: bool) -> DayRefusal | None:
    """Why a change cannot begin on a day: it is not ahead, too far ahead, or the first day of another one."""
    if valid_from <= today:
        return DayRefusal.NOT_BEFORE_TOMORROW
    if valid_from > today + LONGEST_AHEAD:
        return DayRefusal.TOO_FAR
    return DayRefusal.TAKEN if taken else None


LONGEST_CLOSURE = timedelta(days=14)
FURTHEST_AHEAD = timedelta(days=3 * 366)
"""A law names its new holidays a year or two before."""
MOST_CLOSED_IN_A_YEAR = 30
"""Working days that may be entered as closed in one year, whatever the reason: on a closed day every clock stands still."""


class ClosureRefusal(Labelled):
    """Why days cannot be entered as closed."""

    # fmt: off
    BACKWARDS = "backwards", "最後の日は、最初の日と同じか、それより後にしてください。", "The last day comes before the first."
    OVER      = "over",      "もう過ぎた日は登録できません。今日からの日付を入力してください。", "A day that is over cannot be entered."
    TOO_LONG  = "too_long",  "一度に登録できるのは15日までです。分けて登録してください。", "At most 15 days can be entered at once."
    TOO_FAR   = "too_far",   "先すぎる日付です。3年先までの日付を入力してください。", "The day is more than three years ahead."
    TOO_MANY  = "too_many",  "1年に休みとして登録できるのは、平日で30日までです。休みの日には、相談者への返事の期限も進まないためです。", "At most 30 working days of a year can be entered as closed: on such a day no deadline moves on, not even for the first answer."
    NO_HOLIDAY = "no_holiday", "平日にできる祝日がありません。土日、年末年始、協会の休業日は、ここでは平日にできません。", "None of these days is a national holiday that can become a working day."
    NO_CHANGE = "no_change", "どの日も、もともと休みの日です。登録はいりません。", "Every one of these days is a day off already."
    # fmt: on


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Every day from the first to the last, both included."""
    return tuple(first + timedelta(days=step) for step in range((last - first).days + 1))


def days_to_close(first: date, last: date, *, calendar: Calendar) -> tuple[date, ...]:
    """Those of the days on which the desk would work; the others are off already and need no row."""
    return tuple(day for day in days_between(first, last) if calendar.is_working_day(day))


def days_to_open(first: date, last: date, *, calendar: Calendar) -> tuple[date, ...]:
    """Those of the days that are off for no other reason than a national holiday, and become working days without it."""
    return tuple(
        day
        for day in days_between(first, last)
        if not calendar.is_working_day(day)
        and replace(calendar, moved_away=calendar.moved_away | {day}).is_working_day(day)
    )


def days_to_enter(first: date, last: date, *, sort: ClosureSort, calendar: Calendar) -> tuple[date, ...]:
    """The days that get a row: those that become days off, or those that no longer are."""
    changed = days_to_open if sort is ClosureSort.MOVED_AWAY else days_to_close
    return changed(first, last, calendar=calendar)


def may_enter(first: date, last: date, *, sort: ClosureSort, today: date, calendar: Calendar) -> Decision:
    """Whether these days may be entered: not over, not too many, not too far ahead, and one of them changes."""
    opens = sort is ClosureSort.MOVED_AWAY
    refusals = {
        ClosureRefusal.BACKWARDS: last < first,
        ClosureRefusal.OVER: first < today,
        ClosureRefusal.TOO_LONG: last - first > LONGEST_CLOSURE,
        ClosureRefusal.TOO_FAR: last > today + FURTHEST_AHEAD,
    }
    found = next((refusal for refusal, holds in refusals.items() if holds), None)
    changed = () if found else days_to_enter(first, last, sort=sort, calendar=calendar)
    if found is None and not changed:
        found = ClosureRefusal.NO_HOLIDAY if opens else ClosureRefusal.NO_CHANGE
    elif not opens and _closes_too_much(changed, calendar):
        found = ClosureRefusal.TOO_MANY
    return refused(found.code) if found else ALLOWED


def _closes_too_much(days: Iterable[date], calendar: Calendar) -> bool:
    """Whether one of the years would have more days entered as closed than any year may."""
    closed = Counter(day.year for day in days)
    already = Counter(closure.day.year for closure in calendar.closures)
    return any(already[year] + count > MOST_CLOSED_IN_A_YEAR for year, count in closed.items())


@dataclass(frozen=True, slots=True)
class Amended:
    """One number of a rule as a row has it: which one, how much, and from which day."""

    key: str
    amount: int
    valid_from: date


def latest(amendments: Iterable[Amended], day: date) -> dict[str, Amended]:
    """For each number the row in force on a day."""
    found: dict[str, Amended] = {}
    for one in sorted(amendments, key=lambda row: row.valid_from):
        if one.valid_from <= day:
            found[one.key] = one
    return found
