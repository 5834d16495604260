"""The scenarios of retaliation and of the act's dated rules, in their own words (domain 7.41, 7.46)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.operations.sweep import sweep
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.retaliation_watch import RetaliationWatch
from models.rules.working_days import in_japan
from tests.support import road
from tests.support.visitor import sign_in

OLD, NEW = "2022年6月1日からの規則", "2026年12月1日からの規則"


def test_a_case_opened_on_11_30_shows_both_versions_of_the_act_and_its_watch_follows_the_new_one_from_its_date(
    app: Flask, clock: FixedClock
) -> None:
    """7.46: Given the whistleblower-act rule set of 2026-12-01, when a case was opened on 11-30, then both rule
    versions are visible and the watch period follows the new one from its date.
    """
    clock.move(to=datetime(2026, 11, 30, 1, tzinfo=UTC))
    with app.app_context():
        exchange = road.routed(severity=road.Severity.HIGH)
        case_id = exchange.case_id
        watch = db().scalars(select(RetaliationWatch).where(RetaliationWatch.case_id == case_id)).one()
        assert in_japan(watch.disclosed_at).date() == date(2026, 11, 30)
        assert watch.act_version == "2022-06"
        promised = watch.ends_at
        number = road.case_of(db().get_one(road.Case, case_id)).number
    # The last minute of the day before, and the first of the new rule's day, by the clock of Japan.
    clock.move(to=datetime(2026, 11, 30, 14, 59, tzinfo=UTC))
    sweep(app)
    with app.app_context():
        assert db().scalars(select(RetaliationWatch)).one().act_version == "2022-06"
    clock.move(to=datetime(2026, 11, 30, 15, tzinfo=UTC))
    assert "keep_watch" in sweep(app).done
    with app.app_context():
        watch = db().scalars(select(RetaliationWatch)).one()
        assert watch.act_version == "2026-12"
        assert watch.ends_at >= promised
        assert in_japan(watch.ends_at).date() == date(2027, 11, 30)
        names = list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == case_id)))
        assert names.count("watch.follow_rules") == 1
    clock.move(to=datetime(2026, 12, 2, 1, tzinfo=UTC))
    sweep(app)
    with app.app_context():
        names = list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == case_id)))
        assert names.count("watch.follow_rules") == 1
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    assert OLD in desk.page.text
    assert NEW in desk.page.text
    assert "両方の規則を確かめてください" in desk.page.text
    assert f"いま「{NEW}」に合わせています" in desk.page.text


def test_a_case_opened_after_the_new_rules_shows_them_alone(app: Flask, clock: FixedClock) -> None:
    clock.move(to=datetime(2026, 12, 1, 1, tzinfo=UTC))
    with app.app_context():
        case, _code = road.triaged()
        number = case.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    assert NEW in desk.page.text
    assert OLD not in desk.page.text
    clock.move(to=clock.now() + timedelta(days=30))
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    assert OLD not in desk.page.text
