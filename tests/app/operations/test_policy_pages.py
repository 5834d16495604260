"""The page of a published policy is looked at where that is switched on: bounded, never inside, dated, and no more."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.operations.fetching import Bounds, Looked, look_at
from app.operations.policy_pages import check_policies
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.company_file import CompanyFile
from models.outbox_message import OutboxMessage
from models.policy_check import PolicyCheck
from models.rules.policy_page import PAGE_CHECK_POLICIES, PageFound
from tests.support.answers import each_answer_is_let_go
from tests.support.present import company
from tests.support.visitor import sign_in

PAGE = "<h1>お客様対応の基本方針</h1>".encode()
QUICK = replace(PAGE_CHECK_POLICIES[0], seconds=1.0, bytes_at_most=100_000)
HERE = ip_address("127.0.0.1")
ONLY_HERE = Bounds(may_reach=lambda ip: ip == HERE, is_address=lambda address: urlsplit(address).scheme == "http")
"""As if this machine, and it alone, were the public network."""


@pytest.fixture(autouse=True)
def nothing_is_held() -> Iterator[None]:
    with each_answer_is_let_go():
        yield


class Answers(BaseHTTPRequestHandler):
    """A company's web server, with its moods."""

    asked: list[dict[str, str]] = []  # noqa: RUF012 - the server makes an object for each request

    def do_GET(self) -> None:
        self.asked.append(dict(self.headers))
        path = urlsplit(self.path).path
        if path in MOODS:
            MOODS[path](self)
        elif path in SENDS_ON:
            self._go(SENDS_ON[path])
        else:
            self.send_response(200 if path == "/policy" else 404)
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

    def _go(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def slowly(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _second in range(60):
            try:
                self.wfile.write(b".")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    def endlessly(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"a" * 65_536)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the library
        """Nothing is printed."""


INSIDE = f"http://{HERE + 1}:9/secret"
SENDS_ON = {"/inside": INSIDE, "/round": "/round", "/moved": "/policy", "/file": "file:///data"}
MOODS = {"/slow": Answers.slowly, "/endless": Answers.endlessly}


@pytest.fixture
def server() -> Iterator[str]:
    Answers.asked.clear()
    serving = ThreadingHTTPServer((str(HERE), 0), Answers)
    serving.daemon_threads = True
    threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://{HERE}:{serving.server_address[1]}"
    serving.shutdown()
    serving.server_close()


@pytest.mark.parametrize(("path", "found"), [
    ("/policy", PageFound.THERE),
    ("/moved", PageFound.THERE),
    ("/gone", PageFound.NOT_THERE),
    ("/round", PageFound.TURNS),
    ("/inside", PageFound.NOT_PUBLIC),
    ("/file", PageFound.NO_ADDRESS),
    ("/slow", PageFound.NO_ANSWER),
])  # fmt: skip
def test_a_look_tells_what_is_there_and_follows_nowhere_inside(server: str, path: str, found: PageFound) -> None:
    began = time.monotonic()
    assert look_at(server + path, QUICK, ONLY_HERE).found is found
    assert time.monotonic() - began < 10 * QUICK.seconds, "whoever answers letter by letter is cut off"


def test_no_more_is_read_than_is_allowed_and_nothing_of_ours_goes_along(server: str) -> None:
    looked = look_at(server + "/endless", QUICK, ONLY_HERE)
    assert looked == Looked(PageFound.THERE, 200, hashlib.sha256(b"a" * QUICK.bytes_at_most).digest())
    (headers,) = Answers.asked
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


def test_this_machine_is_not_reached_by_any_of_its_names(server: str) -> None:
    port = urlsplit(server).port
    bounds = Bounds(is_address=lambda _address: True)
    for host in ("127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"):
        assert look_at(f"http://{host}:{port}/policy", QUICK, bounds).found in {PageFound.NOT_PUBLIC, PageFound.NO_NAME}
    assert Answers.asked == []
    assert look_at(server + "/policy", QUICK).found is PageFound.NO_ADDRESS, "another port than the usual one"


def test_a_name_that_leads_somewhere_else_a_moment_later_leads_nowhere(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is resolved once; the connection that was made is asked again where it leads."""
    port = urlsplit(server).port
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_named: next(answers))
    connected = socket.socket()
    connected.connect((str(HERE), port))
    monkeypatch.setattr(socket, "create_connection", lambda *_asked, **_named: connected)
    assert look_at(f"http://page.example:{port}/policy", QUICK, Bounds(is_address=lambda _address: True)).found is (
        PageFound.NOT_PUBLIC
    )
    assert Answers.asked == []


def test_of_several_addresses_of_a_name_none_may_lead_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_named: rows)
    monkeypatch.setattr(socket, "create_connection", _never)
    assert look_at("http://page.example/", QUICK).found is PageFound.NOT_PUBLIC


def _never(*_asked: object, **_named: object) -> socket.socket:
    raise AssertionError("nothing is connected to")


def test_nothing_is_fetched_unless_it_is_switched_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    published(app, "http://127.0.0.1/policy")
    monkeypatch.setattr(socket, "create_connection", _never)
    monkeypatch.setattr(socket, "getaddrinfo", _never)
    with app.app_context():
        assert not app.config["KIKITE"].policy_check, "off is the default"
        assert check_policies() == 0
        assert db().scalar(select(func.count()).select_from(PolicyCheck)) == 0


def test_what_a_look_found_is_dated_and_shown_and_nothing_follows_from_it(
    app: Flask, clock: FixedClock, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "KIKITE", replace(app.config["KIKITE"], policy_check=True))
    published(app, server + "/gone")
    before = _mails_and_files(app)
    with app.app_context():
        assert check_policies(bounds=ONLY_HERE) == 1
        assert check_policies(bounds=ONLY_HERE) == 0, "its time has not come again"
        check = db().scalars(select(PolicyCheck)).one()
        assert (check.found, check.status, check.checked_at) == (PageFound.NOT_THERE, 404, clock.now())
        assert db().scalar(select(func.count()).where(AuditRecord.name == "policy.check")) == 1
        own = company("alpha").id
    assert _mails_and_files(app) == before
    desk = sign_in(app, "manager")
    desk.get(f"/pledges/{own}")
    assert "ページを確認できない" in desk.page.text
    assert "2026年11月24日" in desk.page.text
    assert "ページが見つかりません" in desk.page.text
    # Another address is another page, which nobody has looked at.
    desk.send({"address": "https://alpha.example/new"}, action="/page")
    assert "公開済" in desk.page.text
    desk.send({"address": "http://127.0.0.1:8000/"}, action="/page")
    assert "だれでも開けるページのアドレスを入力してください。" in desk.page.text


def published(app: Flask, address: str) -> None:
    with app.app_context(), transaction():
        company("alpha").policy_url = address


def _mails_and_files(app: Flask) -> tuple[int | None, ...]:
    with app.app_context():
        return tuple(db().scalar(select(func.count()).select_from(kind)) for kind in (OutboxMessage, CompanyFile))
