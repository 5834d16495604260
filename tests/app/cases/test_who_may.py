"""Who reaches which case: the narrowed query and the policy say the same, for every role in every standing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import NobodyOversees, assign, exclude
from app.cases.queries import excluded_from
from app.pipeline.standing import towards_case, visible_cases, visible_exchanges
from app.pipeline.transaction import db
from models.case import Case
from models.exchange import Exchange
from models.rules.people import SECRETARIAT, Role
from models.rules.permissions import Permission, decide
from tests.support import road
from tests.support.present import consulter, person, present
from tests.support.visitor import sign_in
from tests.support.world import PEOPLE

OF_CASES = tuple(one for one in Permission if one.resource in {"case", "report"} and one is not Permission.CASE_KEY_IN)
DESK = tuple(member.key for member in PEOPLE if member.role in SECRETARIAT)
OTHERS = tuple(member.key for member in PEOPLE if member.role not in SECRETARIAT)


def every_standing() -> dict[str, Case]:
    """One case for each way in which somebody of the desk may stand towards it."""
    cases = {"untaken": road.submitted()[0]}
    for key in DESK:
        cases[f"of_{key}"] = road.submitted()[0]
        cases[f"kept_from_{key}"] = road.submitted()[0]
        road.done(lambda key=key: assign(cases[f"of_{key}"], person(key), actor=present("manager")))
        road.done(lambda key=key: exclude(cases[f"kept_from_{key}"], person(key), "desk", actor=present(_other(key))))
    return cases


def _other(key: str) -> str:
    return "counselor" if key != "counselor" else "second_counselor"


def test_the_narrowed_query_holds_exactly_the_cases_that_the_policy_allows(app: Flask):
    with app.app_context():
        cases = every_standing().values()
        for key in (*DESK, *OTHERS):
            actor = present(key)
            standings = {case.number: towards_case(actor, road.case_of(case)) for case in cases}
            for permission in OF_CASES:
                seen = set(db().scalars(select(Case.number).where(visible_cases(actor, permission))))
                allowed = {
                    number
                    for number, standing in standings.items()
                    if decide(permission, role=actor.role, standing=standing)
                }
                assert seen == allowed, f"{key} {permission.value}"


def test_a_consulter_reaches_her_own_case_and_no_other(app: Flask):
    with app.app_context():
        own, code = road.submitted()
        other, _code = road.submitted()
        actor = consulter(code)
        for permission in Permission:
            if permission.resource not in {"case", "mailbox"}:
                continue
            seen = set(db().scalars(select(Case.number).where(visible_cases(actor, permission))))
            allowed = decide(permission, role=Role.CONSULTER, standing=towards_case(actor, own))
            assert seen == ({own.number} if allowed else set())
            assert other.number not in seen


def test_whoever_is_excluded_finds_nothing_whatever_the_permission(app: Flask):
    with app.app_context():
        cases = every_standing()
        for key in DESK:
            actor = present(key)
            for permission in OF_CASES:
                found = db().scalars(select(Case.number).where(visible_cases(actor, permission))).all()
                assert cases[f"kept_from_{key}"].number not in found


@pytest.mark.parametrize("key", ["alpha_officer", "auditor", "admin", "chair"])
def test_a_stranger_to_the_desk_opens_none_of_its_pages(app: Flask, key: str):
    with app.app_context():
        case, _code = road.submitted()
    visitor = sign_in(app, key)
    for page in ("", "/triage", "/copy", "/identity?reason=contact", "/review", "/close"):
        refusal = visitor.get(f"/desk/{case.number}{page}", status=403)
        assert case.number not in refusal.text
        assert road.WRITTEN not in refusal.text


def test_another_counselors_case_is_not_there(app: Flask):
    with app.app_context():
        case, _code = road.triaged(by="second_counselor")
    counselor = sign_in(app, "counselor")
    counselor.get("/desk/?show=all")
    assert case.number in counselor.page.text
    for page in ("", "/triage", "/copy", "/identity?reason=contact"):
        counselor.get(f"/desk/{case.number}{page}", status=404)


def test_an_excluded_counselor_does_not_even_see_the_number(app: Flask):
    with app.app_context():
        case, _code = road.submitted()
        road.done(lambda: exclude(case, person("second_counselor"), "consulter", actor=present("counselor")))
    visitor = sign_in(app, "second_counselor")
    visitor.get("/desk/")
    assert case.number not in visitor.page.text
    visitor.get(f"/desk/{case.number}", status=404)


def test_a_counselor_who_is_excluded_from_her_own_case_has_it_no_longer(app: Flask):
    with app.app_context():
        case, _code = road.triaged(by="second_counselor")
        road.done(lambda: exclude(case, person("second_counselor"), "desk", actor=present("second_counselor")))
        assert road.case_of(case).assignee_id is None
    sign_in(app, "second_counselor").get(f"/desk/{case.number}", status=404)


def test_the_manager_and_the_head_give_a_reason_before_they_read(app: Flask):
    with app.app_context():
        case, _code = road.triaged()
    for key in ("manager", "head"):
        visitor = sign_in(app, key)
        visitor.get(f"/desk/{case.number}")
        assert road.WRITTEN not in visitor.page.text
        visitor.get(f"/desk/{case.number}?reason=just_so")
        assert road.WRITTEN not in visitor.page.text
        visitor.get(f"/desk/{case.number}?reason=")
        assert "開く理由を選んでください" in visitor.page.text
        assert road.WRITTEN not in visitor.page.text
        visitor.get(f"/desk/{case.number}?reason=supervision")
        assert road.WRITTEN in visitor.page.text


def test_the_head_never_sees_how_it_hurts(app: Flask):
    with app.app_context():
        case, _code = road.triaged(impact_text="眠れない日が続いています。")
    head = sign_in(app, "head")
    head.get(f"/desk/{case.number}?reason=supervision")
    assert "眠れない日が続いています" not in head.page.text


def test_the_identity_opens_to_a_registered_handler_with_a_reason_and_to_nobody_else(app: Flask):
    with app.app_context():
        taken = road.triaged(name="風見 みどり", contact="090-1111-2222")[0].number
        untaken = road.submitted(name="風見 みどり", contact="090-1111-2222")[0].number
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{taken}/identity")
    assert "風見" not in counselor.page.text
    counselor.get(f"/desk/{taken}/identity?reason=contact")
    assert "風見 みどり" in counselor.page.text
    counselor.get(f"/desk/{taken}")
    assert "氏名・連絡先を開きました" in counselor.page.text
    sign_in(app, "third_counselor").get(f"/desk/{untaken}/identity?reason=contact", status=404)
    sign_in(app, "head").get(f"/desk/{taken}/identity?reason=contact", status=403)


def test_an_officer_sees_an_exchange_from_delivery_on_and_not_a_minute_before(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
        actor = present("alpha_officer")
        seen = select(Exchange.id).where(visible_exchanges(actor, Permission.RESPONSE_LIST))
        assert db().scalars(seen).all() == []
        road.approved(road.case_of(case), code, road.newest_copy(case))
        assert db().scalars(seen).all() == []
        exchange = road.routed(road.case_of(case), code)
        assert db().scalars(seen).all() == [exchange.id]


def test_nobody_hides_a_case_from_everybody_who_oversees(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        kept = [person(one) for one in ("second_counselor", "third_counselor", "manager")]
        for one in kept:
            road.done(lambda one=one: exclude(road.case_of(case), one, "desk", actor=present("counselor")))
        with pytest.raises(NobodyOversees):
            road.done(lambda: exclude(road.case_of(case), person("head"), "desk", actor=present("counselor")))
        with pytest.raises(NobodyOversees):
            road.done(lambda: exclude(road.case_of(case), person("auditor"), "desk", actor=present("counselor")))
        assert excluded_from(road.case_of(case)) == {one.id for one in kept}
        number, head = case.number, person("head").id
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    desk.send({}, action=f"/exclude/{head.hex}")
    assert "事務局に一人もいなくなります" in desk.page.text
    assert number in sign_in(app, "head").get("/desk/").text
