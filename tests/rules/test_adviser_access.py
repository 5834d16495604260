"""What may be shown to an external adviser, until when, and where an access stands at each moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.rules.adviser_access import (
    ADVISER_POLICIES,
    MAY_BE_SHOWN,
    AccessState,
    AdviserPolicy,
    end_of,
    last_day_allowed,
    last_day_of,
    longest_days,
    state_of,
)
from models.rules.people import READERS, CompartmentKind, SeatKind

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
END = datetime(2026, 11, 30, 15, tzinfo=UTC)


def test_only_what_her_own_receipt_opens_can_be_shown_and_never_what_the_handlers_alone_open() -> None:
    for kind in MAY_BE_SHOWN:
        assert READERS[kind].receipt
        assert SeatKind.HANDLERS not in READERS[kind].seats
    assert CompartmentKind.IDENTITY not in MAY_BE_SHOWN


def test_an_access_ends_at_midnight_after_its_last_day_in_japan() -> None:
    assert end_of(date(2026, 11, 30)) == END
    assert last_day_of(END) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("agreed_at", "ended_at", "moment", "stands"),
    [
        (None, None, NOW, AccessState.ASKED),
        (NOW, None, NOW, AccessState.OPEN),
        (NOW, None, END - timedelta(microseconds=1), AccessState.OPEN),
        (NOW, None, END, AccessState.ENDED),
        (None, None, END, AccessState.ENDED),
        (NOW, NOW, NOW, AccessState.ENDED),
    ],
)
def test_at_its_end_it_is_over_before_anybody_puts_it_away(
    agreed_at: datetime | None, ended_at: datetime | None, moment: datetime, stands: AccessState
) -> None:
    assert state_of(agreed_at=agreed_at, ended_at=ended_at, ends_at=END, now=moment) is stands


def test_the_term_is_a_dated_rule_counted_by_the_day_in_japan() -> None:
    assert longest_days(NOW) == 30
    assert last_day_allowed(NOW) == date(2026, 12, 24)
    late = datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert last_day_allowed(late) == date(2026, 12, 25), "in Japan it is the next day already"
    shorter = (*ADVISER_POLICIES, AdviserPolicy("2026-12", date(2026, 12, 1), 14))
    assert longest_days(NOW, shorter) == 30
    assert longest_days(datetime(2026, 12, 1, tzinfo=UTC), shorter) == 14
