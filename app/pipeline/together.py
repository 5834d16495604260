"""Those of one process who wait for the pen store together: whoever gets it writes for all of them, in one transaction.

With one writer at a time, each who sends waits for all before; and to make a writing last takes as long for four
consultations as for one. Who leads waits for the pen; the others wait for who leads, and never the other way round.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from flask import Flask, current_app

from app.pipeline import database
from app.pipeline.database import DatabaseBusy
from app.pipeline.inserting import Insertion, insertions_of
from app.pipeline.transaction import (
    begin_writing,
    commit,
    db,
    insert_by_the_driver,
    is_writing,
    roll_back,
    store_new,
    transactions,
)
from models.base import Base

_TOGETHER: Final = "kikite_together"


class _Came(Enum):
    """What came of waiting."""

    STORED = auto()
    APART = auto()
    """Something of what was to be stored was refused, and all of it undone: each tries for herself."""
    BUSY = auto()


@dataclass(eq=False)
class _Whole:
    """One whole thing to be stored, and what came of it."""

    insertions: list[Insertion]
    came: _Came | None = None


class _Together:
    """Who waits in this process, and whether one of them leads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[_Whole] = deque()
        self._is_led = False

    def store(self, insertions: list[Insertion]) -> _Came:
        """Have it stored by whoever leads, or lead and store what all the others want stored as well."""
        whole = _Whole(insertions)
        with self._changed:
            self._waiting.append(whole)
            while whole.came is None and self._is_led:
                in_time = self._changed.wait(database.LOCK_WAIT_SECONDS)
                if not in_time and whole in self._waiting:
                    # Nobody has it in hand, so that this is true: it was not stored.
                    self._waiting.remove(whole)
                    return _Came.BUSY
            if whole.came is not None:
                return whole.came
            self._is_led = True
        return self._lead(whole)

    def _lead(self, own: _Whole) -> _Came:
        those, came = [own], _Came.BUSY
        try:
            session = begin_writing()
            came = _Came.APART
            with self._changed:
                # Those too who came while this one waited for the pen.
                those = list(self._waiting)
                self._waiting.clear()
            for whole in those:
                insert_by_the_driver(whole.insertions, session.connection())
            commit()
            came = _Came.STORED
        except DatabaseBusy:
            # The others go on waiting, and the next of them leads.
            pass
        except Exception:
            roll_back()
            if came is _Came.BUSY:
                raise
        finally:
            with self._changed:
                if own in self._waiting:
                    self._waiting.remove(own)
                for whole in those:
                    whole.came = came
                self._is_led = False
                self._changed.notify_all()
        return came


def init_together(app: Flask) -> None:
    """Give the application its place where those who store wait for each other."""
    app.extensions[_TOGETHER] = _Together()


def store_whole(rows: Sequence[Base]) -> None:
    """Store what is all that this request stores, and make it last; with it, what others store at the same moment.

    Raises AlreadyThere as store_new() does, DatabaseBusy, and what the database says at the end of a transaction; then
    nothing of it is stored.
    """
    session = db()
    if is_writing() or session.new or session.dirty or session.deleted:
        raise RuntimeError("store_whole() stores all that its request stores")
    # Who waits keeps no reading open.
    session.rollback()
    if transactions().lock.is_for_one_writer:
        together: _Together = current_app.extensions[_TOGETHER]
        came = together.store(list(insertions_of(rows, transactions().engine.dialect)))
        if came is _Came.STORED:
            return
        if came is _Came.BUSY:
            raise DatabaseBusy
    store_new(rows)
    commit()
