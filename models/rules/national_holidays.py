"""The national holidays of Japan: written down for the years that we live in, asked of the data library for all others.

The library knows every country and loads them all to answer for one: some twenty megabytes in each process that asks.
The file beside this module is written from it (``python -m app rule-tables``), and a test holds the two together.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

WRITTEN_YEARS = range(2020, 2041)
_FILE = Path(__file__).with_name("national_holidays.json")

Holidays = Mapping[date, tuple[str, str]]
"""Each day with its name in Japanese and in English."""


@lru_cache(maxsize=64)
def national_holidays(year: int) -> Holidays:
    """The national holidays of a year, substitute and citizens' holidays included, in their order."""
    if year not in WRITTEN_YEARS:
        return holidays_by_the_library(year)
    return MappingProxyType({day: names for day, names in _written().items() if day.year == year})


def holidays_by_the_library(year: int) -> Holidays:
    """The same, as the data library has them."""
    import holidays  # noqa: PLC0415 - see above; it also takes a second

    japanese = holidays.country_holidays("JP", years=year, language="ja")
    english = holidays.country_holidays("JP", years=year, language="en_US")
    return MappingProxyType({day: (japanese[day], english[day]) for day in sorted(japanese)})


def write_national_holidays(file: Path = _FILE) -> None:
    """Write the file anew from the data library, as after a change of the law."""
    rows = [
        f'"{day.isoformat()}": {json.dumps(names, ensure_ascii=False)}'
        for year in WRITTEN_YEARS
        for day, names in holidays_by_the_library(year).items()
    ]
    file.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


@lru_cache(maxsize=1)
def _written() -> Holidays:
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return {date.fromisoformat(day): (japanese, english) for day, (japanese, english) in rows.items()}
