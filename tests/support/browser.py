"""The machine's own Chromium, driven by Playwright: found, installed where that is allowed, started and stopped."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.support.debian import install_from_debian

GIVEN_CHROMIUM = "KIKITE_CHROMIUM"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DEBIAN_PACKAGES = ("chromium-headless-shell", "fonts-noto-cjk")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Without these the browser looks up its maker's hosts at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # Whatever a page asks for outside this machine is not found, wherever the tests run.
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class NoBrowser(Exception):
    """There is no Chromium here; the message says what would help."""


def find_chromium() -> str | None:
    """The program that KIKITE_CHROMIUM names, or the first on the PATH.

    What draws no window takes three fifths of the processor time.
    """
    given = os.environ.get(GIVEN_CHROMIUM)
    if given:
        return shutil.which(given)
    return next((found for found in map(shutil.which, NAMES) if found), None)


def install_chromium() -> bool:
    """Install Debian's Chromium and a Japanese font, where we are root and have apt-get; tell whether that helped."""
    return install_from_debian(*DEBIAN_PACKAGES) and find_chromium() is not None


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium; a test opens a context of its own in it, so that no cookie passes from one to another."""
    program = find_chromium()
    if program is None:
        raise NoBrowser(f"No Chromium was found: install it, or name it in {GIVEN_CHROMIUM}")
    # Chromium's own sandbox does not work for root; the pages it opens are ours.
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
