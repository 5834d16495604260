"""A state that was kept is the one that its steps build, and it is put back only where nothing else came before."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, is_writing
from models.board_item import BoardItem
from models.case import Case
from models.rules.board import BoardOption, ItemState
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.conftest import STARTS_AT
from tests.support import board, ladder, road
from tests.support.at_rest import bytes_of
from tests.support.beginnings import LISTENS, Beginnings, beginning, listening
from tests.support.installation import Installation, engines_of, key_store_of
from tests.support.visitor import enter, sign_in


@pytest.fixture(autouse=True)
def by_itself(beginnings: Beginnings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests keep is not what others kept. A test that exchanges parts keeps nothing, and these do not."""
    monkeypatch.setattr(beginnings, "begun", {})
    monkeypatch.setattr(beginnings, "shared", None)
    monkeypatch.setattr(beginnings, "used", 0)


@pytest.fixture
def again(app: Flask, installation: Installation, beginnings: Beginnings):
    """Ends the test so far, and begins another one."""

    def begin_again() -> FixedClock:
        installation.let_go()
        clock = FixedClock(STARTS_AT)
        assert installation.fresh(clock) is app
        beginnings.begin()
        return clock

    with beginning(beginnings, lambda: False):
        begin_again()
        yield begin_again


def item(*asked_for: str, **given: object) -> Any:
    """A test as pytest sees it: what it asks for, and what it has been given so far."""
    return SimpleNamespace(fixturenames=asked_for, funcargs=given)


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
        exchange = road.routed(severity=Severity.HIGH)
        built, reference = everything(app), exchange.reference
    built_files = files(app)
    clock = again()
    with app.app_context():
        assert road.routed(severity=Severity.HIGH).reference == reference
        assert beginnings.used == 1
        assert everything(app) == built
    assert files(app) == built_files
    assert clock.now() == STARTS_AT
    clock = again()
    with app.app_context():
        assert not db().query(Case).count()


def test_another_worker_of_the_run_finds_what_one_has_built(
    app: Flask, again, beginnings: Beginnings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(beginnings, "shared", tmp_path)
    codes = []
    for _worker in range(2):
        with app.app_context():
            _case, code = road.submitted()
        codes.append(code)
        assert enter(app, code).page.text
        again()
        monkeypatch.setattr(beginnings, "begun", {})
    # It is drawn anew whenever somebody submits.
    assert codes[0] == codes[1]
    assert beginnings.used == 2


def test_of_two_workers_who_build_the_same_both_go_on_from_what_the_first_built(
    app: Flask, again, beginnings: Beginnings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(beginnings, "shared", tmp_path)
    with app.app_context():
        _case, first = road.submitted()
        built = everything(app)
    again()
    monkeypatch.setattr(beginnings, "begun", {})
    with monkeypatch.context() as patch:
        found = beginnings._built_by_another
        answers = iter([None])
        patch.setattr(beginnings, "_built_by_another", lambda steps: next(answers, found(steps)))
        with app.app_context():
            _case, second = road.submitted()
            assert everything(app) == built
    assert not beginnings.used
    assert second == first
    assert enter(app, second).page.text


def test_the_steps_go_on_from_what_was_put_back(app: Flask, again, beginnings: Beginnings):
    for _test in range(2):
        with app.app_context():
            case, code = road.triaged()
            exchange = road.routed(road.case_of(case), code)
            assert road.reported(exchange).state == exchange.state
            assert road.case_of(case).state != "new"
        again()
    assert beginnings.used == 3


def test_what_a_test_holds_in_hand_is_then_as_the_step_left_it(app: Flask, again, beginnings: Beginnings):
    states = []
    for _test in range(2):
        with app.app_context():
            case, code = road.triaged()
            manager = road.person("manager")
            begun = case.state
            exchange = road.routed(case, code)
            states.append((begun, case.state, exchange.state, manager.is_handler))
            assert all(row in db() for row in (case, exchange, manager))
        again()
    assert states[0] == states[1]
    assert begun != case.state
    assert beginnings.used == 2


def test_somebody_who_signed_in_then_is_signed_in_again_and_can_sign_out(app: Flask, again, beginnings: Beginnings):
    numbers = set()
    for _test in range(2):
        with app.app_context():
            case, _code = road.triaged()
            numbers.add(case.number)
        visitor = sign_in(app, "counselor")
        assert case.number in visitor.get(f"/desk/{case.number}").text
        again()
    assert len(numbers) == 1
    assert beginnings.used == 2


def test_a_consulter_who_came_back_then_is_in_her_mailbox_again(app: Flask, again, beginnings: Beginnings):
    for _test in range(2):
        with app.app_context():
            _case, code = road.submitted()
        hers = enter(app, code)
        assert hers.page.path == hers.get("/mailbox").path
        again()
    assert beginnings.used == 2


def test_a_clock_that_was_moved_on_the_way_is_put_where_it_then_was(app: Flask, again, beginnings: Beginnings):
    moments = set()
    for _test in range(2):
        clock = again()
        with app.app_context():
            # A copy that is held a day and a night before it leaves.
            road.routed()
        moments.add(clock.now())
    assert beginnings.used == 1
    assert len(moments) == 1


def test_a_company_that_stayed_silent_is_put_back_as_it_was_and_each_goes_on_by_itself(
    app: Flask, again, beginnings: Beginnings
):
    states, numbers = [], set()
    for test in range(3):
        clock = again()
        with app.app_context():
            road.routed()
            file = ladder.silent_through(Step.E1)
            states.append((everything(app), clock.now(), file.state))
            numbers.add(ladder.newest(file).number)
            if test == 0:
                ladder.annulled(ladder.newest(file))
                assert everything(app) != states[0][0]
                clock.move(to=clock.now().replace(year=2030))
    assert beginnings.used == 4
    assert states[0] == states[1] == states[2]
    assert len(numbers) == 1


def test_a_step_with_the_clock_goes_on_writing_and_what_is_done_then_is_nobody_elses(
    app: Flask, again, beginnings: Beginnings
):
    seen = []
    for test in range(3):
        clock = again()
        with app.app_context():
            item = board.voting(clock)
            assert is_writing()
            seen.append((everything(app), clock.now(), item.state))
            if test == 0:
                board.all_vote(item, BoardOption.WARNING)
                assert everything(app) != seen[0][0]
    assert beginnings.used == 2
    assert seen[0] == seen[1] == seen[2]
    clock = again()
    with app.app_context():
        assert not db().query(BoardItem).count()


def test_another_clock_than_the_applications_is_no_beginning(app: Flask, again, beginnings: Beginnings):
    for _test in range(2):
        clock = again()
        with app.app_context():
            # It moves nothing that the application goes by, so that the company's time is not over.
            item = board.ready(FixedClock(clock.now()))
            assert item.state == ItemState.HEARING
    # The company's notice, which comes before it, is one.
    assert {step[1] for steps in beginnings.begun for step in steps} == {"in_hearing"}
    assert beginnings.used == 1


@pytest.mark.parametrize("before", ["row", "file", "clock", "setting", "unsaved", "key"])
def test_whoever_did_anything_before_takes_the_step_itself(app: Flask, again, beginnings: Beginnings, before: str):
    with app.app_context():
        road.submitted()
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
        if before == "unsaved":
            road.person("counselor").is_handler = False
        road.submitted()
    assert not beginnings.used


@pytest.mark.parametrize("asked_for", sorted(LISTENS))
def test_whoever_listens_to_the_steps_hears_them(app: Flask, again, beginnings: Beginnings, asked_for: str):
    with app.app_context():
        road.submitted()
    again()
    with beginning(beginnings, lambda: listening(item("app", asked_for))), app.app_context():
        road.submitted()
    assert not beginnings.used


def test_whoever_has_put_something_else_in_a_parts_place_takes_the_steps_from_then_on(
    app: Flask, again, beginnings: Beginnings
):
    for _test in range(2):
        again()
        with pytest.MonkeyPatch.context() as patch:
            test = item("app", "monkeypatch", monkeypatch=patch)
            with beginning(beginnings, lambda test=test: listening(test)), app.app_context():
                case, code = road.triaged()
                patch.setattr(road, "TOLD", "ほかの言葉です。")
                road.routed(case, code)
    assert beginnings.used == 1
    assert listening(item("monkeypatch"))


def test_what_is_given_otherwise_is_another_state(app: Flask, again, beginnings: Beginnings):
    tokens = set()
    for severity in (Severity.LOW, Severity.HIGH):
        with app.app_context():
            case, _code = road.triaged(severity=severity)
            tokens.add(case.severity_token)
        again()
    assert not beginnings.used
    assert len(tokens) == 2


def test_whoever_looks_at_every_byte_of_the_disk_builds_what_lies_there(app: Flask, again, beginnings: Beginnings):
    """A state is kept without SQLite's log, which holds what was written over since."""
    with app.app_context():
        road.submitted()
    with pytest.raises(RuntimeError, match="every_byte"):
        dict(bytes_of(app))
    again()
    with beginning(beginnings, lambda: listening(item("every_byte"))), app.app_context():
        road.submitted()
        assert dict(bytes_of(app))
