"""Mails that the secretariat words by dated rows: looked at as they will be sent, saying nothing of a case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.outbox import send_waiting
from app.people.actions import invite
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.rule_change import RuleChange
from models.rules.mail_kinds import MailKind
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
NEW = {
    "subject_ja": "大切なお知らせが届いています",
    "subject_en": "Something is waiting for you",
    "ja": "お知らせが届いています。次の画面でご覧ください。\n\n{sign_in}\n\n{service} 事務局",
    "en": "Something is waiting for you. Please sign in here.\n\n{sign_in}\n\n{service}",
    "valid_from": "2026-12-01",
    "reason": "分かりにくいという声があったため",
}


@pytest.fixture
def manager(app: Flask, clock: FixedClock) -> Visitor:
    clock.move(to=MONDAY)
    return sign_in(app, "manager")


def rewords(visitor: Visitor, key: str = "update", **answers: str) -> None:
    visitor.get(f"/rulebook/mails/{key}")
    visitor.send({**NEW, **answers})
    if "まだ登録していません" in visitor.page.text:
        visitor.send({}, action=f"/rulebook/mails/{key}")


def queue(app: Flask, key: str) -> None:
    with app.app_context(), transaction():
        queue_mail(person("alpha_officer"), MailKind.UPDATE, actor=THE_CLOCK, key=key)


def sent(app: Flask) -> list[str]:
    send_waiting(app)
    return [file.read_text(encoding="utf-8") for file in (app.config["KIKITE"].data / "mail").glob("*.eml")]


def rows(app: Flask) -> list[RuleChange]:
    with app.app_context():
        return list(db().scalars(select(RuleChange).where(RuleChange.ended_at.is_(None))))


def test_a_mail_reads_as_on_the_day_it_was_made_ready_and_the_look_shows_it_whole(
    app: Flask, manager: Visitor, clock: FixedClock
) -> None:
    manager.get("/rulebook/mails/update")
    page = manager.send(NEW)
    for words in ("まだ登録していません", NEW["subject_ja"], "/sign-in", "返信いただいても届きません"):
        assert words in page.text
    assert rows(app) == []
    manager.send({}, action="/rulebook/mails/update")
    queue(app, "yesterday")
    clock.move(to=MONDAY + timedelta(days=1))
    queue(app, "today")
    old, new = sorted(sent(app), key=lambda mail: NEW["subject_ja"] in mail)
    assert MailKind.UPDATE.ja in old
    assert f"Subject: {NEW['subject_ja']} / {NEW['subject_en']}" in new
    assert "次の画面でご覧ください。\n\nhttp://127.0.0.1:8000/sign-in\n\n" in new.replace("\r", "")
    assert "{" not in new
    with app.app_context():
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "rules.change")).all()
        assert list(facts) == ['{"rule":"mail:update","version":"2026-12-01"}']
    assert NEW["subject_ja"] in sign_in(app, "manager").get("/rulebook/").text


@pytest.mark.parametrize(
    ("key", "answers", "words"),
    [
        ("update", {"ja": "お知らせがあります。いつもの画面でご覧ください。"}, "必要な差し込みがありません: {sign_in}"),
        ("update", {"en": "Please look at your page. {sing_in}"}, "使えない差し込みがあります: {sing_in}"),
        ("update", {"ja": "{company}へのお知らせがあります。{sign_in}"}, "使えない差し込みがあります: {company}"),
        ("update", {"subject_ja": "お知らせ\r\nBcc: all@example.test"}, "アドレスは書けません"),
        ("update", {"ja": "K-7Q2M9Xのお知らせがあります。{sign_in}"}, "番号のようなものがあります"),
        ("invitation", {"ja": "登録のご案内です。画面を開いてご登録ください。"}, "必要な差し込みがありません: {link}"),
        ("security", {}, "使えない差し込みがあります: {sign_in}"),
        ("update", {"valid_from": "2026-11-30"}, "明日から"),
        ("update", {"ja": "あ" * 601 + "{sign_in}"}, "600文字まで"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(
    app: Flask, manager: Visitor, key: str, answers: dict[str, str], words: str
) -> None:
    rewords(manager, key, **answers)
    assert words in manager.page.text
    assert NEW["reason"] in manager.page.html
    assert rows(app) == []


def test_an_invitation_in_new_words_still_carries_its_own_link(app: Flask, manager: Visitor, clock: FixedClock) -> None:
    body = {
        "ja": "登録のご案内です。次の画面を開いてください。{link}",
        "en": "Please open this page to sign up: {link}",
    }
    rewords(manager, "invitation", **body)
    clock.move(to=MONDAY + timedelta(days=1))
    with app.app_context(), transaction():
        token = invite(person("alpha_officer"), actor=THE_CLOCK)
    (mail,) = sent(app)
    assert f"次の画面を開いてください。http://127.0.0.1:8000/sign-up/{token}" in mail


def test_a_wording_ahead_is_taken_back_and_one_that_began_is_not(
    app: Flask, manager: Visitor, clock: FixedClock
) -> None:
    rewords(manager)
    (kept,) = rows(app)
    assert "変更を取り消しました" in manager.send({}, action=f"/rulebook/mails/{kept.id}/cancel").text
    assert rows(app) == []
    rewords(manager)
    (kept,) = rows(app)
    clock.move(to=MONDAY + timedelta(days=1))
    manager = sign_in(app, "manager")
    token = manager.get("/rulebook/mails/update").form_with("ja").fields["csrf_token"][0]
    page = manager.post(f"/rulebook/mails/{kept.id}/cancel", {"csrf_token": token})
    assert "もう始まっている変更は、取り消せません" in page.text
    assert len(rows(app)) == 1


def test_a_counselor_reads_the_mails_and_changes_none(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    counselor = sign_in(app, "counselor")
    assert MailKind.ALARM.ja in counselor.get("/rulebook/mails").text
    assert "変わることを確かめる" not in counselor.get("/rulebook/mails/update").text
    counselor.get("/rulebook/mails/another", status=404)
