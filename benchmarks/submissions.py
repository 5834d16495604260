"""Sending a consultation: the storing request alone, and the whole of it as a browser makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from benchmarks.browser import Browser, Form, UnexpectedAnswer, form_with
from benchmarks.floor import AFTER_POST
from benchmarks.load import Step, Timings, measure
from benchmarks.servers import Server

FORM, CHECK, SEND = "/consult", "/consult/check", "/consult/send"
WRITTEN = (
    "夜勤の終わりに、同じお客様から二時間続けて怒鳴られました。切断してよいか上司にたずねましたが、最後まで聞くように"
    "言われ、交代してもらえませんでした。家族のことまで言われ、それから電話が鳴るだけで手が震えます。"
    "録音は残っているはずです。同じことが先月にもあり、そのときは記録だけ取ると言われたままです。"
)
ANSWERS = {
    "text": WRITTEN,
    "happened": "先週の火曜日の夜、最後の受電のときです。",
    "employer": "青葉台コンタクト株式会社",
}
OK = 200


@dataclass
class Measured:
    """Requests of one kind at one number of clients, with the floor's in the same rounds."""

    clients: int
    served: Timings = field(default_factory=Timings)
    floor: Timings = field(default_factory=Timings)
    row: Timings | None = None
    """A route that commits one row and does nothing else, where it was measured as well."""

    @property
    def ratio(self) -> float:
        """How many times the floor's median the service's is."""
        return self.served.median / self.floor.median


def storing(server: Server, floor: Server, *, clients: int, requests: int, rounds: int) -> Measured:
    """The request that stores a consultation, alone, in turn with the floor; forms are fetched beforehand."""
    measured = Measured(clients, row=(row := Timings()))
    body = b""
    for _ in range(rounds):
        ready = [_ready_to_send(server.port) for _ in range(requests)]
        body = body or ready[0][1]
        measured.floor.add(at_the_floor(floor, body, clients=clients, requests=requests))
        row.add(at_the_floor(floor, body, clients=clients, requests=requests, address="/row"))
        sends: list[Step] = [partial(_send, browser, filled) for browser, filled in ready]
        measured.served.add(measure(shared(sends, clients), cpu=server.cpu_seconds))
        for browser, _body in ready:
            browser.close()
    return measured


def whole(server: Server, floor: Server, *, clients: int, requests: int, rounds: int) -> Measured:
    """Form, check page, sending, receipt page, on a connection of one's own, in turn with the floor."""
    measured = Measured(clients)
    body = urlencode(ANSWERS).encode()
    for _ in range(rounds):
        measured.floor.add(at_the_floor(floor, body, clients=clients, requests=requests))
        steps: list[Step] = [partial(submit, server.port)] * requests
        measured.served.add(measure(shared(steps, clients), cpu=server.cpu_seconds))
    return measured


def at_the_floor(floor: Server, body: bytes, *, clients: int, requests: int, address: str = "/store") -> Timings:
    """The floor under the same load, on connections that were opened beforehand as the service's were."""
    browsers = [Browser(floor.port) for _ in range(requests)]
    for browser in browsers:
        browser.page("/ready")
    steps: list[Step] = [partial(_store, browser, address, body) for browser in browsers]
    timings = measure(shared(steps, clients), cpu=floor.cpu_seconds)
    for browser in browsers:
        browser.close()
    return timings


def submit(port: int) -> None:
    """One consultation, as a browser sends it."""
    browser, body = _ready_to_send(port)
    _send(browser, body)
    browser.close()


def _ready_to_send(port: int) -> tuple[Browser, bytes]:
    browser = Browser(port)
    form = form_with(browser.page(FORM).text, FORM, "text", action=CHECK)
    check = _check_page(browser, form.filled(ANSWERS))
    return browser, check.filled(check.undecided())


def _check_page(browser: Browser, body: bytes) -> Form:
    answer = browser.arrive(browser.post(CHECK, body), CHECK)
    return form_with(answer.text, CHECK, action=SEND)


def _send(browser: Browser, body: bytes) -> None:
    answer = browser.arrive(browser.post(SEND, body), SEND)
    if answer.status != OK or not shows_a_receipt(answer.text, WRITTEN):
        raise UnexpectedAnswer(f"{SEND} showed no receipt")


def shows_a_receipt(page: str, written: str) -> bool:
    """Whether this is the page of the receipt, which shows nothing of what was written."""
    return "receipt" in page and written not in page


def _store(browser: Browser, address: str, body: bytes) -> None:
    if browser.post(address, body).status != AFTER_POST:
        raise UnexpectedAnswer("the floor did not store")


def shared(steps: Sequence[Step], clients: int) -> list[Sequence[Callable[[], None]]]:
    """The steps dealt out to so many clients."""
    return [steps[number::clients] for number in range(clients)]
