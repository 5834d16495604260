"""The record is searched by case, person, company and day, within what the asker may see (domain 6.7)."""

from __future__ import annotations

from flask import Flask

from app.cases.actions import exclude
from app.operations.event_words import words_of
from app.operations.queries import Asked, trail_page
from app.pipeline.audit import of_company, record
from app.pipeline.transaction import db
from models.exchange import Exchange
from models.rules.people import Role
from models.rules.trail_scope import Scope, scopes_of
from tests.support import road
from tests.support.present import company, person, present
from tests.support.visitor import sign_in


def seen(key: str) -> set[tuple[str, str]]:
    """Event and role of everything that somebody sees on the first page."""
    rows = trail_page(present(key), Asked(), after=None, cursor=None).rows
    return {(row.event, row.actor_role.value) for row in rows}


def membership_noted(key: str) -> None:
    facts = {"is_member": True}
    road.done(
        lambda: record(of_company(company("alpha")), "company.change_membership", actor=present(key), facts=dict(facts))
    )


def test_each_role_has_the_scopes_of_the_table() -> None:
    assert scopes_of(Role.AUDITOR) == scopes_of(Role.HEAD) == (Scope.ALL,)
    assert scopes_of(Role.MANAGER) == (Scope.OWN, Scope.TEAM)
    assert scopes_of(Role.DIRECTOR) == (Scope.OWN, Scope.DECISIONS)
    assert scopes_of(Role.ADMIN) == (Scope.OWN, Scope.TECHNICAL)
    assert scopes_of(Role.REPRESENTATIVE) == (Scope.OWN, Scope.COMPANY)
    assert scopes_of(Role.OFFICER) == scopes_of(Role.COUNSELOR) == (Scope.OWN,)


def test_nobody_sees_more_than_their_scope(app: Flask) -> None:
    with app.app_context():
        road.acknowledged()
        road.done(
            lambda: record(
                of_company(company("alpha")),
                "company.change_membership",
                actor=present("alpha_officer"),
                facts={"is_member": True},
            )
        )
        assert {role for _event, role in seen("counselor")} == {"counselor"}
        assert {role for _event, role in seen("manager")} <= {"counselor", "manager", "adviser"}
        assert {role for _event, role in seen("alpha_officer")} == {"officer"}
        assert seen("alpha_deputy") == set()
        assert seen("alpha_representative") == {("company.change_membership", "officer")}
        assert seen("beta_representative") == set()
        assert all(event.startswith(("person.", "seat.")) for event, _role in seen("admin"))
        assert ("case.read", "counselor") not in seen("chair")


def test_a_company_reads_its_own_number_of_a_matter_and_finds_by_it(app: Flask) -> None:
    with app.app_context():
        exchange = road.acknowledged()
        case = road.case_of(db().get_one(type(road.submitted()[0]), exchange.case_id))
        number, reference = case.number, db().get_one(Exchange, exchange.id).reference
    officer = sign_in(app, "alpha_officer")
    page = officer.get(f"/operations/?number={reference}")
    assert reference in page.text
    assert number not in page.html
    assert "見つかりません" in officer.get(f"/operations/?number={number}").text
    assert "見つかりません" in sign_in(app, "delta_officer").get(f"/operations/?number={reference}").text


def test_what_somebody_is_kept_from_is_in_no_scope(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        before = seen("manager")
        assert any(event.startswith("case.") for event, _role in before)
        road.done(lambda: exclude(road.case_of(case), person("manager"), "desk", actor=present("counselor")))
        assert not [event for event, _role in seen("manager") if event.startswith("case.")]


def test_the_auditor_finds_by_name_of_person_and_of_company(app: Flask) -> None:
    with app.app_context():
        road.acknowledged()
        road.done(
            lambda: record(
                of_company(company("alpha")),
                "company.change_membership",
                actor=present("manager"),
                facts={"is_member": True},
            )
        )
    auditor = sign_in(app, "auditor")
    page = auditor.get("/operations/?name=alpha_officer")
    assert "名前・alpha_officer" in page.text
    assert "(相談員)" not in page.text
    page = auditor.get("/operations/?company_name=青葉台")
    assert str(words_of("company.change_membership")) in page.text
    assert "名前・alpha_officer" not in page.text
    assert "この名前の人は見つかりません" in auditor.get("/operations/?name=だれでもない").text
    assert "この名前の会社は見つかりません" in auditor.get("/operations/?company_name=ありません").text
