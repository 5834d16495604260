"""No count of fewer than five people is shown, and none can be computed from what is."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.retention import SMALLEST_CELL
from models.rules.small_cells import choices_of_many, parts_of_a_whole

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=1)


@given(COUNTS)
def test_nothing_that_is_shown_or_left_of_the_total_is_fewer_than_five(counts):
    shown = parts_of_a_whole(counts)
    visible = [count for count in shown.cells.values() if count is not None]
    assert not [count for count in visible if 0 < count < SMALLEST_CELL]
    hidden = [key for key, count in shown.cells.items() if count is None]
    if shown.total is None:
        assert sum(counts.values()) < SMALLEST_CELL
        assert not visible
    elif hidden:
        assert len(hidden) > 1 or len(counts) == 1
        assert shown.total - sum(visible) >= SMALLEST_CELL


@given(COUNTS)
def test_a_table_without_a_small_line_is_shown_as_it_is(counts):
    counts = {key: count + SMALLEST_CELL if count else 0 for key, count in counts.items()}
    shown = parts_of_a_whole(counts)
    assert shown.is_whole
    assert shown.cells == counts


@settings(max_examples=500)
@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9), min_size=2))
def test_more_than_one_table_fits_what_is_shown_wherever_something_is_suppressed(counts):
    """Whoever knows the rule and tries every table finds several that would have been shown alike."""
    shown = parts_of_a_whole(counts)
    if shown.is_whole or shown.total is None:
        return
    hidden = [key for key, count in shown.cells.items() if count is None]
    left = shown.total - sum(count for count in shown.cells.values() if count is not None)
    fitting = [
        guess
        for guess in itertools.product(range(left + 1), repeat=len(hidden))
        if sum(guess) == left and parts_of_a_whole({**counts, **dict(zip(hidden, guess, strict=True))}) == shown
    ]
    for place in range(len(hidden)):
        assert len({guess[place] for guess in fitting}) > 1


@pytest.mark.parametrize(
    ("counts", "total", "cells"),
    [
        ({"a": 3, "b": 10}, 13, {"a": None, "b": None}),
        ({"a": 2, "b": 0, "c": 10}, 12, {"a": None, "b": 0, "c": None}),
        ({"a": 30, "b": 3, "c": 1, "d": 6, "e": 20}, 60, {"a": 30, "b": None, "c": None, "d": None, "e": 20}),
        ({"a": 20, "b": 3, "c": 9}, 32, {"a": 20, "b": None, "c": None}),
        ({"a": 3, "b": 4, "c": 6}, 13, {"a": None, "b": None, "c": 6}),
        ({"a": 4, "b": 4, "c": 5, "d": 9}, 22, dict.fromkeys("abcd")),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 7, "g": 0}, 12, dict.fromkeys("abcdefg")),
        ({"a": 3, "b": 0, "c": 5}, 8, dict.fromkeys("abc")),
        ({"a": 2, "b": 1, "c": 0}, None, {"a": None, "b": None, "c": None}),
        ({"a": 0, "b": 0}, 0, {"a": 0, "b": 0}),
    ],
)
def test_examples(counts, total, cells):
    assert (parts_of_a_whole(counts).total, parts_of_a_whole(counts).cells) == (total, cells)


def test_choices_of_many_hide_small_lines_and_small_groups():
    assert choices_of_many({"a": 3, "b": 5, "c": 0}, people=10).cells == {"a": None, "b": 5, "c": 0}
    assert choices_of_many({"a": 3, "b": 4}, people=4).cells == {"a": None, "b": None}


def test_choices_of_many_do_not_tell_of_the_few_who_did_not_choose():
    """Whoever knows that nine of ten named it knows of one person that she did not."""
    counts = {"all": 10, "all but one": 9, "all but four": 6, "half": 5}
    assert choices_of_many(counts, people=10).cells == {"all": 10, "all but one": None, "all but four": None, "half": 5}
