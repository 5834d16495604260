"""A code is never without its words."""

import pickle

import pytest

from models.rules.labelled import Labelled


class Colour(Labelled):
    RED = "R1", "赤", "Red"
    BLUE = "B1", "青", "Blue"


class Weight(Labelled):
    grams: int

    FEATHER = "feather", "羽", "Feather", 1
    STONE = "stone", "石", "Stone", 900

    def __init__(self, _code, _ja="", _en="", grams=0):
        self.grams = grams


def test_a_member_is_its_code_wherever_a_string_is_wanted():
    assert Colour.RED == "R1"
    assert f"{Colour.RED}" == str(Colour.RED) == Colour.RED.value == Colour.RED.code == "R1"
    assert Colour("R1") is Colour.RED


def test_the_words_follow_the_locale_and_are_japanese_for_any_other():
    assert [Colour.BLUE.label(locale) for locale in ("ja", "en", "en_GB", "fr")] == ["青", "Blue", "Blue", "青"]


def test_a_code_without_words_is_refused():
    for row in (("X1",), ("X1", "印"), ("X1", "", "Mark")):
        with pytest.raises(TypeError, match="needs a code, Japanese words and English words"):
            Labelled("Broken", {"X": row})


def test_a_table_may_have_more_columns():
    assert (Weight.STONE.grams, Weight.STONE.ja, Weight("feather").grams) == (900, "石", 1)


def test_a_member_survives_the_session_store():
    assert pickle.loads(pickle.dumps(Colour.RED)) is Colour.RED  # noqa: S301 - made on the line itself
