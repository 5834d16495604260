"""The numbers to call are few, dated, and said in both languages."""

from __future__ import annotations

from datetime import date

from models.rules.help_lines import HELP_LINES, crisis_lines


def test_police_and_ambulance_stand_first_among_the_crisis_lines() -> None:
    assert [line.number for line in crisis_lines()][:2] == ["110", "119"]
    assert len(crisis_lines()) <= 4


def test_every_line_says_when_it_answers_and_since_when_we_know() -> None:
    for line in HELP_LINES:
        assert line.as_of <= date(2026, 12, 31)
        assert line.label("ja") != line.label("en")
        assert line.when("ja") != line.when("en")
