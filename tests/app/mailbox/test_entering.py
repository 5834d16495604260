"""The door of the mailbox: who has the receipt comes in, and everybody else learns nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.mailbox.actions import accept_result
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from crypto import earlier_receipt_code, new_receipt_secret, receipt_code
from models.audit_record import AuditRecord
from models.case import Case
from models.receipt import Receipt
from models.rules.case_lifecycle import CaseState
from tests.support import road
from tests.support.page import Page
from tests.support.present import consulter
from tests.support.visitor import Visitor, enter, sign_in

PAGES = ("/mailbox", "/mailbox/copy", "/mailbox/consent", "/mailbox/withdraw")


def as_a_tired_person_writes(code: str) -> str:
    """Small letters, O for 0, l for 1, full-width letters, and dots for dashes."""
    return code.replace("0", "O").replace("1", "l").replace("-", "・").lower().replace("a", "Ａ")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_receipt_opens_the_mailbox_in_both_languages(app: Flask, language: str) -> None:
    with app.app_context():
        _case, code = road.submitted()
    visitor = enter(app, code, language=language)
    assert visitor.page.path == "/mailbox"
    with app.app_context():
        assert db().scalar(select(AuditRecord).where(AuditRecord.name == "receipt.used")) is not None


def test_look_alike_letters_and_any_separator_are_forgiven(app: Flask) -> None:
    with app.app_context():
        _case, code = road.submitted()
    assert enter(app, as_a_tired_person_writes(code)).page.path == "/mailbox"


def test_a_receipt_of_six_groups_that_was_given_out_earlier_still_opens_hers(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setattr("app.intake.actions.receipt_code", earlier_receipt_code)
        _case, code = road.submitted()
    assert len(code.split("-")) == 6
    assert enter(app, as_a_tired_person_writes(code)).page.path == "/mailbox"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda code: code[:-1], "27文字"),
        (lambda code: code + "7", "29文字"),
        (lambda code: code[:10] + code[15:], "7つともあるか"),
        (lambda code: code[:-1] + "あ", "「あ」"),
        (lambda code: ("3" if code[0] != "3" else "4") + code[1:], "書き間違い"),
    ],
)
def test_a_slip_of_the_pen_is_named_as_far_as_it_can_be(app: Flask, spoil: Callable[[str], str], said: str) -> None:
    with app.app_context():
        _case, code = road.submitted()
    page = enter(app, spoil(code)).page
    assert page.path == "/mailbox/enter"
    assert said in page.text
    assert page.title.startswith("エラー")


def test_a_receipt_that_never_was_one_that_ended_and_one_too_old_get_the_same_page(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        case, ended = road.submitted()
        road.done(lambda: setattr(_receipt_of(case), "ended_at", clock.now()))
        old_case, too_old = road.triaged()
        exchange = road.fed_back(road.routed(old_case, too_old))
        road.done(lambda: accept_result(db().get_one(Case, exchange.case_id), actor=consulter(too_old)))
        assert road.case_of(old_case).state is CaseState.CLOSED
    assert enter(app, too_old).page.path == "/mailbox"
    clock.move(to=clock.now() + timedelta(days=370))
    never = receipt_code(new_receipt_secret())
    pages = [_without(enter(app, code).page, code) for code in (never, ended, too_old)]
    assert pages[0] == pages[1] == pages[2]
    assert "開けませんでした" in pages[0]


def _receipt_of(case: Case) -> Receipt:
    return db().scalars(select(Receipt).where(Receipt.case_id == case.id)).one()


def _without(page: Page, code: str) -> str:
    """What the page shows, but for the code that was typed."""
    return page.text.replace(code, "")


def test_whatever_else_is_typed_gets_a_page_in_words(app: Flask) -> None:
    visitor = Visitor(app)
    for typed in ("", " ", "\x00" * 5, "\u202e\u2066", "😀" * 24, "ｱｲｳｴｵ", "0" * 100_000, "' OR 1=1 --"):
        visitor.get("/mailbox/enter")
        page = visitor.send({"receipt": typed})
        assert page.path == "/mailbox/enter", typed[:20]
        assert page.title.startswith("エラー"), typed[:20]


def test_half_of_a_surrogate_pair_gets_a_page_in_words(app: Flask) -> None:
    visitor = Visitor(app)
    token = visitor.get("/mailbox/enter").form_with("receipt").fields["csrf_token"][0]
    body = f"csrf_token={token}&receipt=".encode() + b"%ED%A0%80" * 3
    response = visitor.client.post("/mailbox/enter", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert "エラー" in response.get_data(as_text=True)


def test_the_mailbox_closes_by_itself_after_fifteen_minutes(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        _case, code = road.submitted()
    visitor = enter(app, code)
    clock.move(to=clock.now() + timedelta(minutes=14))
    assert visitor.get("/mailbox").path == "/mailbox"
    clock.move(to=clock.now() + timedelta(minutes=16))
    assert visitor.get("/mailbox").path == "/mailbox/enter"


def test_what_was_typed_when_the_mailbox_had_closed_is_shown_for_copying(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        _case, code = road.submitted()
    visitor = enter(app, code)
    clock.move(to=clock.now() + timedelta(minutes=20))
    page = visitor.send({"message": "書きかけの大切な文章です。"}, action="/mailbox/write", status=401)
    assert "書きかけの大切な文章です。" in page.html
    assert "受付コードで入り直す" in page.links


def test_leaving_takes_the_session_and_what_the_browser_kept_of_it(app: Flask) -> None:
    with app.app_context():
        _case, code = road.submitted()
    visitor = enter(app, code)
    token = visitor.page.form_with("message").fields["csrf_token"][0]
    response = visitor.client.post("/mailbox/leave", data={"csrf_token": token})
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert visitor.get("/mailbox").path == "/mailbox/enter"


def test_no_address_of_the_mailbox_holds_anything_of_the_case(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
        number, case_id = case.number, case.id.hex
    visitor = enter(app, code)
    seen = [visitor.get(path) for path in PAGES]
    addresses = " ".join(
        [
            *(link for page in seen for link in page.links.values()),
            *(form.action for page in seen for form in page.forms),
        ]
    )
    assert "?" not in addresses
    for secret in (number, case_id, code.replace("-", ""), code):
        assert secret not in addresses


def test_without_a_receipt_every_page_leads_to_the_door(app: Flask) -> None:
    visitor = Visitor(app)
    for path in PAGES:
        assert visitor.get(path).path == "/mailbox/enter"


def test_a_member_of_the_desk_does_not_come_in_by_this_door(app: Flask) -> None:
    assert sign_in(app, "counselor").get("/mailbox").path == "/mailbox/enter"
