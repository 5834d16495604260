"""One browser for all tests of this folder, and the application on an address that it can open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.support.browser import running_browser
from tests.support.serving import serving
from tests.support.watched import PHONE, Opens, Watched


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address of the application on a fresh copy of the association."""
    with serving(app) as address:
        yield address


@pytest.fixture
def opens(browser: Browser, served: str) -> Iterator[Opens]:
    """Gives somebody a browser of their own; in the end, none of them may have complained."""
    everybody: list[Watched] = []
    with ExitStack() as leaving:

        def open_for_somebody(window: tuple[int, int] = PHONE, *, scripts: bool = True) -> Watched:
            width, height = window
            context = leaving.enter_context(
                browser.new_context(
                    viewport={"width": width, "height": height},
                    java_script_enabled=scripts,
                    locale="ja-JP",
                    reduced_motion="reduce",
                )
            )
            context.set_default_timeout(10_000)
            everybody.append(Watched.in_context(context, served))
            return everybody[-1]

        yield open_for_somebody
    for watched in everybody:
        watched.check()
