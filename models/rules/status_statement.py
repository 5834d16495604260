"""The signed status statement (認定の証明): for how long it speaks, and what may come of reading one.

Source: the issue on certification, item 8; the number of days is a proposed default and dated. The term never depends
on the company: one that ended earlier for a company under procedure would tell of the procedure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.labelled import Labelled


@dataclass(frozen=True, slots=True)
class StatementPolicy:
    """How many days a statement speaks for, the day of its making included, from a day on."""

    version: str
    valid_from: date
    days: int


# A change is a new row with its own day; a row that has been in force is never edited.
STATEMENT_POLICIES: tuple[StatementPolicy, ...] = (
    StatementPolicy(version="2025-10", valid_from=date(2025, 10, 1), days=3),
)


def statement_policy_at(moment: datetime, policies: Iterable[StatementPolicy] = STATEMENT_POLICIES) -> StatementPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


def last_day_of_statement(as_of: date, policy: StatementPolicy) -> date:
    """The last day, by the date in Japan, on which a statement made on a day is believed."""
    return as_of + timedelta(days=policy.days - 1)


class StatementReading(Labelled):
    """What came of reading a statement; the words are the heading of the answer."""

    # fmt: off
    GENUINE   = "genuine",   "本物の証明です",                   "This statement is genuine"
    EXPIRED   = "expired",   "期限の切れた証明です",             "This statement has expired"
    CHANGED   = "changed",   "書き換えられた証明です",           "This statement was changed"
    FORGED    = "forged",    "協会が発行した証明ではありません", "The association did not issue this statement"
    OTHERWISE = "otherwise", "認定の証明ではありません",         "This is not a status statement"
    NOT_JSON  = "not_json",  "証明として読み取れませんでした",   "This could not be read as a statement"
    # fmt: on
