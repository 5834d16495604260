"""The pytest option ``--database sqlite|postgresql``, and the one PostgreSQL server of a test run.

The server starts once, before any worker of pytest-xdist, which all inherit its address by the environment; and so
they do the name of the databases from which each copies its own.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.support.postgres import GIVEN_URL, drop_database, running_postgres
from tests.support.pristine import RUN, template_databases

ONLY_TOUCHING = "--only-what-touches-the-database"
_SERVER = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="The database that the whole suite runs on (a PostgreSQL server is started where none is given)",
    )
    parser.addoption(
        ONLY_TOUCHING,
        action="store_true",
        help="Leave out every test that cannot know the run's database, because another run has those",
    )


def touches_the_database(item: pytest.Item) -> bool:
    """Whether a test asks, itself or through any fixture, which database the run is on.

    Nothing else in a run tells it, so that a second run of any other test would be the same run again.
    """
    return "database_kind" in getattr(item, "fixturenames", ())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption(ONLY_TOUCHING):
        return
    left_out = [item for item in items if not touches_the_database(item)]
    items[:] = [item for item in items if touches_the_database(item)]
    config.hook.pytest_deselected(items=left_out)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    stack = config.stash[_SERVER] = ExitStack()
    os.environ[RUN] = uuid.uuid4().hex[:8]
    stack.callback(os.environ.pop, RUN, None)
    if config.getoption("--database") != "postgresql":
        return
    if not os.environ.get(GIVEN_URL):
        stack.enter_context(_named(stack.enter_context(running_postgres())))
    for name in template_databases():
        stack.callback(drop_database, os.environ[GIVEN_URL], name)


@contextmanager
def _named(url: str) -> Iterator[None]:
    os.environ[GIVEN_URL] = url
    try:
        yield
    finally:
        os.environ.pop(GIVEN_URL, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    stack = config.stash.get(_SERVER, None)
    if stack is not None:
        stack.close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(scope="session")
def database_kind(pytestconfig: pytest.Config) -> str:
    """``sqlite`` or ``postgresql``, as the run was asked."""
    return str(pytestconfig.getoption("--database"))


@pytest.fixture(scope="session")
def postgres_url(database_kind: str) -> str:
    """The address of the run's PostgreSQL server; only there when the run is on PostgreSQL."""
    if database_kind != "postgresql":
        pytest.fail("postgres_url was asked for in a run on SQLite: ask database_kind first")
    return os.environ[GIVEN_URL]
