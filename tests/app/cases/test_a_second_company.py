"""A second company of one case: its copy goes its own way, with a hold and an addressee of its own."""

from __future__ import annotations

from flask import Flask

from app.cases.actions import Sending, arrange_sending, deliver_held, reroute, route_again
from app.cases.offers import offers_for
from app.cases.queries import exchanges_of
from app.intake.answers import NamedCompany
from app.mailbox.actions import approve_copy
from app.pipeline.transaction import db
from models.case import Case
from models.exchange import Exchange
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.lifecycle import NotAllowedNow
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, consulter, present

SECOND_TEXT = "別の会社に伝える文章です。"


def two_approved(severity: Severity = Severity.MODERATE) -> tuple[Case, Exchange, Exchange]:
    """A case with an approved copy for its workplace and another for the employer; nothing was sent."""
    case, code = road.triaged(
        severity=severity,
        employer=NamedCompany("みなも応対サービス", company("beta").id),
        options=(ConsentOption.CN_EP,),
        consent=ConsentLevel.CN_2,
    )
    for copy in (road.copied(case), road.copied(road.case_of(case), "beta", text=SECOND_TEXT)):
        road.done(lambda copy=copy: approve_copy(road.case_of(case), copy, comment="", actor=consulter(code)))
    by_company = {exchange.company_id: exchange for exchange in exchanges_of(case)}
    return road.case_of(case), by_company[company("alpha").id], by_company[company("beta").id]


def send(case: Case, exchange: Exchange) -> Sending:
    return road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))


def offered(case: Case) -> list[str]:
    return [offer.words for offer in offers_for(road.case_of(case), present("counselor"))]


def test_while_one_company_is_rerouted_the_copy_for_another_still_waits_out_its_hold(app: Flask):
    with app.app_context():
        case, first, second = two_approved()
        assert send(case, first) is Sending.WAITS
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 1
        road.done(lambda: reroute(road.case_of(case), first, "vacancy", actor=present("counselor")))
        try:
            became = road.done(lambda: route_again(road.case_of(case), second, actor=present("counselor")))
        except NotAllowedNow:
            became = send(case, second)
        assert became is Sending.WAITS
        assert db().get_one(Exchange, second.id, populate_existing=True).routed_at is None
        assert road.case_of(case).state is CaseState.REROUTE


def test_what_was_delivered_once_goes_to_its_new_addressee_without_a_second_hold(app: Flask):
    with app.app_context():
        case, first, _second = two_approved()
        send(case, first)
        road.let_hours_pass(25)
        road.done(deliver_held)
        road.done(lambda: reroute(road.case_of(case), first, "vacancy", actor=present("counselor")))
        became = road.done(lambda: route_again(road.case_of(case), first, actor=present("counselor")))
        assert (became, road.case_of(case).state) == (Sending.DELIVERED, CaseState.ROUTED)


def test_while_one_company_is_rerouted_each_copy_is_offered_its_own_way(app: Flask):
    with app.test_request_context():
        case, first, _second = two_approved()
        send(case, first)
        road.let_hours_pass(25)
        road.done(deliver_held)
        road.done(lambda: reroute(road.case_of(case), first, "vacancy", actor=present("counselor")))
        assert sorted(words for words in offered(case) if "転送する" in words) == [
            "新しい宛先へ転送する",
            "責任者へ転送する",
        ]


def test_with_one_company_told_the_page_offers_to_send_the_other_ones_copy(app: Flask):
    with app.test_request_context():
        case, first, second = two_approved(Severity.HIGH)
        assert send(case, first) is Sending.DELIVERED
        assert "責任者へ転送する" in offered(case)
        assert send(case, second) is Sending.DELIVERED
        assert "責任者へ転送する" not in offered(case)
