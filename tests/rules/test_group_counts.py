"""Whatever many people wrote and consented to, a grouped copy tells of nobody and of no few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.consent import Consent, ConsentLevel, ConsentOption, Party, may_be_counted_in_group
from models.rules.group_counts import GroupCounts, group_counts, shown_themes
from models.rules.labelled import Labelled
from models.rules.mass_incident import GroupWord
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.severity import Severity

FIVE = 5
KINDS: dict[str, type[Labelled]] = {
    "harassment_type": HarassmentType,
    "organisational_issue": OrganisationalIssue,
}
# Few members, so that the counts lie close to the bounds again and again.
TYPES = st.frozensets(st.sampled_from(list(HarassmentType)[:4]), max_size=4)
ISSUES = st.frozensets(st.sampled_from(list(OrganisationalIssue)[:3]), max_size=3)
PERSON = st.fixed_dictionaries({"harassment_type": TYPES, "organisational_issue": ISSUES})
PEOPLE = st.lists(PERSON, max_size=60)
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def counted(people: Sequence[Mapping[str, frozenset[Labelled]]]) -> GroupCounts | None:
    return group_counts(people, [AT], KINDS, smallest=FIVE)


def true_count(people: Sequence[Mapping[str, frozenset[Labelled]]], kind: str, theme: Labelled) -> int:
    return sum(theme in person[kind] for person in people)


def few(number: int) -> bool:
    return 0 < number < FIVE


@given(PEOPLE)
def test_no_count_below_five_is_read_or_subtracted_from_a_copy(people):
    counts = counted(people)
    if len(people) < FIVE:
        assert counts is None
        return
    assert counts is not None
    assert counts.people_at_least >= FIVE
    assert len(people) - FIVE < counts.people_at_least <= len(people)
    for kind, themes in counts.themes.items():
        shown = {one.theme: true_count(people, kind, one.theme) for one in themes}
        for one in themes:
            assert one.at_least >= FIVE
            assert shown[one.theme] - FIVE < one.at_least <= shown[one.theme]
            assert not few(len(people) - shown[one.theme]), "the few who did not name it are known by subtraction"
        assert not few(len(people) - sum(shown.values())), "what is left over is known by subtraction"


@given(PEOPLE, PEOPLE, st.data())
def test_no_difference_of_two_copies_or_versions_tells_what_a_few_said(people, more, data):
    """One version with all, the next without those who took themselves out and with those who came later."""
    stay = [person for person in people if data.draw(st.integers(0, 9)) > 0]
    first, second = counted(people), counted([*stay, *more])
    if first is None or second is None:
        return
    differences = [second.people_at_least - first.people_at_least]
    for kind in KINDS:
        before = {one.theme: one.at_least for one in first.themes[kind]}
        after = {one.theme: one.at_least for one in second.themes[kind]}
        differences += [after.get(theme, 0) - before.get(theme, 0) for theme in {*before, *after}]
    assert not [one for one in differences if few(abs(one))]


@given(PEOPLE, st.data())
def test_whatever_a_reader_computes_from_a_copy_more_than_one_truth_fits_it(people, data):
    """Anybody may be left out, and where no bound is crossed the number of people reads the same."""
    counts = counted(people)
    if counts is None or len(people) % FIVE == 0:
        return
    gone = data.draw(st.integers(0, len(people) - 1))
    without = counted([person for place, person in enumerate(people) if place != gone])
    assert without is not None
    assert without.people_at_least == counts.people_at_least


@pytest.mark.parametrize(
    ("counts", "of", "shown"),
    [
        ({HarassmentType.ABUSE: 4}, 40, {}),
        ({HarassmentType.ABUSE: 5}, 40, {HarassmentType.ABUSE: 5}),
        ({HarassmentType.ABUSE: 9}, 40, {HarassmentType.ABUSE: 5}),
        ({HarassmentType.ABUSE: 40}, 40, {HarassmentType.ABUSE: 40}),
        ({HarassmentType.ABUSE: 38}, 40, {}),
        ({HarassmentType.ABUSE: 25, HarassmentType.REPETITION: 12}, 40, {HarassmentType.ABUSE: 25}),
        (
            {HarassmentType.ABUSE: 25, HarassmentType.REPETITION: 15},
            40,
            {HarassmentType.ABUSE: 25, HarassmentType.REPETITION: 15},
        ),
    ],
    ids=["few", "five", "rounded_down", "everybody", "all_but_two", "three_left_over", "nobody_left_over"],
)
def test_a_theme_is_shown_only_where_no_few_are_left_on_either_side(counts, of, shown):
    assert {one.theme: one.at_least for one in shown_themes(counts, of=of, smallest=FIVE)} == shown


def test_of_time_a_copy_tells_the_week_alone():
    people = [{"harassment_type": frozenset(), "organisational_issue": frozenset()}] * 6
    # Sunday 23:00 UTC is Monday morning in Japan.
    counts = group_counts(people, [datetime(2026, 11, 22, 23, 0, tzinfo=UTC), AT], KINDS, smallest=FIVE)
    assert counts is not None
    assert counts.weeks == (date(2026, 11, 23),)


LEVELS = st.sampled_from(list(ConsentLevel))
OPTIONS = st.frozensets(st.sampled_from(list(ConsentOption)))


@given(
    st.sampled_from(list(Party)),
    OPTIONS,
    st.sampled_from(list(Severity)),
    st.sampled_from([None, *GroupWord]),
    st.booleans(),
)
def test_without_consent_nobody_is_ever_counted(party, options, severity, word, kept):
    given_ = Consent(ConsentLevel.CN_0, options)
    assert not may_be_counted_in_group(party, given_, severity=severity, word=word, is_kept_from_the_company=kept)


@given(st.sampled_from(list(Party)), LEVELS, OPTIONS, st.sampled_from(list(Severity)), st.booleans())
def test_who_takes_herself_out_is_never_counted(party, level, options, severity, kept):
    assert not may_be_counted_in_group(
        party, Consent(level, options), severity=severity, word=GroupWord.KEEP_OUT, is_kept_from_the_company=kept
    )


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.CRITICAL])
def test_what_is_grave_is_counted_only_at_her_own_word(severity):
    def decided(word):
        return may_be_counted_in_group(
            Party.WORKPLACE, Consent(ConsentLevel.CN_2), severity=severity, word=word, is_kept_from_the_company=False
        )

    assert decided(None).reason == "grave_stays_single"
    assert decided(GroupWord.COUNT_ME)


def test_a_client_is_told_a_number_only_of_those_who_let_the_client_be_told():
    def decided(*options):
        return may_be_counted_in_group(
            Party.CLIENT,
            Consent(ConsentLevel.CN_1, frozenset(options)),
            severity=Severity.MODERATE,
            word=None,
            is_kept_from_the_company=False,
        )

    assert decided().reason == "party_not_consented"
    assert decided(ConsentOption.CN_CL)


def test_whoever_named_somebody_of_the_company_is_not_counted():
    decided = may_be_counted_in_group(
        Party.WORKPLACE,
        Consent(ConsentLevel.CN_3),
        severity=Severity.LOW,
        word=GroupWord.COUNT_ME,
        is_kept_from_the_company=True,
    )
    assert decided.reason == "kept_from_the_company"
