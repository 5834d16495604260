"""Two people write to one consulter at the same time: the second is told, and what was typed is there to be kept."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.pipeline.transaction import db
from models.message import Message
from tests.support import road
from tests.support.visitor import sign_in

FIRST, SECOND = "一人目の相談員からのお返事です。", "二人目の相談員が同時に書いたお返事です。"


def test_of_two_who_answer_one_consulter_the_second_is_told_and_keeps_the_words(app: Flask) -> None:
    with app.app_context():
        case, _code = road.submitted()
        number = case.number
    first, second = sign_in(app, "counselor"), sign_in(app, "second_counselor")
    for counselor in (first, second):
        counselor.get(f"/desk/{number}")
    first.send({"message": FIRST})
    page = second.send({"message": SECOND}, status=409)
    assert SECOND in page.text
    with app.app_context():
        assert len(db().scalars(select(Message)).all()) == 1
    second.get(f"/desk/{number}")
    assert FIRST in second.page.text
    second.send({"message": SECOND})
    with app.app_context():
        assert len(db().scalars(select(Message)).all()) == 2


def test_a_message_that_is_refused_can_be_sent_from_the_page_that_says_why(app: Flask) -> None:
    with app.app_context():
        case, _code = road.submitted()
        number = case.number
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{number}")
    counselor.send({"message": ""})
    assert counselor.page.title.startswith("エラー")
    counselor.send({"message": FIRST})
    with app.app_context():
        assert len(db().scalars(select(Message)).all()) == 1
