"""The ledger of consent: what holds is read from numbered lines, and a line is ended only by a later one."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from models.rules.consent import Consent, ConsentLevel, ConsentOption, stricter
from models.rules.consent_ledger import history, in_force, provided_on


@dataclass(frozen=True)
class Written:
    """A line as it stands in a test."""

    number: int
    company_id: str | None
    level: ConsentLevel
    options: str = ""


LEDGERS = st.lists(
    st.tuples(st.sampled_from([None, "alpha", "beta"]), st.sampled_from(list(ConsentLevel))), max_size=8
).map(lambda rows: [Written(place, *row) for place, row in enumerate(rows, start=1)])


def test_an_empty_ledger_tells_nothing():
    assert in_force([]) == Consent()
    assert in_force([], "alpha") == Consent()


def test_lines_of_one_moment_are_read_by_their_number_whatever_order_they_come_in():
    lines = [Written(2, None, ConsentLevel.CN_0), Written(1, None, ConsentLevel.CN_3)]
    assert in_force(lines).level is ConsentLevel.CN_0
    assert in_force(list(reversed(lines))).level is ConsentLevel.CN_0


@given(LEDGERS)
def test_a_company_is_never_told_more_than_her_word_for_all_nor_than_her_last_word_for_it(lines):
    general = in_force(lines).level
    own = [line.level for line in lines if line.company_id == "alpha"]
    assert in_force(lines, "alpha").level is (stricter(own[-1], general) if own else general)


@given(LEDGERS)
def test_a_word_about_one_company_changes_nothing_for_another_one(lines):
    without = [line for line in lines if line.company_id != "beta"]
    assert in_force(lines, "alpha") == in_force(without, "alpha")


@given(LEDGERS)
def test_each_line_is_ended_by_the_next_one_of_its_reach_and_one_of_each_reach_holds(lines):
    told = history(reversed(lines))
    assert [one.line for one in told] == lines
    for one in told:
        if one.ended_by is not None:
            assert one.ended_by.company_id == one.line.company_id
            assert one.ended_by.number > one.line.number
    holding = [one.line.company_id for one in told if one.ended_by is None]
    assert sorted(map(str, holding)) == sorted({str(line.company_id) for line in lines})


def test_options_are_said_for_all_and_the_last_word_counts():
    lines = [
        Written(1, None, ConsentLevel.CN_2, "CN-ST CN-BD"),
        Written(2, "alpha", ConsentLevel.CN_1, "CN-CT"),
        Written(3, None, ConsentLevel.CN_2, "CN-ST"),
    ]
    assert in_force(lines, "alpha") == Consent(ConsentLevel.CN_1, frozenset({ConsentOption.CN_ST}))


def test_nothing_is_provided_on_a_line_that_tells_nothing():
    lines = [Written(1, None, ConsentLevel.CN_2), Written(2, "alpha", ConsentLevel.CN_0)]
    assert provided_on(lines, "alpha") is None
    assert provided_on(lines, "beta") == lines[0]
