"""Passkeys: beside the app, as a second step, and alone where they open the key; what is old or copied is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.people.actions import end_service, renew_keys
from app.pipeline.clock import FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from app.sign_in.second_factor import reset_second_factor
from models.audit_record import AuditRecord
from models.outbox_message import OutboxMessage
from models.passkey import Passkey
from models.rules.mail_kinds import MailKind
from models.rules.second_factor import CHALLENGE_HOLDS, ResetReason, may_be_a_copy
from tests.app.sign_in.test_second_step import set_up, with_code, with_password
from tests.support.authenticator import Authenticator, wanted_on
from tests.support.present import person, present
from tests.support.visitor import Visitor

REFUSED = "このパスキーでは"
PROGRESS = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_home(app: Flask) -> Iterator[None]:
    """An installation whose settings name the address that tests open."""
    before = app.config["KIKITE"]
    app.config["KIKITE"] = replace(before, base_url="http://localhost")
    yield
    app.config["KIKITE"] = before


def registered(app: Flask, clock: FixedClock, key: str = "counselor", **traits: bool) -> tuple[Authenticator, Visitor]:
    """Somebody with an app and a passkey, and the browser in which she is still signed in."""
    totp, _codes = set_up(app, key, clock)
    visitor = with_code(app, key, totp.at(clock.now()))
    clock.move(to=clock.now() + PROGRESS)
    hers = Authenticator(**traits)
    visitor.get("/account/passkeys/new")
    visitor.send({"name": "自分の鍵", **hers.make(wanted_on(visitor))}, action="/account/passkeys/new")
    assert "パスキーを登録しました" in visitor.page.text
    return hers, visitor


def alone(app: Flask, hers: Authenticator, *, status: int = 200, **bent: str) -> Visitor:
    """Somebody at the door with a passkey and nothing else."""
    visitor = Visitor(app)
    visitor.get("/sign-in")
    visitor.send({**hers.use(wanted_on(visitor)), **bent}, action="/sign-in/passkey", status=status)
    return visitor


def after_password(app: Flask, key: str, hers: Authenticator, *, status: int = 200) -> Visitor:
    visitor = with_password(app, key)
    visitor.send(hers.use(wanted_on(visitor)), action="/sign-in/code/passkey", status=status)
    return visitor


def kinds(app: Flask, key: str) -> list[str]:
    with app.app_context():
        records = select(AuditRecord.name).where(AuditRecord.subject_id == person(key).id)
        return list(db().scalars(records.order_by(AuditRecord.number)))


def test_a_passkey_that_opens_the_key_lets_its_owner_in_alone_and_a_mail_says_it_was_made(
    app: Flask, clock: FixedClock
) -> None:
    hers, _visitor = registered(app, clock, "alpha_officer")
    with app.app_context():
        mails = db().scalars(select(OutboxMessage).where(OutboxMessage.person_id == person("alpha_officer").id)).all()
        assert [mail.kind for mail in mails].count(MailKind.SECURITY) == 2, "one for the app, one for the passkey"
    inside = alone(app, hers)
    assert inside.page.path == "/office/", inside.page.text
    assert "これだけで入れる" in inside.get("/account").text
    inside.get("/account/password")
    assert inside.page.h1 == "パスワードを変える", "and counts as having just shown who she is"


def test_a_passkey_stands_in_for_the_code_after_the_password(app: Flask, clock: FixedClock) -> None:
    hers, _visitor = registered(app, clock, computes=False)
    assert "確認コードの代わり" in with_nothing_more(after_password(app, "counselor", hers))
    refused = alone(app, hers, status=401)
    assert REFUSED in refused.page.text, "one that computes nothing opens nothing by itself"
    assert refused.client.get("/account").status_code == 302
    other, _there = registered(app, clock, "second_counselor")
    assert REFUSED in after_password(app, "counselor", other, status=401).page.text, "another's is none"


def with_nothing_more(visitor: Visitor) -> str:
    return visitor.get("/account").text


def test_one_that_did_not_make_sure_who_holds_it_opens_nothing_by_itself(app: Flask, clock: FixedClock) -> None:
    hers, _visitor = registered(app, clock)
    hers.verifies = False
    assert REFUSED in alone(app, hers, status=401).page.text
    assert after_password(app, "counselor", hers).page.h1 == "相談"
    unverified, _there = registered(app, clock, "second_counselor", verifies=False)
    unverified.verifies = True
    assert REFUSED in alone(app, unverified, status=401).page.text, "nothing was locked for it when it was made"


def test_what_was_signed_for_another_site_or_with_another_key_is_refused(app: Flask, clock: FixedClock) -> None:
    hers, _visitor = registered(app, clock)
    hers.origin = "http://localhost.example"
    assert REFUSED in alone(app, hers, status=401).page.text
    hers.origin = "http://localhost"
    assert REFUSED in alone(app, hers, status=401, computed="A" * 43).page.text, "another computation opens nothing"
    forged = Authenticator()
    forged.id, forged.secret = hers.id, hers.secret
    forged.counter = hers.counter + 5
    assert REFUSED in alone(app, forged, status=401).page.text
    for nonsense in ("{}", "[]", "null", "{" * 5000, '{"id": "' + "A" * 22 + '"}'):
        assert REFUSED in alone(app, hers, status=401, credential=nonsense).page.text
    assert alone(app, hers).page.h1 == "相談"
    assert kinds(app, "counselor").count("person.sign_in_failed") == 1, "where it was hers, in her own record"


def test_what_was_signed_is_taken_once_for_its_purpose_and_not_when_it_is_old(app: Flask, clock: FixedClock) -> None:
    hers, inside = registered(app, clock)
    visitor, thief = Visitor(app), Visitor(app)
    visitor.get("/sign-in")
    sent = {**hers.use(wanted_on(visitor)), "challenge": visitor.page.form_with("credential").fields["challenge"][0]}
    thief.get("/sign-in")
    visitor.send(sent, action="/sign-in/passkey")
    assert visitor.page.h1 == "相談"
    thief.send(sent, action="/sign-in/passkey", status=401)
    assert REFUSED in thief.page.text, "seen on the way, it is used up"

    at_the_step = with_password(app, "counselor")
    elsewhere = with_password(app, "counselor")
    signed = {
        **hers.use(wanted_on(at_the_step)),
        "challenge": at_the_step.page.form_with("credential").fields["challenge"][0],
    }
    thief.get("/sign-in")
    thief.send(signed, action="/sign-in/passkey", status=401)
    elsewhere.send(signed, action="/sign-in/code/passkey", status=401)
    assert at_the_step.send(signed, action="/sign-in/code/passkey").h1 == "相談", "it counts in its own session alone"

    visitor = Visitor(app)
    visitor.get("/sign-in")
    late = hers.use(wanted_on(visitor))
    clock.move(to=clock.now() + CHALLENGE_HOLDS)
    visitor.send(late, action="/sign-in/passkey", status=401)
    assert REFUSED in visitor.page.text
    assert inside.client.get("/account").status_code == 200


def test_a_counter_that_goes_back_ends_the_passkey_and_its_owner_is_told(app: Flask, clock: FixedClock) -> None:
    hers, _visitor = registered(app, clock)
    hers.counter = 7
    assert alone(app, hers).page.h1 == "相談"
    hers.counter = 3
    assert REFUSED in alone(app, hers, status=401).page.text
    hers.counter = 90
    assert REFUSED in alone(app, hers, status=401).page.text, "which of the two is the copy nobody knows"
    assert "person.doubt_passkey" in kinds(app, "counselor")
    with app.app_context():
        mails = db().scalars(select(OutboxMessage).where(OutboxMessage.person_id == person("counselor").id)).all()
        assert [mail.kind for mail in mails].count(MailKind.SECURITY) == 3
    assert not may_be_a_copy(counted=0, counts=0), "one that does not count says nought each time"


def test_without_an_app_no_passkey_is_made_and_removing_it_leaves_the_app(app: Flask, clock: FixedClock) -> None:
    bare = with_password(app, "manager")
    assert "先に、確認アプリを登録してください" in bare.get("/account").text
    assert bare.get("/account/passkeys/new").h1 == "サインインの設定"
    hers, visitor = registered(app, clock)
    visitor.get("/account")
    other = with_password(app, "manager")
    with app.app_context():
        hers_row = db().scalars(select(Passkey)).one()
    path = f"/account/passkeys/{hers_row.id}/remove"
    token = other.get("/account").form_with("csrf_token").fields["csrf_token"]
    other.post(path, {"csrf_token": token})
    assert alone(app, hers).page.h1 == "相談", "nobody removes another's"
    assert "パスキーを消しました" in visitor.send(action=path).text
    assert REFUSED in alone(app, hers, status=401).page.text
    assert with_password(app, "counselor").page.h1 == "確認コードを入力する"


def test_under_an_address_that_the_settings_do_not_name_no_passkey_is_asked_or_taken(
    app: Flask, clock: FixedClock
) -> None:
    hers, _visitor = registered(app, clock)
    visitor = Visitor(app)
    visitor.get("/sign-in")
    answer = hers.use(wanted_on(visitor))
    form = visitor.page.form_with("credential")
    for address in ("http://kikite.example", "http://localhost:8000"):
        app.config["KIKITE"] = replace(app.config["KIKITE"], base_url=address)
        assert "data-passkey" not in Visitor(app).get("/sign-in").html
        visitor.get("/sign-in")
        visitor.post("/sign-in/passkey", {**form.fields, **answer}, status=401)
        assert REFUSED in visitor.page.text


def test_a_lost_telephone_a_new_password_and_a_leaving_end_what_a_passkey_opens(app: Flask, clock: FixedClock) -> None:
    hers, _visitor = registered(app, clock)
    with app.app_context(), transaction():
        renew_keys(person("counselor"), "another long password here", actor=THE_CLOCK)
    assert REFUSED in alone(app, hers, status=401).page.text, "it locked the key of before"
    lost, _there = registered(app, clock, "second_counselor")
    with app.app_context(), transaction():
        reset_second_factor(person("second_counselor"), ResetReason.LOST, actor=present("manager"))
    assert REFUSED in alone(app, lost, status=401).page.text
    gone, _here = registered(app, clock, "alpha_deputy")
    with app.app_context(), transaction():
        end_service(person("alpha_deputy"), actor=present("manager"))
    assert REFUSED in alone(app, gone, status=401).page.text
    with app.app_context():
        assert [one.locked_private_key for one in db().scalars(select(Passkey))] == [None]
