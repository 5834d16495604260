"""The two servers of a run: the service and its floor, both under gunicorn with the service's own settings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.browser import Browser
from benchmarks.installed import WITHOUT_SITE_PACKAGES

ROOT = Path(__file__).parent.parent
START_SECONDS, STOP_SECONDS = 60.0, 15.0
WORKERS, THREADS = 2, 4
# As `make run` starts it: without the documentation of the libraries and the columns of each line of code, and
# without what only the tests need.
SERVICE = (WITHOUT_SITE_PACKAGES, "-OO", "-X", "no_debug_ranges", "-m", "app", "serve", "--port", "{port}")
FLOOR = ("-m", "benchmarks.floor", "{port}", str(WORKERS), str(THREADS))
TICKS = os.sysconf("SC_CLK_TCK")
KIB, MEGABYTE = 1024, 1_000_000


class ServerDidNotStart(Exception):
    """The message is the end of what the server wrote."""


@dataclass(frozen=True)
class Memory:
    """What a worker occupies, in megabytes: all that is resident, and its share where pages are shared."""

    resident: float
    proportional: float


@dataclass
class Server:
    """A gunicorn master with its workers."""

    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(child) for child in children.split()]

    def cpu_seconds(self) -> float:
        """Processor time that the workers have used so far."""
        used = 0
        for worker in self.workers():
            fields = Path(f"/proc/{worker}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
        return used / TICKS

    def memory(self) -> list[Memory]:
        return [
            Memory(
                _megabytes(Path(f"/proc/{worker}/status"), "VmRSS"),
                _megabytes(Path(f"/proc/{worker}/smaps_rollup"), "Pss"),
            )
            for worker in self.workers()
        ]


@contextmanager
def running(arguments: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Start a server, wait until it answers, and stop it in the end."""
    port = _free_port()
    command = [sys.executable, *(argument.format(port=port) for argument in arguments)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_for(process, port, log)
        yield Server(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        browser = Browser(port)
        try:
            browser.get("/ready")
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            browser.close()
    raise ServerDidNotStart(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _megabytes(file: Path, name: str) -> float:
    for line in file.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * KIB / MEGABYTE
    return 0.0
