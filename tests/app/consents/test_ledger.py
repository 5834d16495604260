"""The ledger of consent and the record of provision, as the desk and the consulter see them."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import arrange_sending, reroute, route_again
from app.cases.queries import exchanges_of
from app.consents.queries import consent_in_force, lines_of, provisions_of, who_allow
from app.intake.answers import NamedCompany
from app.mailbox.actions import approve_copy, set_consent
from app.mailbox.actions.one_company import set_consent_for
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption, may_count
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.keying import keyed, newest_case
from tests.support.present import company, consulter, person, present
from tests.support.visitor import enter, sign_in


def two_told(severity: Severity = Severity.HIGH) -> tuple[Case, str, Exchange, Exchange]:
    """Her workplace and her employer were told, each by its own copy."""
    case, code = road.triaged(
        severity=severity,
        employer=NamedCompany("みなも応対サービス", company("beta").id),
        options=(ConsentOption.CN_EP,),
    )
    for copy in (road.copied(case), road.copied(road.case_of(case), "beta")):
        road.done(lambda copy=copy: approve_copy(road.case_of(case), copy, comment="", actor=consulter(code)))
    by_company = {one.company_id: one for one in exchanges_of(case)}
    first, second = by_company[company("alpha").id], by_company[company("beta").id]
    for one in (first, second):
        road.done(lambda one=one: arrange_sending(road.case_of(case), one, actor=present("counselor")))
    return road.case_of(case), code, first, second


def test_lines_of_one_moment_have_an_order(app: Flask) -> None:
    with app.app_context():
        case, code = road.submitted(consent=ConsentLevel.CN_2)

        def at_once() -> None:
            for level in (ConsentLevel.CN_0, ConsentLevel.CN_3, ConsentLevel.CN_1):
                set_consent(road.case_of(case), level, (), actor=consulter(code))
                db().flush()

        road.done(at_once)
        lines = lines_of(case)
        assert len({line.given_at for line in lines}) == 1, "the clock of the test stood still"
        assert [line.number for line in lines] == [1, 2, 3, 4]
        assert consent_in_force(case).level is ConsentLevel.CN_1


def test_what_the_case_carries_is_always_her_last_word_for_all(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        road.approved(case, code, road.copied(case))
        found = road.case_of(case)
        general = [line for line in lines_of(found) if line.company_id is None]
        assert (found.consent_level, general[-1].level) == (ConsentLevel.CN_2, ConsentLevel.CN_2)


def test_a_consent_keyed_at_the_telephone_says_by_whom_and_that_it_was_read_back(app: Flask) -> None:
    _desk, code = keyed(app, route="IC-TEL", consent="CN-2", confirmed="read_aloud")
    with app.app_context():
        case = newest_case()
        (line,) = lines_of(case)
        assert (line.keyed_by_id, line.read_back.value) == (person("counselor").id, "read_aloud")
        number = case.number
    desk = sign_in(app, "manager")
    page = desk.get(f"/desk/{number}/consents?reason=supervision")
    assert "名前・counselorが代理入力(読み返して、本人に確かめた)" in page.text
    hers = enter(app, code).get("/mailbox/consents")
    assert "相談窓口が代理で入力" in hers.text
    assert "名前・counselor" not in hers.text


def test_one_company_is_closed_and_the_other_one_goes_on(app: Flask) -> None:
    with app.app_context():
        case, code, first, second = two_told()
        company_id, ids = first.company_id, (case.id, first.id, second.id)
    visitor = enter(app, code)
    page = visitor.get("/mailbox/consents")
    form = next(one for one in page.forms if company_id.hex in one.fields.get("company_id", ""))
    visitor.post("/mailbox/consents", {**form.fields, "level": "CN-0"})
    assert "この会社に伝えてよい範囲を変えました。" in visitor.page.text
    with app.app_context():
        found, closed, other = (db().get_one(*one) for one in zip((Case, Exchange, Exchange), ids, strict=True))
        assert (closed.closed_because, other.state, found.state) == ("consent_withdrawn", "routed", CaseState.ROUTED)
        assert consent_in_force(found, company_id=closed.company_id).level is ConsentLevel.CN_0
        assert consent_in_force(found, company_id=other.company_id).level is ConsentLevel.CN_2
        assert consent_in_force(found).level is ConsentLevel.CN_2


def test_the_only_company_taken_back_leaves_advice(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)
        road.done(
            lambda: set_consent_for(road.case_of(case), exchange.company_id, ConsentLevel.CN_1, actor=consulter(code))
        )
        assert road.case_of(case).state is CaseState.ADVICE
        assert db().get_one(Exchange, exchange.id).closed_because == "consent_withdrawn"


def test_one_company_is_never_told_more_than_all(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_1)
        with pytest.raises(OutOfReach):
            road.done(
                lambda: set_consent_for(
                    road.case_of(case), company("alpha").id, ConsentLevel.CN_3, actor=consulter(code)
                )
            )
        with pytest.raises(OutOfReach):
            road.done(
                lambda: set_consent_for(
                    road.case_of(case), company("gamma").id, ConsentLevel.CN_0, actor=consulter(code)
                )
            )
        case_id = case.id
    visitor = enter(app, code)
    form = next(one for one in visitor.get("/mailbox/consents").forms if "company_id" in one.fields)
    visitor.post("/mailbox/consents", {**form.fields, "level": "CN-3"})
    assert "エラー" in visitor.page.title
    with app.app_context():
        assert len(lines_of(db().get_one(Case, case_id))) == 1


def test_statistics_ask_the_same_ledger(app: Flask) -> None:
    with app.app_context():
        case, code = road.submitted(options=(ConsentOption.CN_ST,))
        other, _code = road.submitted()
        assert who_allow(may_count, [case.id, other.id]) == {case.id}
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_2, (), actor=consulter(code)))
        assert who_allow(may_count, [case.id, other.id]) == frozenset()


def test_whatever_reaches_a_company_stands_in_the_record_with_its_person_and_its_line(app: Flask) -> None:
    with app.app_context():
        case, code, first, _second = two_told()
        road.done(lambda: reroute(road.case_of(case), first, "vacancy", actor=present("counselor")))
        road.done(lambda: route_again(road.case_of(case), first, actor=present("counselor")))
        found = road.case_of(case)
        rows = provisions_of(found)
        lines = {line.id: line for line in lines_of(found)}
        assert [one.number for one in rows] == list(range(1, len(rows) + 1))
        assert [one.company_id for one in rows].count(first.company_id) == 2
        for one in rows:
            assert lines[one.consent_id].company_id == one.company_id
            assert one.provided_by_id == person("counselor").id
            assert one.level is ConsentLevel.CN_2
        noted = db().scalars(select(AuditRecord).where(AuditRecord.name == "provision.record")).all()
        assert [one.id.hex in record.facts for one, record in zip(rows, noted, strict=True)] == [True] * len(rows)
        number = found.number
    desk = sign_in(app, "counselor")
    page = desk.get(f"/desk/{number}/consents")
    assert "名前・alpha_officer" in page.text
    printed = desk.get(f"/desk/{number}/provisions")
    assert "転送版 第1版" in printed.text
    answer = desk.client.get(f"/desk/{number}/provisions/file")
    table = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert len(table) == len(rows) + 1
    assert {row[3] for row in table[1:]} == {"青葉台コンタクト株式会社", "みなも応対サービス株式会社"}
    hers = enter(app, code).get("/mailbox/consents")
    assert len(re.findall("転送版 第1版", hers.text)) == len(rows)
    assert "名前・counselor" not in hers.text


def test_what_waits_out_its_hold_was_provided_by_whoever_arranged_it(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.routed(case, code)
        (one,) = provisions_of(case)
        assert one.provided_by_id == person("counselor").id


def test_the_ledger_is_nobody_elses(app: Flask) -> None:
    with app.app_context():
        number = road.triaged()[0].number
    for key in ("alpha_officer", "auditor", "admin"):
        for page in ("consents", "provisions", "provisions/file"):
            sign_in(app, key).get(f"/desk/{number}/{page}", status=403)
    sign_in(app, "second_counselor").get(f"/desk/{number}/consents", status=404)
    manager = sign_in(app, "manager")
    assert "内容を読む理由" in manager.get(f"/desk/{number}/provisions/file").text
    answer = manager.client.get(f"/desk/{number}/provisions/file?reason=supervision")
    assert answer.mimetype == "text/csv"
