"""A vote that is cast while another one closes the vote is counted, or refused: it is never taken and left out."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transaction
from app.resolutions.actions import cast_vote, record_resolution
from app.resolutions.queries import resolution_of, vote_of, votes_on
from models.board_item import BoardItem
from models.rules.board import BoardOption
from models.vote import Vote
from tests.support.board import vote, voting
from tests.support.present import present

LONG_ENOUGH = 2
"""So many seconds whoever comes second is given to go on, if nothing keeps her from it."""


def test_whoever_closes_the_vote_waits_for_the_one_that_is_being_cast(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        item_id = _with_two_votes(clock)
    votes_now, is_closed = threading.Event(), threading.Event()

    def looks_and_waits(*asked: object) -> Vote | None:
        """Where the act has looked whether the vote is open, and has not stored anything yet."""
        found = vote_of(*asked)  # type: ignore[arg-type]
        votes_now.set()
        is_closed.wait(timeout=LONG_ENOUGH)
        return found

    monkeypatch.setattr("app.resolutions.actions.meetings.vote_of", looks_and_waits)

    def votes() -> None:
        with app.app_context():
            actor = present("director_three")
            with transaction():
                cast_vote(db().get_one(BoardItem, item_id), BoardOption.REVOKE, actor=actor)

    def closes() -> None:
        with app.app_context():
            actor = present("manager")
            votes_now.wait(timeout=20)
            with transaction():
                record_resolution(db().get_one(BoardItem, item_id), reasons="", actor=actor)
            is_closed.set()

    acts = [threading.Thread(target=act) for act in (votes, closes)]
    for act in acts:
        act.start()
    for act in acts:
        act.join(timeout=60)
    with app.app_context():
        item = db().get_one(BoardItem, item_id)
        decided = resolution_of(item)
        assert decided is not None
        assert (decided.present, decided.votes_for, len(votes_on(item))) == (3, 3, 3)


def _with_two_votes(clock: FixedClock) -> object:
    """Two have voted alike; a third is still to come, without whom too few were there."""
    item = voting(clock)
    vote(item, chair=BoardOption.REVOKE, director_two=BoardOption.REVOKE)
    return item.id
