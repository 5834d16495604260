"""The numbers to call are few, said in both languages, and honest about what nobody has checked yet."""

from __future__ import annotations

import pytest

from models.rules.help_lines import HelpLine, Knowledge, crisis_lines, every_line


def test_police_and_ambulance_stand_first_among_the_crisis_lines() -> None:
    assert [line.number for line in crisis_lines()][:2] == ["110", "119"]
    assert len(crisis_lines()) <= 4


@pytest.mark.parametrize("line", every_line(), ids=lambda line: line.key)
def test_every_line_says_when_it_answers_and_where_it_was_read_or_what_is_missing(line: HelpLine) -> None:
    assert line.label("ja") != line.label("en")
    assert line.when("ja") != line.when("en")
    told = bool(line.missing("ja")), bool(line.missing("en"))
    assert told == (line.seen is None,) * 2, "a line is checked, with day and page, or says what is missing"


def test_each_line_comes_once_and_says_whether_it_was_checked() -> None:
    numbers = [line.number for line in every_line()]
    assert len(numbers) == len(set(numbers))
    assert {line.number for line in every_line() if line.knowledge is Knowledge.CHECKED} == {
        "110",
        "119",
        "188",
        "0570-003-110",
    }
