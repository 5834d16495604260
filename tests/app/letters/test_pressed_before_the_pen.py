"""A letter is set while nobody waits for the pen, and issued with the very bytes that were set."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.letters import actions as issuing
from app.letters.press import NotInTheFont, set_as_pdf
from app.letters.queries import file_numbered, letter_numbered
from app.pipeline.transaction import db, is_writing
from models.issued_letter import IssuedLetter
from models.outbox_message import OutboxMessage
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.support import ladder
from tests.support.present import present
from tests.support.road import routed
from tests.support.visitor import Visitor, sign_in


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each setting of a letter, whether somebody had the pen meanwhile."""
    seen: list[bool] = []

    def watched(paper: Any) -> bytes:
        seen.append(is_writing())
        return set_as_pdf(paper)

    monkeypatch.setattr(issuing, "set_as_pdf", watched)
    return seen


def about_to_be_issued(app: Flask) -> Visitor:
    with app.app_context():
        routed(severity=Severity.HIGH)
        file = ladder.silent_through(Step.E1)
        ladder.drafted(file)
        number = file.number
    manager = sign_in(app, "manager")
    manager.get(f"/escalations/{number}/draft")
    return manager


def test_a_request_is_set_once_while_nobody_waits_and_issued_once(app: Flask, pressed: list[bool]) -> None:
    manager = about_to_be_issued(app)
    pressed.clear()
    with app.app_context():
        letters = db().scalar(select(func.count()).select_from(IssuedLetter)) or 0
    manager.send(action="/issue-e2")
    assert manager.page.text.count("発出し、会社に届けました") == 1
    assert pressed == [False]
    with app.app_context():
        asked = ladder.newest(ladder.file_of()).number
        letter = letter_numbered(asked)
        assert letter is not None
        assert db().scalar(select(func.count()).select_from(IssuedLetter)) == letters + 1
        assert letter.file_digest == hashlib.sha256(file_numbered(asked, actor=present("head"))).digest()
        keys = db().scalars(select(OutboxMessage.idempotency_key)).all()
        assert len(keys) == len(set(keys))


def test_what_cannot_be_set_issues_nothing(app: Flask, pressed: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    manager = about_to_be_issued(app)
    before = len(pressed)

    def lacking(_paper: Any) -> bytes:
        raise NotInTheFont("〓")

    monkeypatch.setattr(issuing, "set_as_pdf", lacking)
    page = manager.page.form_with(action="/issue-e2")
    manager.client.post(page.action, data={name: values[0] for name, values in page.fields.items()})
    with app.app_context():
        request = ladder.newest(ladder.file_of())
        assert (request.number, request.state.value) == (None, "drafted")
    assert len(pressed) == before
