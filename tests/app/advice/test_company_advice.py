"""A company asks the association for advice: apart from every consultation, and read by nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.advice.queries import compartment_of
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.company_advice import CompanyAdvice
from models.company_file import CompanyFile
from models.outbox_message import OutboxMessage
from models.rules.company_advice import AdviceState
from tests.support.present import company, present
from tests.support.visitor import Visitor, sign_in

ASKED = "長時間の電話を、何分で切ってよいか、社内の基準を決めかねています。"
OTHER = "委託元との契約に、電話を切ってよい条件を書いている会社もあります。"
ANSWERED = "三十分を目安に、切る前に一度お伝えする形を、多くの会社がとっています。"


def asked_by(app: Flask, who: str = "alpha_officer", text: str = ASKED) -> tuple[Visitor, str]:
    visitor = sign_in(app, who)
    visitor.get("/advice/new")
    visitor.send({"topic": "policy", "text": text}, action="/advice/new")
    return visitor, visitor.page.path.rpartition("/")[2]


def state(app: Flask) -> AdviceState:
    with app.app_context():
        return db().scalars(select(CompanyAdvice.state)).one()


def test_a_company_asks_and_the_desk_answers(app: Flask) -> None:
    officer, number = asked_by(app)
    assert "協会に届きました" in officer.page.text
    desk = sign_in(app, "counselor")
    assert number in desk.get("/advice/").links
    assert ASKED in desk.get(f"/advice/{number}").text
    desk.send({"text": ANSWERED}, action="/answer")
    assert state(app) is AdviceState.ANSWERED
    assert ANSWERED in officer.get(f"/advice/{number}").text
    officer.send({"text": "ありがとうございます。研修の例もありますか。"}, action="/write")
    assert state(app) is AdviceState.OPEN


def test_it_is_no_consultation_and_feeds_no_file(app: Flask) -> None:
    _officer, number = asked_by(app)
    with app.app_context():
        assert db().scalars(select(Case)).all() == []
        assert db().scalars(select(CompanyFile)).all() == []
    assert number not in sign_in(app, "counselor").get("/desk/").text
    assert number not in sign_in(app, "head").get("/escalations/").text


@pytest.mark.parametrize("who", ["alpha_deputy", "alpha_representative"])
def test_the_office_and_the_representative_read_it(app: Flask, who: str) -> None:
    _officer, number = asked_by(app)
    assert ASKED in sign_in(app, who).get(f"/advice/{number}").text


def test_another_company_and_the_board_never_see_it(app: Flask) -> None:
    _officer, number = asked_by(app)
    other = sign_in(app, "delta_officer")
    assert number not in other.get("/advice/").text
    other.get(f"/advice/{number}", status=404)
    for who in ("chair", "auditor", "admin"):
        sign_in(app, who).get(f"/advice/{number}", status=403)
    with app.app_context():
        found = db().scalars(select(CompanyAdvice)).one()
        assert present("alpha_officer").held.opens(compartment_of(found))
        assert not present("delta_officer").held.opens(compartment_of(found))


def test_words_that_ask_who_consulted_are_refused_and_the_desk_is_told(app: Flask) -> None:
    officer, number = asked_by(app, text="先週、協会に相談したのは誰ですか。氏名を教えてください。")
    assert "だれが相談したか、相談があったかどうかは、お答えできません" in officer.page.text
    desk = sign_in(app, "counselor")
    assert "相談者を探す言葉" in desk.get("/advice/").text
    assert "相談者を探す言葉があるようです" in desk.get(f"/advice/{number}").text
    with app.app_context():
        assert "advice.search_hint" in db().scalars(select(AuditRecord.name)).all()
    assert "相談者を探す言葉" not in officer.get("/advice/").text


def test_the_desk_keys_what_was_asked_by_telephone(app: Flask) -> None:
    desk = sign_in(app, "counselor")
    desk.get("/advice/new")
    with app.app_context():
        alpha = company("alpha").id.hex
    desk.send({"company": alpha, "topic": "law", "text": ASKED, "answer": ANSWERED}, action="/advice/keyed")
    number = desk.page.path.rpartition("/")[2]
    assert state(app) is AdviceState.ANSWERED
    page = sign_in(app, "alpha_officer").get(f"/advice/{number}")
    assert ASKED in page.text
    assert ANSWERED in page.text
    assert "電話" in page.text


def test_an_end_is_the_desks_and_a_word_of_the_company_opens_it_again(app: Flask) -> None:
    officer, number = asked_by(app)
    desk = sign_in(app, "counselor")
    desk.get(f"/advice/{number}")
    desk.send({"text": ANSWERED}, action="/answer")
    desk.send({}, action="/end")
    assert state(app) is AdviceState.CLOSED
    officer.get(f"/advice/{number}")
    officer.send({"text": "もう一つだけ教えてください。"}, action="/write")
    assert state(app) is AdviceState.OPEN


def test_two_answers_at_once_are_compared(app: Flask) -> None:
    _officer, number = asked_by(app)
    first, second = sign_in(app, "counselor"), sign_in(app, "second_counselor")
    for desk in (first, second):
        desk.get(f"/advice/{number}")
    first.send({"text": ANSWERED}, action="/answer")
    page = second.send({"text": OTHER}, action="/answer", status=409)
    assert OTHER in page.html


def test_a_mail_tells_that_there_is_something_and_not_what(app: Flask) -> None:
    asked_by(app)
    with app.app_context():
        kinds = {one.kind for one in db().scalars(select(OutboxMessage))}
    assert kinds == {"update"}


def test_an_empty_or_too_long_question_is_said_and_kept(app: Flask) -> None:
    visitor = sign_in(app, "alpha_officer")
    visitor.get("/advice/new")
    assert (
        "相談したいことを入力してください" in visitor.send({"topic": "policy", "text": ""}, action="/advice/new").text
    )
    page = visitor.send({"topic": "policy", "text": "長" * 4001}, action="/advice/new")
    assert "4,000文字まで" in page.text
    assert "長" * 4001 in page.html


def test_nothing_of_it_lies_in_clear(app: Flask, tmp_path: Path) -> None:
    asked_by(app)
    with app.app_context():
        for table in ("company_advice", "advice_message", "audit_record", "outbox_message"):
            rows = db().connection().exec_driver_sql(f"SELECT * FROM {table}").all()
            assert rows
            assert ASKED[:8] not in repr(rows)
            assert ASKED.encode() not in b"".join(value for row in rows for value in row if isinstance(value, bytes))
