"""Numbers that the secretariat changes by a dated row: the length of a deadline and the limits of files."""

from __future__ import annotations

import ast
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.clocks.queries import running_clock
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from app.rulebook.numbers import amount_on, numbers, pairs_out_of_order
from app.rulebook.queries import deadlines_at, file_limits_at
from models.audit_record import AuditRecord
from models.clock import Clock
from models.exchange import Exchange
from models.rule_change import RuleChange
from models.rules.attachments import MEBIBYTE
from models.rules.deadlines import DEADLINE_POLICIES, ClockKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.source_tree import ROOT
from tests.support.visitor import Visitor, sign_in

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
LONGER = {"amount": "4", "valid_from": "2026-12-07", "reason": "理事会の決定 (11月)"}


@pytest.fixture
def manager(app: Flask, clock: FixedClock) -> Visitor:
    clock.move(to=MONDAY)
    return sign_in(app, "manager")


def changes(visitor: Visitor, key: str, **answers: str) -> None:
    visitor.get(f"/rulebook/numbers/{key}")
    visitor.send({**LONGER, **answers})
    if "まだ登録していません" in visitor.page.text:
        visitor.send({}, action=f"/rulebook/numbers/{key}")


def rows(app: Flask) -> list[RuleChange]:
    with app.app_context():
        return list(db().scalars(select(RuleChange).where(RuleChange.ended_at.is_(None)).order_by(RuleChange.key)))


def acknowledgement(app: Flask, reference: str) -> Clock:
    with app.app_context():
        exchange = db().scalars(select(Exchange).where(Exchange.reference == reference)).one()
        found = running_clock(exchange.id, ClockKind.OFFICER_ACK)
        assert found is not None
        return found


def routed(app: Flask) -> str:
    with app.app_context():
        return road.routed(severity=Severity.HIGH).reference


def test_a_longer_term_holds_for_what_starts_from_its_day_on_and_for_nothing_that_runs(
    app: Flask, manager: Visitor, clock: FixedClock
) -> None:
    before = routed(app)
    due_at = acknowledgement(app, before).due_at
    changes(manager, "officer_ack")
    assert acknowledgement(app, before).due_at == due_at
    assert acknowledgement(app, routed(app)).due_at == due_at, "its day has not come yet"
    clock.move(to=datetime(2026, 12, 7, 10, 0, tzinfo=TOKYO))
    later = acknowledgement(app, routed(app))
    assert later.due_at.astimezone(TOKYO).date() == date(2026, 12, 11)
    assert later.policy_version == f"{DEADLINE_POLICIES[0].version}+20261207"
    assert "4営業日目" in later.explanation_ja
    assert acknowledgement(app, before).due_at == due_at


def test_the_look_says_from_when_and_how_many_running_due_dates_stay(app: Flask, manager: Visitor) -> None:
    routed(app)
    manager.get("/rulebook/numbers/officer_ack")
    manager.send(LONGER)
    for words in ("まだ登録していません", "2026年12月7日", "3営業日 → 4営業日", "1件あり"):
        assert words in manager.page.text
    assert rows(app) == []
    manager.send({"amount": "5"})
    assert "3営業日 → 5営業日" in manager.page.text, "another number is looked at again"
    assert rows(app) == []


@pytest.mark.parametrize(
    ("key", "answers", "words"),
    [
        ("officer_ack", {"amount": "0"}, "小さすぎます"),
        ("officer_ack", {"amount": "-3"}, "0から"),
        ("officer_ack", {"amount": "6"}, "大きすぎます"),
        ("officer_ack", {"amount": "9999999999"}, "までの数"),
        ("officer_ack", {"amount": "三日"}, "数字で"),
        ("officer_ack", {"amount": "3"}, "同じ数です"),
        ("officer_ack", {"valid_from": "2026-11-30"}, "明日から"),
        ("officer_ack", {"valid_from": "2026-11-01"}, "明日から"),
        ("officer_ack", {"valid_from": "2028-01-01"}, "1年先まで"),
        ("officer_ack", {"reason": ""}, "変更の理由"),
        ("retaliation_watch", {"amount": "11"}, "小さすぎます"),
        ("initial_report", {"amount": "13"}, "大きすぎます"),
        ("triage:S2", {"amount": "3", "valid_from": "2026-12-07"}, None),
        ("triage:S1", {"amount": "1"}, "順番が合わなくなります"),
        ("attachment:largest", {"amount": "201"}, "大きすぎます"),
        ("attachment:largest", {"amount": "40"}, "順番が合わなくなります"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(
    app: Flask, manager: Visitor, key: str, answers: dict[str, str], words: str | None
) -> None:
    changes(manager, key, **answers)
    if words is None:
        assert [one.key for one in rows(app)] == [key]
        return
    assert words in manager.page.text
    assert answers.get("reason", LONGER["reason"]) in manager.page.html
    assert rows(app) == []


def test_two_changes_from_the_same_day_are_refused_and_a_change_ahead_may_be_taken_back(
    app: Flask, manager: Visitor
) -> None:
    changes(manager, "officer_ack")
    changes(manager, "officer_ack", amount="5")
    assert "その日から始まる変更が、もうあります" in manager.page.text
    (kept,) = rows(app)
    manager.get("/rulebook/numbers")
    manager.send({}, action=f"/rulebook/numbers/{kept.id}/cancel")
    assert rows(app) == []
    changes(manager, "officer_ack", amount="5")
    assert [one.value for one in rows(app)] == ['{"amount": 5}']


def test_a_change_that_has_begun_is_not_taken_back(app: Flask, manager: Visitor, clock: FixedClock) -> None:
    changes(manager, "officer_ack")
    (kept,) = rows(app)
    clock.move(to=datetime(2026, 12, 7, 10, 0, tzinfo=TOKYO))
    manager = sign_in(app, "manager")
    token = manager.get("/rulebook/numbers/officer_ack").form_with("amount").fields["csrf_token"][0]
    manager.post(f"/rulebook/numbers/{kept.id}/cancel", {"csrf_token": token})
    assert "もう始まっている変更は、取り消せません" in manager.page.text
    assert len(rows(app)) == 1


def test_taking_back_what_another_change_leans_on_is_refused(app: Flask, manager: Visitor) -> None:
    changes(manager, "triage:S1", amount="4")
    changes(manager, "triage:S2", amount="3")
    changes(manager, "triage:S1", amount="3", valid_from="2026-12-14")
    changes(manager, "triage:S2", amount="1", valid_from="2026-12-21")
    changes(manager, "triage:S1", amount="1", valid_from="2026-12-28")
    (leaned_on,) = [one for one in rows(app) if one.key == "triage:S2" and one.valid_from == date(2026, 12, 21)]
    manager.get("/rulebook/numbers")
    manager.send({}, action=f"/rulebook/numbers/{leaned_on.id}/cancel")
    assert "守る順番が合わなくなります" in manager.page.text
    assert leaned_on.id in {one.id for one in rows(app)}


def test_a_lower_limit_of_files_holds_from_its_day_on(app: Flask, manager: Visitor) -> None:
    changes(manager, "attachment:most_files", amount="20")
    with app.app_context():
        assert file_limits_at(MONDAY).most_files == 40
        later = file_limits_at(datetime(2026, 12, 7, 9, 0, tzinfo=TOKYO))
        assert (later.most_files, later.largest) == (20, 200 * MEBIBYTE)


def test_every_change_is_in_the_log_and_in_the_record(app: Flask, manager: Visitor) -> None:
    changes(manager, "officer_ack")
    (kept,) = rows(app)
    manager.get("/rulebook/numbers")
    manager.send({}, action=f"/rulebook/numbers/{kept.id}/cancel")
    log = manager.get("/rulebook/").text
    assert LONGER["reason"] in log
    assert "取消し" in log
    with app.app_context():
        facts = list(db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "rules.change")))
    assert facts == ['{"rule":"officer_ack","version":"2026-12-07"}'] * 2


def test_the_auditor_reads_the_rules_and_changes_none(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    auditor = sign_in(app, "auditor")
    assert "3営業日" in auditor.get("/rulebook/numbers").text
    assert "変更する" not in auditor.get("/rulebook/numbers/officer_ack").text
    auditor.get("/rulebook/numbers/nothing_of_the_kind", status=404)


def test_every_number_stands_between_its_bounds_as_it_is_shipped_and_in_its_order(app: Flask) -> None:
    with app.app_context():
        for key, number in numbers().items():
            assert number.least <= amount_on(key, MONDAY.date()) <= number.most, key
        assert pairs_out_of_order() == ()
        assert deadlines_at(MONDAY) is DEADLINE_POLICIES[0]


def test_no_page_and_no_action_asks_the_shipped_rows_past_the_rulebook() -> None:
    past = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        if "rulebook" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in {
                "models.rules.deadlines",
                "models.rules.attachments",
            }:
                past += [str(path) for name in node.names if name.name in {"policy_at", "attachment_policy_at"}]
    assert not past, "ask app.rulebook.queries.deadlines_at() or file_limits_at(), which know what was changed"
