"""What is remembered between requests: a database that is gone is told of in the same way as everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.pipeline.remembered import KEPT
from app.pipeline.transaction import db, transaction, transactions
from app.rulebook.queries import RULEBOOK
from tests.support.visitor import Visitor

TYPED = "何度も怒鳴られました。"


def test_when_the_database_is_gone_what_was_typed_is_shown_again_by_the_rules_as_they_were(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(app)
    visitor.get("/consult")
    with app.app_context():
        engine = transactions().engine

    def gone() -> Any:
        raise engine.dialect.loaded_dbapi.OperationalError("the server is gone")

    monkeypatch.setattr(engine.pool, "connect", gone)
    visitor.send({"text": TYPED}, status=503)
    assert TYPED in visitor.page.html
    assert "相談は、保存されていません" in visitor.page.text
    app.extensions.pop(KEPT)
    with app.app_context(), pytest.raises(DBAPIError):
        RULEBOOK.now()


def test_what_a_transaction_forgot_is_read_in_it_and_kept_by_nobody(app: Flask) -> None:
    with app.app_context():
        before = RULEBOOK.now()
        with transaction():
            RULEBOOK.forget()
            assert RULEBOOK.now() is not before
    with app.app_context():
        assert RULEBOOK.now() is before
        assert not db().in_transaction(), "it is asked by the way"
