"""A changed term and the clocks that run: looked at before, moved only on purpose, and told in each record."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import Sending, arrange_sending, decide_extension
from app.clocks.queries import running_clock
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db, transaction
from app.responses.actions import ask_extension
from app.rulebook.actions import amend_number, close_association
from app.rulebook.numbers import changes_of_numbers, numbers, pairs_out_of_order
from app.rulebook.queries import closures_from
from app.watch.actions.watching import keep_watch
from models.audit_record import AuditRecord
from models.clock import Clock
from models.exchange import Exchange
from models.extension import Extension
from models.retaliation_watch import RetaliationWatch
from models.rules.amendable import NOT_AMENDABLE
from models.rules.deadlines import ClockKind
from models.rules.rule_change import ClosureSort
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import in_japan
from tests.support import road
from tests.support.present import present
from tests.support.visitor import Visitor, sign_in

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
TUESDAY = date(2026, 12, 1)


@pytest.fixture
def manager(app: Flask, clock: FixedClock) -> Visitor:
    clock.move(to=MONDAY)
    return sign_in(app, "manager")


def amend(key: str, amount: int, *, valid_from: date = TUESDAY, by: str = "manager") -> None:
    amend_number(numbers()[key], amount, valid_from=valid_from, reason="理事会の決定", actor=present(by))


def on_tuesday(clock: FixedClock) -> None:
    clock.move(to=datetime(2026, 12, 1, 10, 0, tzinfo=TOKYO))


def of(exchange: Exchange, kind: ClockKind) -> Clock:
    db().expire_all()
    found = running_clock(exchange.id, kind)
    assert found is not None
    return found


def day_of(exchange: Exchange, kind: ClockKind) -> date:
    return in_japan(of(exchange, kind).due_at).date()


def facts_of(name: str) -> list[dict[str, object]]:
    return [json.loads(facts) for facts in db().scalars(select(AuditRecord.facts).where(AuditRecord.name == name))]


def test_running_clocks_are_counted_anew_by_the_term_of_now_only_when_somebody_says_so(
    app: Flask, manager: Visitor, clock: FixedClock
) -> None:
    with app.app_context():
        exchange = road.routed(severity=Severity.HIGH)
        assert day_of(exchange, ClockKind.OFFICER_ACK) == date(2026, 12, 3)
    manager.get("/rulebook/numbers/officer_ack")
    page = manager.send({"amount": "5", "valid_from": "2026-12-01", "reason": "理事会の決定"})
    assert "計算し直すと変わる期限(全部で1件)" in page.text
    assert "12月7日" in page.text
    manager.send({}, action="/rulebook/numbers/officer_ack")
    on_tuesday(clock)
    with app.app_context():
        assert day_of(exchange, ClockKind.OFFICER_ACK) == date(2026, 12, 3)
    manager = sign_in(app, "manager")
    assert "前の長さで動いている期限が1件あります" in manager.get("/rulebook/numbers/officer_ack").text
    manager.get("/rulebook/numbers/officer_ack/recount")
    manager.send({"reason": ""})
    assert "計算し直す理由" in manager.page.text
    manager.send({"reason": "会社の準備が整わないため"})
    assert "期限を1件、計算し直しました" in manager.page.text
    with app.app_context():
        moved = of(exchange, ClockKind.OFFICER_ACK)
        assert in_japan(moved.due_at).date() == date(2026, 12, 7)
        assert moved.policy_version.endswith("+20261201")
        assert "5営業日目" in moved.explanation_ja
        assert db().get_one(Exchange, exchange.id).next_due_at == moved.due_at
        assert facts_of("rules.recompute") == [{"rule": "officer_ack", "version": moved.policy_version, "moved": 1}]
        assert facts_of("clock.recompute") == [{"kind": "officer_ack", "day": "2026-12-07"}]
    assert "変わる期限はありません" in manager.get("/rulebook/numbers/officer_ack/recount").text
    log = manager.get("/rulebook/").text
    assert "責任者の受領確認: 動いた期限 1件" in log
    assert "会社の準備が整わないため" in log


def test_what_changed_after_the_look_is_looked_at_again(app: Flask, manager: Visitor, clock: FixedClock) -> None:
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        road.done(lambda: amend("officer_ack", 5))
        another = road.routed(severity=Severity.HIGH)
    on_tuesday(clock)
    manager = sign_in(app, "manager")
    before = manager.get("/rulebook/numbers/officer_ack/recount")
    with app.app_context(), transaction():
        found = db().get_one(Clock, of(another, ClockKind.OFFICER_ACK).id)
        found.met_at = clock.now()
    page = manager.send({"reason": "まとめて"}, page=before)
    assert "もう一度確かめてください" in page.text
    assert "まとめて" in page.html
    with app.app_context():
        assert facts_of("rules.recompute") == []


def test_an_extension_that_was_granted_is_kept_when_the_term_changes(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        exchange = road.routed(severity=Severity.HIGH)
        plain = road.routed(severity=Severity.HIGH)
        numbers_of = (exchange.reference, plain.reference)
        road.acknowledged(exchange)
        road.done(
            lambda: ask_extension(
                db().get_one(Exchange, exchange.id),
                working_days=5,
                reason="確認に時間がかかるため",
                actor=present("alpha_officer"),
            )
        )
        asked = db().scalars(select(Extension)).one()
        case = road.case_at(exchange.reference)
        road.done(lambda: decide_extension(road.case_of(case), asked, True, actor=present("counselor")))
        extended = day_of(exchange, ClockKind.FINAL_REPORT)
        road.done(lambda: amend("final_report", 40))
    on_tuesday(clock)
    manager = sign_in(app, "manager")
    manager.get("/rulebook/numbers/final_report/recount")
    manager.send({"reason": "理事会の決定"})
    with app.app_context():
        exchange, plain = (road.exchange_at(number) for number in numbers_of)
        assert day_of(exchange, ClockKind.FINAL_REPORT) == extended
        assert facts_of("clock.recompute") == [
            {"kind": "final_report", "day": day_of(plain, ClockKind.FINAL_REPORT).isoformat()}
        ]


def test_each_severity_has_its_own_number_and_the_others_stay(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        case, _code = road.submitted()
        case_id = case.id
        before = running_clock(case_id, ClockKind.TRIAGE)
        assert before is not None
        assert in_japan(before.due_at).day == 1
        road.done(lambda: amend("triage:unknown", 2))
    on_tuesday(clock)
    manager = sign_in(app, "manager")
    assert "変わる期限はありません" in manager.get("/rulebook/numbers/triage:S3/recount").text
    manager.get("/rulebook/numbers/triage:unknown/recount")
    manager.send({"reason": "理事会の決定"})
    with app.app_context():
        after = running_clock(case_id, ClockKind.TRIAGE)
        assert after is not None
        assert in_japan(after.due_at).day == 2


def test_the_time_to_think_again_is_never_another_one_than_was_told(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        case, code = road.triaged(severity=Severity.MODERATE)
        copy = road.approved(case, code)
        exchange = db().get_one(Exchange, copy.exchange_id)
        sent = road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))
        assert sent is Sending.WAITS
        road.done(lambda: amend("send_hold:S2", 72))
    clock.move(to=datetime(2026, 12, 1, 0, 30, tzinfo=TOKYO))
    manager = sign_in(app, "manager")
    assert "変わる期限はありません" in manager.get("/rulebook/numbers/send_hold:S2/recount").text


def test_a_longer_watch_holds_for_those_who_are_watched_and_another_number_moves_none(
    app: Flask, clock: FixedClock
) -> None:
    on_tuesday(clock)
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        road.done(lambda: amend("officer_ack", 5, valid_from=date(2026, 12, 2)))
        road.done(lambda: amend("retaliation_watch", 18, valid_from=date(2026, 12, 3)))
    clock.move(to=datetime(2026, 12, 2, 10, 0, tzinfo=TOKYO))
    with app.app_context():
        road.done(keep_watch)
        assert facts_of("watch.follow_rules") == []
    clock.move(to=datetime(2026, 12, 3, 10, 0, tzinfo=TOKYO))
    with app.app_context():
        road.done(keep_watch)
        watch = db().scalars(select(RetaliationWatch)).one()
        assert in_japan(watch.ends_at).date() == date(2028, 6, 1)
        assert len(facts_of("watch.follow_rules")) == 1
        road.done(keep_watch)
        assert len(facts_of("watch.follow_rules")) == 1


def test_an_officer_may_ask_for_as_much_time_as_the_rule_of_the_day_gives(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        exchange = road.routed(severity=Severity.HIGH)
        road.acknowledged(exchange)
        road.done(lambda: amend("report_extension", 10))
    on_tuesday(clock)
    officer = sign_in(app, "alpha_officer")
    page = officer.get(f"/office/{exchange.reference}")
    assert "10営業日以内の延長" in page.text
    assert "10営業日までです" in page.text
    officer.send({"extension-working_days": "11", "extension-reason": "確認に時間がかかるため"})
    assert "1から10まで" in officer.page.text


def test_how_long_a_receipt_opens_is_said_by_the_rule(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        road.done(lambda: amend("receipt_valid", 24))
    on_tuesday(clock)
    assert "少なくとも12か月使えます" in Visitor(app).get("/mailbox/enter").text, "earlier matters keep their term"


def together(app: Flask, *acts: Callable[[], object]) -> list[BaseException]:
    """Two managers at once, each in a request of their own; what was refused."""
    begins, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            with app.app_context():
                begins.wait(timeout=10)
                with transaction():
                    act()
        except Exception as error:  # noqa: BLE001 - any refusal is handed to the test
            refused.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return refused


def a_first_change() -> None:
    """The association's chain has begun, as it has wherever rules were ever changed."""
    road.done(lambda: amend("review", 6))


def test_two_managers_who_change_one_number_from_the_same_day_leave_one_change(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        a_first_change()
    refused = together(app, lambda: amend("officer_ack", 4), lambda: amend("officer_ack", 5))
    assert [type(one) for one in refused] == [ChangedMeanwhile]
    with app.app_context():
        assert len([one for one in changes_of_numbers() if one.key == "officer_ack"]) == 1


def test_two_managers_whose_changes_do_not_go_together_leave_the_order_standing(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        a_first_change()
    refused = together(app, lambda: amend("triage:S2", 3), lambda: amend("triage:S1", 2))
    assert [type(one) for one in refused] == [ChangedMeanwhile]
    with app.app_context():
        assert pairs_out_of_order() == ()
        assert len([one for one in changes_of_numbers() if one.key.startswith("triage")]) == 1


def test_two_managers_who_close_the_same_day_leave_one_closure(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    with app.app_context():
        a_first_change()
    day = date(2026, 12, 28)

    def close() -> None:
        close_association(
            day, day, sort=ClosureSort.ASSOCIATION, ja="臨時", en="Extra", reason="工事", actor=present("manager")
        )

    refused = together(app, close, close)
    assert [type(one) for one in refused] == [ChangedMeanwhile]
    with app.app_context():
        assert len(closures_from(day)) == 1


def test_every_clock_has_a_number_that_may_be_changed_or_is_said_to_have_none(app: Flask) -> None:
    with app.app_context():
        changed = {ClockKind(key.partition(":")[0]) for key, one in numbers().items() if one.kind.code == "deadline"}
    assert changed | NOT_AMENDABLE == set(ClockKind)
    assert not changed & NOT_AMENDABLE
