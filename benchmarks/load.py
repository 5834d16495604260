"""Clients that ask all at once, and what their waiting amounted to."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Timings:
    """How long each request took, in seconds, and how long all of them took together."""

    each: list[float] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0
    """Processor time of the server's workers."""

    def add(self, other: Timings) -> None:
        self.each += other.each
        self.wall += other.wall
        self.cpu += other.cpu

    @property
    def median(self) -> float:
        return statistics.median(self.each)

    @property
    def per_second(self) -> float:
        return len(self.each) / self.wall

    @property
    def cpu_each(self) -> float:
        return self.cpu / len(self.each)

    def percentile(self, percent: int) -> float:
        """The time within which so many of a hundred were answered."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


Step = Callable[[], None]


def measure(steps_of_clients: Sequence[Sequence[Step]], *, cpu: Callable[[], float]) -> Timings:
    """Let every client take its steps one after the other, all clients at the same time. The first error is raised."""
    barrier = threading.Barrier(len(steps_of_clients) + 1)
    each: list[list[float]] = [[] for _ in steps_of_clients]
    errors: list[BaseException] = []

    def client(number: int) -> None:
        barrier.wait()
        try:
            for step in steps_of_clients[number]:
                began = time.perf_counter()
                step()
                each[number].append(time.perf_counter() - began)
        except Exception as error:  # noqa: BLE001 - handed to the thread that asked
            errors.append(error)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(len(steps_of_clients))]
    for thread in threads:
        thread.start()
    cpu_before = cpu()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - began
    if errors:
        raise errors[0]
    return Timings([one for times in each for one in times], wall, cpu() - cpu_before)
