"""Where somebody stands follows from facts, and a compartment opens to the readers that its row names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.people import (
    COMPANY,
    MAY_HOLD,
    READERS,
    SECRETARIAT,
    CompartmentKind,
    Role,
    SeatKind,
    Standing,
    opened_at_routing,
    standing_towards,
)

R, S, C, K = Role, Standing, CompartmentKind, SeatKind

COMPANY_SEATS = {K.COMPANY_OFFICE, K.COMPANY_REPRESENTATIVE}
facts = st.fixed_dictionaries(
    dict.fromkeys(
        ["is_own", "is_assigned", "has_assignee", "is_addressed", "office_is_addressed", "is_handed_over"],
        st.booleans(),
    )
)


@given(st.sampled_from(Role), facts)
def test_exclusion_comes_before_everything_else(role: Role, known: dict[str, bool]) -> None:
    assert standing_towards(role, is_excluded=True, **known) is S.EXCLUDED


@given(st.sampled_from(Role), facts)
def test_each_standing_is_for_its_own_people(role: Role, known: dict[str, bool]) -> None:
    standing = standing_towards(role, **known)
    assert standing is not S.EXCLUDED
    if standing is S.OWN:
        assert role is R.CONSULTER
    if standing is S.ASSIGNED:
        assert role in SECRETARIAT
    if standing is S.ADDRESSEE:
        assert role in COMPANY | {R.DIRECTOR, R.ADVISER}


@pytest.mark.parametrize("role", [R.AUDITOR, R.ADMIN, R.SYSTEM])
@given(known=facts)
def test_auditor_administrator_and_clock_stand_towards_no_case(role: Role, known: dict[str, bool]) -> None:
    assert standing_towards(role, **known) is S.NONE


def test_a_case_that_nobody_has_taken_is_every_counselors() -> None:
    assert standing_towards(R.COUNSELOR) is S.ASSIGNED
    assert standing_towards(R.COUNSELOR, has_assignee=True) is S.SAME_OFFICE
    assert standing_towards(R.COUNSELOR, has_assignee=True, is_assigned=True) is S.ASSIGNED


def test_manager_and_head_stand_in_the_same_office_until_they_are_assigned() -> None:
    assert standing_towards(R.MANAGER) is S.SAME_OFFICE
    assert standing_towards(R.HEAD) is S.SAME_OFFICE
    assert standing_towards(R.MANAGER, is_assigned=True, has_assignee=True) is S.ASSIGNED


def test_an_officer_takes_over_with_the_post() -> None:
    assert standing_towards(R.OFFICER, office_is_addressed=True) is S.ADDRESSEE
    assert standing_towards(R.OFFICER) is S.NONE


def test_a_deputy_waits_for_the_hand_over() -> None:
    assert standing_towards(R.DEPUTY, office_is_addressed=True) is S.SAME_OFFICE
    assert standing_towards(R.DEPUTY, office_is_addressed=True, is_handed_over=True) is S.ADDRESSEE
    assert standing_towards(R.DEPUTY, office_is_addressed=True, is_addressed=True) is S.ADDRESSEE


def test_a_representative_sees_what_is_addressed_to_the_representative_and_nothing_else() -> None:
    assert standing_towards(R.REPRESENTATIVE, office_is_addressed=True) is S.NONE
    assert standing_towards(R.REPRESENTATIVE, is_addressed=True) is S.ADDRESSEE


def test_a_consulter_stands_towards_the_own_case_alone() -> None:
    assert standing_towards(R.CONSULTER, is_own=True) is S.OWN
    assert standing_towards(R.CONSULTER, is_addressed=True, is_assigned=True) is S.NONE


def test_every_compartment_and_every_seat_has_a_row() -> None:
    assert set(READERS) == set(CompartmentKind)
    assert set(MAY_HOLD) == set(SeatKind)
    assert all(readers.seats for readers in READERS.values())


def test_identity_opens_to_the_handlers_and_the_receipt_alone() -> None:
    readers = READERS[C.IDENTITY]
    assert (readers.seats, readers.receipt, readers.when_routed) == ({K.HANDLERS}, True, frozenset())


@pytest.mark.parametrize("kind", [C.IDENTITY, C.NARRATIVE, C.HEALTH, C.DESK_NOTES])
def test_no_company_and_no_board_is_ever_given_the_consultation_itself(kind: CompartmentKind) -> None:
    readers = READERS[kind]
    assert not (readers.seats | readers.when_routed) & (COMPANY_SEATS | {K.BOARD})


@pytest.mark.parametrize("kind", CompartmentKind)
def test_only_the_board_packet_opens_to_the_board(kind: CompartmentKind) -> None:
    assert (K.BOARD in READERS[kind].seats) == (kind is C.BOARD_PACKET)
    assert K.BOARD not in READERS[kind].when_routed


@pytest.mark.parametrize("kind", [C.FORWARDED, C.REPORT])
def test_the_copy_goes_to_the_addressed_seat_when_it_is_routed_and_not_before(kind: CompartmentKind) -> None:
    assert READERS[kind].seats == {K.DESK}
    assert {seat for seat in K if kind in opened_at_routing(seat)} == {K.COMPANY_OFFICE, K.COMPANY_REPRESENTATIVE}


def test_the_receipt_opens_what_was_written_by_or_for_the_consulter() -> None:
    with_receipt = {kind for kind, readers in READERS.items() if readers.receipt}
    assert with_receipt == {C.IDENTITY, C.NARRATIVE, C.HEALTH, C.FORWARDED}


def test_a_company_reads_its_file_and_a_board_packet_is_made_for_the_board() -> None:
    assert READERS[C.COMPANY_FILE].seats == {K.DESK, *COMPANY_SEATS}
    assert READERS[C.BOARD_PACKET].seats == {K.DESK, K.BOARD}


def test_administrator_auditor_adviser_and_clock_hold_no_seat() -> None:
    holders = frozenset().union(*MAY_HOLD.values())
    assert not holders & {R.ADMIN, R.AUDITOR, R.SYSTEM, R.CONSULTER, R.ADVISER}
