"""Paging by position leaves nothing out, shows nothing twice, and survives any address."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presentation.pagination import backward_page, decode_position, encode_position, forward_page, moment_and_row


def position_of(row):
    return (row,)


def forward(rows, size, cursor):
    after = decode_position(cursor, int)
    later = [row for row in rows if after is None or (row,) > after]
    return forward_page(later[: size + 1], size=size, position_of=position_of, began_after=cursor)


def backward(rows, size, cursor):
    before = decode_position(cursor, int)
    earlier = [row for row in reversed(rows) if before is not None and (row,) < before]
    return backward_page(earlier[: size + 1], size=size, position_of=position_of)


@given(st.integers(0, 40), st.integers(1, 7))
def test_walking_forward_and_back_meets_every_row_once(count, size):
    rows = list(range(count))
    page = forward(rows, size, None)
    met = [*page.rows]
    assert page.previous is None
    while page.next:
        page = forward(rows, size, page.next)
        met += page.rows
    assert met == rows
    back = [page.rows]
    while page.previous:
        page = backward(rows, size, page.previous)
        back.insert(0, page.rows)
    assert [row for rows_of_page in back for row in rows_of_page] == rows


def test_a_position_survives_the_address():
    assert decode_position(encode_position(("2026-11-22", 17)), str, int) == ("2026-11-22", 17)


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        "",
        "!",
        "AAAA",
        "é",
        "a" * 401,
        encode_position((1,)),
        encode_position(("x",)),
        encode_position(("x", "y")),
        "W1sx",
        "bnVsbA",
    ],
)
def test_a_cursor_that_does_not_fit_means_the_first_page(cursor):
    assert decode_position(cursor, str, int) is None


def test_true_is_no_number():
    assert decode_position("W3RydWVd", int) is None


@given(st.text(max_size=60))
def test_no_address_breaks_the_page(cursor):
    position = decode_position(cursor, str, int)
    assert position is None or decode_position(encode_position(position), str, int) == position


def test_a_moment_and_a_row_come_back_as_they_were():
    at, row = datetime(2026, 11, 28, 10, 30, tzinfo=UTC), uuid.uuid4()
    assert moment_and_row(encode_position((at.isoformat(), row.hex))) == (at, row)


@pytest.mark.parametrize(
    "made_up", [("2026-11-28T10:30:00", "0" * 32), ("yesterday", "0" * 32), ("2026-11-28", "no row")]
)
def test_a_moment_without_a_zone_and_what_is_no_row_mean_the_first_page(made_up):
    assert moment_and_row(encode_position(made_up)) is None
    assert moment_and_row(None) is None
