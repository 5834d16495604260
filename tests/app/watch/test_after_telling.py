"""After a company was told: it is reminded by its own month alone, and the consulter learns whether it began."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.pipeline.clock import FixedClock
from app.responses.actions import open_exchange
from app.watch.queries.telling import told_companies
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import in_japan
from tests.support import road
from tests.support.present import present
from tests.support.visitor import enter, sign_in

REMINDER = "相談した人を、不利に扱わないでください"


def test_the_officer_is_reminded_until_the_month_that_her_own_companys_exchange_gives(app: Flask, clock: FixedClock):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        road.done(lambda: open_exchange(exchange, actor=present("alpha_officer")))
        told = in_japan(exchange.routed_at).date()
        reference = exchange.reference
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    assert REMINDER in officer.page.text
    assert f"少なくとも{told.year + 1}年{told.month}月の終わりまで" in officer.page.text
    clock.move(to=clock.at + timedelta(days=400))
    later = sign_in(app, "alpha_officer")
    later.get(f"/office/{reference}")
    assert REMINDER not in later.page.text


def test_after_twenty_days_without_a_word_the_consulter_and_the_desk_see_it(app: Flask, clock: FixedClock):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.routed(case, code)
        number = case.number
    consulter = enter(app, code)
    assert "で20日になります。" in consulter.page.text
    assert "公益通報者保護法では" not in consulter.page.text
    clock.move(to=clock.at + timedelta(days=21))
    consulter = enter(app, code)
    assert "20日が過ぎましたが、対応を始めたという知らせは、まだありません。" in consulter.page.text
    assert "公益通報者保護法では" in consulter.page.text
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    assert "20日たっても知らせがありません" in desk.page.text


def test_a_company_that_has_begun_is_told_as_such_and_the_act_is_not_held_out(app: Flask, clock: FixedClock):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        road.in_action(exchange)
        assert told_companies(case.id)[0].word.began_on is not None
    clock.move(to=clock.at + timedelta(days=30))
    consulter = enter(app, code)
    assert "に対応を始めたと、会社から知らせがありました。" in consulter.page.text
    assert "公益通報者保護法では" not in consulter.page.text


def test_a_company_that_a_copy_was_taken_back_from_is_counted_no_more(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        exchange.state, exchange.closed_at, exchange.closed_because = "closed", exchange.routed_at, "withdrawn"
        assert told_companies(case.id) == []
