"""Companies that follow each other in tests: entered by one, confirmed by another, put into effect by the clock."""

from __future__ import annotations

from datetime import date, timedelta

from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from app.successions.actions import confirm_succession, enter_succession, follow_successions
from models.rules.succession import SuccessionKind
from models.succession import Succession
from tests.support import ladder, road
from tests.support.present import company, present


def entered(
    before: str,
    after: str,
    *,
    kind: SuccessionKind = SuccessionKind.MERGER,
    on: date | None = None,
    by: str = "manager",
) -> Succession:
    """Entered, for tomorrow unless told otherwise; nothing follows from it yet."""
    return road.done(
        lambda: enter_succession(
            kind,
            predecessor=company(before),
            successor=company(after),
            effective_on=on or today() + timedelta(days=1),
            actor=present(by),
        )
    )


def confirmed(before: str, after: str, **given: object) -> Succession:
    """Entered by the manager and confirmed by the head."""
    found = entered(before, after, **given)  # type: ignore[arg-type]  # Handed on as it came.
    road.done(lambda: confirm_succession(found, actor=present("head")))
    return as_it_is(found)


def in_effect(before: str, after: str, **given: object) -> Succession:
    """Its day has come, and the clock has seen to it."""
    found = confirmed(before, after, **given)
    ladder.move_to(max(ladder.at(*found.effective_on.timetuple()[:3], hour=0, minute=5), now()))
    if road.done(follow_successions) != 1:
        raise AssertionError("it did not take effect")
    return as_it_is(found)


def as_it_is(found: Succession) -> Succession:
    """The entry as it is now."""
    db().expire_all()
    return db().get_one(Succession, found.id)
