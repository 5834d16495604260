"""The code on a poster names the company: a wrong pick is hard to make, and the code is asked of nobody."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.companies.actions import add_site, give_code
from app.companies.queries import sites_of
from app.pipeline.identity import THE_CLOCK
from app.pipeline.secrets import facet
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.site_code import ALPHABET, read_site_code, shown_site_code
from tests.app.intake.conftest import WRITTEN, Checks
from tests.support import road
from tests.support.present import company
from tests.support.visitor import sign_in

SITE = "第一センター"


@pytest.fixture
def code(app: Flask) -> str:
    """The code on the poster of alpha's site."""
    with app.app_context(), transaction():
        alpha = company("alpha")
        return shown_site_code(give_code(sites_of(alpha)[0], alpha, actor=THE_CLOCK))


def stored(app: Flask) -> dict[str, bytes | None]:
    with app.app_context():
        case = db().scalars(select(Case)).one()
        return {"employer": case.employer_token, "workplace": case.workplace_token}


def token(app: Flask, key: str) -> bytes:
    with app.app_context():
        return facet("company", company(key).id.hex)


def test_the_code_alone_names_the_company_which_is_shown_before_sending(app: Flask, checks: Checks, code: str) -> None:
    visitor = checks(site_code=code.lower().replace("-", " "))
    assert "青葉台コンタクト株式会社" in visitor.page.text
    assert f"ポスターのコードの職場: {SITE}" in visitor.page.text
    assert visitor.page.form_with("employer_id").fields["employer_id"] != [""]
    visitor.send({}, action="/consult/send")
    assert stored(app) == {"employer": token(app, "alpha"), "workplace": token(app, "alpha")}


def test_whoever_is_employed_elsewhere_works_at_the_poster(app: Flask, checks: Checks, code: str) -> None:
    visitor = checks(employer="みなも応対サービス株式会社", site_code=code)
    visitor.send({}, action="/consult/send")
    assert stored(app) == {"employer": token(app, "beta"), "workplace": token(app, "alpha")}


def test_the_code_and_the_same_company_typed_are_one(app: Flask, checks: Checks, code: str) -> None:
    visitor = checks(employer="旧青葉台", site_code=code)
    assert visitor.page.html.count('name="employer_id"') == len(("the company", "none of these"))
    visitor.send({}, action="/consult/send")
    assert stored(app) == {"employer": token(app, "alpha"), "workplace": token(app, "alpha")}


def test_the_pick_of_the_poster_can_be_undone_before_sending(app: Flask, checks: Checks, code: str) -> None:
    visitor = checks(site_code=code)
    visitor.send({"employer_id": ""}, action="/consult/send")
    assert stored(app) == {"employer": None, "workplace": None}


def test_a_mistyped_code_is_said_and_nothing_is_lost(checks: Checks, code: str) -> None:
    wrong = code[:-1] + next(sign for sign in ALPHABET if sign != code[-1])
    for typed in (wrong, "あいう", "22222" + "3", "KKK-KKK"):
        page = checks(site_code=typed, employer="青葉").page
        assert page.title.startswith("エラー: ")
        assert "このコードの職場が見つかりません" in page.text
        assert WRITTEN in page.html
        assert typed in page.html


def test_a_poster_is_made_once_and_shows_no_other_sites_code(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    with app.app_context():
        address = f"/companies/{company('alpha').id}"
    visitor.get(address)
    action = next(form.action for form in visitor.page.forms if (form.action or "").endswith("/code"))
    page = visitor.send({}, action=action)
    assert page.h1 == "カスタマーハラスメントの相談窓口"
    assert SITE in page.text
    with app.app_context():
        first = sites_of(company("alpha"))[0].code
    assert first is not None
    assert read_site_code(first) == first
    assert shown_site_code(first) in page.text
    visitor.post(action, {"csrf_token": visitor.get(address).forms[0].fields["csrf_token"]})
    with app.app_context():
        assert sites_of(company("alpha"))[0].code == first
        names = db().scalars(select(AuditRecord.name)).all()
    assert names.count("company.give_site_code") == 1
    sign_in(app, "delta_officer").get(f"{page.path}", status=404)


def test_a_site_pressed_for_twice_is_one_site(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    with app.app_context():
        visitor.get(f"/companies/{company('beta').id}")
    new = {"site-site": "第三センター", "site-prefecture": "東京都", "site-address": "東京都架空区三丁目"}
    before = visitor.page
    visitor.send(new)
    page = visitor.send(new, page=before)
    assert "この名前の拠点は、すでに登録されています" in page.text
    with app.app_context():
        beta = company("beta")
        assert [site.name for site in sites_of(beta)] == [SITE, "第三センター"]
        assert add_site(beta, name=SITE, prefecture="東京都", address="別", actor=THE_CLOCK).address != "別"


def test_the_desk_sees_of_which_place_the_poster_was(app: Flask, code: str) -> None:
    with app.app_context():
        case, _receipt = road.triaged(site_code=code)
        number, handler = case.number, road.assignee(case)
    assert f"ポスターのコードの職場: {SITE}" in sign_in(app, handler).get(f"/desk/{number}").text
