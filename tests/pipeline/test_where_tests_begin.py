"""A state that was kept is the one that its steps build, and it is put back only where nothing else came before."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.case import Case
from models.rules.taxonomy.severity import Severity
from tests.conftest import STARTS_AT
from tests.support import kept_road, road
from tests.support.beginnings import Beginnings, beginning
from tests.support.installation import Installation, engines_of, key_store_of
from tests.support.source_tree import ROOT


@pytest.fixture(autouse=True)
def by_itself(beginnings: Beginnings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests keep is not what others kept. A test that exchanges parts keeps nothing, and these do not."""
    monkeypatch.setattr(beginnings, "begun", {})
    monkeypatch.setattr(beginnings, "used", 0)


@pytest.fixture
def again(app: Flask, installation: Installation, beginnings: Beginnings):
    """Ends the test so far, and begins another one."""

    def begin_again() -> FixedClock:
        installation.let_go()
        clock = FixedClock(STARTS_AT)
        assert installation.fresh(clock) is app
        beginnings.steps = ()
        return clock

    with beginning(beginnings, []):
        begin_again()
        yield begin_again


def everything(app: Flask) -> dict[str, list[object]]:
    """Each row of each table of both databases."""
    rows: dict[str, list[object]] = {}
    for engine in engines_of(app):
        with engine.connect() as connection:
            asked = (
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                if engine.dialect.name == "sqlite"
                else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
            for table in connection.execute(text(asked)).scalars().all():
                held = connection.execute(text(f'SELECT * FROM "{table}"')).all()
                rows[f"{engine.url.database} {table}"] = sorted(map(repr, held))
    return rows


def files(app: Flask) -> dict[str, bytes]:
    data: Path = app.config["KIKITE"].data
    kept = (data / "files").rglob("*") if (data / "files").exists() else ()
    return {str(file): file.read_bytes() for file in kept if file.is_file()}


def test_what_is_put_back_is_every_row_and_file_that_was_built(app: Flask, again, beginnings: Beginnings):
    with app.app_context():
        exchange = kept_road.routed(severity=Severity.HIGH)
        built, reference = everything(app), exchange.reference
    built_files = files(app)
    clock = again()
    with app.app_context():
        assert kept_road.routed(severity=Severity.HIGH).reference == reference
        assert beginnings.used == 1
        assert everything(app) == built
    assert files(app) == built_files
    assert clock.now() == STARTS_AT
    clock = again()
    with app.app_context():
        assert not db().query(Case).count()


def test_the_steps_go_on_from_what_was_put_back(app: Flask, again, beginnings: Beginnings):
    for _test in range(2):
        with app.app_context():
            case, code = kept_road.triaged()
            exchange = road.routed(road.case_of(case), code)
            assert road.reported(exchange).state == exchange.state
            assert road.case_of(case).state != "new"
        again()
    assert beginnings.used == 1


def test_somebody_who_signed_in_then_is_signed_in_again_and_can_sign_out(app: Flask, again, beginnings: Beginnings):
    numbers = set()
    for _test in range(2):
        with app.app_context():
            case, _code = kept_road.triaged()
            numbers.add(case.number)
        visitor = kept_road.sign_in(app, "counselor")
        assert case.number in visitor.get(f"/desk/{case.number}").text
        again()
    assert len(numbers) == 1
    assert beginnings.used == 2


def test_a_clock_that_was_moved_on_the_way_is_put_where_it_then_was(app: Flask, again, beginnings: Beginnings):
    moments = set()
    for _test in range(2):
        clock = again()
        with app.app_context():
            # A copy that is held a day and a night before it leaves.
            kept_road.routed()
        moments.add(clock.now())
    assert beginnings.used == 1
    assert len(moments) == 1


@pytest.mark.parametrize("before", ["row", "file", "clock", "setting", "session", "key"])
def test_whoever_did_anything_before_takes_the_step_itself(
    app: Flask, again, beginnings: Beginnings, before: str, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        kept_road.submitted()
    clock = again()
    main, _keys = engines_of(app)
    if before == "row":
        with main.begin() as connection:
            connection.execute(text("UPDATE person SET is_handler = NOT is_handler"))
    elif before == "key":
        key_store_of(app).make(uuid.uuid4(), at=STARTS_AT)
    elif before == "file":
        (app.config["KIKITE"].data / "stray").touch()
    elif before == "clock":
        clock.move(to=STARTS_AT.replace(hour=11))
    elif before == "setting":
        app.config["SOMETHING"] = 1
    with app.app_context():
        held = road.person("counselor") if before == "session" else None
        kept_road.submitted()
        assert held is None or held in db()
    assert not beginnings.used


def test_whoever_listens_to_the_steps_hears_them(app: Flask, again, beginnings: Beginnings):
    with app.app_context():
        kept_road.submitted()
    again()
    with beginning(beginnings, ["app", "monkeypatch"]), app.app_context():
        kept_road.submitted()
    assert not beginnings.used


def test_what_is_given_otherwise_is_another_state(app: Flask, again, beginnings: Beginnings):
    tokens = set()
    for severity in (Severity.LOW, Severity.HIGH):
        with app.app_context():
            case, _code = kept_road.triaged(severity=severity)
            tokens.add(case.severity_token)
        again()
    assert not beginnings.used
    assert len(tokens) == 2


def test_whoever_looks_at_every_byte_of_the_disk_builds_what_lies_there():
    """A state is kept without SQLite's log, which holds what was written over since."""
    imported = {
        path: [line for line in path.read_text("utf-8").splitlines() if line.startswith("from tests.")]
        for path in (ROOT / "tests").rglob("*.py")
    }
    looking = {path for path, lines in imported.items() if any("at_rest" in line for line in lines)}
    from_kept = {path for path, lines in imported.items() if any("kept_road" in line for line in lines)}
    assert looking
    assert from_kept
    assert not looking & from_kept
