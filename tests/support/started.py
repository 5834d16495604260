"""The service and the commands as somebody really starts them: in a process of their own, told by the environment."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.source_tree import ROOT

LONGEST_START = 120


def _told(data: Path, settings: dict[str, str]) -> dict[str, str]:
    """None of this machine's own settings, and these."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KIKITE_")}
    return environment | {"KIKITE_DATA": str(data), "KIKITE_SWEEP_SECONDS": "1", "PYTHONUNBUFFERED": "1", **settings}


def command(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command, to its end, with all that it said."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env=_told(data, settings),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def running(data: Path, *arguments: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """The server in a process of its own; gives it with its address and all that it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", *arguments],
        cwd=ROOT,
        env=_told(data, settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    told = process.stdout
    said: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        for line in told:
            said.append(line)
            if "Ctrl-C" in line:
                ready.set()
        ready.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        assert ready.wait(LONGEST_START)
        found = re.search(r"http://[\d.]+:\d+", "".join(said))
        assert found, "".join(said)
        yield process, found.group(0), said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        listener.join(10)
        told.close()
