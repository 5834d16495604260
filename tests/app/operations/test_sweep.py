"""The work by the clock: each piece stands alone, one process is at it, and killing it costs nothing."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import literal_column, select, table

from app.operations.leases import give_back, take_lease
from app.operations.scheduler import Scheduler
from app.operations.sweep import CLOCKWORK, LEASE, Work, sweep
from app.pipeline.first_look import DAY, day_by_rule
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db, transaction, transactions
from models.audit_head import AuditHead
from models.complaint_count import ComplaintCount
from models.lease import Lease
from tests.support.source_tree import ROOT

MINUTE = timedelta(minutes=1)


def note(day):
    return ComplaintCount(day=datetime(2027, 1, day, tzinfo=UTC).date(), number=1)


def traces(app):
    with app.app_context():
        return sorted(day.day.day for day in db().scalars(select(ComplaintCount)))


def writes(day):
    def do():
        db().add(note(day))

    return do


def fails_after_writing(day):
    def do():
        db().add(note(day))
        db().flush()
        raise RuntimeError("the words of a person must not be logged")

    return do


def test_every_piece_of_work_is_one_that_a_slice_offers():
    assert [work.name for work in CLOCKWORK] == [work.do.__name__ for work in CLOCKWORK]
    # What waits for something else than the database ends its own transactions, which an action never does.
    # The server's own keys belong to no slice.
    own = {"remind_of_keys"}
    homes = {work.name: "app.operations." if work.waits or work.name in own else ".actions" for work in CLOCKWORK}
    assert all(work.do.__module__.startswith("app.") and homes[work.name] in work.do.__module__ for work in CLOCKWORK)
    assert len({work.name for work in CLOCKWORK}) == len(CLOCKWORK)


def test_a_sweep_over_an_association_at_rest_does_everything_and_changes_nothing(app):
    first = sweep(app)
    assert first.failed == ()
    assert first.done == tuple(work.name for work in CLOCKWORK)
    assert sweep(app) == first


COUNTED = select(ComplaintCount)
"""Something waits as soon as a day is counted."""


def test_work_for_which_nothing_waits_does_not_begin_and_counts_as_done(app):
    begun = []
    works = (Work("first", lambda: begun.append(1), due=(COUNTED,)), Work("second", lambda: begun.append(2)))
    assert sweep(app, works=works).done == ("first", "second")
    assert begun == [2]


def test_what_one_piece_of_work_has_done_is_what_the_next_one_waits_for(app):
    begun = []
    works = (
        Work("before", lambda: begun.append("before"), due=(COUNTED,)),
        Work("writes", writes(1)),
        Work("after", lambda: begun.append("after"), due=(COUNTED,)),
    )
    assert sweep(app, works=works).done == ("before", "writes", "after")
    assert begun == ["after"]


def test_the_look_is_at_the_moment_and_the_day_of_the_sweep(app, clock):
    clock.move(to=datetime(2027, 1, 1, 15, 30, tzinfo=UTC))
    with app.app_context(), transaction():
        db().add(note(2))
    begun = []
    on_that_day = select(ComplaintCount).where(ComplaintCount.day == DAY)
    works = (Work("of_the_day", lambda: begun.append(1), due=(on_that_day,)),)
    # In Japan it is the second of January already, and a day later it is the third.
    sweep(app, works=works)
    assert begun == [1]
    clock.move(to=datetime(2027, 1, 2, 15, 30, tzinfo=UTC))
    sweep(app, works=works)
    assert begun == [1]


def test_where_nobody_can_be_asked_what_waits_every_piece_of_work_begins(app, capsys):
    begun = []
    nowhere = select(literal_column("1")).select_from(table("no_such_table"))
    works = (
        Work("first", lambda: begun.append(1), due=(nowhere,)),
        Work("second", lambda: begun.append(2), due=(COUNTED,)),
    )
    assert sweep(app, works=works).done == ("first", "second")
    assert begun == [1, 2]
    assert "first_look_failed" in capsys.readouterr().out


def test_what_a_rule_says_is_asked_at_each_look(app):
    with app.app_context(), transaction():
        db().add(note(2))
    days = iter((1, 2, 3))
    begun = []
    by_rule = day_by_rule(lambda: datetime(2027, 1, next(days), tzinfo=UTC).date())
    works = (
        Work("by_rule", lambda: begun.append(1), due=(select(ComplaintCount).where(ComplaintCount.day == by_rule),)),
    )
    for expected in ([], [1], [1]):
        sweep(app, works=works)
        assert begun == expected


def test_one_thing_of_several_that_waits_is_enough(app):
    nothing = COUNTED.where(ComplaintCount.number == 7)
    with app.app_context(), transaction():
        db().add(note(2))
    begun = []
    sweep(app, works=(Work("either", lambda: begun.append(1), due=(nothing, COUNTED)),))
    sweep(app, works=(Work("neither", lambda: begun.append(2), due=(nothing, nothing)),))
    assert begun == [1]


def test_work_says_by_itself_whether_it_has_a_cause_and_begins_where_it_cannot_say(app, capsys):
    def unknown():
        raise RuntimeError("the words of a person must not be logged")

    begun = []
    works = tuple(
        Work(name, lambda name=name: begun.append(name), has_cause=cause)
        for name, cause in (("idle", lambda: False), ("busy", lambda: True), ("unknown", unknown))
    )
    assert sweep(app, works=works).done == ("idle", "busy", "unknown")
    assert begun == ["busy", "unknown"]
    assert "words" not in capsys.readouterr().out


def test_at_rest_no_piece_of_work_that_says_what_it_waits_for_begins(app):
    sweep(app)
    begun = []
    works = tuple(
        replace(work, do=lambda name=work.name: begun.append(name)) for work in CLOCKWORK if work.due or work.has_cause
    )
    assert len(works) > 10
    assert sweep(app, works=works).done == tuple(work.name for work in works)
    assert begun == []


def test_what_fails_is_undone_and_logged_by_its_kind_while_the_others_go_on(app, capsys):
    works = (Work("first", writes(1)), Work("second", fails_after_writing(2)), Work("third", writes(3)))
    came_of_it = sweep(app, works=works)
    assert (came_of_it.done, came_of_it.failed) == (("first", "third"), ("second",))
    assert traces(app) == [1, 3]
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "sweep_failed" in line]
    assert [(line["name"], line["kind"]) for line in logged] == [("second", "RuntimeError")]
    assert "words" not in json.dumps(logged)


def test_only_one_process_is_at_it(app):
    with app.app_context():
        assert take_lease(LEASE, holder="another", length=MINUTE)
    assert sweep(app).left_to_another
    with app.app_context():
        give_back(LEASE, holder="another")
    assert not sweep(app).left_to_another


def test_a_command_waits_for_the_one_that_is_at_it(app):
    with app.app_context():
        assert take_lease(LEASE, holder="another", length=timedelta(seconds=1))
    assert not sweep(app, wait_seconds=10).left_to_another


def test_a_lease_that_ran_out_is_anybodys(app):
    with app.app_context():
        assert take_lease(LEASE, holder="dead", length=timedelta(seconds=-1))
        assert take_lease(LEASE, holder="next", length=MINUTE)
        assert not take_lease(LEASE, holder="third", length=MINUTE)
        assert take_lease(LEASE, holder="next", length=MINUTE)


def test_nobody_gives_back_what_another_holds(app):
    with app.app_context():
        assert take_lease(LEASE, holder="one", length=MINUTE)
        give_back(LEASE, holder="other")
        assert db().get(Lease, LEASE, populate_existing=True).holder == "one"


def test_the_lease_is_given_back_however_a_sweep_ends(app):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(app, works=(Work("interrupted", interrupted),))
    assert not sweep(app).left_to_another


def test_of_several_schedulers_one_works(app):
    with app.app_context(), transaction():
        db().add(note(1))
    one, other = Scheduler(app, every_seconds=30), Scheduler(app, every_seconds=30)
    one.take_a_turn()
    with app.app_context():
        holder = db().get(Lease, "scheduler").holder
    other.take_a_turn()
    with app.app_context():
        assert db().get(Lease, "scheduler").holder == holder
        # A head is gathered once a day, and not at every turn.
        assert len(db().scalars(select(AuditHead)).all()) == 1


def test_a_turn_carries_the_log_of_the_database_and_cuts_that_of_the_key_store(app, monkeypatch):
    carried, cut = [], []
    monkeypatch.setattr("app.operations.scheduler.carry_log", carried.append)
    monkeypatch.setattr("app.operations.scheduler.clear_log", cut.append)
    Scheduler(app, every_seconds=30).take_a_turn()
    with app.app_context():
        assert (carried, cut) == ([transactions().engine], [key_store().engine])


def test_a_scheduler_outlives_a_database_that_is_gone(app, capsys, monkeypatch):
    def gone(*_args, **_more):
        raise OSError("the disk is full of words")

    monkeypatch.setattr("app.operations.scheduler.sweep", gone)
    Scheduler(app, every_seconds=30).take_a_turn()
    assert '"kind": "OSError"' in capsys.readouterr().out


DYING = """
import os, signal
from app import create_app
from app.operations.sweep import Work, sweep
from app.pipeline.transaction import db
from app.operations.settings import read_config
from datetime import UTC, date, datetime
from models.complaint_count import ComplaintCount

def first():
    db().add(ComplaintCount(day=date(2027, 1, 1), number=1))

def second():
    db().add(ComplaintCount(day=date(2027, 1, 2), number=1))
    db().flush()
    os.kill(os.getpid(), signal.SIGKILL)

sweep(create_app(read_config()), works=(Work("first", first), Work("second", second)))
"""


def test_killed_in_the_middle_the_finished_part_stays_and_the_other_is_undone(app):
    config = app.config["KIKITE"]
    urls = {}
    if config.database_url:
        urls = {
            "KIKITE_DATABASE_URL": config.database_url.value,
            "KIKITE_KEYSTORE_URL": config.keystore_url.value,
        }
    with app.app_context():
        transactions().engine.dispose()
    environment = {**os.environ, **urls, "KIKITE_DATA": str(config.data)}
    done = subprocess.run([sys.executable, "-c", DYING], cwd=ROOT, env=environment, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert traces(app) == [1]
    assert sweep(app).left_to_another
    with app.app_context(), transaction():
        db().get(Lease, LEASE).until = datetime.now(UTC) - MINUTE
    came_of_it = sweep(app, works=(Work("second", writes(2)),))
    assert came_of_it.done == ("second",)
    assert traces(app) == [1, 2]
