"""What looks like a detail is pointed out; ordinary words are left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.personal_details import MASK, Detail, details_in, masked


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("連絡は090-1234-5678へ", Detail.PHONE, "090-1234-5678"),
        ("電話03(1234)5678でした", Detail.PHONE, "03(1234)5678"),
        ("tanaka.t@example.jpから", Detail.MAIL, "tanaka.t@example.jp"),
        ("〒123-4567です", Detail.POSTAL, "〒123-4567"),
        ("東京都架空区青葉一丁目2-3に住む", Detail.ADDRESS, "東京都架空区青葉一丁目2-3"),
        ("架空市青葉町3-12-5へ来いと", Detail.ADDRESS, "架空市青葉町3-12-5"),
        ("鈴木様に怒鳴られ", Detail.NAME, "鈴木様"),
    ],
)
def test_a_detail_is_pointed_out(text: str, kind: Detail, words: str) -> None:
    assert [(found.kind, text[found.start : found.end]) for found in details_in(text)] == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    ["お客様に怒鳴られました", "皆さんの前で", "2026年11月22日に三回", "二時間で15回の電話", "奥さんからの電話", ""],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert details_in(text) == ()
    assert masked(text) == text


def test_masking_covers_the_details_and_nothing_else() -> None:
    assert masked("田中様(090-1234-5678)から、また電話") == f"{MASK}({MASK})から、また電話"


@given(st.text(alphabet="あ市区町村県都様さん氏0123456789-@.a一丁目番地〒 ", max_size=300))
def test_no_text_breaks_it_and_places_never_overlap(text: str) -> None:
    places = details_in(text)
    assert all(one.end <= other.start for one, other in pairwise(places))
    assert masked(text).count(MASK) >= len(places)
