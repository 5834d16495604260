"""Which passwords are taken, how one's own is changed, and how failures slow the account and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.people.actions import invite
from app.pipeline.clock import FixedClock
from app.pipeline.database import DatabaseBusy, WriteLock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.outbox_message import OutboxMessage
from models.rules.mail_kinds import MailKind
from models.rules.sign_in_tries import TRIES_RULES
from models.visit import Visit
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in
from tests.support.world import MEMBERS, PASSWORD

RULE = TRIES_RULES[-1]
NEW = "seven wet umbrellas in a row"
WRONG = "not the password"


def try_in(app: Flask, key: str, password: str = PASSWORD) -> Visitor:
    """One attempt from a browser of its own, with whatever comes of it."""
    visitor = Visitor(app)
    visitor.get("/sign-in")
    form = visitor.page.form_with("mail", "password")
    answer = visitor.client.post("/sign-in", data={**form.fields, "mail": MEMBERS[key].mail, "password": password})
    visitor.page.status = answer.status_code
    return visitor


def comes_in(app: Flask, key: str, password: str = PASSWORD) -> bool:
    return try_in(app, key, password).page.status == 302


def fail(app: Flask, key: str, times: int) -> None:
    for _ in range(times):
        assert not comes_in(app, key, WRONG)


def reasons(app: Flask, key: str) -> list[str]:
    with app.app_context():
        failed = select(AuditRecord.facts).where(
            AuditRecord.name == "person.sign_in_failed", AuditRecord.subject_id == person(key).id
        )
        return [facts.split('"')[3] for facts in db().scalars(failed.order_by(AuditRecord.number))]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("password1234", "多くの人が使っている"),
        ("passwordpassword", "多くの人が使っている"),
        ("qwertyuiop123", "多くの人が使っている"),
        ("1qaz2wsx3edc", "多くの人が使っている"),
        ("P@ssw0rd2026", "多くの人が使っている"),
        ("あああああああああああああ", "多くの人が使っている"),
        ("counselor for years", "お名前やメールアドレス"),
        ("kikite is my desk", "このサービスの名前"),
        ("short words", "12文字以上"),
        (PASSWORD, "いまと同じ"),
    ],
)
def test_a_weak_password_is_refused_in_words_and_nothing_changes(app: Flask, password: str, words: str) -> None:
    visitor = sign_in(app, "counselor")
    visitor.get("/account/password")
    page = visitor.send({"current_password": PASSWORD, "password": password, "again": password})
    assert words in page.text
    assert password not in page.html
    assert comes_in(app, "counselor")


def test_the_newcomer_is_refused_them_too(app: Flask) -> None:
    with app.app_context(), transaction():
        link = invite(person("counselor"), actor=THE_CLOCK)
    visitor = Visitor(app)
    visitor.get(f"/sign-up/{link}")
    assert "多くの人が使っている" in visitor.send({"password": "iloveyou1234", "again": "iloveyou1234"}).text
    assert "お名前やメール" in visitor.send({"password": "the counselor of all", "again": "the counselor of all"}).text
    assert visitor.send({"password": NEW, "again": NEW}).h1 == "相談"


def test_changing_ones_password_keeps_ones_keys_ends_other_sessions_and_tells_by_mail(app: Flask) -> None:
    elsewhere, visitor = sign_in(app, "counselor"), sign_in(app, "counselor")
    cookie = visitor.client.get_cookie("kikite_session")
    with app.app_context():
        public_key = person("counselor").public_key
    visitor.get("/account/password")
    page = visitor.send({"current_password": PASSWORD, "password": NEW, "again": NEW})
    assert "パスワードを変えました" in page.text
    assert visitor.get("/desk/").h1 == "相談"
    assert elsewhere.client.get("/desk/").headers["Location"].startswith("/sign-in")
    after = visitor.client.get_cookie("kikite_session")
    assert cookie is not None
    assert after is not None
    assert cookie.value != after.value, "the session of this browser is a new one as well"
    with app.app_context():
        counselor = person("counselor")
        assert counselor.public_key == public_key
        assert len(db().scalars(select(Visit).where(Visit.person_id == counselor.id)).all()) == 1
        told = select(OutboxMessage.kind).where(OutboxMessage.person_id == counselor.id)
        assert db().scalars(told).all() == [MailKind.SECURITY.value]
        changed = select(AuditRecord.facts).where(AuditRecord.name == "person.change_password")
        assert db().scalars(changed).all() == ["{}"]
    assert not comes_in(app, "counselor", PASSWORD)
    assert comes_in(app, "counselor", NEW)


def test_while_nothing_can_be_stored_the_password_stays_and_the_page_says_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = sign_in(app, "counselor")
    visitor.get("/account/password")

    def busy(_lock: WriteLock) -> None:
        raise DatabaseBusy

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(WriteLock, "acquire", busy)
        page = visitor.send({"current_password": PASSWORD, "password": NEW, "again": NEW}, status=503)
    assert NEW not in page.html
    assert comes_in(app, "counselor", PASSWORD)


def test_whoever_finds_an_open_screen_cannot_change_the_password_or_guess_it_there(app: Flask) -> None:
    visitor = sign_in(app, "counselor")
    visitor.get("/account/password")
    for _ in range(RULE.free + 1):
        page = visitor.send({"current_password": WRONG, "password": NEW, "again": NEW})
        assert "いまのパスワードが違います" in page.text
    page = visitor.send({"current_password": PASSWORD, "password": NEW, "again": NEW})
    assert "いまのパスワードが違います" in page.text, "during the wait the right one is refused like a wrong one"
    assert reasons(app, "counselor") == ["wrong_password"] * (RULE.free + 1) + ["too_soon"]
    with app.app_context():
        assert db().scalars(select(AuditRecord).where(AuditRecord.name == "person.change_password")).first() is None


def test_after_some_failures_the_right_password_waits_too_and_then_comes_in(app: Flask, clock: FixedClock) -> None:
    fail(app, "counselor", RULE.free + 1)
    assert not comes_in(app, "counselor")
    clock.move(to=clock.now() + (RULE.waits[0] - timedelta(seconds=1)))
    assert not comes_in(app, "counselor")
    clock.move(to=clock.now() + (timedelta(seconds=1)))
    assert comes_in(app, "counselor")
    assert reasons(app, "counselor") == ["wrong_password"] * (RULE.free + 1) + ["too_soon"] * 2
    fail(app, "counselor", RULE.free)
    assert comes_in(app, "counselor"), "what failed before a sign-in is forgotten"


def test_the_failures_of_one_account_slow_nobody_else(app: Flask) -> None:
    fail(app, "counselor", RULE.free + 1)
    assert comes_in(app, "second_counselor")
    assert comes_in(app, "alpha_officer")


def test_an_open_session_goes_on_while_somebody_tries_passwords(app: Flask) -> None:
    visitor = sign_in(app, "counselor")
    fail(app, "counselor", RULE.free + 1)
    assert visitor.get("/desk/").h1 == "相談"


def test_whoever_comes_in_is_told_how_often_it_failed_before(app: Flask) -> None:
    fail(app, "counselor", RULE.told_from)
    assert f"{RULE.told_from}回、サインインの失敗" in sign_in(app, "counselor").page.text
    fail(app, "counselor", RULE.told_from - 1)
    assert "サインインの失敗" not in sign_in(app, "counselor").page.text


def test_a_new_link_opens_the_door_at_once(app: Flask) -> None:
    fail(app, "counselor", RULE.free + 1)
    with app.app_context(), transaction():
        link = invite(person("counselor"), actor=THE_CLOCK)
    visitor = Visitor(app)
    visitor.get(f"/sign-up/{link}")
    visitor.send({"password": NEW, "again": NEW})
    assert comes_in(app, "counselor", NEW)


def test_the_wait_is_told_to_nobody(app: Flask) -> None:
    """The page is the same before and during the wait, for the right and the wrong password, for members and others."""
    pages = set()
    for mail in (MEMBERS["counselor"].mail, "nobody@kikite.example"):
        visitor = Visitor(app)
        visitor.get("/sign-in")
        for password in [WRONG] * (RULE.free + 2) + [PASSWORD]:
            pages.add(visitor.send({"mail": mail, "password": password}, status=401).text.replace(mail, ""))
    assert len(pages) == 1


def test_whoever_signs_out_is_told_and_whoever_forgot_reads_whom_to_call(app: Flask) -> None:
    visitor = sign_in(app, "counselor")
    told = visitor.send(action="/sign-out")
    assert "サインアウトしました" in told.text
    door = Visitor(app).get("/sign-in")
    assert "サインアウトしました" not in door.text
    assert "パスワードを忘れたときは、協会の事務局に電話してください" in door.text


def test_a_persons_page_begins_with_who_she_is(app: Flask) -> None:
    with app.app_context():
        officer = person("alpha_officer").id
    words = sign_in(app, "manager").get(f"/people/{officer}").text
    assert words.index("登録の内容") < words.index("席と鍵") < words.index("この人の利用を、いますぐ終わらせます")
