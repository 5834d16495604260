"""Silence means that the company learns nothing, and only the consulter's own act changes that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.consent import (
    DEFAULT,
    Consent,
    ConsentLevel,
    ConsentOption,
    Party,
    consent_from_code,
    is_raised,
    may_address,
    may_count,
    may_route,
    may_show_the_board,
    may_tell_emergency_minimum,
    merged,
    stricter,
    what_the_company_gets,
)
from models.rules.forwarded_copy import fields_in_forwarded_copy

levels = st.sampled_from(ConsentLevel)
consents = st.builds(Consent, levels, st.frozensets(st.sampled_from(ConsentOption)))


def test_nothing_chosen_is_cn_0() -> None:
    assert DEFAULT.code == "CN-0"
    assert Consent() == Consent(ConsentLevel.CN_0, frozenset())
    assert consent_from_code(None) == Consent()


@pytest.mark.parametrize("option", ConsentOption)
def test_an_option_alone_leaves_the_level_at_cn_0(option: ConsentOption) -> None:
    assert consent_from_code(option.code) == Consent(ConsentLevel.CN_0, frozenset({option}))


@pytest.mark.parametrize("code", ["", "CN-4", "cn-2", "S1"])
def test_an_unknown_code_is_no_consent(code: str) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        consent_from_code(code)


@pytest.mark.parametrize("preview_approved", [True, False])
def test_cn_0_is_never_routed(preview_approved: bool) -> None:
    decision = may_route(ConsentLevel.CN_0, preview_approved=preview_approved)
    assert (decision.allowed, decision.reason) == (False, "consent_is_none")


@pytest.mark.parametrize("level", [level for level in ConsentLevel if level is not ConsentLevel.CN_0])
def test_a_copy_leaves_only_after_its_preview_was_approved(level: ConsentLevel) -> None:
    assert may_route(level, preview_approved=True).allowed
    assert may_route(level, preview_approved=False).reason == "preview_not_approved"


@given(levels, levels)
def test_the_stricter_level_never_tells_more_than_either(a: ConsentLevel, b: ConsentLevel) -> None:
    assert stricter(a, b) is stricter(b, a)
    assert not is_raised(a, stricter(a, b))
    assert fields_in_forwarded_copy(stricter(a, b)) <= fields_in_forwarded_copy(a) & fields_in_forwarded_copy(b)


@given(consents, consents)
def test_merging_two_consultations_keeps_only_what_both_allowed(a: Consent, b: Consent) -> None:
    both = merged(a, b)
    assert both == merged(b, a)
    assert both.options <= a.options
    assert both.level.rank <= min(a.level.rank, b.level.rank)


def test_raising_is_telling_more_and_staying_is_not() -> None:
    assert is_raised(ConsentLevel.CN_0, ConsentLevel.CN_1)
    assert not is_raised(ConsentLevel.CN_2, ConsentLevel.CN_2)
    assert not is_raised(ConsentLevel.CN_3, ConsentLevel.CN_2)


def test_a_blurred_consent_for_the_workplace_says_nothing_to_the_client() -> None:
    consent = Consent(ConsentLevel.CN_1)
    assert may_address(Party.WORKPLACE, consent).allowed
    assert may_address(Party.CLIENT, consent).reason == "party_not_consented"
    assert may_address(Party.EMPLOYER, consent).reason == "party_not_consented"


def test_client_and_employer_are_each_asked_about() -> None:
    with_client = Consent(ConsentLevel.CN_2, frozenset({ConsentOption.CN_CL}))
    assert may_address(Party.CLIENT, with_client).allowed
    assert not may_address(Party.EMPLOYER, with_client).allowed


@pytest.mark.parametrize("party", Party)
def test_no_option_opens_a_road_past_cn_0(party: Party) -> None:
    assert not may_address(party, Consent(ConsentLevel.CN_0, frozenset(ConsentOption))).allowed


@pytest.mark.parametrize(
    ("options", "danger", "approvals", "reason", "expected"),
    [
        ({ConsentOption.CN_EM}, True, 1, True, "allowed"),
        ({ConsentOption.CN_EM}, False, 2, True, "no_danger"),
        ({ConsentOption.CN_EM}, True, 1, False, "reason_missing"),
        (set(), True, 1, True, "second_person_missing"),
        (set(), True, 2, True, "allowed"),
        (set(), False, 2, True, "no_danger"),
    ],
)
def test_the_emergency_minimum_needs_danger_a_reason_and_consent_or_two_people(
    options: set[ConsentOption], danger: bool, approvals: int, reason: bool, expected: str
) -> None:
    decision = may_tell_emergency_minimum(
        options, life_or_body_at_risk=danger, approvals=approvals, reason_given=reason
    )
    assert decision.reason == expected


def test_statistics_and_the_board_each_need_their_own_option() -> None:
    assert may_count({ConsentOption.CN_ST})
    assert not may_count({ConsentOption.CN_BD})
    assert may_show_the_board({ConsentOption.CN_BD})
    assert not may_show_the_board({ConsentOption.CN_ST})


@pytest.mark.parametrize("choice", [*ConsentLevel, *ConsentOption])
def test_every_choice_says_in_two_languages_what_follows_from_it(choice: ConsentLevel | ConsentOption) -> None:
    japanese, english = what_the_company_gets(choice), what_the_company_gets(choice, "en")
    assert japanese
    assert english
    assert japanese != english
    assert english.isascii()
