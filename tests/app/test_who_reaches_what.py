"""Whoever was ended reaches nothing. What is another's is not there: see tests/app/test_authorisation_matrix.py."""

from __future__ import annotations

from flask import Flask

from app.people.actions import end_service
from app.pipeline.access import ask_of
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import Visitor, sign_in


def test_whoever_was_ended_reaches_nothing_with_the_session_that_was_open(app: Flask):
    visitor = sign_in(app, "second_counselor")
    with app.app_context():
        road.done(lambda: end_service(person("second_counselor"), actor=present("manager")))
    for rule in app.url_map.iter_rules():
        ask = ask_of(app, rule.endpoint)
        asks_staff = ask is not None and ask.permission is not None and ask.permission.resource != "mailbox"
        if asks_staff and "GET" in (rule.methods or set()) and not rule.arguments:
            answer = visitor.client.get(rule.rule)
            assert answer.status_code == 302, rule.rule
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule
    again = Visitor(app)
    again.get("/sign-in")
    again.send({"mail": "second_counselor@kikite.example", "password": "a long password for tests"}, status=401)
