"""What the measurements rest on: pages are read rightly, figures are reckoned rightly, and copies are true copies."""

import pytest
from sqlalchemy import func, select

from app.operations.verification import verify_all
from app.pipeline.database import make_engine
from app.pipeline.transaction import db
from benchmarks.browser import UnexpectedAnswer, form_with
from benchmarks.burst import Burst
from benchmarks.floor import grant, make_floor, make_tables, row
from benchmarks.load import Timings, measure
from benchmarks.population import pattern_of, populate
from benchmarks.report import Findings, targets, written
from benchmarks.submissions import WRITTEN, Measured
from benchmarks.sweeping import Swept
from crypto import CannotOpen
from models.case import Case
from models.compartment import Compartment
from models.forwarded_copy import ForwardedCopy
from models.sealed import open_from
from models.statement import Statement
from tests.support.present import present
from tests.support.road import routed

PAGE = """
<form action="/language"><input type="hidden" name="csrf_token" value="x"></form>
<form method="post" action="/send">
  <input type="hidden" name="csrf_token" value="a&amp;b"><textarea name="text">
one &lt;two&gt;</textarea>
  <input type="radio" name="company" value="first"><input type="radio" name="company" value="none">
  <input type="checkbox" name="types" value="HT-01" checked><input type="checkbox" name="types" value="HT-02">
  <select name="channel"><option value="">-</option><option value="HC-01" selected>x</option></select>
  <input type="submit" name="back" value="back">
</form>
"""


def test_a_form_is_read_as_a_browser_would_send_it():
    form = form_with(PAGE, "/here", "text", action="/send")
    assert ("csrf_token", "a&b") in form.fields
    assert ("types", "HT-01") in form.fields
    assert ("types", "HT-02") not in form.fields
    assert ("channel", "HC-01") in form.fields
    assert "back" not in form.names
    assert form.undecided() == {"company": "none"}


def test_a_form_that_is_not_there_is_an_error_of_the_measurement():
    with pytest.raises(UnexpectedAnswer):
        form_with(PAGE, "/here", "no_such_field")


def test_percentiles_are_those_of_all_requests():
    timings = Timings([number / 100 for number in range(100)], wall=2.0, cpu=1.0)
    assert timings.percentile(95) == 0.95
    assert timings.per_second == 50
    assert timings.cpu_each == 0.01


def test_an_error_of_one_client_is_not_passed_over():
    def fails() -> None:
        raise UnexpectedAnswer("no receipt")

    with pytest.raises(UnexpectedAnswer):
        measure([[fails], [lambda: None]], cpu=lambda: 0.0)


@pytest.mark.parametrize(("took", "word"), [(2.4, "met"), (2.6, "MISSED")])
def test_a_missed_target_is_said_to_be_missed(took, word):
    storing = Measured(8, Timings([took] * 8, 1.0, 1.0), Timings([1.0] * 8, 1.0, 1.0))
    found = Findings([], storing={8: storing})
    assert [target.is_met for target in targets(found)] == [word == "met"]
    assert f"| {took:.2f} times | {word} |" in written(found)


def test_a_copied_consultation_opens_for_whoever_may_open_the_original(app):
    with app.app_context():
        populate([_pattern()], 3, told=lambda _done: None)
        assert db().scalar(select(func.count()).select_from(Case)) == 4
        counsellor, officer, stranger = present("counselor"), present("alpha_officer"), present("beta_deputy")
        for copy in db().scalars(select(ForwardedCopy)):
            compartment = db().get_one(Compartment, copy.compartment_id)
            for reader in (counsellor, officer):
                assert open_from(copy, "sealed_text", key=reader.held.compartment_key(compartment))
            with pytest.raises(CannotOpen):
                stranger.held.compartment_key(compartment)
        for statement in db().scalars(select(Statement)):
            compartment = db().get_one(Compartment, statement.compartment_id)
            assert open_from(statement, "sealed", key=counsellor.held.compartment_key(compartment))


def test_no_two_copies_share_a_key_or_a_number(app):
    with app.app_context():
        populate([_pattern()], 3, told=lambda _done: None)
        reader = present("counselor")
        keys = [reader.held.compartment_secret(compartment) for compartment in db().scalars(select(Compartment))]
        assert len(set(keys)) == len(keys)
        sealed = db().scalars(select(Statement.sealed)).all()
        assert len(set(sealed)) == len(sealed)


def test_the_record_of_every_copy_holds(app):
    with app.app_context():
        populate([_pattern()], 3, told=lambda _done: None)
        assert verify_all().faults == ()


def _pattern():
    exchange = routed()
    readers = [present("counselor"), present("alpha_officer")]
    pattern = pattern_of(db().get_one(Case, exchange.case_id), readers=readers)
    db().rollback()
    return pattern


@pytest.mark.parametrize(("slowest", "word"), [(0.29, "met"), (0.31, "MISSED")])
def test_a_board_that_was_slow_once_during_the_burst_misses_its_target(slowest, word):
    board = Timings([0.01] * 9 + [slowest], 1.0)
    burst = Burst(200, 0, 1, 200, 4, sending=Timings([0.1] * 200, 4.0, 4.0), board=board)
    report = written(Findings([], burst=burst))
    assert f"worst {slowest * 1000:.0f} ms, asked 10 times | {word} |" in report
    assert "200 receipted, 0 refused | met" in report


def test_a_burst_in_which_one_was_refused_is_said_to_be_missed():
    burst = Burst(199, 1, 1, 199, 4, sending=Timings([0.1], 1.0), board=Timings([0.01], 1.0))
    missed = [target.promise for target in targets(Findings([], burst=burst)) if not target.is_met]
    assert len(missed) == 2


def test_the_floor_stores_as_much_as_a_consultation_sealed_for_five(tmp_path, monkeypatch):
    monkeypatch.setenv("KIKITE_FLOOR_DATABASE", f"sqlite+pysqlite:///{tmp_path / 'floor.sqlite3'}")
    monkeypatch.setenv("KIKITE_FLOOR_ROW_BYTES", "14000")
    make_tables()
    browser = make_floor().test_client()
    assert browser.post("/store", data={"text": WRITTEN}).status_code == 303
    assert browser.post("/row", data={"text": WRITTEN}).status_code == 303
    engine, _lock = make_engine(f"sqlite+pysqlite:///{tmp_path / 'floor.sqlite3'}")
    with engine.connect() as connection:
        bodies = connection.scalars(select(row.c.body)).all()
        wrapped = connection.scalars(select(grant.c.wrapped)).all()
    engine.dispose()
    assert len(wrapped) == 5
    assert len(set(wrapped)) == 5
    # A nonce and a tag go beyond what is counted.
    assert 14_000 <= len(bodies[0]) + sum(map(len, wrapped)) <= 14_100
    assert len(bodies[1]) == 14_000
    assert WRITTEN[:10].encode() not in bodies[0]


def test_a_sweep_that_does_less_or_grows_misses_its_targets():
    few = Swept(10_000, cpu=1.0, resident=100.0, records=5)
    for many, missed in (
        (Swept(1_000_000, cpu=1.2, resident=101.0, records=5), []),
        (Swept(1_000_000, cpu=1.2, resident=101.0, records=4), [0]),
        (Swept(1_000_000, cpu=2.0, resident=101.0, records=5), [1]),
        (Swept(1_000_000, cpu=1.2, resident=140.0, records=5), [2]),
    ):
        found = list(targets(Findings(machine=[], swept=(few, many))))
        assert [number for number, target in enumerate(found) if not target.is_met] == missed
