"""Browsers that come one after the other are shared out among the workers, and none waits for one that has ended."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack

import httpx
import pytest

from app.operations.evenly import OpenConnections, free_place
from app.operations.serving import take_port
from tests.support.source_tree import ROOT

PATIENCE, BROWSERS = 30, 16
WHO = """
import os, socket, sys
from app.operations.serving import Gunicorn, gunicorn_settings

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

Gunicorn(application, gunicorn_settings(socket.socket(fileno=int(sys.argv[1])), workers=2, threads=2)).run()
"""


@pytest.fixture
def address():
    """A server of two workers, each of which answers with the number of its process."""
    listener = take_port("127.0.0.1", None)
    os.set_inheritable(listener.fileno(), True)
    server = subprocess.Popen(
        [sys.executable, "-c", WHO, str(listener.fileno())], cwd=ROOT, pass_fds=[listener.fileno()]
    )
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    server.terminate()
    server.wait(PATIENCE)


def answered(address, browsers=BROWSERS):
    """By which process each browser is answered, which all keep their connections as long as the others come."""
    with ExitStack() as open_browsers:
        return Counter(
            int(open_browsers.enter_context(httpx.Client(timeout=PATIENCE)).get(address).text) for _ in range(browsers)
        )


def test_browsers_that_come_one_after_the_other_are_shared_out_evenly(address):
    by_worker = answered(address)
    while len(by_worker) < 2:  # The second worker may still be starting.
        by_worker = answered(address)
    by_worker = answered(address)
    assert sorted(by_worker.values()) == pytest.approx([BROWSERS / 2] * 2, abs=1)


def test_a_worker_that_hangs_keeps_nobody_waiting(address):
    while len(first := answered(address)) < 2:
        pass
    hanging = min(first)
    os.kill(hanging, signal.SIGSTOP)
    try:
        assert answered(address, browsers=4)[hanging] == 0
    finally:
        os.kill(hanging, signal.SIGCONT)


def test_nothing_is_left_to_a_worker_that_has_ended():
    connections = OpenConnections(2)
    connections.note(0, 3)
    assert connections.fewest() == 3, "the second has not begun"
    connections.note(1, 0)
    assert connections.fewest() == 0
    connections.leave(1)
    assert connections.fewest() == 3


@pytest.mark.parametrize(
    ("others", "place"),
    [
        ([], 0),
        ([(1, 0), (2, 1)], 2),
        ([(1, 0), (3, 2)], 1),
        # One more than was asked for.
        ([(1, 0), (2, 1), (3, 2), (4, None)], 0),
        # All are replaced, the oldest last: each place is given again, the clock's as well.
        ([(2, 1), (3, 2), (4, 0)], 1),
        ([(3, 2), (4, 0), (5, 1), (2, 1)], 2),
        ([(1, 0), (2, 1), (3, 2)], 0),
    ],
)
def test_whoever_comes_takes_the_place_of_whoever_went_or_goes(others, place):
    assert free_place(others, workers=3) == place
