"""What is exported of many cases at once, when two persons agreed: coded facts, states and dates, and no word.

Source: domain, 4.2 (association staff leaves, admin abuse: two persons for bulk export) and 6.7. No name, no company, no
place and nothing that anybody wrote: whoever takes such a file learns how many there were of what, and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from models.rules.labelled import Labelled

LONGEST_DAYS: Final = 366
"""Of how many days of arrival one file may be."""


class ExportFormat(Labelled):
    """As what it is given out."""

    # fmt: off
    WORKBOOK    = "xlsx", "Excel(.xlsx)", "Excel (.xlsx)"
    SPREADSHEET = "csv",  "CSV(.csv)",    "CSV (.csv)"
    # fmt: on


@dataclass(frozen=True, slots=True)
class ExportScope:
    """The cases that arrived from the first to the last day, both included."""

    first: date
    last: date

    @property
    def code(self) -> str:
        """As it stands with what was asked for and approved."""
        return f"{self.first.isoformat()}_{self.last.isoformat()}"

    @classmethod
    def read(cls, code: str) -> Self:
        """The scope that a code names. Raises ValueError for what is none."""
        first, _, last = code.partition("_")
        return cls(date.fromisoformat(first), date.fromisoformat(last))
