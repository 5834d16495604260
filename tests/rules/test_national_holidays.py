"""What is written down of the holidays is what the data library says, and nothing loads it for the years at hand."""

import subprocess
import sys
from datetime import date

from models.rules.national_holidays import (
    WRITTEN_YEARS,
    holidays_by_the_library,
    national_holidays,
    write_national_holidays,
)

NEXT_FROM = date(2026, 12, 25)


def test_the_written_holidays_are_those_of_the_library():
    for year in WRITTEN_YEARS:
        assert national_holidays(year) == holidays_by_the_library(year), "Run: python -m app rule-tables"


def test_the_file_is_as_it_would_be_written(tmp_path):
    write_national_holidays(tmp_path / "holidays.json")
    written = (tmp_path / "holidays.json").read_text(encoding="utf-8")
    assert written.count("\n") == 2 + sum(len(national_holidays(year)) for year in WRITTEN_YEARS)
    assert '"2026-09-22": ["国民の休日", "National Holiday"]' in written


def test_a_year_beyond_is_asked_of_the_library():
    year = WRITTEN_YEARS.stop + 5
    assert national_holidays(year) == holidays_by_the_library(year)
    assert date(year, 1, 1) in national_holidays(year)


def test_to_count_working_days_loads_no_other_country():
    asked = (
        "import sys; from datetime import date; from models.rules.working_days import DEFAULT_CALENDAR as calendar; "
        f"print(calendar.next_working_day(date({NEXT_FROM.year}, {NEXT_FROM.month}, {NEXT_FROM.day})), "
        "'holidays' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert answer.split() == ["2026-12-28", "False"]
