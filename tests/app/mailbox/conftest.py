"""A consulter who comes back with her receipt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.visitor import Visitor, enter

ComesBack = Callable[[str], Visitor]


@pytest.fixture
def comes_back(app: Flask) -> ComesBack:
    """A browser in which a receipt opened its mailbox."""

    def come(code: str) -> Visitor:
        return enter(app, code)

    return come
