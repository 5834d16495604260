"""Who stands out among its like, and since when the head could have proposed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.rules.escalation_ladder import REQUESTS, Ground, LadderEntry, LadderHistory, Step
from models.rules.like_treatment import (
    LIKENESS_POLICIES,
    Difference,
    Outcome,
    Treatment,
    differences,
    step_before,
    threshold_reached_at,
)

POLICY = LIKENESS_POLICIES[0]
USUAL = Treatment("E1-1", Step.E1, frozenset({Ground.OVERDUE_CLOCK}), Outcome.UNMET, waited_days=3, given_days=7)


def named(**changed):
    of = replace(USUAL, **changed)
    return differences(of, [USUAL, replace(USUAL, waited_days=4), replace(USUAL, waited_days=2), USUAL, of], POLICY)


def test_what_is_as_usual_is_not_named():
    assert named() == ()
    assert named(waited_days=8) == (), "five days from the middle are nothing"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"waited_days": 9}, Difference.LATER),
        ({"given_days": 1}, Difference.LESS_TIME),
        ({"given_days": 30}, Difference.MORE_TIME),
        ({"outcome": Outcome.RESET}, Difference.RESET),
        ({"outcome": Outcome.NOT_YET, "waited_days": 20, "given_days": None}, Difference.WAITS),
        ({"skipped": True}, Difference.SKIPPED),
    ],
)
def test_what_differs_is_named(changed, found):
    assert named(**changed) == (found,)


def test_sooner_is_named_too():
    others = [replace(USUAL, waited_days=days) for days in (30, 31, 32, 30)]
    assert differences(USUAL, [*others, USUAL], POLICY) == (Difference.SOONER,)


def test_where_all_differ_nobody_stands_out_and_two_are_too_few_to_compare():
    spread = [replace(USUAL, waited_days=days) for days in (0, 20, 40, 60, 80)]
    assert not any(differences(one, spread, POLICY) for one in spread)
    pair = [USUAL, replace(USUAL, waited_days=90)]
    assert not any(differences(one, pair, POLICY) for one in pair)


def test_what_is_usual_among_all_is_no_exception():
    taken_back = [replace(USUAL, outcome=Outcome.RESET)] * 3
    assert differences(taken_back[0], [*taken_back, USUAL], POLICY) == ()


def test_every_request_but_the_first_has_one_before_it():
    assert [step_before(step) for step in REQUESTS] == [None, Step.E1, Step.E2, Step.E3]


def test_the_threshold_was_reached_when_the_third_fell_due_and_never_without_an_improvement_request():
    begin = datetime(2027, 1, 4, tzinfo=UTC)

    def entries(*steps, **last):
        found = [
            LadderEntry(step.code, step, begin + timedelta(days=10 * place), begin + timedelta(days=10 * place + 7))
            for place, step in enumerate(steps)
        ]
        return LadderHistory((*found[:-1], replace(found[-1], **last)))

    reached = threshold_reached_at(entries(Step.E1, Step.E2, Step.E3))
    assert reached is not None
    assert reached - timedelta(microseconds=1) == begin + timedelta(days=27)
    assert threshold_reached_at(entries(Step.E1, Step.E2, Step.E2)) is None
    assert threshold_reached_at(entries(Step.E1, Step.E2, Step.E3, reset_reason="wrong_facts")) is None
    assert threshold_reached_at(entries(Step.E1, Step.E2, Step.E3, met_at=begin + timedelta(days=25))) is None
    late = threshold_reached_at(entries(Step.E1, Step.E2, Step.E3, met_at=begin + timedelta(days=30)))
    assert late is not None, "late compliance erases nothing"
