"""The ladder on its pages, by each of those who take part, and closed to everybody else."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.board_item import BoardItem
from models.formal_request import FormalRequest
from models.rules.escalation_ladder import Step
from models.rules.request_lifecycle import RequestState
from models.rules.taxonomy.severity import Severity
from tests.support.ladder import BECAUSE, LETTER, at, file_of, issued, move_to, newest, silent_through, swept
from tests.support.road import acknowledged, routed
from tests.support.visitor import Visitor, sign_in

WORDS = "担当者が替わり確認が遅れました。来週中に報告します。"


@pytest.fixture
def overdue(app: Flask) -> str:
    """The number of a file in which E1 is open to be taken."""
    with app.app_context():
        routed(severity=Severity.HIGH)
        move_to(at(2026, 12, 2))
        swept()
        return file_of().number


@pytest.fixture
def asked(app: Flask, overdue: str) -> str:
    """The number of a letter that alpha was served."""
    with app.app_context():
        return str(issued(file_of()).number)


def test_a_letter_is_drafted_by_the_counselor_and_issued_by_the_manager(app: Flask, overdue: str) -> None:
    counselor = sign_in(app, "counselor")
    page = counselor.get("/escalations/")
    assert "青葉台コンタクト株式会社" in page.text
    counselor.get(page.links[overdue])
    counselor.get(counselor.page.links["文面を起案する"])
    drafted = counselor.page.form_with("text").fields["text"][0]
    with app.app_context():
        reference = db().scalars(select(FormalRequest)).first()
        assert reference is None
    assert "受領の確認(2026年11月27日が期限でした)" in drafted
    assert "誓約事項の6" in drafted
    page = counselor.send({"text": drafted + "\n\n担当: 相談員"})
    assert "まだ会社には届いていません" in page.text
    assert "この文面で発出する" not in page.text
    manager = sign_in(app, "manager")
    manager.get(f"/escalations/{overdue}/draft")
    assert "担当: 相談員" in manager.page.text
    manager.send(action="issue-e1")
    assert "発出し、会社に届けました" in manager.page.text
    assert "E1-2026-0001" in manager.page.h1
    assert "一致しません" not in manager.page.text


def test_the_company_reads_answers_and_prints_its_letter(app: Flask, asked: str) -> None:
    officer = sign_in(app, "alpha_officer")
    officer.get("/escalations/")
    officer.get(officer.page.links[asked])
    assert LETTER in officer.page.text
    assert "事務局の判断" not in officer.page.text
    officer.send({"answer-text": ""}, action="answer")
    assert officer.page.title.startswith("エラー")
    officer.send({"answer-text": WORDS}, action="answer")
    assert WORDS in officer.page.text
    assert "求めていること" in officer.page.text
    printed = officer.get(f"/escalations/requests/{asked}/letter")
    assert LETTER in printed.text
    assert "青葉台コンタクト株式会社 御中" in printed.text
    assert "責任者・副責任者 様" in printed.text
    with app.app_context():
        digest = newest(file_of()).letter_digest
        assert digest is not None
        assert digest.hex() in printed.text.replace(" ", "")
    manager = sign_in(app, "manager")
    manager.get(f"/escalations/requests/{asked}")
    assert WORDS in manager.page.text
    assert "に開きました" in manager.page.text
    with app.app_context():
        names = [entry.name for entry in db().scalars(select(AuditRecord))]
        assert names.count("request.read_answer") >= 2
        facts = " ".join(entry.facts for entry in db().scalars(select(AuditRecord)))
        assert WORDS not in facts


def test_a_company_sees_its_own_letters_and_its_own_posts_alone(app: Flask, asked: str, overdue: str) -> None:
    for stranger in ("beta_deputy", "beta_representative", "alpha_representative"):
        visitor = sign_in(app, stranger)
        assert asked not in visitor.get("/escalations/").text
        visitor.get(f"/escalations/requests/{asked}", status=404)
        visitor.get(f"/escalations/requests/{asked}/letter", status=404)
    for insider in ("alpha_officer", "alpha_representative"):
        visitor = sign_in(app, insider)
        for path in ("", "/counter", "/draft", "/proposal"):
            visitor.get(f"/escalations/{overdue}{path}", status=404)


@pytest.mark.parametrize("stranger", ["chair", "auditor", "admin"])
def test_the_board_and_the_auditor_have_no_way_into_company_files(app: Flask, overdue: str, stranger: str) -> None:
    visitor = sign_in(app, stranger)
    for path in ("", overdue, f"{overdue}/counter"):
        page = visitor.get(f"/escalations/{path}", status=403)
        assert "青葉台" not in page.text


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("counselor", "/escalations/{file}/issue-e1", 403),
        ("head", "/escalations/{file}/issue-e1", 403),
        ("manager", "/escalations/{file}/issue-e3", 403),
        ("manager", "/escalations/{file}/issue-e2", 409),
        ("manager", "/escalations/{file}/proposal", 403),
        ("counselor", "/escalations/{file}/compliance", 403),
        ("alpha_officer", "/escalations/{file}/draft", 403),
        ("counselor", "/escalations/requests/{letter}/met", 403),
        ("counselor", "/escalations/requests/{letter}/annulment", 403),
        ("manager", "/escalations/requests/{letter}/answer", 403),
        ("alpha_officer", "/escalations/requests/{letter}/service", 403),
        ("beta_deputy", "/escalations/requests/{letter}/answer", 404),
        ("alpha_representative", "/escalations/requests/{letter}/answer", 404),
    ],
)
def test_a_form_sent_by_the_wrong_hand_is_refused(app: Flask, asked: str, *, who: str, path: str, status: int) -> None:
    visitor = sign_in(app, who)
    with app.app_context():
        number, version = file_of().number, newest(file_of()).version
    token = visitor.page.form_with("csrf_token").fields["csrf_token"]
    sent = {"version": version, "text": "x", "answer-text": "x", "answer-version": version, "grounds": "x"}
    page = visitor.post(
        path.format(file=number, letter=asked),
        {**sent, "csrf_token": token, "answer-csrf_token": token},
        status=status,
    )
    assert "csrf" not in page.text
    with app.app_context():
        assert newest(file_of()).state is RequestState.SERVED


def test_two_people_at_one_draft_lose_nothing(app: Flask, overdue: str) -> None:
    first, second = sign_in(app, "counselor"), sign_in(app, "manager")
    for one in (first, second):
        one.get(f"/escalations/{overdue}/draft")
    first.send({"text": "先に保存した文面です。よろしくお願いいたします。"})
    page = second.send({"text": "後から保存しようとした文面です。よろしくお願いいたします。"}, status=409)
    assert "後から保存しようとした文面です" in page.html
    again = first.get(f"/escalations/{overdue}/draft")
    assert "先に保存した文面です" in again.text


def test_a_letter_sent_twice_is_issued_once(app: Flask, overdue: str) -> None:
    manager = sign_in(app, "manager")
    manager.get(f"/escalations/{overdue}/draft")
    page = manager.send({"text": LETTER})
    manager.send(action="issue-e1", page=page)
    manager.send(action="issue-e1", page=page, status=409)
    with app.app_context():
        assert [request.number for request in db().scalars(select(FormalRequest))] == ["E1-2026-0001"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_renders_in_both_languages(app: Flask, language: str) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        file = silent_through(Step.E3)
        number, letter = file.number, str(newest(file).number)
    head = sign_in(app, "head", language=language)
    for path in (
        "/escalations/",
        "/escalations/?show=ended",
        f"/escalations/{number}",
        f"/escalations/{number}/counter",
        f"/escalations/{number}/draft",
        f"/escalations/{number}/proposal",
        f"/escalations/requests/{letter}",
        f"/escalations/requests/{letter}/letter",
    ):
        assert head.get(path).root.get("lang") == language
    representative = sign_in(app, "alpha_representative", language=language)
    assert letter in representative.get("/escalations/").links
    assert letter in representative.get(f"/escalations/requests/{letter}").h1


def test_the_counter_sheet_names_every_request_and_why_it_counts(app: Flask) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        number = silent_through(Step.E3).number
    page = sign_in(app, "head").get(f"/escalations/{number}/counter")
    for request in ("E1-2026-0001", "E2-2026-0001"):
        assert request in page.text
    assert page.text.count("期限までに応じなかったため数えます") == 3
    assert "要件に達しています" in page.text
    assert "3件(うち1件は改善要求または最終改善要求(取消予告))" in page.text


def test_the_head_puts_the_file_before_the_board_with_words_that_are_sealed(app: Flask) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        number = silent_through(Step.E3).number
    head = sign_in(app, "head")
    head.get(f"/escalations/{number}")
    head.get(head.page.links["付議の理由を書く"])
    head.send({"grounds": ""})
    assert head.page.title.startswith("エラー")
    grounds = "三度の求めに応じず、報告がありません。"
    head.send({"grounds": grounds})
    with app.app_context():
        item = db().scalars(select(BoardItem)).one()
        assert grounds.encode() not in item.sealed_grounds
    head.get(f"/escalations/{number}")
    assert "理事会の議案を見る" in head.page.links
    assert "理事会の議案を見る" not in sign_in(app, "counselor").get(f"/escalations/{number}").links
    sign_in(app, "manager").get(f"/escalations/{number}/proposal", status=404)


def test_a_letter_by_registered_post_is_entered_by_hand(app: Flask, asked: str) -> None:
    counselor = sign_in(app, "counselor")
    counselor.get(f"/escalations/requests/{asked}")
    page = counselor.send({"service-proof": "123-45-67890-1"}, action="service")
    assert "123-45-67890-1" in page.text


def test_a_request_taken_back_keeps_its_place_and_reason_and_no_longer_counts(app: Flask) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        file = silent_through(Step.E1)
        number, letter = file.number, str(newest(file).number)
    manager = sign_in(app, "manager")
    manager.get(f"/escalations/requests/{letter}")
    manager.send({"annul-reason": "wrong_facts", "annul-because": BECAUSE}, action="annulment-asked")
    assert "取りやめが申し出られています" in manager.page.text
    assert "理由を記して対象から外したため" not in manager.get(f"/escalations/{number}/counter").text
    head = sign_in(app, "head")
    head.get(f"/escalations/requests/{letter}")
    head.get(head.page.links["申し出を見る"])
    head.send({"approve-is_read": "1"}, action="approve")
    manager.get(f"/escalations/requests/{letter}")
    manager.send(action="annulment")
    page = manager.get(f"/escalations/{number}/counter")
    assert "理由を記して対象から外したため数えません(事実に誤りがあった)" in page.text
    assert letter in page.text


def test_compliance_is_told_and_recorded_by_a_person(app: Flask, asked: str, overdue: str) -> None:
    from models.exchange import Exchange

    with app.app_context():
        acknowledged(db().scalars(select(Exchange)).one())
    manager = sign_in(app, "manager")
    page = manager.get(f"/escalations/{overdue}")
    assert "会社が応じました" in page.text
    manager.send(action="compliance")
    assert "遵守(終了)" in manager.page.text
    assert overdue in manager.get("/escalations/?show=ended").links


def test_a_visitor_without_an_account_is_sent_to_the_door(app: Flask, asked: str) -> None:
    visitor = Visitor(app)
    page = visitor.get(f"/escalations/requests/{asked}")
    assert "password" in page.form_with("password").names
