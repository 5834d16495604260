"""What an auditor can check without reading anything, in the scenario's own words (domain 7.43)."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.operations.heads import gather_head
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transactions
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.escalation_ladder import Step
from models.rules.working_days import JST
from tests.support import road
from tests.support.ladder import silent_through
from tests.support.page import Page
from tests.support.visitor import Visitor, sign_in

SPAN = {"first_day": "2026-11-01", "last_day": "2026-11-30"}
LATER = datetime(2026, 12, 7, 10, 0, tzinfo=JST)


def sampled(auditor: Visitor, **asked: str) -> Page:
    auditor.get("/audits/samples")
    return auditor.send({"what": "cases", "size": "10", **SPAN, **asked}, action="/audits/samples")


def test_the_auditor_samples_ten_cases_and_verifies_chain_timings_and_accesses_without_content(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """7.43: Given the auditor, when she samples 10 cases, then she can verify hash chain, timings and accesses without
    decrypting content.
    """
    with app.app_context():
        case, _code = road.triaged()
        road.routed()
        for _more in range(10):
            road.submitted()
        number = case.number
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{number}")
    with app.app_context():
        gather_head()
    clock.move(to=LATER)
    auditor = sign_in(app, "auditor")
    # Whoever opens a compartment from here on fails the test.
    monkeypatch.setattr("app.pipeline.unlocking.Keys.compartment_key", _never, raising=True)
    page = sampled(auditor)
    assert "12件から10件" in page.text
    assert page.text.count("鎖に切れ目はありません") == 10
    assert page.text.count("受付の連絡の最終期限") == 10
    for words in (road.WRITTEN, road.FORWARDED):
        assert words not in page.html
    everything = sampled(auditor, size="12")
    assert "相談の内容を開いた" in everything.text
    assert "名前・counselor" in everything.text
    # The same page, opened again, shows the same ten: they follow from what was recorded before anything was drawn.
    with app.app_context():
        seeds = [
            json.loads(row.facts)
            for row in db().scalars(
                select(AuditRecord).where(AuditRecord.name == "sample.draw").order_by(AuditRecord.number)
            )
        ]
        assert [(one["population"], one["size"]) for one in seeds] == [(12, 10), (12, 12)]
        assert len({one["seed"] for one in seeds}) == 2
        numbers = db().scalars(select(Case.number)).all()
    again = auditor.get(page.path)
    assert [one for one in numbers if one in again.text] == [one for one in numbers if one in page.text]
    assert seeds[0]["seed"] in again.text


def _never(*_args: object, **_named: object) -> bytes:
    raise AssertionError("something was decrypted")


def test_a_record_that_was_changed_shows_at_the_case_it_belongs_to(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        case, _code = road.submitted()
        road.submitted()
        with transactions().engine.begin() as hand:
            if hand.dialect.name == "sqlite":
                hand.execute(text("DROP TRIGGER audit_record_no_update"))
            else:
                hand.execute(text("ALTER TABLE audit_record DISABLE TRIGGER USER"))
            where = {"case": case.id.hex if hand.dialect.name == "sqlite" else str(case.id)}
            hand.execute(
                text("UPDATE audit_record SET actor_role = 'head' WHERE subject_id = :case AND number = 1"), where
            )
        number = case.number
    clock.move(to=LATER)
    page = sampled(sign_in(app, "auditor"))
    assert page.text.count("鎖に問題があります") == 1
    section = page.text.index("鎖に問題があります")
    assert number in page.text[section - 400 : section]


def test_formal_requests_are_sampled_with_the_digest_of_their_letter(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        road.routed()
        silent_through(Step.E2)
    clock.move(to=datetime(2027, 3, 1, 10, 0, tzinfo=JST))
    auditor = sign_in(app, "auditor")
    page = sampled(auditor, what="requests", last_day="2027-02-01")
    assert page.text.count("出したときの記録と同じです") == 2
    assert "正式な要請" in page.text


def test_what_is_not_over_yet_is_not_sampled_and_nobody_else_samples(app: Flask, clock: FixedClock) -> None:
    auditor = sign_in(app, "auditor")
    assert "きのうまでの日" in sampled(auditor).text, "November is not over"
    with app.app_context():
        assert not db().scalars(select(AuditRecord).where(AuditRecord.name == "sample.draw")).all()
    for key in ("head", "manager", "admin", "counselor"):
        assert sign_in(app, key).client.get("/audits/samples").status_code == 403
    assert auditor.client.get("/audits/samples/1").status_code == 404
    assert auditor.client.get("/audits/samples/99999999999999999999").status_code == 404
    clock.move(to=LATER)
    assert "この期間には、抜き取れるものがありませんでした" in sampled(sign_in(app, "auditor")).text
