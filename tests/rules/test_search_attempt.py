"""Asking who the worker is: what is noticed of a labelled set of officers' sentences, and what is left alone."""

from __future__ import annotations

import pytest

from models.rules.search_attempt import hints_at_search
from tests.support.search_sentences import HELD_OUT, TUNING, measured


def test_every_sentence_that_the_rules_were_made_with_is_taken_rightly() -> None:
    figures = measured(TUNING)
    assert figures.missed == ()
    assert figures.wrongly == ()
    assert len(figures.noticed) >= 50


def test_of_sentences_the_rules_were_not_made_with_nearly_all_are_taken_rightly() -> None:
    figures = measured(HELD_OUT)
    assert figures.recall >= 0.9, figures.missed
    assert figures.precision >= 0.9, figures.wrongly
    assert len(figures.noticed) + len(figures.missed) >= 30


@pytest.mark.parametrize(
    "text",
    ["相談者は 誰 ですか", "だ　れ で す か", "ご本人の社員ＩＤを教えてください", "WHO IS IT?", "Ｗｈｏ ｉｓ ｓｈｅ?"],
)
def test_spaces_widths_and_capitals_hide_nothing(text: str) -> None:
    assert hints_at_search(["録音を確認しました。", text])


def test_a_long_text_without_a_question_is_read_quickly_and_left_alone() -> None:
    assert not hints_at_search(["録音を確認し、手順を改めました。" * 4_000, "どの" * 20_000, "本人に" * 20_000])
