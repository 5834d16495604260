"""A private instance for one journey: its own folder, keys, association, port and clock; it ends with the journey."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from flask import Flask

from app import create_app
from app.operations.association import (
    Association,
    enter_companies,
    enter_officers,
    enter_staff,
    read_companies,
    read_people,
    share_what_waits,
)
from app.operations.journey.browser import Browser
from app.operations.outbox import send_waiting
from app.operations.schema import bring_up
from app.operations.serving import let_go_of_connections
from app.operations.settings import read_config
from app.operations.sweep import sweep
from app.pipeline.clock import OFFSET_FILE, TOKYO, now
from app.pipeline.transaction import transaction
from models.rules.working_days import DEFAULT_CALENDAR

# Who answers what is forwarded, and who never does; all of them are companies of the fictional association.
ANSWERING = ("minamo", "hoshikuzu", "kotowatashi", "komorebi")
SILENT = "silent"
MORNING = 10
START_SECONDS = 60
NEVER_BY_ITSELF = 86_400
"""The journey does the clock's work itself after each step of time, so that what happens is the same every time."""


class Blocked(Exception):
    """The instance could not be set up."""


@dataclass
class Instance:
    """The running instance and the passwords of its people, which are kept in this process's memory alone."""

    app: Flask
    data: Path
    port: int
    process: subprocess.Popen[bytes]
    passwords: dict[str, str]
    names: dict[str, str]
    """Each company's present name, by key."""
    officers: dict[str, str]
    """Each company's officer's login, by key."""
    representatives: dict[str, str]
    _signed_in: dict[str, tuple[datetime, Browser]] = field(default_factory=dict)

    def now(self) -> datetime:
        with self.app.app_context():
            return now().astimezone(TOKYO)

    def browser(self) -> Browser:
        """A new browser, for somebody without an account."""
        return Browser(self.port)

    def signed_in(self, login: str) -> Browser:
        """A browser in which this person is signed in; anew after some minutes, because grave pages would ask again."""
        at = self.now()
        known = self._signed_in.get(login)
        if known is not None and at - known[0] < timedelta(minutes=10):
            return known[1]
        browser = self.browser()
        browser.get("/sign-in")
        browser.send({"mail": login, "password": self.passwords[login]})
        self._signed_in[login] = (at, browser)
        return browser

    def move_to(self, moment: datetime) -> None:
        """Move the clock forward and let it do its work, one working day after another."""
        while self.now() < moment:
            tomorrow = (self.now() + timedelta(days=1)).replace(hour=17, minute=5, second=0, microsecond=0)
            self._set_clock(min(moment, tomorrow))
            self.let_the_clock_work()

    def move_working_days(self, days: int) -> None:
        """So many working days on, in the morning."""
        day = DEFAULT_CALENDAR.add_working_days(self.now(), days)
        self.move_to(datetime.combine(day, datetime.min.time(), TOKYO).replace(hour=MORNING))

    def let_the_clock_work(self) -> None:
        """What the sweep and the outbox would do by themselves."""
        swept = sweep(self.app, wait_seconds=20)
        if swept.failed or swept.left_to_another:
            raise Blocked(f"the sweep failed: {swept}")
        send_waiting(self.app)

    def _set_clock(self, moment: datetime) -> None:
        offset = (moment - datetime.now(TOKYO)).total_seconds()
        target = self.data / OFFSET_FILE
        waiting = target.with_suffix(".new")
        waiting.write_text(str(offset), encoding="ascii")
        waiting.replace(target)


@contextmanager
def running(data: Path, *, settings: Mapping[str, str] | None = None, log: Path | None = None) -> Iterator[Instance]:
    """Set the instance up in a folder that is empty or not there yet, serve it, and stop it in the end."""
    if data.exists() and any(data.iterdir()):
        raise Blocked(f"{data} is not empty; a journey wants a folder of its own")
    port = _free_port()
    given = {**_settings(data, port), **(settings or {})}
    app = create_app(read_config(given))
    bring_up(app)
    association, passwords = _found(app)
    with ExitStack() as stack:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "app", "serve", "--port", str(port)],
            env=_environment(given),
            stdout=stack.enter_context(log.open("wb")) if log else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parents[3],
        )
    try:
        _wait_until_it_answers(port, process)
        instance = Instance(app, data, port, process, passwords, *_who_is_who(association))
        instance.move_to(_next_morning(instance.now()))
        yield instance
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        let_go_of_connections(app)


def _settings(data: Path, port: int) -> dict[str, str]:
    return {
        "data": str(data.resolve()),
        "movable_clock": "1",
        "second_factor": "offered",
        "base_url": f"http://127.0.0.1:{port}",
        "sweep_seconds": str(NEVER_BY_ITSELF),
    }


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """None of this machine's own settings, and all of the instance's."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("KIKITE_")}
    return {**others, **{f"KIKITE_{name.upper()}": value for name, value in settings.items()}}


def _found(app: Flask) -> tuple[Association, dict[str, str]]:
    passwords: dict[str, str] = {}

    def password_of(login: str) -> str:
        return passwords.setdefault(login, secrets.token_urlsafe(18))

    association = Association()
    companies = [row for row in read_companies() if row["key"] in {*ANSWERING, SILENT}]
    with app.app_context(), transaction():
        enter_companies(association, companies)
        enter_staff(association, read_people(), password_of=password_of)
        enter_officers(association, companies, password_of=password_of)
    with app.app_context(), transaction():
        share_what_waits(association)
    return association, passwords


def _who_is_who(association: Association) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    names, officers, representatives = {}, {}, {}
    for row in read_companies():
        if row["key"] in association.companies:
            names[row["key"]] = row["names"][-1]["name"]
            officers[row["key"]] = row["officers"][-1]["mail"]
            representatives[row["key"]] = row["representatives"][-1]["mail"]
    return names, officers, representatives


def _next_morning(at: datetime) -> datetime:
    day = DEFAULT_CALENDAR.next_working_day(at.date())
    return at.replace(year=day.year, month=day.month, day=day.day, hour=MORNING, minute=0, second=0, microsecond=0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Blocked(f"the server ended with status {process.returncode}")
        with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
            try:
                connection.request("GET", "/healthz")
                with connection.getresponse() as answer:
                    if answer.status == 200:  # noqa: PLR2004 - the page is there
                        return
            except (OSError, HTTPException):
                time.sleep(0.2)
    raise Blocked("the server did not answer in time")
