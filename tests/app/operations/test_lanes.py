"""Whoever has signed in is answered while every place of the consulters' lane is taken."""

import threading
from contextlib import contextmanager

import pytest

from app.operations.lanes import WAITING_ROOM, Lanes, threads_for
from app.pipeline.access import ask_of

WIDTH, PATIENCE = 2, 20


@pytest.fixture
def crowded():
    """An application whose consulters do not come back until they are let, and the lane full of them."""
    inside, let_go = threading.Semaphore(0), threading.Event()

    def application(environ, _start_response):
        if environ["PATH_INFO"] == "/consult/send":
            inside.release()
            assert let_go.wait(PATIENCE)
        return [environ["PATH_INFO"].encode()]

    lanes = Lanes(application, width=WIDTH)
    consulters = [threading.Thread(target=ask, args=(lanes, "/consult/send")) for _ in range(WIDTH + 1)]
    for each in consulters:
        each.start()
    for _ in range(WIDTH):
        assert inside.acquire(timeout=PATIENCE)
    yield lanes, inside
    let_go.set()
    for each in consulters:
        each.join(PATIENCE)
    assert inside.acquire(timeout=PATIENCE), "who waited had her turn"


def ask(lanes, path):
    return lanes({"PATH_INFO": path}, None)


@contextmanager
def asked(lanes, path):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(lanes, path)), daemon=True)
    thread.start()
    yield thread, answers


def test_the_board_comes_while_the_consulters_lane_is_full(crowded):
    lanes, inside = crowded
    with asked(lanes, "/desk/") as (thread, answers):
        thread.join(PATIENCE)
        assert answers == [[b"/desk/"]]
    assert not inside.acquire(blocking=False), "no more consulters are let in than the lane is wide"


def test_an_address_that_only_begins_alike_is_not_in_that_lane(crowded):
    lanes, _inside = crowded
    with asked(lanes, "/consultations") as (thread, answers):
        thread.join(PATIENCE)
        assert answers == [[b"/consultations"]]


def test_a_request_that_breaks_gives_its_place_back():
    def breaks(_environ, _start_response):
        raise ValueError("broken")

    lanes = Lanes(breaks, width=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            ask(lanes, "/")


@pytest.mark.parametrize(
    "address", ["/sign-in", "/sign-in/code", "/mailbox/enter", "/mailbox/files", "/registry.json", "/"]
)
def test_the_board_comes_while_strangers_take_every_place_that_a_stranger_may(address):
    let_go, inside = threading.Event(), threading.Semaphore(0)

    def application(environ, _start_response):
        if environ["PATH_INFO"] == address:
            inside.release()
            assert let_go.wait(PATIENCE)
        return [b""]

    lanes = Lanes(application, width=WIDTH)
    strangers = [threading.Thread(target=ask, args=(lanes, address), daemon=True) for _ in range(WIDTH)]
    for each in strangers:
        each.start()
        assert inside.acquire(timeout=PATIENCE)
    with asked(lanes, "/desk/") as (thread, answers):
        thread.join(0.5)
        came = bool(answers)
        let_go.set()
    assert came


def test_nothing_that_is_open_to_strangers_is_in_the_lane_of_those_who_signed_in(app):
    lanes = Lanes(lambda _environ, _start: [], width=1)
    open_to_all = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if (ask := ask_of(app, rule.endpoint)) is not None
        and (ask.permission is None or ask.permission.resource == "mailbox")
        and rule.rule != "/healthz"
    ]
    assert len(open_to_all) > 20
    inside = lanes.lane_of("/desk/")
    assert [address for address in open_to_all if lanes.lane_of(address) is inside] == []


def test_who_waits_has_a_thread_beside_those_at_work():
    assert threads_for(4) == 4 * 4 + WAITING_ROOM
