"""Commands that a test types about its own installation, as the environment names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from app.pipeline import secrets, transaction
from app.pipeline.database import make_engine
from config import Config
from tests.support.installation import engines_of


@contextmanager
def commanded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within this a command is about this installation, and leaves no connection open when it is through."""
    made: list[Engine] = []

    def remembered(url: str) -> tuple[Engine, Any]:
        engine, lock = make_engine(url)
        made.append(engine)
        return engine, lock

    config: Config = app.config["KIKITE"]
    monkeypatch.setenv("KIKITE_DATA", str(config.data))
    if config.database_url and config.keystore_url:
        monkeypatch.setenv("KIKITE_DATABASE_URL", config.database_url.value)
        monkeypatch.setenv("KIKITE_KEYSTORE_URL", config.keystore_url.value)
    for module in (transaction, secrets):
        monkeypatch.setattr(module, "make_engine", remembered)
    for engine in engines_of(app):
        engine.dispose()
    try:
        yield
    finally:
        # The program ends with its command; a test goes on.
        for engine in made:
            engine.dispose()
