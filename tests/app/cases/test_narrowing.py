"""The desk's list of all cases, narrowed by what is known of each; what tells of the inside, only among one's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from app.cases.actions import exclude
from app.cases.narrowing import SIZE, Wanted, page_of_cases
from app.mailbox.actions import write
from app.pipeline.clock import now, today
from app.pipeline.secrets import facet
from app.pipeline.transaction import db, transactions
from models.audit_record import AuditRecord
from models.case import Case
from models.case_facet import CaseFacet
from models.compartment import Compartment
from models.message import Message
from models.rules.case_lifecycle import CaseState
from models.rules.narrowing import CaseMark
from models.rules.people import CompartmentKind
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.severity import Severity
from models.site import Site
from tests.app.cases.test_board import fill
from tests.support import road
from tests.support.beginnings import taken_once
from tests.support.present import company, consulter, person, present
from tests.support.questions import noted
from tests.support.visitor import Visitor, sign_in


def listed(visitor: Visitor, **wanted: str | Iterable[str]) -> set[str]:
    """The numbers on the page for these conditions."""
    page = visitor.get("/desk/search?" + urlencode(wanted, doseq=True))
    return {word for word in page.text.split() if word.startswith("K-") and len(word) == 11}


def test_each_facet_and_date_narrows_and_they_narrow_together(app: Flask):
    with app.app_context():
        first, _ = road.triaged(
            severity=Severity.HIGH,
            types=(HarassmentType.ABUSE,),
            channel=Channel.INBOUND_CALL,
            employment=Employment.DISPATCHED,
        )
        second, _ = road.triaged(types=(HarassmentType.REPETITION,), channel=Channel.LIVE_CHAT, company="beta")
        third, _ = road.submitted(company=None, text="まだ誰も開いていません。", channel=None)
        a, b, c = first.number, second.number, third.number
        beta, counselor = company("beta").id.hex, person("counselor").id.hex
    desk = sign_in(app, "counselor")
    assert listed(desk) == {a, b, c}
    assert listed(desk, state="received") == {c}
    assert listed(desk, severity="S3") == {a}
    assert listed(desk, counselor=counselor) == {a, b}
    assert listed(desk, counselor="nobody") == {c}
    assert listed(desk, conduct=HarassmentType.REPETITION.code) == {b}
    assert listed(desk, channel=Channel.LIVE_CHAT.code) == {b}
    assert listed(desk, employment=Employment.DISPATCHED.code) == {a}
    assert listed(desk, company=beta) == {b}
    assert listed(desk, route=IntakeRoute.WEB.code) == {a, b, c}
    assert listed(desk, route=IntakeRoute.PHONE_DESK.code) == set()
    with app.app_context():
        day, before = today(), today() - timedelta(days=1)
    assert listed(desk, received_from=day.isoformat(), received_to=day.isoformat()) == {a, b, c}
    assert listed(desk, received_to=before.isoformat()) == set()
    assert listed(desk, due_from=day.isoformat(), counselor=counselor) == {a, b}
    assert listed(desk, closed_from=before.isoformat()) == set()
    assert listed(desk, severity="S3", channel=Channel.LIVE_CHAT.code) == set()
    assert listed(desk, severity="S3", company=company_id(app, "alpha"), state="triage") == {a}


def company_id(app: Flask, key: str) -> str:
    with app.app_context():
        return company(key).id.hex


def test_a_closed_case_is_found_by_its_end_and_its_outcome(app: Flask):
    with app.app_context():
        exchange = road.closed()
        number, outcome = db().execute(select(Case.number, Case.outcome_token).where(Case.id == exchange.case_id)).one()
        assert outcome == facet("outcome", "OC-IMP")
        day = now().date()
    desk = sign_in(app, "counselor")
    assert listed(desk, state="closed", outcome="OC-IMP", closed_from=day.isoformat()) == {number}
    assert listed(desk, outcome="OC-NMB") == set()


def test_the_sites_of_a_chosen_company_narrow(app: Flask):
    with app.app_context():

        def give_code() -> str:
            site = Site(
                id=uuid.uuid4(),
                company_id=company("alpha").id,
                name="北センター",
                prefecture="北海道",
                address="札幌市",
                code="23456X",
            )
            db().add(site)
            return company("alpha").id.hex

        alpha = road.done(give_code)
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/search?company={alpha}")
    assert "北センター" in desk.page.text


def test_the_marks_are_read_from_what_there_is(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        other, _ = road.triaged(is_crisis=True)
        road.done(lambda: write(case, "今日も同じ人から電話がありました。", actor=consulter(code)))
        a, b = case.number, other.number
    desk = sign_in(app, "counselor")
    assert listed(desk, mark="crisis") == {b}
    assert listed(desk, mark="unread") == {a}
    assert listed(desk, mark=["unread", "crisis"]) == set()
    manager = sign_in(app, "manager")
    manager.get(f"/desk/{a}?reason=supervision")
    assert listed(desk, mark="unread") == {a}, "a look with a reason is not the counselor's reading"
    desk.get(f"/desk/{a}")
    assert listed(desk, mark="unread") == set()


def test_the_inside_of_a_case_one_may_not_open_is_not_told_by_the_list(app: Flask):
    with app.app_context():
        case, _ = road.triaged(by="second_counselor", types=(HarassmentType.REPETITION,))
        number, alpha = case.number, company("alpha").id.hex
    desk = sign_in(app, "counselor")
    assert number in listed(desk)
    assert number in listed(desk, state="triage")
    assert listed(desk, conduct=HarassmentType.REPETITION.code) == set()
    assert listed(desk, company=alpha) == set()
    assert listed(desk, mark="files") == set()
    assert listed(desk, conduct=HarassmentType.REPETITION.code, reason="supervision") == set()


def test_a_manager_narrows_by_the_inside_with_a_reason_and_it_is_recorded_once(app: Flask):
    with app.app_context():
        case, _ = road.triaged(types=(HarassmentType.REPETITION,))
        number = case.number
    manager = sign_in(app, "manager")
    assert listed(manager, conduct=HarassmentType.REPETITION.code) == set()
    assert "理由なしで開ける相談だけを表示しています" in manager.page.text
    assert listed(manager, conduct=HarassmentType.REPETITION.code, reason="supervision") == {number}
    assert listed(manager, state="triage", reason="supervision") == {number}
    with app.app_context():
        names = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "search.narrow")).all()
        assert names == ['{"reason_code":"supervision"}']


def test_whoever_is_excluded_does_not_find_the_case(app: Flask):
    with app.app_context():
        case, _ = road.triaged(by="second_counselor")
        number = case.number
        road.done(lambda: exclude(case, person("counselor"), "desk", actor=present("second_counselor")))
    assert number not in listed(sign_in(app, "counselor"))


def test_pages_go_on_and_back_with_their_conditions(app: Flask):
    with app.app_context():
        road.done(lambda: fill(SIZE * 2 + 10))
        actor, wanted = present("counselor"), Wanted(state=CaseState.TRIAGE)
        first = page_of_cases(actor, wanted, with_reason=False, after=None, before=None)
        second = page_of_cases(actor, wanted, with_reason=False, after=first.next, before=None)
        third = page_of_cases(actor, wanted, with_reason=False, after=second.next, before=None)
        shown = [case.id for page in (first, second, third) for case in page.rows]
        assert len(set(shown)) == len(shown) == SIZE * 2 + 10
        assert third.next is None
        back = page_of_cases(actor, wanted, with_reason=False, after=None, before=third.previous)
        assert [case.id for case in back.rows] == [case.id for case in second.rows]
    desk = sign_in(app, "counselor")
    desk.get("/desk/search?state=triage&severity=S2")
    assert "state=triage" in str(desk.page.links)


@pytest.mark.parametrize(
    "query", ["state=nonsense", "received_from=2026-13-40", "company=x", "counselor=%00", "mark=a&mark=b"]
)
def test_a_condition_that_is_none_is_refused_in_words(app: Flask, query: str):
    page = sign_in(app, "counselor").get(f"/desk/search?{query}")
    assert page.title.startswith("エラー")


@pytest.mark.parametrize("query", ["after=x&before=y", "site=23456X", "", "nonsense=1", "state="])
def test_what_narrows_nothing_is_left_out(app: Flask, query: str):
    with app.app_context():
        number = road.triaged()[0].number
    page = sign_in(app, "counselor").get(f"/desk/search?{query}")
    assert number in page.text


def test_days_in_the_wrong_order_are_refused(app: Flask):
    desk = sign_in(app, "counselor")
    desk.get("/desk/search?received_from=2026-11-02&received_to=2026-11-01")
    assert "「この日から」と同じ日か、後の日" in desk.page.text


def _write_many(count: int) -> None:
    """Cases enough for the database to choose its way by, with a facet and a message each, a third of them unread."""
    at, kinds = now(), list(HarassmentType)
    cases = [
        {
            "id": uuid.uuid4(),
            "number": f"K-{number:04d}-TEST",
            "state": CaseState.RECEIVED,
            "is_open": True,
            "is_crisis": False,
            "version": 1,
            "received_at": at - timedelta(minutes=number),
            "consent_level": "CN-0",
        }
        for number in range(count)
    ]
    db().execute(insert(Case), cases)
    db().execute(
        insert(CaseFacet),
        [
            {
                "id": uuid.uuid4(),
                "case_id": case["id"],
                "field": "harassment_type",
                "token": facet("harassment_type", kinds[place % len(kinds)].value),
            }
            for place, case in enumerate(cases)
        ],
    )
    narratives = [
        {"id": uuid.uuid4(), "kind": CompartmentKind.NARRATIVE, "case_id": case["id"], "created_at": at}
        for case in cases
    ]
    db().execute(insert(Compartment), narratives)
    messages: list[dict[str, object]] = [
        {
            "id": uuid.uuid4(),
            "case_id": narrative["case_id"],
            "compartment_id": narrative["id"],
            "author": "consulter",
            "purpose": "note",
            "sealed_text": b"sealed",
            "sent_at": at,
            "read_at": None if place % 3 == 0 else at,
        }
        for place, narrative in enumerate(narratives)
    ]
    # In one statement the library writes rows that have the same columns, one after the other.
    db().execute(insert(Message), sorted(messages, key=lambda message: message["read_at"] is None))


@taken_once
def many(count: int) -> None:
    road.done(lambda: (_plan_anew(), _write_many(count)))


def _plan_anew() -> None:
    """PostgreSQL keeps for a connection how it looks for what a row names, as was best when there were ten of them."""
    if transactions().engine.dialect.name != "sqlite":
        db().execute(text("DISCARD PLANS"))


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(conduct=HarassmentType.ABUSE, state=CaseState.RECEIVED),
        Wanted(mark=(CaseMark.UNREAD, CaseMark.FILES), employment=Employment.REGULAR),
    ],
)
def test_ten_thousand_cases_are_narrowed_along_an_index_without_sorting(app: Flask, wanted: Wanted):
    with app.app_context():
        many(10_000)
        road.done(lambda: db().execute(text("ANALYZE")))
        actor = present("counselor")
        engine = transactions().engine
        page = page_of_cases(actor, wanted, with_reason=False, after=None, before=None)
        with noted(engine) as questions:
            page_of_cases(actor, wanted, with_reason=False, after=page.next, before=None)
        [statement], [parameters] = questions.statements, questions.parameters
        how = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = "\n".join(str(tuple(row)) for row in db().connection().exec_driver_sql(how + statement, parameters))
    if engine.dialect.name == "sqlite":
        assert "ix_case_received" in plan
        assert "TEMP B-TREE" not in plan, plan
        assert "SCAN case_facet" not in plan
        assert "SCAN message" not in plan
    else:
        assert "Seq Scan on message" not in plan, plan
