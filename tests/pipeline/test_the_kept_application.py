"""The application that a worker keeps is like new for each test, and a real installation waits for its disk."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.pipeline.clock import FixedClock
from app.pipeline.database import make_engine
from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions
from tests.conftest import STARTS_AT
from tests.support.installation import Installation, StillGoing, engines_of
from tests.support.road import routed
from tests.support.visitor import Visitor, sign_in

FULL = 2


def _filter(app: Flask) -> None:
    app.jinja_env.filters["upside_down"] = str


def _hook(app: Flask) -> None:
    app.before_request_funcs[None].append(lambda: None)


def _ring(app: Flask) -> None:
    ring = app.extensions["kikite_ring"]
    ring.make_active(ring.add())


def _setting(app: Flask) -> None:
    app.config["SERVES_HTTPS"] = True


def _view(app: Flask) -> None:
    app.view_functions["language.choose"] = lambda: ""


def _engine(app: Flask) -> None:
    app.extensions["kikite_transactions"] = Transactions("sqlite+pysqlite:///nowhere.sqlite3")


def _listener(app: Flask) -> None:
    event.listen(engines_of(app)[0], "before_cursor_execute", lambda *_: None)


def _lock(app: Flask) -> None:
    app.extensions["kikite_transactions"].lock._thread_lock.acquire()


def _pool(app: Flask) -> None:
    event.listen(engines_of(app)[1], "checkout", lambda *_: None)


def _form(app: Flask) -> None:
    app.extensions["csrf"].exempt("app.intake.routes.send")


def _part(app: Flask) -> None:
    app.extensions["kikite_files"] = object()


def _more(app: Flask) -> None:
    app.extensions["nobody knows it"] = app.config["NOBODY_KNOWS_IT"] = object()


def _fewer(app: Flask) -> None:
    del app.extensions["kikite_files"], app.config["KIKITE"]


CHANGES = [_ring, _filter, _hook, _view, _listener, _lock, _pool, _form]
PUT_BACK = [_setting, _engine, _part, _more, _fewer]
"""A setting or a part in the place of another: the application gets back the very one that it had."""


@pytest.mark.parametrize("change", CHANGES)
def test_an_application_that_a_test_changed_is_not_used_again(app: Flask, installation: Installation, change):
    assert installation.fresh(FixedClock(STARTS_AT)) is app
    change(app)
    assert installation.fresh(FixedClock(STARTS_AT)) is not app


@pytest.mark.parametrize("change", PUT_BACK)
def test_settings_and_parts_that_a_test_exchanged_are_the_very_ones_again(
    app: Flask, installation: Installation, change
):
    installation.fresh(FixedClock(STARTS_AT))
    settings, parts = dict(app.config), {name: it for name, it in app.extensions.items() if name != "kikite_clock"}
    change(app)
    assert installation.fresh(FixedClock(STARTS_AT)) is app
    assert dict(app.config) == settings
    now = {name: it for name, it in app.extensions.items() if name != "kikite_clock"}
    assert now.keys() == parts.keys()
    assert all(now[name] is part for name, part in parts.items())


def test_what_a_test_left_behind_is_gone_before_the_next(app: Flask, installation: Installation):
    stray = app.config["KIKITE"].data / "stray"
    stray.touch()
    engine = engines_of(app)[0]
    with engine.begin() as connection:
        everybody = connection.execute(text("SELECT count(*) FROM person")).scalar_one()
        connection.execute(text("UPDATE person SET is_handler = NOT is_handler"))
        connection.execute(text("DELETE FROM site"))
    installation.let_go()
    installation.fresh(FixedClock(STARTS_AT))
    assert not stray.exists()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM person")).scalar_one() == everybody
        assert connection.execute(text("SELECT count(*) FROM person WHERE is_handler")).scalar_one() == 3
        assert connection.execute(text("SELECT count(*) FROM site")).scalar_one() == 5


def test_rows_that_were_only_added_changed_or_removed_are_as_before(app: Flask, installation: Installation):
    engine = engines_of(app)[0]
    with engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM site ORDER BY id")).all()
    for statement in (
        "DELETE FROM site WHERE id = (SELECT min(CAST(id AS text)) FROM site)"
        if engine.dialect.name == "sqlite"
        else "DELETE FROM site WHERE id::text = (SELECT min(id::text) FROM site)",
        "UPDATE site SET id = id",
        "DELETE FROM site",
    ):
        with engine.begin() as connection:
            assert connection.execute(text(statement)).rowcount
        installation.let_go()
        installation.fresh(FixedClock(STARTS_AT))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT * FROM site ORDER BY id")).all() == before


def test_a_trigger_that_a_test_took_away_refuses_again(app: Flask, installation: Installation):
    with engines_of(app)[0].begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_record DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_record_no_delete"))
        connection.execute(text("DELETE FROM audit_record"))
    installation.let_go()
    installation.fresh(FixedClock(STARTS_AT))
    with pytest.raises(DBAPIError, match="never changed"), engines_of(app)[0].begin() as connection:
        connection.execute(text("DELETE FROM audit_record"))


def test_what_is_told_to_a_connection_is_not_heard_by_the_next_test(app: Flask, installation: Installation):
    engine = engines_of(app)[0]
    tell, ask, first = (
        ("SET statement_timeout = 4321", "SHOW statement_timeout", "0")
        if engine.dialect.name == "postgresql"
        else ("PRAGMA cache_size=-4321", "PRAGMA cache_size", -1000)
    )
    with engine.begin() as connection:
        connection.execute(text(tell))
    installation.let_go()
    installation.fresh(FixedClock(STARTS_AT))
    with engine.connect() as connection:
        assert connection.execute(text(ask)).scalar_one() == first


def test_no_page_and_no_key_is_left_over(app: Flask, installation: Installation):
    Visitor(app).get("/consult")
    keys: KeyStore = app.extensions["kikite_key_store"]
    keys.take(at=STARTS_AT)
    assert app.extensions["kikite_kept_pages"]
    installation.let_go()
    assert installation.fresh(FixedClock(STARTS_AT)) is app
    assert "kikite_kept_pages" not in app.extensions
    subject_id, key = keys.take(at=STARTS_AT)
    assert keys.key(subject_id) == key


def test_what_is_learned_on_a_whole_road_does_not_count_as_a_change(app: Flask, installation: Installation):
    with app.app_context():
        routed()
    sign_in(app, "counselor").get("/desk/")
    installation.let_go()
    assert installation.fresh(FixedClock(STARTS_AT)) is app


def test_a_test_that_leaves_a_context_is_refused(app: Flask, installation: Installation):
    context = app.app_context()
    context.push()
    with pytest.raises(StillGoing):
        installation.let_go()
    context.pop()


def test_a_test_that_leaves_a_thread_is_refused(
    app: Flask, installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.support.installation.SECONDS_TO_END", 0.01)
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    with pytest.raises(StillGoing):
        installation.let_go()
    end.set()
    thread.join()


def test_what_a_real_installation_commits_is_on_the_disk(tmp_path: Path):
    engine, _ = make_engine(f"sqlite+pysqlite:///{tmp_path / 'real.sqlite3'}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == FULL
    engine.dispose()
