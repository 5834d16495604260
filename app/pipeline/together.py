"""Those of one process who wait for the pen store together: whoever gets it writes for all of them, in one transaction.

With one writer at a time, each who sends waits for all before; and to make a writing last takes as long for four
consultations as for one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, cast

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from app.pipeline.database import DatabaseBusy
from app.pipeline.inserting import Insertion, insertions_of
from app.pipeline.transaction import begin_writing, commit, insert_by_the_driver, roll_back, store_new, transactions
from models.base import Base

_TOGETHER: Final = "kikite_together"


class _Came(Enum):
    """What became of one's turn."""

    STORED = auto()
    APART = auto()
    """Something of what was to be stored was refused, and all of it undone: each tries for herself."""
    BUSY = auto()


@dataclass(eq=False)
class _Whole:
    """One whole thing to be stored, and what came of it once somebody has had a turn."""

    insertions: list[Insertion]
    came: _Came | None = None


class _Together:
    """Who waits in this process."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting: deque[_Whole] = deque()

    def store(self, insertions: list[Insertion]) -> _Came:
        """Store it with what the others want stored, or find that another one has done it by now."""
        whole = _Whole(insertions)
        self._waiting.append(whole)
        with self._turn:
            if whole.came is None:
                self._store_all()
        # Whoever had the turn has said it of everybody who waited.
        return cast(_Came, whole.came)

    def _store_all(self) -> None:
        came, those = _Came.BUSY, list[_Whole]()
        try:
            try:
                session = begin_writing()
            finally:
                # Those too who came while this one waited; and without the pen nobody is left behind unanswered.
                while self._waiting:
                    those.append(self._waiting.popleft())
            came = _Came.APART
            connection = session.connection()
            for whole in those:
                insert_by_the_driver(whole.insertions, connection)
            commit()
            came = _Came.STORED
        except DatabaseBusy:
            pass
        except DBAPIError:
            roll_back()
        finally:
            for whole in those:
                whole.came = came


def init_together(app: Flask) -> None:
    """Give the application its place where those who store wait for each other."""
    app.extensions[_TOGETHER] = _Together()


def store_whole(rows: Sequence[Base]) -> None:
    """Store what is all that this request stores, and make it last; with it, what others store at the same moment.

    Raises AlreadyThere as store_new() does, and DatabaseBusy, with nothing of it stored.
    """
    if transactions().lock.is_for_one_writer:
        together: _Together = current_app.extensions[_TOGETHER]
        came = together.store(list(insertions_of(rows, transactions().engine.dialect)))
        if came is _Came.STORED:
            return
        if came is _Came.BUSY:
            raise DatabaseBusy
    store_new(rows)
    commit()
