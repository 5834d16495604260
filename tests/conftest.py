"""What every test may ask for: an application on a fresh copy of a small association, and a clock set by hand."""

from __future__ import annotations

import gc
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from app import create_app
from app.custody.actions import do_what_waits
from app.operations.schema import bring_up
from app.pipeline.clock import FixedClock, use_clock
from app.pipeline.transaction import transaction
from tests.support.beginnings import Beginnings, beginning, listening
from tests.support.first_come import first_come
from tests.support.installation import STARTS_AT, Installation, Template, config_of, engines_of
from tests.support.postgres import create_database, drop_database
from tests.support.present import present
from tests.support.pristine import remember, template_databases
from tests.support.world import build_world

pytest_plugins = ["tests.support.database_option", "tests.support.drawn", "tests.support.told_at_the_end"]

# How long a case takes is measured in benchmarks/, never by a test on a machine that does other things beside it.
hypothesis.settings.register_profile("promises", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("promises")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Nothing is thrown away while tests are found, and what is there by then stays to the end of the run.

    To look for garbage among millions of such things took most of the time of finding thousands of tests, and then a
    part of each test's. From then on only what a test has made is looked through.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()


@pytest.fixture(scope="session")
def of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share, and no two runs."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def template(
    of_this_run: Path,
    database_kind: str,
    drawn: Callable[[str], AbstractContextManager[None]],
    request: pytest.FixtureRequest,
) -> Template:
    """The small association, which the first of the workers builds for all of them."""
    folder = of_this_run / "template"
    server = request.getfixturevalue("postgres_url") if database_kind == "postgresql" else None
    with first_come(folder) as is_first:
        if is_first:
            with drawn("template"):
                build_template(folder, server)
    return Template(folder, server, template_databases())


def build_template(folder: Path, server: str | None) -> None:
    """An installation with the small association in it, in this folder and on this server."""
    main, keys = template_databases()
    urls = (create_database(server, main), create_database(server, keys)) if server else None
    app = create_app(config_of(folder, urls))
    use_clock(app, FixedClock(STARTS_AT))
    with app.app_context():
        bring_up(app)
        with transaction():
            build_world()
        for first_holder in ("counselor", "head"):
            with transaction():
                do_what_waits(present(first_holder))
    for engine in engines_of(app):
        engine.dispose()
    for url in urls or ():
        remember(url)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(STARTS_AT)


@pytest.fixture(scope="session")
def installation(
    template: Template, of_this_run: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """The worker's application, which every test gets as if it were new."""
    made = Installation(template, tmp_path_factory.mktemp("installation") / "data", of_this_run / "compiled-templates")
    yield made
    made.end()


@pytest.fixture(scope="session")
def beginnings(
    installation: Installation, of_this_run: Path, drawn: Callable[[str], AbstractContextManager[None]]
) -> Beginnings:
    """The states that tests begin from, each built once in a run."""
    shared = of_this_run / "beginnings"
    shared.mkdir(exist_ok=True)
    return Beginnings(installation, drawn, shared)


@pytest.fixture
def app(
    installation: Installation, beginnings: Beginnings, clock: FixedClock, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """The application on its own copy of the association."""
    made = installation.fresh(clock)
    with beginning(beginnings, lambda: listening(request.node)):
        yield made
    installation.let_go()


@pytest.fixture
def every_byte() -> None:
    """Asked for by whoever looks at every byte of the disk: what lies there was built by the test itself."""


@pytest.fixture(scope="module")
def two_databases(postgres_url: str) -> Iterator[dict[str, str]]:
    """Two empty PostgreSQL databases, as settings."""
    names = {part: f"kikite_{part}_{uuid.uuid4().hex}" for part in ("main", "keys")}
    yield {
        "database_url": create_database(postgres_url, names["main"]),
        "keystore_url": create_database(postgres_url, names["keys"]),
    }
    for name in names.values():
        drop_database(postgres_url, name)
