"""How much of the record somebody may search: the own acts, a team's, decisions, technical events, or everything (domain, 6.7).

What is kept from a person is never found, whatever the scope: a case that names her in a conflict is not in her record.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from models.rules.labelled import Labelled
from models.rules.people import COMPANY, Role
from models.rules.permissions import Permission, may_ever


class Scope(Labelled):
    """A part of the record."""

    # fmt: off
    OWN       = "own",       "自分の操作",                           "One's own acts"
    COMPANY   = "company",   "会社の人の操作(会社としての手続)",   "Acts of the company's people for the company"
    TEAM      = "team",      "担当チームの操作",                     "The team's acts"
    DECISIONS = "decisions", "理事会の決議に関する操作",             "Acts about the board's decisions"
    TECHNICAL = "technical", "サインインと鍵に関する操作",           "Acts about signing in and keys"
    ALL       = "all",       "すべての操作",                         "All acts"
    # fmt: on


TEAM: Final = frozenset({Role.COUNSELOR, Role.MANAGER, Role.ADVISER})
"""Whose acts a manager follows."""

DECISIONS: Final = frozenset(
    {
        "board.end_undecided",
        "board.uphold",
        "file.decided",
        "file.took_effect",
        "file.ended_without_effect",
        "file.rescinded",
        "file.re_examined",
        "approval.record",
        "publication.add",
        "publication.withdraw",
    }
)
"""What was decided, and what came of it; how single directors voted is not among it."""

TECHNICAL_PREFIXES: Final = ("person.", "seat.", "joint.", "kit.")
"""What an administrator follows, of people alone: no case and no company stands in it."""

NOT_OF_OTHERS: Final = frozenset({"case.link", "case.unlink"})
"""Whoever may not open the other case learns from no record that there is one; in a narrower scope than all they are left out."""

_OF_PERMISSION = MappingProxyType(
    {
        Permission.AUDIT_READ_OWN: Scope.OWN,
        Permission.AUDIT_READ_TEAM: Scope.TEAM,
        Permission.AUDIT_READ_DECISIONS: Scope.DECISIONS,
        Permission.AUDIT_READ_TECHNICAL: Scope.TECHNICAL,
        Permission.AUDIT_READ_ALL: Scope.ALL,
    }
)


def scopes_of(role: Role) -> tuple[Scope, ...]:
    """Everything that somebody in this role may search, by the table of permissions."""
    found = {scope for permission, scope in _OF_PERMISSION.items() if may_ever(permission, role)}
    if role is Role.REPRESENTATIVE:
        found.add(Scope.COMPANY)
    return _in_order(found)


def knows_cases_by_their_number(role: Role) -> bool:
    """Whether a case's own number may be shown: a company knows its matters by another one, and an adviser by none."""
    return role not in COMPANY and role is not Role.ADVISER


def _in_order(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    there = set(scopes)
    return (Scope.ALL,) if Scope.ALL in there else tuple(scope for scope in Scope if scope in there)
