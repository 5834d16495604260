"""Somebody who writes a consultation in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.pipeline.transaction import db
from models.base import Base
from tests.support.page import Page
from tests.support.visitor import Visitor

Checks = Callable[..., Visitor]

WRITTEN = "夜勤の終わりに、同じお客様から二時間続けて怒鳴られました。"
CODE = re.compile(r"(?:[0-9A-Z]{4} ?- ?){6}[0-9A-Z]{4}")


def code_on(page: Page, shape: re.Pattern[str] = CODE) -> str:
    """The receipt's code that a page shows."""
    found = shape.search(page.text)
    assert found is not None, f"no receipt on {page.path}: {page.text[:200]}"
    return found.group().replace(" ", "")


def count(app: Flask, table: type[Base]) -> int:
    """How many rows a table has."""
    with app.app_context():
        return db().scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def checks(app: Flask) -> Checks:
    """A browser at the check page of what was written."""

    def go(language: str = "ja", **answers: Any) -> Visitor:
        visitor = Visitor(app, language=language)
        visitor.get("/consult")
        visitor.send({"text": WRITTEN, **answers}, action="/consult/check")
        return visitor

    return go
