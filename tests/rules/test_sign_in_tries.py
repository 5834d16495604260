"""Failures slow what follows, ever more, up to a bound; nothing that is tried meanwhile makes the wait longer."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from models.rules.sign_in_tries import NO_TRIES, TRIES_RULES, TriesRule, after_a_failure, tries_rule_at
from models.rules.working_days import JST

NOON = datetime(2026, 11, 27, 12, tzinfo=JST)
RULE = tries_rule_at(NOON)


def failing_at_once(times):
    """So many failures, each as soon as the wait before it is over; and how long each made everybody wait."""
    tries, at, waits = NO_TRIES, NOON, []
    for _ in range(times):
        tries = after_a_failure(tries, at=at, rule=RULE)
        until = tries.waits_until or at
        waits.append(until - at)
        at = until
    return tries, waits


def test_the_first_failures_are_free_and_then_the_wait_grows_to_a_quarter_of_an_hour():
    _tries, waits = failing_at_once(RULE.free + 8)
    assert not any(waits[: RULE.free])
    assert waits[RULE.free :] == [*RULE.waits, RULE.waits[-1], RULE.waits[-1]]
    assert waits[-1] == timedelta(minutes=15)


def test_what_is_tried_during_the_wait_does_not_lengthen_it():
    tries, _waits = failing_at_once(RULE.free + 1)
    assert tries.waits_until is not None
    during = tries.waits_until - timedelta(seconds=1)
    assert tries.waits_at(during)
    assert after_a_failure(tries, at=during, rule=RULE) == tries
    assert not tries.waits_at(tries.waits_until)


def test_no_day_has_more_than_a_hundred_and_twenty_attempts():
    """What NIST SP 800-63B allows in a row is a hundred; 10^8 guesses take millennia at this rate."""
    tries, at, tried = NO_TRIES, NOON, 0
    while at < NOON + timedelta(days=1):
        tries = after_a_failure(tries, at=at, rule=RULE)
        at, tried = tries.waits_until or at, tried + 1
    assert tried <= 120


def test_a_day_without_a_failure_forgets_them_all():
    tries, _waits = failing_at_once(RULE.free + 3)
    assert tries.last_failed_at is not None
    later = after_a_failure(tries, at=tries.last_failed_at + RULE.forgotten_after, rule=RULE)
    assert (later.failed, later.waits_until) == (1, None)


def test_every_row_grows_and_a_later_row_takes_over_on_its_day():
    assert all(shorter < longer for rule in TRIES_RULES for shorter, longer in pairwise(rule.waits))
    later = TriesRule("2030-04", date(2030, 4, 1), 2, (timedelta(hours=1),), timedelta(days=2), 1)
    rules = (*TRIES_RULES, later)
    assert tries_rule_at(datetime(2030, 3, 31, 23, 59, tzinfo=JST), rules) is TRIES_RULES[-1]
    assert tries_rule_at(datetime(2030, 4, 1, tzinfo=JST), rules) is later
