"""Who comes in at the door, and what the session can and cannot do alone."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.custody.queries import compartment_of_case
from app.intake.actions import submit_consultation
from app.intake.answers import Answers
from app.pipeline.transaction import commit, db, transactions
from crypto import CannotOpen, new_receipt_secret
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.people import CompartmentKind
from models.sealed import open_answers
from models.statement import Statement
from models.visit import Visit
from tests.support.present import consulter, present
from tests.support.statements import heard
from tests.support.visitor import Visitor, sign_in
from tests.support.world import MEMBERS, PASSWORD


def test_a_wrong_password_is_refused_in_words_and_recorded(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")
    page = visitor.send({"mail": MEMBERS["counselor"].mail, "password": "not the password"}, status=401)
    assert "メールアドレスかパスワードが違います" in page.text
    with app.app_context():
        assert db().scalar(select(AuditRecord).where(AuditRecord.name == "person.sign_in_failed")) is not None


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What is said to the database, in order, without the values."""
    said: list[str] = []
    with app.app_context():
        engine = transactions().engine
    with heard([engine], said.append):
        yield said


def _kind(statement: str) -> str:
    """A statement without its line breaks: which row it asks for is in its values, and they are not compared."""
    return " ".join(statement.split())


def test_an_address_that_nobody_has_costs_the_database_what_a_wrong_password_costs(
    app: Flask, statements: list[str]
) -> None:
    """Whoever measures how long the answer takes learns nothing of who is registered; and a guessed address is seen."""
    visitor, asked = Visitor(app), []
    visitor.get("/sign-in")
    # The first of each begins a chain; the ones that are compared go on with it.
    for mail in (MEMBERS["counselor"].mail, "nobody@kikite.example") * 2:
        statements.clear()
        page = visitor.send({"mail": mail, "password": "not the password"}, status=401)
        asked.append((page.text.replace(mail, ""), list(statements)))
    words, said = zip(*asked[2:], strict=True)
    assert words[0] == words[1]
    assert [_kind(one) for one in said[0]] == [_kind(one) for one in said[1]]
    assert any(one.startswith("INSERT INTO audit_record") for one in asked[3][1])
    with app.app_context():
        kinds = db().scalars(select(AuditRecord.subject_kind).where(AuditRecord.name == "person.sign_in_failed"))
        assert sorted(kinds) == ["association", "association", "person", "person"]


def test_the_store_and_the_cookie_each_open_nothing_alone(app: Flask) -> None:
    visitor = sign_in(app, "counselor")
    cookie = visitor.client.get_cookie("kikite_session")
    assert cookie is not None
    token = urlsafe_b64decode(cookie.value)
    with app.app_context():
        visit = db().scalars(select(Visit)).one()
        assert token not in visit.sealed_private_key
        assert token != visit.locator


def test_signing_in_anew_ends_the_session_that_was_open_in_this_browser(app: Flask) -> None:
    visitor = sign_in(app, "counselor")
    before = visitor.client.get_cookie("kikite_session")
    assert before is not None
    visitor.get("/sign-in")
    visitor.send({"mail": MEMBERS["second_counselor"].mail, "password": PASSWORD})
    with app.app_context():
        assert len(db().scalars(select(Visit)).all()) == 1
    stolen = app.test_client()
    stolen.set_cookie("kikite_session", before.value)
    assert stolen.get("/desk/").headers["Location"].startswith("/sign-in")


def test_the_desk_opens_what_a_consulter_wrote_and_a_company_does_not(app: Flask) -> None:
    with app.app_context():
        sent = submit_consultation(Answers(text="電話口で二時間怒鳴られました。"), once=new_receipt_secret())
        commit()
        case = db().scalars(select(Case)).one()
        narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
        assert narrative is not None
        statement = db().scalars(select(Statement).where(Statement.compartment_id == narrative.id)).one()
        for reader in (present("counselor"), present("head"), consulter(sent.code)):
            assert open_answers(statement, "sealed", key=reader.held.compartment_key(narrative))["text"].startswith(
                "電話口で"
            )
        for stranger in ("alpha_officer", "chair", "auditor", "admin"):
            with pytest.raises(CannotOpen):
                present(stranger).held.compartment_key(narrative)


def test_only_registered_handlers_open_the_identity(app: Flask) -> None:
    with app.app_context():
        submit_consultation(Answers(text="相談です", name="山田"), once=new_receipt_secret())
        commit()
        case = db().scalars(select(Case)).one()
        identity = compartment_of_case(case, CompartmentKind.IDENTITY)
        assert identity is not None
        assert present("counselor").held.opens(identity)
        assert not present("third_counselor").held.opens(identity)
        assert not present("head").held.opens(identity)
