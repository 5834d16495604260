"""Every scenario of a case is told as a journey and seen in a browser, and docs/scenarios.md says where."""

from __future__ import annotations

from tests.support.told import DOCUMENT, OF_A_CASE, OF_A_CERTIFICATION, SEEN_BY_NOBODY, seen, told, written


def test_every_scenario_of_a_case_is_told_as_a_journey_in_its_own_words() -> None:
    untold = {*OF_A_CASE, *OF_A_CERTIFICATION} - told().keys()
    assert not untold, f"Tell it in tests/journeys/, beginning with the scenario's own words: {sorted(untold)}"


def test_every_scenario_of_a_case_is_seen_in_a_browser_unless_nobody_sees_it() -> None:
    unseen = set(OF_A_CASE) - seen().keys()
    assert unseen == SEEN_BY_NOBODY.keys(), "Name its journey in SEEN, or say in a browser test: Seen here: 7.x."


def test_the_table_of_the_scenarios_is_the_one_that_the_tests_give() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert written(text) == text, "Write it anew: python -m tests.support.told"
