"""Before grave acts somebody shows again who she is, with everything that a sign-in asks for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.rules.asked_again import ASKED_AGAIN_RULES
from models.rules.permissions import Permission
from models.visit import Visit
from tests.app.sign_in.test_second_step import set_up, with_code
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in
from tests.support.what_pages_ask import PAGES_THAT_ASK
from tests.support.world import MEMBERS, PASSWORD

RULE = ASKED_AGAIN_RULES[-1]
OPEN_TO_NOBODY_YET = {Permission.KEYS_FIRST_SHARE, Permission.KEYS_SECOND_SHARE, Permission.KEYS_OPERATE}


def test_after_a_quarter_of_an_hour_grave_pages_ask_again_who_is_there(app: Flask, clock: FixedClock):
    for permission in RULE.asked_for - OPEN_TO_NOBODY_YET:
        assert PAGES_THAT_ASK[permission]
    manager = sign_in(app, "manager")
    assert manager.get("/account/password").h1 == "パスワードを変える"
    clock.move(to=clock.now() + RULE.holds - timedelta(seconds=1))
    assert manager.client.get("/account/password").status_code == 200
    clock.move(to=clock.now() + timedelta(seconds=1))
    for path in ("/account/password", "/account/code", "/board/meetings/new"):
        answer = manager.client.get(path)
        assert answer.headers["Location"].startswith("/sign-in?next="), path
        assert "again=1" in answer.headers["Location"]
    assert manager.get("/account").h1 == "サインインの設定"
    assert manager.get("/people/new").h1


def test_what_was_typed_meanwhile_is_handed_back_and_nothing_is_done(app: Flask, clock: FixedClock):
    manager = sign_in(app, "manager")
    manager.get("/people/new")
    clock.move(to=clock.now() + RULE.holds)
    manager.send({"role": "counselor", "name": "新しい相談員の名前です", "mail": "new@kikite.example"}, status=401)
    assert "もう一度確かめます" in manager.page.text
    assert "新しい相談員の名前です" in manager.page.html
    assert manager.page.links["サインインする"].startswith("/sign-in?next=/people/new")
    manager.get(manager.page.links["サインインする"])
    assert "ご本人の確認" in manager.page.text
    manager.send({"mail": MEMBERS["manager"].mail, "password": PASSWORD})
    assert manager.page.path == "/people/new"


def test_who_is_asked_again_gets_a_new_session_and_the_old_one_is_gone(app: Flask, clock: FixedClock):
    totp, _codes = set_up(app, "manager", clock)
    manager = with_code(app, "manager", totp.at(clock.now()))
    with app.app_context():
        before = set(db().scalars(select(Visit.id).where(Visit.person_id == person("manager").id)))
    clock.move(to=clock.now() + RULE.holds)
    manager.get("/account/password")
    manager.send({"mail": MEMBERS["manager"].mail, "password": PASSWORD})
    assert manager.page.path.startswith("/sign-in/code"), "a password alone is not enough"
    assert manager.client.get("/account/password").headers["Location"].startswith("/sign-in")
    manager.send({"one_time_code": totp.at(clock.now())})
    assert manager.page.h1 == "パスワードを変える"
    with app.app_context():
        after = set(db().scalars(select(Visit.id).where(Visit.person_id == person("manager").id)))
    assert len(before - after) == 1
    assert len(after - before) == 1


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(app: Flask, clock: FixedClock):
    visitor: Visitor = sign_in(app, "counselor")
    began = clock.now()
    for minutes in range(30, 12 * 60, 30):
        clock.move(to=began + timedelta(minutes=minutes))
        assert visitor.client.get("/desk/").status_code == 200, minutes
    told = re.search(r'data-session-ends="([^"]+)"', visitor.get("/desk/").html)
    assert told is not None
    assert datetime.fromisoformat(told.group(1)) == began + timedelta(hours=12), "the page warns before this end too"
    clock.move(to=began + timedelta(hours=12))
    assert visitor.client.get("/desk/").headers["Location"].startswith("/sign-in")
