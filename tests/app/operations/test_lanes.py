"""Whoever has signed in is answered while strangers take every place that a stranger may."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import httpx
import pytest

from app.operations import serving
from app.operations.lanes import ANYBODY, FILES, INSIDE, WRITING, first_line_of, lane_of, lane_of_request
from app.operations.serving import take_port
from app.pipeline.access import ask_of
from tests.support.source_tree import ROOT

WIDTH, PATIENCE = 2, 30
CROWDED = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from app.operations import serving
from app.operations.lanes import WorkerOfLanes
from app.operations.serving import Gunicorn, gunicorn_settings
import socket

folder = Path(sys.argv[2])

def application(environ, start_response):
    if environ["PATH_INFO"] == sys.argv[4]:
        (folder / f"inside-{time.monotonic_ns()}").touch()
        while not (folder / "let-go").exists():
            time.sleep(0.02)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]

if sys.argv[4] == "slowly":
    begin_a_thread = ThreadPoolExecutor._adjust_thread_count

    def slowly(pool):
        (folder / "begins").touch()
        time.sleep(1)
        begin_a_thread(pool)

    ThreadPoolExecutor._adjust_thread_count = slowly

listener = socket.socket(fileno=int(sys.argv[1]))
settings = gunicorn_settings(listener, workers=1, threads=int(sys.argv[3]))
Gunicorn(application, {**settings, "worker_class": WorkerOfLanes}).run()
"""


@pytest.mark.parametrize(
    ("arrived", "lane"),
    [
        (b"GET /consult HTTP/1.1\r\n", WRITING),
        (b"POST /consult/send HTTP/1.1\r\nHost: x\r\n", WRITING),
        (b"GET /consult?site=1 HTTP/1.1\r\n", WRITING),
        (b"GET /%63onsult/send HTTP/1.1\r\n", WRITING),
        (b"POST /mailbox/files HTTP/1.1\r\n", FILES),
        (b"GET /mailbox HTTP/1.1\r\n", ANYBODY),
        (b"GET / HTTP/1.1\r\n", ANYBODY),
        (b"GET /consultations HTTP/1.1\r\n", INSIDE),
        (b"GET /desk/?next=/consult HTTP/1.1\r\n", INSIDE),
        # A line that dribbles in, or is none of ours, takes no place from those who have signed in.
        (b"GET /desk/", ANYBODY),
        (b"GET", ANYBODY),
        (b"", ANYBODY),
        (b"\r\nGET /desk/ HTTP/1.1\r\n", ANYBODY),
        (b"GET http://kikite.example/consult HTTP/1.1\r\n", ANYBODY),
        (b"GET /\xe6\x9f\x93 HTTP/1.1\r\n", INSIDE),
    ],
)
def test_the_lane_follows_from_the_first_line(arrived, lane):
    assert lane_of_request(arrived) == lane


def test_nothing_that_is_open_to_strangers_is_in_the_lane_of_those_who_signed_in(app):
    open_to_all = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if (ask := ask_of(app, rule.endpoint)) is not None
        and (ask.permission is None or ask.permission.resource == "mailbox")
        and rule.rule != "/healthz"
    ]
    assert len(open_to_all) > 20
    assert [address for address in open_to_all if lane_of(address) == INSIDE] == []


def test_the_line_that_was_looked_at_is_still_there_to_be_read():
    browser, server = socket.socketpair()
    with browser, server:
        assert first_line_of(server) == b""
        browser.sendall(b"GET /consult HTTP/1.1\r\n\r\n")
        assert first_line_of(server).startswith(b"GET /consult ")
        assert server.recv(100) == b"GET /consult HTTP/1.1\r\n\r\n"


def started(folder, how):
    """A server of one worker, and its address."""
    listener = take_port("127.0.0.1", None)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    os.set_inheritable(listener.fileno(), True)
    server = subprocess.Popen(
        [sys.executable, "-c", CROWDED, str(listener.fileno()), str(folder), str(WIDTH), how],
        cwd=ROOT,
        pass_fds=[listener.fileno()],
        start_new_session=True,
    )
    listener.close()
    return server, address


@pytest.fixture(params=["/consult/send", "/mailbox/files", "/sign-in"])
def crowded(tmp_path, request):
    """A server whose strangers do not come back until they are let, and more of them than their lane is wide."""
    server, address = started(tmp_path, request.param)
    answers = []
    wanted = address + request.param
    strangers = [threading.Thread(target=lambda: answers.append(send(wanted))) for _ in range(WIDTH + 2)]
    for each in strangers:
        each.start()
    try:
        wait_until(lambda: len(inside(tmp_path)) == WIDTH)
        yield address, tmp_path
        (tmp_path / "let-go").touch()
        for each in strangers:
            each.join(PATIENCE)
        assert answers == [200] * len(strangers), "who waited had her turn"
    finally:
        (tmp_path / "let-go").touch()
        server.terminate()
        server.wait(PATIENCE)


def send(address):
    return httpx.post(address, content=b"text=x", timeout=PATIENCE).status_code


def inside(folder):
    return list(folder.glob("inside-*"))


def wait_until(question):
    end = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_board_comes_while_strangers_take_every_place_that_a_stranger_may(crowded):
    address, folder = crowded
    with httpx.Client(base_url=address, timeout=PATIENCE) as desk:
        # The second request comes on the connection of the first, as a browser's do.
        for _ in range(2):
            assert desk.get("/desk/").text == "/desk/"
        # People who open a connection and say nothing take no place of either lane.
        silent = [socket.create_connection((desk.base_url.host, desk.base_url.port)) for _ in range(3 * WIDTH)]
        assert desk.get("/desk/").text == "/desk/"
        for each in silent:
            each.close()
    assert len(inside(folder)) == WIDTH, "no more are let in than a lane is wide"


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM])
def test_a_stop_that_comes_while_a_lane_begins_a_thread_is_no_wait_of_twenty_seconds(tmp_path, signal_):
    server, address = started(tmp_path, "slowly")
    somebody = threading.Thread(target=lambda: went_well(lambda: send(f"{address}/desk/")))
    try:
        somebody.start()
        wait_until((tmp_path / "begins").exists)
        server.send_signal(signal_)
        assert server.wait(serving.STOPPING_SECONDS / 2) == 0
    finally:
        # With its worker, which would hold the port for as long as it waits.
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(PATIENCE)
        somebody.join(PATIENCE)


def went_well(work):
    """Whether it went well: who is stopped in the middle of a request may or may not answer it."""
    try:
        work()
    except (OSError, httpx.TransportError):
        return False
    return True
