"""What is different between two versions of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.text_difference import How, differences
from tests.support.bounded import bounded_work


def shown(before: str, after: str) -> str:
    marks = {How.STAYED: "{}", How.GONE: "[-{}-]", How.NEW: "[+{}+]"}
    return "".join(marks[one.how].format(one.text) for one in differences(before, after))


def test_a_changed_word_is_marked_sign_by_sign_and_the_other_sentences_stay():
    before = "夜間の電話で暴言がありました。北センターの田中さんが受けました。録音があります。"
    after = "夜間の電話で暴言がありました。ある拠点の担当者が受けました。録音があります。"
    assert shown(before, after) == (
        "夜間の電話で暴言がありました。[-北センターの田中さん-][+ある拠点の担当者+]が受けました。録音があります。"
    )


def test_what_was_added_and_what_was_taken_out_is_told_apart():
    assert shown("一つ目です。二つ目です。", "一つ目です。") == "一つ目です。[-二つ目です。-]"
    assert shown("一つ目です。", "一つ目です。\nまた増えました。") == "一つ目です。[+\nまた増えました。+]"
    assert shown("", "新しい文です。") == "[+新しい文です。+]"
    assert shown("同じ", "同じ") == "同じ"
    assert shown("", "") == ""


@given(st.text(alphabet="あい。\nう", max_size=60), st.text(alphabet="あい。\nう", max_size=60))
def test_both_texts_can_be_read_from_the_differences(before: str, after: str):
    found = differences(before, after)
    assert "".join(one.text for one in found if one.how is not How.NEW) == before
    assert "".join(one.text for one in found if one.how is not How.GONE) == after
    assert all(one.text for one in found)


def signs(kinds: int) -> str:
    """As long a text as a copy may be, without an end of a sentence."""
    return "".join(chr(0x4E00 + place % kinds) for place in range(4000))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("あ" * 4000, "あい" * 2000),
        ("あい。" * 1300, "いあ。" * 1300),
        (signs(500), signs(499)),
        ("あ" * 490, "い" + "あ" * 480),
        ("あい" * 245, "いああ" * 160),
    ],
)
def test_the_longest_texts_cost_a_moment(before: str, after: str):
    with bounded_work():
        found = differences(before, after)
    assert "".join(one.text for one in found if one.how is not How.NEW) == before
