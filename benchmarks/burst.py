"""Two hundred consultations about one outage, sent by 64 clients at once, while the desk asks for its board (7.34)."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import func, select

from app.operations.sweep import sweep
from app.pipeline.transaction import db
from benchmarks.browser import Browser, UnexpectedAnswer, form_with
from benchmarks.installation import Installation, let_go
from benchmarks.lists import signed_in
from benchmarks.load import Step, Timings, measure
from benchmarks.servers import Server
from benchmarks.submissions import CHECK, FORM, SEND, shared, shows_a_receipt
from models.case import Case
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember

SENT, CLIENTS, IN_DANGER = 200, 64, 4
OUTAGE = (
    "昼からシステムが止まり、つながらないと言って怒鳴る電話が続きました。説明できることがなく、休憩も取れませんでした。"
)
DANGER = "もう消えたいです。電話の音がすると息ができません。"
ABOUT = {"workplace": "青葉台コンタクト株式会社", "types": "HT-ABU"}
TURNS = 20
"""How often the clock is asked at most until everybody is in the group."""


@dataclass
class Burst:
    """What became of the burst, and how long the board took meanwhile."""

    receipted: int = 0
    refused: int = 0
    groups: int = 0
    members: int = 0
    first_in_danger: int = 0
    """How many of the first lines of the board afterwards are of those in danger."""
    sending: Timings = field(default_factory=Timings)
    board: Timings = field(default_factory=Timings)


def burst(server: Server, installation: Installation) -> Burst:
    """Send them all, each on a connection of its own, and count what came of it."""
    found = Burst()
    counting = threading.Lock()
    steps: list[Step] = [partial(_one, server.port, found, counting, place) for place in range(SENT)]
    desk, home = signed_in(server, "counselor")
    over = threading.Event()
    watching = threading.Thread(target=_watch_the_board, args=(desk, home, over, found.board))
    watching.start()
    try:
        found.sending = measure(shared(steps, CLIENTS), cpu=server.cpu_seconds)
    finally:
        over.set()
        watching.join()
    _count_groups(installation, found)
    found.first_in_danger = _first_in_danger(desk.page(home).text)
    return found


def _one(port: int, found: Burst, counting: threading.Lock, place: int) -> None:
    browser = Browser(port)
    try:
        was_receipted = _sent(browser, DANGER if place % (SENT // IN_DANGER) == 0 else OUTAGE)
    except UnexpectedAnswer:
        was_receipted = False
    finally:
        browser.close()
    with counting:
        found.receipted += was_receipted
        found.refused += not was_receipted


def _sent(browser: Browser, text: str) -> bool:
    form = form_with(browser.page(FORM).text, FORM, "text", action=CHECK)
    answer = browser.arrive(browser.post(CHECK, form.filled({**ABOUT, "text": text})), CHECK)
    check = form_with(answer.text, CHECK, action=SEND)
    receipt = browser.arrive(browser.post(SEND, check.filled(check.undecided())), SEND)
    return shows_a_receipt(receipt.text, text)


def _watch_the_board(desk: Browser, home: str, over: threading.Event, timings: Timings) -> None:
    while not over.is_set():
        began = time.perf_counter()
        desk.page(home)
        timings.add(Timings([time.perf_counter() - began]))
        over.wait(0.05)


def _count_groups(installation: Installation, found: Burst) -> None:
    """Let the clock do what is due, as its own thread does every minute, and count."""
    app = installation.app()
    for _turn in range(TURNS):
        sweep(app, wait_seconds=30)
        with app.app_context():
            found.groups, found.members = (_count(table) for table in (IncidentGroup, IncidentMember))
        if found.members >= found.receipted:
            break
    let_go(app)


def _count(table: type[IncidentGroup | IncidentMember | Case]) -> int:
    return db().scalar(select(func.count()).select_from(table)) or 0


def _first_in_danger(board: str) -> int:
    """The lines of the table that bear the mark of danger before the first that does not."""
    lines: Sequence[str] = board.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")[1:]
    return next((place for place, line in enumerate(lines) if "緊急の確認" not in line), len(lines))
