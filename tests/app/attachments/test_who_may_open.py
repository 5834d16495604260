"""Which file lies where, and who may open it: as the policy says, and a company only what was approved for it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.pipeline.clock import now
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.attachment import Attachment
from models.audit_record import AuditRecord
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.rules.consent import ConsentLevel
from models.rules.people import CompartmentKind
from tests.app.attachments.conftest import Hers, give
from tests.support import files, road
from tests.support.page import Page
from tests.support.present import present
from tests.support.visitor import Visitor, enter, sign_in

PICTURE = "相談員にだけ話したこと"


def with_the_company(app: Flask, **answers: object) -> tuple[Visitor, Case, Exchange]:
    """A consulter whose case lies with alpha's officer, who has confirmed receipt."""
    with app.app_context():
        case, code = road.triaged(**answers)
        exchange = road.acknowledged(road.routed(case, code))
    return enter(app, code), case, exchange


def paths(app: Flask) -> list[str]:
    """The ids of all files, in their order."""
    with app.app_context():
        return [row.id.hex for row in db().scalars(select(Attachment).order_by(Attachment.number))]


def lies_in(app: Flask, attachment_id: str) -> CompartmentKind:
    with app.app_context():
        row = next(one for one in db().scalars(select(Attachment)) if one.id.hex == attachment_id)
        return db().get_one(Compartment, row.compartment_id).kind


def events(app: Flask) -> list[str]:
    with app.app_context():
        names = db().scalars(select(AuditRecord.name).order_by(AuditRecord.at, AuditRecord.number)).all()
    return [name for name in names if name.startswith("attachment.")]


def offered(app: Flask, hers: Visitor, case: Case) -> tuple[Visitor, Page]:
    """The desk has asked her whether alpha may have her first file."""
    give(hers, (files.photo(), "a.jpg"), about=PICTURE)
    desk = sign_in(app, "counselor")
    first = paths(app)[0]
    page = desk.get(f"/cases/{case.number}/files/{first}")
    desk.send({"exchange": _reference(app, case)}, action="/offer")
    return desk, page


def _reference(app: Flask, case: Case) -> str:
    with app.app_context():
        return db().scalars(select(Exchange.reference).where(Exchange.case_id == case.id)).one()


def test_what_came_by_post_is_added_by_the_desk_and_seen_by_the_consulter(app: Flask, hers: Hers) -> None:
    desk = sign_in(app, "counselor")
    path = f"/cases/{hers.case.number}/files"
    page = give(desk, (files.pdf(), "scan.pdf"), about="郵便で届いた手紙", path=path)
    assert "郵便で届いた手紙" in page.text
    page = hers.visitor.get("/mailbox/files")
    assert "郵便で届いた手紙" in page.text
    assert "相談員が" in page.text
    # She did not give it, and so she cannot take it away.
    first = paths(app)[0]
    assert "取り除く" not in hers.visitor.get(f"/mailbox/files/{first}").html
    token = hers.visitor.page.form_with("csrf_token").fields["csrf_token"][0]
    hers.visitor.post(f"/mailbox/files/{first}/remove", {"csrf_token": token}, status=404)
    desk.get(f"{path}/{first}")
    desk.send({}, action="/remove")
    assert "まだファイルはありません" in hers.visitor.get("/mailbox/files").text


def test_a_company_sees_a_file_only_after_she_approved_this_one(app: Flask) -> None:
    hers, case, exchange = with_the_company(app)
    offered(app, hers, case)
    officer = sign_in(app, "alpha_officer")
    path = f"/office/{exchange.reference}/files"
    original, copy = paths(app)
    assert "まだファイルはありません" in officer.get(path).text
    for one in (original, copy):
        assert officer.client.get(f"{path}/{one}").status_code == 404
        assert officer.client.get(f"{path}/{one}/content").status_code == 404
    assert lies_in(app, copy) is CompartmentKind.NARRATIVE

    page = hers.get(f"/mailbox/files/{copy}")
    assert "青葉台コンタクト株式会社" in page.text
    decide(hers, copy, "approve")
    assert lies_in(app, copy) is CompartmentKind.FORWARDED
    page = officer.get(path)
    assert "写真・画像(JPEG)" in page.text
    assert PICTURE not in page.text
    shown = officer.client.get(f"{path}/{copy}/content").data
    assert shown == hers.client.get(f"/mailbox/files/{original}/content").data
    assert officer.client.get(f"{path}/{original}/content").status_code == 404
    assert events(app) == [
        "attachment.add",
        "attachment.offer",
        "attachment.approve",
        "attachment.open",
        "attachment.open",
    ]


def decide(hers: Visitor, copy: str, decision: str) -> None:
    """Press one of the two buttons on a file's page."""
    page = hers.get(f"/mailbox/files/{copy}")
    pressed = next(form for form in page.forms if form.fields.get("decision") == [decision])
    hers.post(pressed.action, dict(pressed.fields))


def test_what_she_declines_is_never_seen(app: Flask) -> None:
    hers, case, exchange = with_the_company(app)
    offered(app, hers, case)
    _original, copy = paths(app)
    decide(hers, copy, "decline")
    assert hers.client.get(f"/mailbox/files/{copy}").status_code == 404
    officer = sign_in(app, "alpha_officer")
    page = officer.get(f"/office/{exchange.reference}/files")
    assert "まだファイルはありません" in page.text
    assert 'aria-current="true">届いた相談</a>' in page.html, "the menu shows where she is"


def test_consent_that_is_taken_back_takes_the_files_back_too(app: Flask) -> None:
    hers, case, exchange = with_the_company(app)
    offered(app, hers, case)
    _original, copy = paths(app)
    decide(hers, copy, "approve")
    hers.get("/mailbox/consent")
    hers.send({"sure": "1"})
    with app.app_context():
        rows = db().scalars(select(Attachment).order_by(Attachment.number)).all()
        assert [row.removed_at is None for row in rows] == [True, False]
    officer = sign_in(app, "alpha_officer")
    assert officer.client.get(f"/office/{exchange.reference}/files/{copy}/content").status_code == 404


def test_nothing_is_offered_to_a_company_without_consent(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
    hers = enter(app, code)
    give(hers, (files.photo(), "a.jpg"))
    desk = sign_in(app, "counselor")
    page = desk.get(f"/cases/{case.number}/files/{paths(app)[0]}")
    assert "会社に渡す" not in page.html


def test_a_file_that_could_not_be_cleaned_is_never_offered(app: Flask) -> None:
    hers, case, _exchange = with_the_company(app)
    give(hers, (files.pdf(password="himitsu"), "a.pdf"))
    desk = sign_in(app, "counselor")
    first = paths(app)[0]
    page = desk.get(f"/cases/{case.number}/files/{first}")
    assert "会社に渡せません" in page.text
    assert "開く前に" in page.text
    token = page.form_with("csrf_token").fields["csrf_token"][0]
    data = {"csrf_token": token, "exchange": _reference(app, case)}
    desk.post(f"/cases/{case.number}/files/{first}/offer", data, status=404)


def test_an_officers_file_goes_with_the_report_and_never_to_the_consulter(app: Flask) -> None:
    hers, case, exchange = with_the_company(app)
    officer = sign_in(app, "alpha_officer")
    path = f"/office/{exchange.reference}/files"
    assert path in officer.get(f"/office/{exchange.reference}").links.values()
    page = give(officer, (files.office("excel"), "shift.xlsx"), about="研修の記録", path=path)
    assert "研修の記録" in page.text
    only = paths(app)[0]
    assert lies_in(app, only) is CompartmentKind.REPORT
    assert "研修の記録" in sign_in(app, "counselor").get(f"/cases/{case.number}/files").text
    assert "研修の記録" not in hers.get("/mailbox/files").text
    assert hers.client.get(f"/mailbox/files/{only}/content").status_code == 404


@pytest.mark.parametrize("who", ["alpha_representative", "beta_deputy", "delta_officer", "alpha_deputy"])
def test_another_office_finds_nothing(app: Flask, who: str) -> None:
    hers, _case, exchange = with_the_company(app)
    officer = sign_in(app, "alpha_officer")
    give(officer, (files.photo(), "a.jpg"), path=f"/office/{exchange.reference}/files")
    stranger = sign_in(app, who)
    only = paths(app)[0]
    for path in ("", f"/{only}", f"/{only}/content", f"/{only}/picture"):
        assert stranger.client.get(f"/office/{exchange.reference}/files{path}").status_code == 404
    assert hers.client.get(f"/office/{exchange.reference}/files").status_code == 302


def test_another_consulter_finds_nothing(app: Flask, hers: Hers) -> None:
    give(hers.visitor, (files.photo(), "a.jpg"))
    with app.app_context():
        _other, code = road.submitted()
    stranger = enter(app, code)
    only = paths(app)[0]
    for path in ("", "/content", "/picture"):
        assert stranger.client.get(f"/mailbox/files/{only}{path}").status_code == 404


def test_a_colleague_of_the_desk_opens_a_taken_case_only_with_a_reason_or_not_at_all(app: Flask) -> None:
    hers, case, _exchange = with_the_company(app)
    give(hers, (files.photo(), "a.jpg"))
    only = paths(app)[0]
    path = f"/cases/{case.number}/files/{only}/content"
    assert sign_in(app, "second_counselor").client.get(path).status_code == 404
    manager = sign_in(app, "manager")
    assert manager.client.get(path).status_code == 404
    assert manager.client.get(f"{path}?reason=supervision").status_code in {200, 404}
    with app.app_context():
        opened = db().scalars(select(AuditRecord).where(AuditRecord.name == "attachment.open")).all()
        assert all('"reason_code":"assigned"' not in one.facts for one in opened)


def test_a_destroyed_case_key_closes_every_file_for_good(app: Flask, hers: Hers) -> None:
    give(hers.visitor, (files.photo(), "a.jpg"))
    only = paths(app)[0]
    with app.app_context():
        key_store().destroy(hers.case.id, at=now())
    assert hers.visitor.client.get(f"/mailbox/files/{only}/content").status_code == 404
    with app.app_context():
        lies_in = db().get_one(Compartment, db().scalars(select(Attachment)).one().compartment_id)
        keys = present("counselor").held
        with pytest.raises(CannotOpen):
            keys.compartment_key(lies_in)
