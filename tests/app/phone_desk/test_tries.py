"""Words for a lost code are compared only so often in a day, also when many ask at the same moment."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from flask import Flask

from app.phone_desk.actions import codes as codes_of_the_desk
from app.phone_desk.actions import note_the_asking
from app.phone_desk.queries import tries_of
from app.pipeline.identity import Actor
from app.pipeline.transaction import transaction
from models.rules.lost_code import MOST_TRIES_OF_ONE_PERSON
from tests.support import road
from tests.support.present import present

AT_ONCE = 2


def test_of_two_who_try_the_last_time_at_the_same_moment_one_compares(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        for _try in range(MOST_TRIES_OF_ONE_PERSON - 1):
            assert road.done(lambda: note_the_asking(actor=present("counselor")))
    both_have_counted = threading.Barrier(AT_ONCE)

    def counted(actor: Actor) -> tuple[int, int]:
        found = tries_of(actor)
        with suppress(threading.BrokenBarrierError):
            both_have_counted.wait(timeout=0.5)
        return found

    monkeypatch.setattr(codes_of_the_desk, "tries_of", counted)
    compared: list[bool] = []

    def try_once() -> None:
        with app.app_context():
            actor = present("counselor")
            with transaction():
                compared.append(note_the_asking(actor=actor))

    threads = [threading.Thread(target=try_once) for _each in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(compared) == [False, True]
