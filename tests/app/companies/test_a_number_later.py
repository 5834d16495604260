"""A company that is registered without a corporate number: it is added later, checks itself, and is one company's."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import select

from app.certifications.queries import certification_numbered
from app.companies.actions import register_company
from app.companies.queries import find_companies
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.company import Company
from tests.support.pre_certified import AOI, NAMES, choose, register_them, table
from tests.support.present import company
from tests.support.road import done
from tests.support.visitor import sign_in

HINOKI = "ひのき相談窓口株式会社"


def hinoki() -> Company:
    (found,) = find_companies("ひのき相談窓口")
    return found


def registered_without_a_number(app: Flask) -> None:
    with app.app_context():
        done(
            lambda: register_company(
                name=HINOKI,
                kana="ヒノキソウダンマドグチ",
                english="Hinoki Desk",
                actor=THE_CLOCK,
                prefecture="東京都",
                address="東京都架空区五丁目",
                joined_on=date(2020, 4, 1),
            )
        )


def test_a_number_is_added_on_the_companys_page_and_checks_itself(app: Flask) -> None:
    register_them(app)
    with app.app_context():
        page = f"/companies/{company('alpha').id}"
    manager = sign_in(app, "manager")
    manager.get(page)
    manager.send({"number-corporate_number": "8700110005902"})
    assert "法人番号として正しくありません" in manager.page.text
    assert "8700110005902" in manager.page.form_with("number-corporate_number").fields["number-corporate_number"]
    manager.send({"number-corporate_number": AOI})
    assert "すでに登録されています" in manager.page.text
    manager.send({"number-corporate_number": "7-0000-1205-0002"})
    assert "法人番号を登録しました" in manager.page.text
    with app.app_context():
        assert company("alpha").corporate_number == "7000012050002"
        assert len(db().scalars(select(AuditRecord).where(AuditRecord.name == "company.set_number")).all()) == 1


def test_a_company_without_a_number_is_brought_in_by_its_name(app: Flask) -> None:
    register_them(app)
    registered_without_a_number(app)
    head = sign_in(app, "head")
    lines = (f",{HINOKI},KC-2025-0103,2025-10-01,2027-09-30", f",{NAMES[AOI]},KC-2025-0104,2025-10-01,2027-09-30")
    page = choose(head, table(*lines).encode())
    assert "この名前の会社は、法人番号つきで登録されています" in page.text
    head.send({}, action="/certifications/file/confirm")
    with app.app_context():
        entered = certification_numbered("KC-2025-0103")
        assert entered is not None
        assert entered.company_id == hinoki().id
        assert certification_numbered("KC-2025-0104") is None
    # The same file once more does nothing.
    assert "登録済み" in choose(head, table(*lines).encode()).text
