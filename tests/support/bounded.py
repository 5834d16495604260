"""A bound on the work of the processor, for what must not grow with the square of what a visitor sends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PLENTY = 20.0
"""Processor seconds, and not the time on the wall: many times what the work takes, and far less than its square."""


class TooMuchWork(Exception):
    """The processor was busy with it for too long."""


@contextmanager
def bounded_work() -> Iterator[None]:
    """Fail what is done inside when it takes this process more of the processor than plenty."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TooMuchWork

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, PLENTY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
