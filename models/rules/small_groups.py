"""From which size on a group is large enough that a shift, a day or a site points to nobody (domain, finding 8 and 4.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.taxonomy.group_size import GroupSize
from models.rules.working_days import in_japan


@dataclass(frozen=True, slots=True)
class SmallGroupRule:
    """The smallest group that is not small, from a day on, until a later row takes over."""

    version: str
    valid_from: date
    smallest: int


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
SMALL_GROUP_RULES: tuple[SmallGroupRule, ...] = (
    #              version    valid from          smallest
    SmallGroupRule("2025-10", date(2025, 10, 1),  5),
)
# fmt: on


def small_group_rule_at(moment: datetime, rules: Iterable[SmallGroupRule] = SMALL_GROUP_RULES) -> SmallGroupRule:
    """The row in force at a moment, by the date in Japan. Before the first row the first one holds."""
    today = in_japan(moment).date()
    rows = sorted(rules, key=lambda row: row.valid_from)
    in_force = [row for row in rows if row.valid_from <= today]
    return in_force[-1] if in_force else rows[0]


def is_small(size: GroupSize | None, rule: SmallGroupRule) -> bool:
    """Whether a group must be taken for small: because it is, or because nobody knows how large it is."""
    if size is None:
        return True
    return size.fewest < rule.smallest
