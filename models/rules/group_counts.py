"""What a grouped copy may say: numbers of people from which nobody, and no small number of people, can be worked out.

Source: domain, 6.6 ("never below 5 people per theme") and 7.42; docs/decisions/ says why these rules and no others.

Four rules hold at once, for a smallest number of five:

1. Fewer than five people are never counted at all, neither as a whole nor under a theme.
2. A theme that all but one to four share is not shown, because those few would be known by subtraction.
3. Where the themes shown add up to all but one to four people, the rarest of them is not shown either: whoever supposes that
   everybody named one theme would otherwise subtract.
4. What is shown is rounded down to a multiple of five. Two copies, or two versions of one, differ by nothing or by five and
   more, so that the comparison never tells what one to four people said who came or went in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.labelled import Labelled
from models.rules.working_days import in_japan


@dataclass(frozen=True, slots=True)
class CountedTheme:
    """A theme, and how many people at least named it."""

    theme: Labelled
    at_least: int


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """All that a grouped copy is made of, beside the company's name."""

    people_at_least: int
    weeks: tuple[date, ...]
    """The Mondays of the weeks in which the consultations came; no day and no hour."""
    themes: Mapping[str, tuple[CountedTheme, ...]]
    """By the kind of theme; a kind of which nothing may be shown is empty."""


def group_counts(
    people: Sequence[Mapping[str, frozenset[Labelled]]],
    received: Iterable[datetime],
    kinds: Mapping[str, type[Labelled]],
    *,
    smallest: int,
) -> GroupCounts | None:
    """What may be said of these people, each given by her themes of each kind; None when they are too few for a word."""
    if len(people) < smallest:
        return None
    themes = {
        kind: shown_themes(
            {theme: sum(theme in person.get(kind, frozenset()) for person in people) for theme in members},
            of=len(people),
            smallest=smallest,
        )
        for kind, members in kinds.items()
    }
    return GroupCounts(_rounded(len(people), smallest), weeks_of(received), themes)


def shown_themes(counts: Mapping[Labelled, int], *, of: int, smallest: int) -> tuple[CountedTheme, ...]:
    """The themes of one kind that may be shown, the most frequent first; one person may have named several."""
    fit = [(theme, count) for theme, count in counts.items() if count >= smallest and not _few(of - count, smallest)]
    # A stable sort: what is equally frequent keeps the order of the taxonomy, which tells nothing.
    fit.sort(key=lambda pair: -pair[1])
    while fit and _few(of - sum(count for _theme, count in fit), smallest):
        fit.pop()
    rounded = [CountedTheme(theme, _rounded(count, smallest)) for theme, count in fit]
    order = list(counts)
    return tuple(sorted(rounded, key=lambda one: (-one.at_least, order.index(one.theme))))


def weeks_of(received: Iterable[datetime]) -> tuple[date, ...]:
    """The Mondays, in Japan, of the weeks in which these moments lie."""
    days = {in_japan(moment).date() for moment in received}
    return tuple(sorted({day - timedelta(days=day.weekday()) for day in days}))


def _few(number: int, smallest: int) -> bool:
    """Some, but so few that they could be told apart; nobody at all is nobody who could be found."""
    return 0 < number < smallest


def _rounded(number: int, smallest: int) -> int:
    return number // smallest * smallest
