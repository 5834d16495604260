"""Derivation is the published HKDF, and several parts have one reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.derivation import derive, packed, utf8


@pytest.mark.parametrize("number", [0, 1, 2])
def test_derivation_agrees_with_rfc_5869(vectors, number):
    case = vectors("rfc5869")["cases"][number]

    derived = derive(
        bytes.fromhex(case["material"]),
        label=bytes.fromhex(case["label"]),
        salt=bytes.fromhex(case["salt"]),
        length=case["length"],
    )

    assert derived.hex() == case["derived"]


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_no_two_lists_of_parts_are_packed_alike(one, other):
    assert (packed(*one) == packed(*other)) == (one == other)


def test_moving_a_letter_between_parts_changes_what_is_packed():
    assert packed(b"ab", b"c") != packed(b"a", b"bc")


def test_a_lone_surrogate_is_refused_without_repeating_the_text():
    with pytest.raises(ValueError, match="UTF-8") as refused:
        utf8("秘密の相談\ud800")

    assert type(refused.value) is ValueError
    assert "秘密" not in repr(refused.value)
    assert refused.value.__context__ is None
