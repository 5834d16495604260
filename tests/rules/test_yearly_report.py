"""What is said of a share beside the tables: nothing from which a small number could be worked out."""

import itertools
from collections import defaultdict
from functools import cache

import pytest

from models.rules.retention import SMALLEST_CELL
from models.rules.small_cells import parts_of_a_whole, tables_like
from models.rules.yearly_report import (
    YEARLY_TARGETS,
    ClosureTime,
    Measure,
    Share,
    closure_time,
    cuts_that_tell_nothing,
    share_in_bands,
    share_said,
    splits_of,
)

TARGETS = sorted({YEARLY_TARGETS[0].of(measure) for measure in Measure})
LINES = ("in time", "late", "over before", "not counted")


def every_table(most: int) -> list[tuple[int, ...]]:
    """Every table of four lines of so many people at most, and some of the larger ones in which few are late."""
    small = [one for one in itertools.product(range(8), repeat=4) if sum(one) <= most]
    large = list(itertools.product((37, 80), range(7), range(7), (0, 3, 20)))
    return small + large


@cache
def faces():
    """By what is shown of it, every such table."""
    found = {}
    for counts in every_table(14):
        shown = parts_of_a_whole(dict(zip(LINES, counts, strict=True)))
        found.setdefault((shown.total, tuple(shown.cells.values())), (shown, []))[1].append(counts)
    return found


@pytest.mark.parametrize("target", TARGETS)
def test_whoever_reads_a_table_and_its_share_and_knows_the_rule_finds_no_hidden_number(target):
    """Brute force: every table, what is shown of it, and every other of which just the same would have been said."""
    for shown, tables in faces().values():
        possible = [tuple(table.values()) for table in tables_like(shown)]
        cuts = cuts_that_tell_nothing(possible, target=target)
        said = defaultdict(list)
        for counts in possible:
            said[share_in_bands(counts, cuts, target=target)].append(counts)
        for counts in tables:
            fitting = said[share_in_bands(counts, cuts, target=target)] if possible else ()
            for place, cell in enumerate(shown.cells.values()):
                if cell is None and possible and 0 < counts[place] < SMALLEST_CELL:
                    assert len({one[place] for one in fitting}) > 1, (shown, counts, cuts)


@pytest.mark.parametrize("people", [*range(5, 16), 30])
def test_a_share_of_people_whose_number_is_known_pins_no_small_number(people):
    for target in TARGETS:
        possible = splits_of(people)
        cuts = cuts_that_tell_nothing(possible, target=target)
        readings = defaultdict(list)
        for split in possible:
            readings[share_in_bands(split, cuts, target=target)].append(split)
        for share, fitting in readings.items():
            for place in range(3):
                numbers = {one[place] for one in fitting}
                assert len(numbers) > 1 or not 0 < min(numbers) < SMALLEST_CELL, (people, share, numbers)


def test_what_is_left_open_holds_every_table_that_is_shown_with_something_hidden():
    for counts in every_table(14):
        shown = parts_of_a_whole(dict(zip(LINES, counts, strict=True)))
        if shown.total is not None and any(count is not None for count in shown.cells.values()):
            assert counts in {tuple(table.values()) for table in tables_like(shown)}


def test_an_ordinary_year_says_how_it_did():
    counts = (70, 6, 0, 5)
    shown = parts_of_a_whole(dict(zip(LINES, counts, strict=True)))
    assert shown.is_whole
    share = share_said(counts, target=98, possible=[tuple(table.values()) for table in tables_like(shown)])
    assert (share.least, share.below, share.reached) == (90, 95, False)
    # Of sixty, "98 % or more, and not all" could be but one who was late: the target alone may be told.
    assert share_said((52, 3, 5), target=90, possible=splits_of(60)) == Share(90, 90)


def test_where_the_target_would_tell_of_one_person_only_a_coarser_band_is_said():
    """Of six who are late, over or not measured, all that is open is one to four; from 98 % on it could be but one."""
    counts = (74, 2, 3, 1)
    shown = parts_of_a_whole(dict(zip(LINES, counts, strict=True)))
    share = share_said(counts, target=98, possible=[tuple(table.values()) for table in tables_like(shown)])
    assert (share.least, share.below, share.reached) == (90, None, None)


def test_of_four_nothing_is_said():
    assert share_said((4, 0, 0), target=90, possible=splits_of(4)).reached is None
    assert closure_time([10] * 9, known=4, targets=YEARLY_TARGETS[0]) is ClosureTime.TOO_FEW


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([29] * 5, ClosureTime.SHORTER),
        ([30] * 5, ClosureTime.WITHIN),
        ([45] * 5, ClosureTime.WITHIN),
        ([46] * 5, ClosureTime.LONGER),
    ],
)
def test_the_median_is_said_as_a_band(days, found):
    assert closure_time(days, known=5, targets=YEARLY_TARGETS[0]) is found
