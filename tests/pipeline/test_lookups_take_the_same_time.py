"""No clock tells a code that leads nowhere from one that has ended, nor who is registered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle

from flask import Flask
from sqlalchemy import ColumnElement, event, select, update

from app.mailbox.actions.entering import enter
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, roll_back
from app.sign_in.actions import open_with_password
from crypto import earlier_receipt_code, new_receipt_secret, receipt_code
from models.case import Case
from models.receipt import Receipt
from models.rules.case_lifecycle import CaseState
from tests.support import road
from tests.support.questions import noted
from tests.support.told_apart import BOUND, ROUNDS, one_round, processor_time, told_apart
from tests.support.world import MEMBERS


def undone(act: Callable[[str], object], *given: str) -> Callable[[], int]:
    """The time of the act, given each of these in turn; what it did is undone afterwards, uncounted."""
    drawn = cycle(given)

    def timed() -> int:
        each = next(drawn)
        taken = processor_time(lambda: act(each))
        roll_back()
        db().expunge_all()
        return taken

    return timed


def _ended(clock: FixedClock) -> list[str]:
    """Eight codes: four were ended, and the case of four was closed too long ago."""
    codes = [road.submitted()[1] for _one in range(8)]
    long_ago = clock.now() - timedelta(days=800)
    receipts = db().scalars(select(Receipt).order_by(Receipt.locator)).all()
    road.done(lambda: db().execute(update(Receipt).where(_of(receipts[::2])).values(ended_at=clock.now())))
    cases = [each.case_id for each in receipts[1::2]]
    closed = {"state": CaseState.CLOSED, "closed_at": long_ago, "outcome_token": bytes(32)}
    road.done(lambda: db().execute(update(Case).where(Case.id.in_(cases)).values(closed)))
    db().expire_all()
    return codes


def _of(receipts: Sequence[Receipt]) -> ColumnElement[bool]:
    return Receipt.id.in_([each.id for each in receipts])


def test_a_receipt_that_never_was_and_one_that_ended_are_not_told_apart_by_two_thousand_samples(
    app: Flask, clock: FixedClock
):
    with app.app_context():
        ended = _ended(clock)
        assert [enter(code) for code in ended] == [None] * 8
        never = [made(new_receipt_secret()) for made in (receipt_code, earlier_receipt_code) for _one in range(4)]
        assert not told_apart(undone(enter, *ended), undone(enter, *never))


def test_a_code_of_every_kind_is_looked_for_by_the_same_questions(app: Flask, clock: FixedClock):
    """What the clock could tell only over many tries: whose receipts are read, and how many of them."""
    with app.app_context():
        made_by = (receipt_code, earlier_receipt_code)
        codes = [*_ended(clock), *(made(new_receipt_secret()) for made in made_by for _one in range(12))]
        enter(codes[0])  # the rules are read now, and remembered for all
        assert len({_asked(code) for code in codes}) == 1
        assert _asked(codes[0])[-2:] == ("Receipt", "Case")


def _asked(code: str) -> tuple[str, ...]:
    """The questions, and the kinds of the rows that were made into objects."""
    roll_back()
    db().expunge_all()
    made: list[str] = []

    def note(_session: object, row: object) -> None:
        made.append(type(row).__name__)

    event.listen(db(), "loaded_as_persistent", note)
    try:
        with noted(db().get_bind()) as questions:
            assert enter(code) is None
    finally:
        event.remove(db(), "loaded_as_persistent", note)
    return (*questions.statements, *made)


def test_an_address_that_nobody_has_and_a_wrong_password_are_not_told_apart(app: Flask):
    """Four hundred pairs with the tests' hash, beside whose 0.1 ms everything else is as large as it can ever be."""
    with app.app_context():
        hers = undone(_with_a_wrong_password, MEMBERS["counselor"].mail)
        nobodys = undone(_with_a_wrong_password, "nobody@kikite.example")
        for each in (hers, nobodys):
            each()
        assert not told_apart(hers, nobodys, pairs=400)


def _with_a_wrong_password(mail: str) -> object:
    return open_with_password(mail, "not the password")


def test_two_of_which_one_does_more_are_told_apart():
    """Without this the tests above could pass because the measure sees nothing."""

    def work(times: int) -> int:
        return processor_time(lambda: sum(range(times)))

    assert len(told_apart(lambda: work(2_400), lambda: work(2_000))) == ROUNDS
    same = one_round(lambda: work(2_000), lambda: work(2_000), pairs=1_000, seed=1)
    assert abs(same.deviations) < 2 * BOUND
