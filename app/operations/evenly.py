"""Who answers and who works by the clock, and connections shared out evenly among those who answer.

The system wakes every worker for a new connection, and nearly always the same one is up first. Browsers keep their
connections, so that on a quiet machine one worker would soon answer almost everybody, with one processor, while the
other one waits. So whoever has more of them open than another leaves the next one to that one.

The worker in the last place answers nobody: what it loads and does by the clock is in nobody's way.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Iterable
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

LEFT_FOR_SECONDS: Final = 0.003
"""How long a connection is left to another worker. One that hangs keeps no visitor waiting for longer than that."""
_NOBODY: Final = 2**31 - 1
_BYTES_OF_COUNT: Final = 4


class OpenConnections:
    """How many connections each worker has open, in memory that all of them see; made before the first is forked."""

    def __init__(self, workers: int) -> None:
        self._counts = memoryview(mmap.mmap(-1, workers * _BYTES_OF_COUNT)).cast("i")
        for place in range(workers):
            self.leave(place)

    @property
    def places(self) -> int:
        """How many answer; these have the first places."""
        return len(self._counts)

    def note(self, place: int, count: int) -> None:
        """Say how many one has."""
        self._counts[place] = count

    def leave(self, place: int) -> None:
        """Nothing is left to a worker that has ended."""
        self._counts[place] = _NOBODY

    def fewest(self) -> int:
        """How many the worker has that has the fewest."""
        return min(self._counts)


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types.
    """gunicorn's worker of threads, which leaves a new connection to a worker that has fewer."""

    kikite_connections: OpenConnections | None = None
    kikite_place: int | None = None
    """None for one more than was asked for, which answers as well."""
    _leaves_until: float | None = None

    @property
    def answers(self) -> bool:
        """Whether visitors are answered here; the clock's worker has the place after all who do."""
        return self.kikite_connections is None or (self.kikite_place or 0) < self.kikite_connections.places

    def accept(self, listener: Any) -> None:
        """Accept a new connection, unless another worker is nearer to it and has not yet been given the time."""
        if self._leaves_until is None and self._has_more_than_another():
            self._leaves_until = time.monotonic() + LEFT_FOR_SECONDS
            self.set_accept_enabled(False)
            return
        super().accept(listener)
        self._leaves_until = None

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 - the library's own signature
        """Listen for new connections or not; while one is left to another worker, not."""
        super().set_accept_enabled(enabled and self.answers and self._still_leaves() <= 0)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for what comes, for no longer than a connection is left to another worker."""
        self._note()
        left = self._still_leaves()
        super().wait_for_and_dispatch_events(min(timeout, left) if left > 0 else timeout)
        self._note()

    def _has_more_than_another(self) -> bool:
        return self.kikite_connections is not None and self.nr_conns > self.kikite_connections.fewest()

    def _still_leaves(self) -> float:
        return 0.0 if self._leaves_until is None else self._leaves_until - time.monotonic()

    def _note(self) -> None:
        if self.kikite_connections is not None and self.kikite_place is not None and self.answers:
            self.kikite_connections.note(self.kikite_place, self.nr_conns)


def even_settings(workers: int, *, with_clock: bool) -> dict[str, Any]:
    """What gunicorn is told so that its workers know of each other, and so that one of them is the clock's."""
    connections = OpenConnections(workers)

    def give_place(server: Any, worker: Any) -> None:
        worker.kikite_connections = connections
        worker.kikite_place = free_place(
            ((other.age, other.kikite_place) for other in server.WORKERS.values()), workers=server.num_workers
        )
        if worker.kikite_place is not None and worker.answers:
            connections.note(worker.kikite_place, 0)

    def take_place_back(_server: Any, worker: Any) -> None:
        if worker.kikite_place is not None and worker.answers:
            connections.leave(worker.kikite_place)

    return {
        "worker_class": EvenWorker,
        "workers": workers + with_clock,
        "pre_fork": give_place,
        "child_exit": take_place_back,
    }


def free_place(others: Iterable[tuple[int, int | None]], *, workers: int) -> int | None:
    """The first place that none of those has who will stay, told by age and place; None when there is none.

    When all are replaced, the oldest go once the new ones are there: their places are free already.
    """
    youngest_first = sorted(others, reverse=True)
    taken = {place for _age, place in youngest_first[: workers - 1]}
    return next((place for place in range(workers) if place not in taken), None)
