"""Certifications: their terms, their ends, and what the mark's end asks of a company."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.certifications.actions import enter_certified, expire_due
from app.certifications.queries import certification_of, stop_use_tasks
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import begin_writing, commit, db
from app.resolutions.actions import record_resolution, take_due_effects
from models.certification import Certification
from models.rules.board import BoardOption
from models.rules.certification_lifecycle import CertificationState
from models.rules.lifecycle import NotAllowedNow
from tests.support.board import all_vote, keep, proposed, voting
from tests.support.present import company, present
from tests.support.visitor import sign_in

AFTER_THE_TERM = datetime(2027, 10, 5, 3, 0, tzinfo=UTC)


def revoked(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        resolution = record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager"))
        keep()
        clock.move(to=resolution.effect_at)
        take_due_effects()
        commit()


def test_what_is_over_expires_and_what_was_filed_in_time_does_not(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        begin_writing()
        certification_of(company("beta").id).renewal_filed_on = date(2027, 9, 30)
        certification_of(company("gamma").id).renewal_filed_on = date(2027, 10, 1)
        keep()
        clock.move(to=AFTER_THE_TERM)
        assert expire_due() == 3
        keep()
        assert expire_due() == 0
        states = {key: certification_of(company(key).id).state for key in ("alpha", "beta", "gamma")}
        assert states == {
            "alpha": CertificationState.EXPIRED,
            "beta": CertificationState.CERTIFIED,
            "gamma": CertificationState.EXPIRED,
        }


def test_nothing_expires_on_its_last_day(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        begin_writing()
        clock.move(to=datetime(2027, 9, 30, 14, 59, tzinfo=UTC))
        assert expire_due() == 0
        clock.move(to=datetime(2027, 9, 30, 15, 0, tzinfo=UTC))
        assert expire_due() == 4


def test_the_company_confirms_each_place_and_the_clock_stops_with_the_last(app: Flask, clock: FixedClock) -> None:
    revoked(app, clock)
    officer = sign_in(app, "alpha_officer")
    page = officer.get("/certifications/")
    places = [form for form in page.forms if "/stop-use/" in form.action]
    assert len(places) == 5
    for form in places:
        officer.post(form.action, dict(form.fields))
    assert "確認済み" in officer.page.text
    assert not [form for form in officer.page.forms if "/stop-use/" in form.action]
    assert "残り" not in sign_in(app, "auditor").get("/certifications/").text


def test_stop_use_is_due_twenty_business_days_after_the_day(app: Flask, clock: FixedClock) -> None:
    revoked(app, clock)
    with app.app_context():
        tasks = stop_use_tasks(certification_of(company("alpha").id))
        assert {task.due_at - clock.now() > timedelta(days=26) for task in tasks} == {True}
        assert len({task.due_at for task in tasks}) == 1


@pytest.mark.parametrize("key", ["beta_deputy", "epsilon_representative"])
def test_another_company_cannot_confirm_or_look(app: Flask, clock: FixedClock, key: str) -> None:
    revoked(app, clock)
    officer = sign_in(app, "alpha_officer")
    form = next(one for one in officer.get("/certifications/").forms if "/stop-use/" in one.action)
    stranger = sign_in(app, key)
    stranger.get("/certifications/KC-2025-0001", status=404)
    stranger.get("/certifications/")
    token = stranger.page.forms[0].fields["csrf_token"]
    stranger.post(form.action, {"csrf_token": token}, status=404)
    with app.app_context():
        assert not [
            task for task in stop_use_tasks(certification_of(company("alpha").id)) if task.confirmed_at is not None
        ]


def test_a_procedure_shows_to_the_secretariat_and_to_nobody_else(app: Flask) -> None:
    with app.app_context():
        proposed()
        commit()
    for key, sees in (("manager", True), ("auditor", True), ("chair", False), ("alpha_representative", False)):
        visitor = sign_in(app, key)
        assert ("取消審査中" in visitor.get("/certifications/").text) is sees, key
        if key != "alpha_representative":
            assert ("取消審査中" in visitor.get("/certifications/KC-2025-0001").text) is sees, key


@pytest.mark.parametrize(("key", "status"), [("counselor", 403), ("chair", 403), ("auditor", 403), ("manager", 200)])
def test_entering_a_certification_is_for_the_manager_and_the_head(app: Flask, key: str, status: int) -> None:
    page = sign_in(app, key).get("/certifications/new", status=status)
    assert ("認定の初日" in page.text) is (status == 200)


def test_a_certification_is_entered_with_its_resolution(app: Flask) -> None:
    manager = sign_in(app, "manager")
    page = manager.get("/certifications/new")
    offered = {"".join(option.itertext()): option.get("value") for option in page.root.iter("option")}
    assert "白樺テレサポート株式会社" in offered
    assert "みなも応対サービス株式会社" not in offered
    answers = {"company": offered["白樺テレサポート株式会社"], "valid_from": "2026-11-01", "reference": "R-2026-11"}
    manager.send({**answers, "number": "KC-2025-0001"})
    assert "この番号は、すでに使われています" in manager.page.text
    manager.send({**answers, "number": "認定一号"})
    assert "英字・数字・ハイフン" in manager.page.text
    manager.send({**answers, "number": "KC-2026-0016"})
    assert "認定を記録しました" in manager.page.text
    with app.app_context():
        entered = db().query(Certification).filter_by(number="KC-2026-0016").one()
        assert (entered.valid_to, entered.is_pre_certified) == (date(2028, 10, 31), False)
    assert "白樺テレサポート株式会社" in manager.get("/registry").text


def test_a_company_sees_its_mark_only_while_it_is_certified(app: Flask, clock: FixedClock) -> None:
    assert "mark.svg" in sign_in(app, "alpha_officer").get("/certifications/").html
    revoked(app, clock)
    page = sign_in(app, "alpha_officer").get("/certifications/")
    assert "mark.svg" not in page.html
    assert "取消" in page.text
    assert "認定を受けていません" in sign_in(app, "delta_officer").get("/certifications/").text


def test_a_company_that_waits_after_a_revocation_is_not_entered_by_hand(app: Flask, clock: FixedClock) -> None:
    revoked(app, clock)
    manager = sign_in(app, "manager")
    offered = "青葉台コンタクト株式会社"
    assert offered not in manager.get("/certifications/new").text
    with app.app_context(), pytest.raises(NotAllowedNow):
        enter_certified(
            company("alpha"),
            number="KC-2026-0099",
            valid_from=date(2027, 1, 1),
            resolution_reference="R-1",
            actor=present("manager"),
        )
    clock.move(to=clock.now() + timedelta(days=366))
    assert offered in sign_in(app, "manager").get("/certifications/new").text
