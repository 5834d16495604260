"""Takes the pictures of the README's tour from a private demonstration: python -m tests.support.screenshots."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support.browser import NoBrowser, running_browser
from tests.support.source_tree import ROOT

PICTURES = ROOT / "docs" / "pictures"
LARGEST_PICTURE = 150_000
LEAST_HEIGHT = 480
STEP = 60
PHONE = (360, 720)
DESK = (1280, 720)
TALL = (1280, 980)
STARTED = re.compile(r"(http://[\d.]+:\d+)")
SIGN_IN = re.compile(r"^\s+(\S+@\S+)\s+(\S.*?)\s{2,}\S")
LAST_LINE = "Ctrl-C"

STORY = (
    "通信販売の受付をしています。先週から同じお客様が毎日のように電話をかけてきて、"
    "一時間以上怒鳴り続けます。上司に代わってほしいと頼みましたが、「最後まで聞くように」と言われました。"
)


@dataclass(frozen=True)
class Instance:
    """A demonstration that is running: where it answers, and the password of each address."""

    address: str
    passwords: dict[str, str]


@dataclass(frozen=True)
class Shot:
    """One picture of the tour: its file, and the window it is taken in."""

    file: str
    window: tuple[int, int]


SHOTS = (
    Shot("tour-consulter-start.png", PHONE),
    Shot("tour-consulter-form.png", PHONE),
    Shot("tour-consulter-receipt.png", PHONE),
    Shot("tour-consulter-mailbox.png", PHONE),
    Shot("tour-desk-board.png", DESK),
    Shot("tour-desk-case.png", DESK),
    Shot("tour-desk-copy.png", TALL),
    Shot("tour-officer-list.png", DESK),
    Shot("tour-officer-matter.png", DESK),
    Shot("tour-officer-phone.png", PHONE),
    Shot("tour-company-file.png", DESK),
    Shot("tour-counter-sheet.png", TALL),
    Shot("tour-board-item.png", DESK),
    Shot("tour-public-list.png", DESK),
)
WINDOWS = {shot.file: shot.window for shot in SHOTS}


@contextmanager
def running_demonstration() -> Iterator[Instance]:
    """The demonstration in a folder of its own, on a port that the system chose; gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KIKITE_")}
        environment |= {"KIKITE_DATA": str(Path(folder) / "data"), "PYTHONUNBUFFERED": "1"}
        server = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--demo", "--port", "0"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield _heard_from(server)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _heard_from(server: "subprocess.Popen[str]") -> Instance:
    address, passwords = "", {}
    for line in server.stdout or ():
        if found := STARTED.search(line):
            address = found.group(1)
        if found := SIGN_IN.match(line):
            passwords[found.group(1)] = found.group(2)
        if LAST_LINE in line:
            break
    if not address or not passwords:
        raise RuntimeError("the demonstration did not start, or told no sign-ins")
    return Instance(address, passwords)


def sign_in(page: Page, instance: Instance, who: str) -> None:
    """Sign in as the first whose address begins so."""
    mail = next(mail for mail in instance.passwords if mail.startswith(who))
    page.goto(f"{instance.address}/sign-in")
    page.fill("[name=mail]", mail)
    page.fill("[name=password]", instance.passwords[mail])
    _send(page)


def _send(page: Page, words: str = "") -> None:
    """Press the button of the page's own form, the one with these words where there are several."""
    with page.expect_navigation():
        page.locator("main form button[type=submit], main form button:not([type])").filter(
            has_text=re.compile(words)
        ).first.click()


def _open(page: Page, words: str) -> None:
    """Follow the first link of the table's first line with these words, or the first link that has them."""
    in_a_line = page.locator("main table tr", has_text=words).locator("a")
    by_itself = page.locator("main a", has_text=words)
    (in_a_line if in_a_line.count() else by_itself).first.click()
    page.wait_for_load_state()


def consulter(page: Page, instance: Instance) -> Iterator[str]:
    """Writes, checks, sends, notes the receipt, and comes back with it."""
    page.goto(instance.address)
    yield "tour-consulter-start.png"
    page.goto(f"{instance.address}/consult")
    page.fill("[name=text]", STORY)
    page.select_option("[name=channel]", "HC-TELIN")
    page.select_option("[name=actor]", "AR-CUS")
    page.locator("[name=text]").evaluate("field => window.scrollTo(0, field.offsetTop - 180)")
    yield "tour-consulter-form.png"
    _send(page)
    _send(page)
    yield "tour-consulter-receipt.png"
    code = page.locator("#receipt-code").text_content() or ""
    page.goto(f"{instance.address}/mailbox/enter")
    page.fill("[name=receipt]", code)
    _send(page)
    yield "tour-consulter-mailbox.png"


def desk(page: Page, instance: Instance) -> Iterator[str]:
    """Looks at the board, and opens a case of her own."""
    sign_in(page, instance, "counselor")
    yield "tour-desk-board.png"
    _open(page, "転送準備完了")
    yield "tour-desk-case.png"
    _open(page, "書き直す")
    yield "tour-desk-copy.png"


def officer(page: Page, instance: Instance) -> Iterator[str]:
    """Looks at the list, and opens what is due first."""
    sign_in(page, instance, "officer")
    yield "tour-officer-list.png"
    yield "tour-officer-phone.png"
    _open(page, "対応中")
    yield "tour-officer-matter.png"


def head(page: Page, instance: Instance) -> Iterator[str]:
    """Looks into the file of a company that owes much."""
    sign_in(page, instance, "head")
    page.goto(f"{instance.address}/escalations")
    _open(page, "改善要求中")
    yield "tour-company-file.png"
    _open(page, "計数表を見る")
    yield "tour-counter-sheet.png"


def director(page: Page, instance: Instance) -> Iterator[str]:
    """Opens an item of the board."""
    sign_in(page, instance, "director")
    _open(page, "決議済")
    yield "tour-board-item.png"


def anybody(page: Page, instance: Instance) -> Iterator[str]:
    """Looks at the public list, with no sign-in."""
    page.goto(f"{instance.address}/registry")
    page.locator("main table").first.evaluate("table => window.scrollTo(0, table.offsetTop - 160)")
    yield "tour-public-list.png"


WALKS: tuple[tuple[Callable[[Page, Instance], Iterator[str]], tuple[int, int]], ...] = (
    (consulter, PHONE),
    (desk, DESK),
    (officer, DESK),
    (head, DESK),
    (director, DESK),
    (anybody, DESK),
)


def take_pictures(browser: Browser, instance: Instance) -> list[Path]:
    """Walk every walk, and take each picture where the walk says so."""
    taken: list[Path] = []
    for walk, (width, height) in WALKS:
        with browser.new_context(locale="ja-JP", reduced_motion="reduce") as context:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            taken.extend(_take(page, name) for name in walk(page, instance))
    missing = WINDOWS.keys() - {path.name for path in taken}
    if missing:
        raise RuntimeError(f"no walk came to {sorted(missing)}")
    return taken


def _take(page: Page, name: str) -> Path:
    """Take one picture; what would be too large to load quickly shows less of the page."""
    width, height = WINDOWS[name]
    path = PICTURES / name
    while True:
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=path, animations="disabled", caret="hide")
        if path.stat().st_size <= LARGEST_PICTURE:
            return path
        if height <= LEAST_HEIGHT:
            raise RuntimeError(f"{name} has {path.stat().st_size} bytes; choose a narrower window")
        height -= STEP


def main() -> int:
    """Take all of them; gives the exit status."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        with running_browser() as browser, running_demonstration() as instance:
            taken = take_pictures(browser, instance)
    except NoBrowser as none:
        sys.stderr.write(f"{none}\n")
        return 1
    for path in taken:
        sys.stdout.write(f"{path.relative_to(ROOT).as_posix()}  {path.stat().st_size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
