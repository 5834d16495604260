"""The whistleblower act (公益通報者保護法) as dated rows: what each version of it says that this service goes by.

Source: domain, 2.3 and 7.46. Nothing here is a legal conclusion: the rows say which rules there are and from when, and the
service keeps its own watch at least as long as they do. A row holds only what was looked up on the day it names. Both versions are shown where a case touches both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.dated import row_at
from models.rules.deadlines import Term, Unit
from models.rules.working_days import in_japan


@dataclass(frozen=True, slots=True)
class ActRules:
    """The rules that hold from a day on, until a later row takes over."""

    version: str
    valid_from: date
    title_ja: str
    title_en: str
    presumption: Term | None
    """How long after a report a dismissal or a discipline is presumed to be because of it."""
    no_word_after: Term
    """When a company that was told has said nothing of an inquiry for so long, the act opens further ways."""
    points: tuple[tuple[str, str], ...]
    source: str
    checked_on: date

    def title(self, locale: str) -> str:
        """What the version is called."""
        return self.title_en if locale.lower().startswith("en") else self.title_ja

    def says(self, locale: str) -> tuple[str, ...]:
        """What it says, point by point."""
        return tuple(en if locale.lower().startswith("en") else ja for ja, en in self.points)


_TWENTY_DAYS = Term(20, Unit.CALENDAR_DAYS)

# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
ACT_RULES: tuple[ActRules, ...] = (
    ActRules(
        "2022-06", date(2022, 6, 1),
        "2022年6月1日からの規則", "Rules from 1 June 2022",
        presumption=None,
        no_word_after=_TWENTY_DAYS,
        points=(
            ("公益通報を理由とする解雇は無効で、降格や減給などの不利益な取扱いは禁止されています。",
             "A dismissal because of a protected report is void; demotion, a cut in pay and other detriment are forbidden."),
        ),
        source="公益通報者保護法(平成16年法律第122号、令和2年法律第51号による改正後)",
        checked_on=date(2026, 11, 27),
    ),
    ActRules(
        "2026-12", date(2026, 12, 1),
        "2026年12月1日からの規則", "Rules from 1 December 2026",
        presumption=Term(12, Unit.MONTHS),
        no_word_after=_TWENTY_DAYS,
        points=(
            ("通報から1年以内の解雇や懲戒は、通報を理由とするものと推定されます。",
             "A dismissal or discipline within one year of the report is presumed to be because of it."),
            ("通報を理由とする解雇や懲戒には、刑事罰があります。",
             "A dismissal or discipline because of a report is a crime."),
            ("正当な理由なく通報を妨げることと、通報した人を探すことは禁止されています。",
             "Obstructing a report, and searching for whoever made it, without good reason, are forbidden."),
            ("業務委託を受けているフリーランスと、委託が終わって1年以内の人も守られます。",
             "Freelancers, and those whose contract ended within a year, are protected as well."),
        ),
        source="令和7年法律第62号、令和7年政令第408号(施行期日)",
        checked_on=date(2026, 11, 27),
    ),
)
# fmt: on


def act_rules_at(moment: datetime, rules: Iterable[ActRules] = ACT_RULES) -> ActRules:
    """The version in force at a moment."""
    return row_at(moment, rules)


def act_rules_between(
    from_: datetime, until: datetime, rules: Iterable[ActRules] = ACT_RULES
) -> tuple[ActRules, ...]:
    """Every version that is in force at some moment of a stretch of time, in order."""
    known = sorted(rules, key=lambda row: row.valid_from)
    first = row_at(from_, known)
    last_day = in_japan(until).date()
    return tuple(row for row in known if row is first or first.valid_from < row.valid_from <= last_day)
