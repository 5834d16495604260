"""The search through every byte finds what each phrase, looked for by itself, would be found by."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from tests.support.at_rest import found_in, those_in

FEW = st.sampled_from([b"a", b"b", b"\0"])
"""So few different bytes that what is looked for often stands there, and often almost does."""


def joined(pieces: list[bytes]) -> bytes:
    return b"".join(pieces)


@given(
    st.lists(FEW, max_size=60).map(joined), st.lists(st.lists(FEW, min_size=4, max_size=12).map(joined), max_size=20)
)
def test_what_stands_there_is_what_is_found_by_itself(everything: bytes, looked_for: list[bytes]):
    assert those_in(everything, looked_for) == {each for each in looked_for if each in everything}


def test_it_is_found_wherever_it_begins_and_ends():
    around = os.urandom(64)
    for length in range(4, 20):
        looked_for = os.urandom(length)
        for begins in range(33):
            assert those_in(around[:begins] + looked_for + around[begins:], [looked_for]) == {looked_for}
            assert those_in(around[:begins] + looked_for, [looked_for]) == {looked_for}
            assert those_in(around[:begins] + looked_for[:-1], [looked_for]) == set()


def test_each_place_in_which_a_phrase_stands_is_named():
    phrase = "駐車場で待ち伏せされました"
    places = [("one", b"x" + phrase.encode()), ("two", b"xyz" + phrase.encode("utf-16-le")), ("three", os.urandom(99))]
    told = found_in(places, [phrase, "書かれていない言葉です"])
    assert told == sorted([f"{phrase!r}", f"{phrase!r} in one", f"{phrase!r} in two"])
