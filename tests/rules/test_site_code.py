"""The code on a poster: what is mistyped names no other company."""

import random

import pytest

from models.rules.site_code import ALPHABET, new_site_code, read_site_code, shown_site_code


def codes(count: int = 40) -> list[str]:
    draw = random.Random(20261127)
    return [new_site_code(draw.choice) for _ in range(count)]


def test_a_code_is_read_in_whatever_width_case_and_grouping():
    code = codes(1)[0]
    wide = shown_site_code(code).translate({ord(sign): ord(sign) + 0xFEE0 for sign in (*ALPHABET, "-")})
    apart = (f"{code[:3]}{between}{code[3:]}" for between in ("-", " ", "ー", "・"))
    for typed in (code, code.lower(), f" {code} ", wide, *apart):
        assert read_site_code(typed) == code


def test_one_wrong_sign_is_always_found():
    for code in codes():
        for place, right in enumerate(code):
            for wrong in ALPHABET.replace(right, ""):
                assert read_site_code(code[:place] + wrong + code[place + 1 :]) is None


def test_neighbours_that_changed_places_are_found():
    for code in codes():
        for place in range(len(code) - 1):
            left, right = code[place], code[place + 1]
            if left == right or {left, right} == {ALPHABET[0], ALPHABET[-1]}:
                continue
            assert read_site_code(code[:place] + right + left + code[place + 2 :]) is None


@pytest.mark.parametrize("typed", ["", "AAA", "0000000", "🙂🙂🙂🙂🙂🙂", "１２３", "AB C-D" * 200])
def test_what_cannot_be_a_code_is_none(typed):
    assert read_site_code(typed) is None
