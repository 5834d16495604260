"""Whoever has the seed draws the same sample; nothing else moves it."""

import hashlib
import random

from models.rules.sampling import digest_of_all, drawn

EVERYTHING = [f"{place:032x}" for place in range(200)]


def test_the_same_seed_draws_the_same_whatever_order_they_come_in():
    shuffled = random.Random(7).sample(EVERYTHING, len(EVERYTHING))
    assert drawn(EVERYTHING, seed="ab", size=10) == drawn(shuffled, seed="ab", size=10)
    assert digest_of_all(EVERYTHING) == digest_of_all(shuffled)
    assert drawn(EVERYTHING, seed="ab", size=10) != drawn(EVERYTHING, seed="ac", size=10)
    assert digest_of_all(EVERYTHING[1:]) != digest_of_all(EVERYTHING)


def test_a_larger_sample_begins_with_the_smaller_and_none_is_drawn_twice():
    larger = drawn(EVERYTHING, seed="ab", size=50)
    assert larger[:10] == drawn(EVERYTHING, seed="ab", size=10)
    assert len(set(larger)) == 50
    assert len(drawn(EVERYTHING[:3], seed="ab", size=10)) == 3


def test_anybody_can_draw_it_again_with_three_lines_of_their_own():
    by_hand = sorted(EVERYTHING, key=lambda one: hashlib.sha256(f"ab:{one}".encode()).digest())[:10]
    assert list(drawn(EVERYTHING, seed="ab", size=10)) == by_hand


def test_every_one_is_drawn_about_as_often():
    counts = dict.fromkeys(EVERYTHING, 0)
    for place in range(400):
        for one in drawn(EVERYTHING, seed=f"{place:032x}", size=20):
            counts[one] += 1
    # Forty are expected of each; five standard deviations are thirty.
    assert all(10 < count < 70 for count in counts.values())
