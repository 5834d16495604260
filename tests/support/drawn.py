"""What a test draws at random is drawn alike in every run: ids and numbers, and with them each order that they decide.

A number that happens to hold the letters which a test looks for, or two rows that happen to lie the other way round,
fails one run in thirty and tells nobody why. ``--drawn-from`` takes another seed, to look for such tests on purpose.
Keys, nonces and receipts stay as random as in the product.
"""

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace

import pytest

from app.pipeline import ids

OPTION = "--drawn-from"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, default="1", help="The seed of the ids and numbers that tests draw")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with drawn_from(f"{item.config.getoption(OPTION)} {item.nodeid}"):
        return (yield)


@pytest.fixture(scope="session")
def drawn(pytestconfig: pytest.Config) -> Callable[[str], AbstractContextManager[None]]:
    """For what several tests share: the run's seed with a name instead of the test's."""
    return lambda name: drawn_from(f"{pytestconfig.getoption(OPTION)} {name}")


@contextmanager
def drawn_from(seed: str) -> Iterator[None]:
    """Ids and numbers come from this seed until the end of the block."""
    source = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=source.getrandbits(128), version=4))
        patch.setattr(ids, "secrets", SimpleNamespace(randbelow=source.randrange, token_bytes=source.randbytes))
        yield
