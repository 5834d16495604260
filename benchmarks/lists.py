"""Opening the desk's board, one case and the officer's list, with a thousand and with ten thousand consultations."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

from app.pipeline.clock import FixedClock, WallClock, use_clock
from app.pipeline.transaction import db
from benchmarks.browser import Browser, form_with
from benchmarks.installation import Installation, let_go
from benchmarks.load import Timings
from benchmarks.population import pattern_of, populate
from benchmarks.servers import Server
from models.case import Case
from models.rules.taxonomy.severity import Severity
from tests.support.present import present
from tests.support.road import acknowledged, routed
from tests.support.world import MEMBERS, PASSWORD

CASE_LINK = re.compile(r'href="([^"#?]*/K-[0-9A-Z]{4}-[0-9A-Z]{4})"')
BOARD, CASE, OFFICER = "The desk's board", "One case", "The officer's list"


@dataclass
class Opened:
    """One page in the small and in the large installation, with its sizes in bytes."""

    name: str
    small: Timings = field(default_factory=Timings)
    large: Timings = field(default_factory=Timings)
    small_bytes: int = 0
    large_bytes: int = 0

    @property
    def growth(self) -> float:
        return self.large.median / self.small.median


def fill(installation: Installation, count: int, *, told: Callable[[int], None]) -> None:
    """Put so many consultations into an installation, all of them with one company: half acknowledged, half not."""
    app = installation.app()
    with app.app_context():
        _use_a_still_clock(app)
        exchanges = [routed(severity=Severity.HIGH), acknowledged(severity=Severity.HIGH)]
        readers = [present("counselor"), present("alpha_officer")]
        patterns = [pattern_of(db().get_one(Case, exchange.case_id), readers=readers) for exchange in exchanges]
        db().rollback()
        populate(patterns, count - len(patterns), told=told)
    let_go(app)


def _use_a_still_clock(app: Flask) -> None:
    use_clock(app, FixedClock(WallClock().now()))


def open_lists(small: Server, large: Server, *, times: int) -> list[Opened]:
    """Open each page in both installations in turn, by one client."""
    pages = []
    for name, member in ((BOARD, "counselor"), (CASE, "counselor"), (OFFICER, "alpha_officer")):
        opened = Opened(name)
        pair = [signed_in(server, member) for server in (small, large)]
        paths = [_case_path(browser, home) if name == CASE else home for browser, home in pair]
        opened.small_bytes, opened.large_bytes = (
            len(browser.page(path).body) for (browser, _home), path in zip(pair, paths, strict=True)
        )
        for _ in range(times):
            for (browser, _home), path, timings in zip(pair, paths, (opened.small, opened.large), strict=True):
                timings.add(_timed(browser, path))
        pages.append(opened)
    return pages


def signed_in(server: Server, member: str) -> tuple[Browser, str]:
    """A browser in which somebody has signed in, and the page that sign-in leads to."""
    browser = Browser(server.port)
    form = form_with(browser.page("/sign-in").text, "/sign-in", "mail", "password")
    answer = browser.post("/sign-in", form.filled({"mail": MEMBERS[member].mail, "password": PASSWORD}))
    home = answer.header("location")
    browser.arrive(answer, "/sign-in")
    return browser, home


def _case_path(browser: Browser, board: str) -> str:
    found = CASE_LINK.search(browser.page(board).text)
    if found is None:
        raise LookupError("the board leads to no case")
    return found[1]


def _timed(browser: Browser, path: str) -> Timings:
    began = time.perf_counter()
    browser.page(path)
    took = time.perf_counter() - began
    return Timings([took], took, 0.0)
