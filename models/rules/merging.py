"""When two consultations of one person become one, and which of them goes on.

Sources: domain, 4.2 (duplicate submission), 6.1 (TRIAGE to DUPLICATE) and 7.18. Nobody's word but her own makes them one: the desk
asks, and whoever holds both receipt codes answers with them. What may then be told to whom is the stricter of both: ``consent.merged``.
"""

from dataclasses import dataclass
from datetime import datetime

from models.rules.case_lifecycle import WITH_THE_COMPANY, CaseState
from models.rules.consent import ConsentLevel
from models.rules.decision import ALLOWED, Decision, refused

MAY_END = frozenset({CaseState.TRIAGE, CaseState.NEED_INFO, CaseState.ADVICE})
"""Where a consultation may be when it goes up in the other one: nothing of it was put before her or a company."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as far as it matters here."""

    name: str
    state: CaseState
    is_open: bool
    received_at: datetime
    was_told: bool
    """Whether something of it lies with a company."""

    @property
    def is_told(self) -> bool:
        return self.was_told or self.state in WITH_THE_COMPANY


def goes_on(a: Side, b: Side) -> Side:
    """The one that goes on: what lies with a company, else what is further than triage, else what came first."""
    return min(a, b, key=lambda side: (not side.is_told, side.state in MAY_END, side.received_at, side.name))


def may_merge(a: Side, b: Side) -> Decision:
    """Whether the two can become one as they stand, whatever she allows."""
    ends = b if goes_on(a, b) is a else a
    if not (a.is_open and b.is_open):
        return refused("over")
    if a.is_told and b.is_told:
        return refused("both_told")
    if ends.is_told or ends.state not in MAY_END:
        return refused("not_in_triage")
    return ALLOWED


def may_lower(told: ConsentLevel | None, stricter: ConsentLevel) -> Decision:
    """Whether the stricter consent can hold for what goes on: what a company was told already cannot be untold by it."""
    return ALLOWED if told is None or told.rank <= stricter.rank else refused("told_above")
