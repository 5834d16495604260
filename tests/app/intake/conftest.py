"""Somebody who writes a consultation in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.support.visitor import Visitor

Checks = Callable[..., Visitor]

WRITTEN = "夜勤の終わりに、同じお客様から二時間続けて怒鳴られました。"


@pytest.fixture
def checks(app: Flask) -> Checks:
    """A browser at the check page of what was written."""

    def go(language: str = "ja", **answers: Any) -> Visitor:
        visitor = Visitor(app, language=language)
        visitor.get("/consult")
        visitor.send({"text": WRITTEN, **answers}, action="/consult/check")
        return visitor

    return go
