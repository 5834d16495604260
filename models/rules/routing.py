"""To whom a matter goes: which person of the company.

Sources: domain, 1.2 (pledge 2: deputy and representative as fallback), 4.2 (conflicts), 6.3 (vacancy),
7.6, 7.7, 7.9 and 7.41.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from models.rules.labelled import Labelled
from models.rules.people import Role, SeatKind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered person of the company, in one role, for one term: from ``from_`` on, up to but not at ``to``."""

    person_id: str
    role: Role
    from_: datetime
    to: datetime | None
    verified: bool
    is_away: bool = False
    """Absent for some days, as registered; the post is no vacancy for it."""
    is_unconfirmed: bool = False
    """Asked whether she still serves, and silent for too long (``officer_verification``); the post is no vacancy for it."""

    def is_valid(self, now: datetime) -> bool:
        """Whether the registration holds: its address verified, its term begun and not over."""
        return self.verified and self.from_ <= now and (self.to is None or now < self.to)


# First the officer, then the deputy, then the company representative.
ORDER = (Role.OFFICER, Role.DEPUTY, Role.REPRESENTATIVE)

_SEAT = {
    Role.OFFICER: SeatKind.COMPANY_OFFICE,
    Role.DEPUTY: SeatKind.COMPANY_OFFICE,
    Role.REPRESENTATIVE: SeatKind.COMPANY_REPRESENTATIVE,
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is addressed.

    ``vacancies`` are the roles that nobody holds: a vacancy is told and starts a clock of its own.
    ``passed_over`` are valid people who would have been addressed, or who share the addressed seat, but for a conflict.
    When there are any, the consulter is asked before anything is sent (7.9). When ``office_is_safe`` is false one of them
    holds the key of the addressed seat: then the people themselves are given the copy, and not the seat.
    """

    person_ids: tuple[str, ...]
    via: Role
    vacancies: frozenset[Role]
    passed_over: frozenset[str]
    office_is_safe: bool

    @property
    def seat(self) -> SeatKind:
        """The seat of the role that is addressed."""
        return _SEAT[self.via]

    @property
    def asks_the_consulter_first(self) -> bool:
        """Whether a conflict touched the address, so that the consulter hears of it before it is used."""
        return bool(self.passed_over)


class HoldReason(Labelled):
    """Why nobody can be addressed."""

    # fmt: off
    VACANT     = "vacant",     "会社に登録された人がいません",         "Nobody of the company is registered"
    CONFLICTED = "conflicted", "登録された人が全員、除外の対象です",   "Everybody who is registered is excluded"
    ASKED_BEFORE = "asked_before", "登録された人には、前の相談を伝えています。先に相談者に尋ねます", "Who is registered was told of the earlier case; the consulter is asked first"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is sent: the desk settles the matter with the consulter, or with the company about its vacancy."""

    reason: HoldReason
    vacancies: frozenset[Role]
    passed_over: frozenset[str]


def addressee(
    candidates: Sequence[Candidate],
    *,
    excluded: AbstractSet[str],
    asked_before: AbstractSet[str] = frozenset(),
    now: datetime,
) -> Addressee | Hold:
    """The people to whom a matter of this company goes now.

    The first role in ``ORDER`` that has a valid person without a conflict is addressed, all such people of it.
    Of the excluded, ``asked_before`` are those who were told of an earlier case that this one says was taken revenge for:
    nobody but them being left, the consulter is asked, and the hold says so (7.41).
    A person who is excluded in one role is excluded in every role. ``now`` is aware; so are the terms. An officer who is
    away is passed over for a deputy who is there; when none is, the matter waits for the officer as before. Who has not
    confirmed that she still serves is passed over for anybody who has; when nobody has, the order is as before.
    """
    valid = [candidate for candidate in candidates if candidate.is_valid(now) and candidate.role in ORDER]
    vacancies = frozenset(ORDER) - {candidate.role for candidate in valid}
    conflicted = frozenset(candidate.person_id for candidate in valid if candidate.person_id in excluded)
    confirmed = any(not c.is_unconfirmed and c.person_id not in conflicted for c in valid)
    silent = {c.person_id for c in valid if c.is_unconfirmed} if confirmed else set()
    out = conflicted | silent
    stands_in = any(c.role is Role.DEPUTY and not c.is_away and c.person_id not in out for c in valid)
    away = {c.person_id for c in valid if c.role is Role.OFFICER and c.is_away} if stands_in else set()
    before: set[str] = set()
    for role in ORDER:
        before |= {c.person_id for c in valid if c.role is role}
        people = sorted({c.person_id for c in valid if c.role is role} - out - away)
        if people:
            holders = {c.person_id for c in valid if _SEAT[c.role] is _SEAT[role]}
            passed_over = conflicted & (before | holders)
            return Addressee(tuple(people), role, vacancies, passed_over, office_is_safe=not holders & conflicted)
    reason = HoldReason.CONFLICTED if conflicted else HoldReason.VACANT
    if conflicted & asked_before:
        reason = HoldReason.ASKED_BEFORE
    return Hold(reason, vacancies, conflicted)
