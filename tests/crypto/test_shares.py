"""Any k of n cards bring a secret back, fewer say nothing, and what is typed wrong is told by its row."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import (
    RECEIPT_ALPHABET,
    CannotOpen,
    Card,
    CardMistyped,
    Share,
    card_commitment,
    card_rows,
    join_shares,
    new_keypair,
    public_key_of,
    read_card,
    split_secret,
)

SECRET = bytes(range(32))
SECRETS = st.binary(min_size=32, max_size=32)


def test_the_published_shares_give_the_published_secret() -> None:
    """draft-mcgrew-tss-03, section 9: the secret "test" with its zero byte, two shares of which both are needed."""
    shares = [Share(1, bytes.fromhex("B9FA07E185")), Share(2, bytes.fromhex("F5409B4511"))]
    assert join_shares(shares) == b"test\x00"
    assert join_shares(shares[::-1]) == b"test\x00"


@pytest.mark.parametrize("number", [0, 1])
def test_frozen_cards_still_read_and_open(vectors, number: int) -> None:
    case = vectors("recovery_card")["cases"][number]
    cards = [read_card(" ".join(rows)) for rows in case["cards"]]
    assert join_shares([card.share for card in cards]).hex() == case["secret"]
    assert [card_commitment(card).hex() for card in cards] == case["commitments"]
    assert [list(card_rows(card.share, mark=case["mark"])) for card in cards] == case["cards"]


@given(SECRETS, st.integers(2, 5), st.integers(0, 3))
def test_any_cards_that_are_enough_bring_it_back(secret: bytes, needed: int, more: int) -> None:
    shares = split_secret(secret, needed=needed, cards=needed + more)
    assert all(join_shares(some) == secret for some in combinations(shares, needed))
    assert join_shares(shares) == secret


def test_fewer_cards_fit_every_secret_alike() -> None:
    """With one share of a 2-of-n split, each value of the byte is as possible as every other."""
    share = split_secret(SECRET, needed=2, cards=2)[0]
    possible = {join_shares([share, Share(2, bytes([other]) * 32)])[0] for other in range(256)}
    assert len(possible) == 256


@pytest.mark.parametrize(("needed", "cards"), [(1, 3), (0, 0), (4, 3), (2, 32)])
def test_a_kit_that_is_none_is_refused(needed: int, cards: int) -> None:
    with pytest.raises(ValueError, match="cards"):
        split_secret(SECRET, needed=needed, cards=cards)


def test_the_same_card_twice_opens_nothing() -> None:
    share = split_secret(SECRET, needed=2, cards=2)[0]
    for wrong in ([share, share], [], [share, Share(2, b"short")], [share, Share(0, SECRET)]):
        with pytest.raises(CannotOpen):
            join_shares(wrong)


@given(SECRETS, st.integers(1, 31), st.integers(0, 2**20 - 1))
def test_a_card_reads_back_as_it_was_printed_in_any_order_of_its_rows(secret: bytes, number: int, mark: int) -> None:
    card = Card(mark, Share(number, secret))
    rows = card_rows(card.share, mark=mark)
    assert read_card("\n".join(rows)) == card
    assert read_card("　".join(rows[::-1]).lower().replace("-", "ー")) == card


def test_a_wrong_sign_is_told_by_its_row_and_rows_of_two_cards_do_not_fit() -> None:
    one, other = (card_rows(share, mark=7) for share in split_secret(SECRET, needed=2, cards=2))
    for row in range(3):
        for place, sign in enumerate(one[row]):
            if sign == "-":
                continue
            wrong = RECEIPT_ALPHABET[(RECEIPT_ALPHABET.index(sign) + 1) % 32]
            typed = [*one]
            typed[row] = one[row][:place] + wrong + one[row][place + 1 :]
            with pytest.raises(CardMistyped) as mistyped:
                read_card(" ".join(typed))
            assert mistyped.value.row == row + 1
    with pytest.raises(CardMistyped) as mixed:
        read_card(" ".join([one[0], one[1], other[2]]))
    assert mixed.value.row is None
    for typed_text in ("", one[0], " ".join(one) + "0", "x" * 10_000):
        with pytest.raises(CardMistyped):
            read_card(typed_text)


def test_a_commitment_knows_one_card_and_no_other() -> None:
    shares = split_secret(SECRET, needed=2, cards=3)
    cards = [Card(7, share) for share in shares] + [Card(8, shares[0]), Card(7, Share(9, shares[0].value))]
    assert len({card_commitment(card) for card in cards}) == len(cards)


def test_nothing_of_a_share_stands_in_its_representation() -> None:
    assert "value" not in repr(Share(1, SECRET))


def test_the_public_half_follows_from_the_private_one() -> None:
    pair = new_keypair()
    assert public_key_of(pair.private) == pair.public
