"""Which codes count when, how what a person types is understood, and who must have a second step."""

from datetime import datetime, timedelta

import pytest

from models.rules.device_names import Device, device_of
from models.rules.people import WITHOUT_ACCOUNT, Role
from models.rules.second_factor import (
    CODE_SIGNS,
    SECOND_FACTOR_RULES,
    SECONDS_OF_A_STEP,
    emergency_code,
    folded_code,
    is_of_the_app,
    number_of,
    second_factor_rule_at,
    steps_that_count,
)
from models.rules.working_days import JST

NOON = datetime(2026, 11, 27, 12, tzinfo=JST)
STEP = int(NOON.timestamp()) // SECONDS_OF_A_STEP


def test_one_step_of_drift_counts_and_nothing_that_was_used():
    assert list(steps_that_count(NOON, drift=1, after=None)) == [STEP - 1, STEP, STEP + 1]
    assert list(steps_that_count(NOON, drift=1, after=STEP - 1)) == [STEP, STEP + 1]
    assert list(steps_that_count(NOON, drift=1, after=STEP)) == [STEP + 1]
    assert list(steps_that_count(NOON, drift=1, after=STEP + 1)) == []
    later = NOON + timedelta(seconds=2 * SECONDS_OF_A_STEP)
    assert STEP not in steps_that_count(later, drift=1, after=None)


# fmt: off
@pytest.mark.parametrize(("typed", "folded", "of_the_app", "number"), [
    ("123456",           "123456",      True,  None),
    (" １２３ ４５６ ",    "123456",      True,  None),
    ("12345",            "12345",       False, None),
    ("٣٤٥٦٧٨",           "٣٤٥٦٧٨",      False, None),
    ("3-ABCDE-FGHJK",    "3ABCDEFGHJK", False, 3),
    ("ａ abcde－fghjk",   "AABCDEFGHJK", False, 10),
    ("o-iLcde-fghjk",    "011CDEFGHJK", False, 0),
    ("3-ABCDE-FGHJU",    "3ABCDEFGHJU", False, None),
    ("3-ABCDE-FGHJ",     "3ABCDEFGHJ",  False, None),
    ("",                 "",            False, None),
])
def test_what_is_typed_is_understood_in_any_writing(typed, folded, of_the_app, number):
    assert folded_code(typed) == folded
    assert is_of_the_app(folded) is of_the_app
    assert number_of(folded) == number
# fmt: on


def test_every_emergency_code_of_the_rules_tells_its_number():
    most = max(rule.codes for rule in SECOND_FACTOR_RULES)
    assert most <= len(CODE_SIGNS)
    for number in range(most):
        assert number_of(folded_code(emergency_code(number, "ABCDEFGHJK"))) == number


def test_everybody_with_an_account_must_have_a_second_step():
    assert second_factor_rule_at(NOON).required_of == frozenset(Role) - WITHOUT_ACCOUNT


def test_a_device_is_told_by_what_its_browser_says():
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"
    assert device_of(iphone) is Device.IPHONE
    assert device_of("Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36") is Device.ANDROID
    assert device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64)") is Device.WINDOWS
    assert device_of("") is Device.OTHER
