"""A survey asks every certified company, and who has answered is seen where the pledges stand."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import select

from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from models.outbox_message import OutboxMessage
from models.survey_invitation import SurveyInvitation
from tests.support.present import company, person
from tests.support.visitor import sign_in

SURVEY = {"title": "カスタマーハラスメント実態調査2026", "asked_on": "2026-11-24", "closes_on": "2026-12-18"}
ALPHA, BETA = "青葉台コンタクト株式会社", "みなも応対サービス株式会社"


def test_a_survey_asks_every_certified_company_and_its_answer_stands_with_the_pledges(
    app: Flask, clock: FixedClock
) -> None:
    manager = sign_in(app, "manager")
    manager.get("/pledges/")
    manager.get(manager.page.links["実態調査の回答の様子を見る"])
    manager.send({**SURVEY, "closes_on": "2026-11-24"})
    assert "締切は、始まる日よりあとの日付にしてください。" in manager.page.text
    manager.send(SURVEY)
    survey = manager.page.path
    assert ALPHA in manager.page.text
    with app.app_context():
        asked = set(db().scalars(select(SurveyInvitation.company_id)))
        assert asked == {company(key).id for key in ("alpha", "beta", "gamma", "epsilon")}
        own = company("alpha").id
        told = select(OutboxMessage.id).where(OutboxMessage.person_id == person("alpha_officer").id)
        assert len(db().scalars(told).all()) == 1

    officer = sign_in(app, "alpha_officer")
    assert "案内済" in officer.get(f"/pledges/{own}").text
    officer.get(survey, status=403)

    manager.get(f"{survey}/{own}")
    manager.send({"standing": "answered", "answered_on": ""})
    assert "回答した日を入力してください。" in manager.page.text
    manager.send({"standing": "answered", "answered_on": "2026-11-24"})
    assert "回答の様子を記録しました。" in manager.page.text

    clock.move(to=datetime(2026, 12, 19, 10, 0, tzinfo=TOKYO))
    officer = sign_in(app, "alpha_officer")
    page = officer.get(f"/pledges/{own}")
    assert "回答済" in page.text
    assert SURVEY["title"] in page.text
    counselor = sign_in(app, "counselor")
    counselor.get(survey)
    assert counselor.page.text.count("未回答") == 3
    assert "記録する" not in counselor.page.text, "the manager notes the answers"
