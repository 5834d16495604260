"""What cannot be stored is said so with the words still there, and the same page sends it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.intake import actions
from app.pipeline.database import DatabaseBusy
from app.pipeline.transaction import db, transactions
from models.case import Case
from models.receipt import Receipt
from tests.app.intake.conftest import CODE, WRITTEN, Checks, code_on, count


@contextmanager
def commit_fails(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The disk is full when the transaction ends."""

    def full() -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch, app.app_context():
        session = type(transactions().new_session())
        patch.setattr(session, "commit", lambda _self: full())
        yield


@contextmanager
def storing_fails(app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception) -> Iterator[None]:
    """Whatever goes wrong does so while the rows are being stored."""
    del app

    def fail(_rows: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(actions, "store_whole", fail)
        yield


Trouble = Callable[[Flask, pytest.MonkeyPatch], object]
TROUBLES: dict[str, Trouble] = {
    "locked": lambda app, patch: storing_fails(app, patch, DatabaseBusy()),
    "disk full at the lock": lambda app, patch: storing_fails(app, patch, OSError(28, "No space left on device")),
    "disk full at the insert": lambda app, patch: storing_fails(
        app, patch, OperationalError("INSERT", {}, Exception("database or disk is full"))
    ),
    "disk full at the commit": commit_fails,
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_could_not_be_stored_is_said_so_and_can_be_sent_again(
    app: Flask, checks: Checks, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    visitor = checks(employer="青葉台コンタクト", keep_from="センター長")
    with TROUBLES[trouble](app, monkeypatch):  # type: ignore[attr-defined]
        page = visitor.send({}, action="/consult/send", status=503)
    assert page.h1 == "まだ保存できていません"
    assert WRITTEN in page.text
    assert "センター長" in page.text
    assert page.response.headers["Retry-After"]
    assert CODE.search(page.text) is None
    assert (count(app, Case), count(app, Receipt)) == (0, 0)
    visitor.send({}, action="/consult/send")
    assert code_on(visitor.page)
    assert count(app, Case) == 1
    with app.app_context():
        assert db().scalars(select(Case)).one().employer_token is not None


def test_a_database_that_another_holds_for_too_long_is_not_waited_for_in_silence(
    app: Flask, checks: Checks, monkeypatch: pytest.MonkeyPatch, database_kind: str
) -> None:
    if database_kind == "postgresql":
        assert True, "writers of PostgreSQL do not queue behind one lock"
        return
    monkeypatch.setattr("app.pipeline.database.LOCK_WAIT_SECONDS", 0.05)
    visitor = checks()
    with app.app_context():
        lock = transactions().lock
    lock.acquire()
    try:
        page = visitor.send({}, action="/consult/send", status=503)
    finally:
        lock.release()
    assert WRITTEN in page.text
    visitor.send({}, action="/consult/send")
    assert count(app, Case) == 1


def test_a_consultation_with_words_of_danger_is_stored_with_its_alarm_or_not_at_all(
    app: Flask, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = checks(text="もう消えたいです。")
    with monkeypatch.context() as patch:
        patch.setattr(actions, "alarm_the_desk", lambda *_case, **_actor: (_ for _ in ()).throw(DatabaseBusy()))
        visitor.send({}, action="/consult/send", status=503)
    assert count(app, Case) == 0
    visitor.send({}, action="/consult/send")
    assert count(app, Case) == 1
