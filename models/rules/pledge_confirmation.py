"""Once a year a company says of each pledge that it still keeps it: when it is asked, and what it may say (domain 1.2, 6.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.certification_lifecycle import HELD, CertificationState
from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.pledges import Pledge
from models.rules.working_days import add_months


class Keeping(Labelled):
    """What a company says of one pledge when it is asked."""

    # fmt: off
    KEPT     = "kept",     "変わりなく守っている",   "Kept as before"
    CHANGED  = "changed",  "守っているが、内容が変わった", "Kept, and something has changed"
    NOT_KEPT = "not_kept", "いまは守れていない",     "Not kept at present"
    # fmt: on


SAYS_WHAT = frozenset({Keeping.CHANGED, Keeping.NOT_KEPT})
"""With these a company says what has changed, or what is missing and until when."""


class ConfirmationEnd(Labelled):
    """Why a confirmation is no longer awaited."""

    # fmt: off
    RENEWAL_FILED = "renewal_filed", "更新の申請で九つを書き直した", "The renewal says all nine anew"
    NOT_HELD      = "not_held",      "認定が終わった",               "The certification has ended"
    # fmt: on


@dataclass(frozen=True, slots=True)
class ConfirmationPolicy:
    """How often a company is asked, from a day on."""

    version: str
    valid_from: date
    every_months: int
    spared_by_filing_months: int
    """Whoever filed the nine pledges so shortly before is not asked for them again."""


# A change is a new row with its own day; a row that has been in force is never edited.
CONFIRMATION_POLICIES: tuple[ConfirmationPolicy, ...] = (
    ConfirmationPolicy(version="2025-10", valid_from=date(2025, 10, 1), every_months=12, spared_by_filing_months=6),
)

# While a renewal is under review all nine pledges lie with the secretariat already.
ASKED_IN = frozenset(HELD) - {CertificationState.RENEWAL_REVIEW}


def confirmation_policy_at(
    moment: datetime, policies: Iterable[ConfirmationPolicy] = CONFIRMATION_POLICIES
) -> ConfirmationPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


def day_to_ask(
    *, first_day: date, last_day: date, filed_on: date | None, on: date, policy: ConfirmationPolicy
) -> date | None:
    """The anniversary for which a company is to be asked on a day; None before the first one, and where it is spared.

    Anniversaries are counted from the first day of the certification, which a renewal does not move. One that lies
    behind the last day of the term is the renewal's: the company files all nine pledges then.
    """
    passed, following = None, add_months(first_day, policy.every_months)
    months = policy.every_months
    while following <= min(on, last_day):
        passed, months = following, months + policy.every_months
        following = add_months(first_day, months)
    if passed is None or on > last_day:
        return None
    if filed_on is not None and filed_on >= add_months(passed, -policy.spared_by_filing_months):
        return None
    return passed


def end_of_waiting(state: CertificationState) -> ConfirmationEnd | None:
    """Why nothing is awaited any more from a company whose certification has come to this state."""
    if state is CertificationState.RENEWAL_REVIEW:
        return ConfirmationEnd.RENEWAL_FILED
    return None if state in ASKED_IN else ConfirmationEnd.NOT_HELD


def silent_about(said: Mapping[Pledge, tuple[Keeping | None, str]]) -> tuple[Pledge, ...]:
    """The pledges of which a company has said nothing yet, or that something is different and not what."""
    found = []
    for pledge in Pledge:
        keeping, note = said.get(pledge, (None, ""))
        if keeping is None or (keeping in SAYS_WHAT and not note):
            found.append(pledge)
    return tuple(found)
