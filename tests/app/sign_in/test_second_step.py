"""The second step of signing in: set up once, asked each time, no code twice, and lost with the telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from pyotp import TOTP
from sqlalchemy import select

from app.people.actions import invite
from app.pipeline.clock import FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.outbox_message import OutboxMessage
from models.recovery_code import RecoveryCode
from models.rules.mail_kinds import MailKind
from models.rules.sign_in_tries import TRIES_RULES
from models.second_factor import SecondFactor
from models.visit import Visit
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in
from tests.support.world import MEMBERS, PASSWORD

RULE = TRIES_RULES[-1]
STEP = timedelta(seconds=30)
CODE = re.compile(r"\b[0-9A-Z]-[0-9A-Z]{5}-[0-9A-Z]{5}\b")


@pytest.fixture
def by_rule(app: Flask) -> Iterator[None]:
    """A real installation, where the rules say who must have a second step."""
    before = app.config["SECOND_FACTOR"]
    app.config["SECOND_FACTOR"] = "by_rule"
    yield
    app.config["SECOND_FACTOR"] = before


def app_of(visitor: Visitor) -> TOTP:
    """The authenticator app into which the secret on the page was typed."""
    found = re.search(r"<code translate=\"no\">([A-Z2-7 ]+)</code>", visitor.page.html)
    assert found is not None
    return TOTP(found.group(1).replace(" ", ""))


def set_up(app: Flask, key: str, clock: FixedClock) -> tuple[TOTP, list[str]]:
    """Somebody sets up the second step from her own page; the app, and the emergency codes that were shown."""
    visitor = sign_in(app, key)
    visitor.get("/account/code")
    visitor.send({"current_password": PASSWORD})
    totp = app_of(visitor)
    visitor.send({"one_time_code": totp.at(clock.now())})
    assert visitor.page.h1 == "緊急用コードを控える"
    codes = CODE.findall(visitor.page.text)
    clock.move(to=clock.now() + 2 * STEP)
    return totp, codes


def with_password(app: Flask, key: str, *, onward: str = "") -> Visitor:
    visitor = Visitor(app)
    visitor.get(f"/sign-in?next={onward}")
    visitor.send({"mail": MEMBERS[key].mail, "password": PASSWORD})
    return visitor


def with_code(app: Flask, key: str, code: str, *, status: int = 200) -> Visitor:
    visitor = with_password(app, key)
    visitor.send({"one_time_code": code}, status=status)
    return visitor


@pytest.mark.usefixtures("by_rule")
@pytest.mark.parametrize("key", ["counselor", "alpha_officer", "chair", "auditor", "admin"])
def test_at_the_first_sign_in_everybody_sets_up_a_second_step_and_sees_nothing_before(
    app: Flask, clock: FixedClock, key: str
) -> None:
    visitor = with_password(app, key)
    assert visitor.page.h1 == "確認アプリを登録する"
    assert "<svg" in visitor.page.html
    assert visitor.client.get("/home").headers["Location"].startswith("/sign-in")
    visitor.send({"one_time_code": "000000"})
    assert "コードが違います" in visitor.page.text
    visitor.send({"one_time_code": app_of(visitor).at(clock.now())})
    assert len(CODE.findall(visitor.page.text)) == 10
    assert visitor.client.get("/account").status_code == 200
    clock.move(to=clock.now() + 2 * STEP)
    assert with_password(app, key).page.h1 == "確認コードを入力する"


@pytest.mark.usefixtures("by_rule")
def test_two_at_the_door_with_one_password_are_never_shown_the_same_secret(app: Flask, clock: FixedClock) -> None:
    thief = with_password(app, "counselor")
    stolen = app_of(thief)
    owner = with_password(app, "counselor")
    assert app_of(owner).secret != stolen.secret
    assert thief.get("/sign-in/set-up").h1 == "サインイン", "whoever came first is sent back to the beginning"
    owner.send({"one_time_code": app_of(owner).at(clock.now())})
    assert with_password(app, "counselor").page.h1 == "確認コードを入力する"


def test_a_password_alone_opens_nothing_any_more(app: Flask, clock: FixedClock) -> None:
    totp, _codes = set_up(app, "counselor", clock)
    visitor = with_password(app, "counselor", onward="/desk/")
    assert visitor.page.h1 == "確認コードを入力する"
    for path in ("/desk/", "/account", "/account/password", "/home"):
        assert visitor.client.get(path).headers["Location"].startswith("/sign-in")
    assert visitor.client.get("/sign-in/set-up").headers["Location"] == "/sign-in", "and sets up no other app"
    visitor.get("/sign-in/code?next=/desk/")
    assert visitor.send({"one_time_code": totp.at(clock.now())}).path == "/desk/"


def test_the_same_code_is_refused_the_second_time_and_so_is_an_older_one(app: Flask, clock: FixedClock) -> None:
    totp, _codes = set_up(app, "counselor", clock)
    used, before = totp.at(clock.now()), totp.at(clock.now() - STEP)
    assert with_code(app, "counselor", used).page.h1 == "相談"
    for code in (used, before):
        assert "もう使われています" in with_code(app, "counselor", code, status=401).page.text
    clock.move(to=clock.now() + STEP)
    assert with_code(app, "counselor", totp.at(clock.now())).page.h1 == "相談"


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_wrong_by_one_step(app: Flask, clock: FixedClock, steps: int, status: int) -> None:
    totp, _codes = set_up(app, "counselor", clock)
    clock.move(to=clock.now() + 4 * STEP)
    visitor = with_code(app, "counselor", totp.at(clock.now() + steps * STEP), status=status)
    assert visitor.page.h1 == ("相談" if status == 200 else "確認コードを入力する")


def test_guessing_codes_slows_the_account_and_the_right_password_does_not_begin_anew(
    app: Flask, clock: FixedClock
) -> None:
    totp, _codes = set_up(app, "counselor", clock)
    wrong = "000000" if totp.at(clock.now()) != "000000" else "111111"
    visitor = with_password(app, "counselor")
    for _ in range(RULE.free):
        visitor.send({"one_time_code": wrong}, status=401)
    visitor = with_code(app, "counselor", wrong, status=401)
    assert "もう使われています" in visitor.send({"one_time_code": totp.at(clock.now())}, status=401).text
    with app.app_context():
        failed = select(AuditRecord.facts).where(AuditRecord.name == "person.sign_in_failed")
        reasons = [facts.split('"')[3] for facts in db().scalars(failed.order_by(AuditRecord.number))]
    assert reasons == ["wrong_code"] * (RULE.free + 1) + ["too_soon"]
    clock.move(to=clock.now() + RULE.waits[0])
    assert with_code(app, "counselor", totp.at(clock.now())).page.h1 == "相談"


def test_a_sign_in_waits_ten_minutes_for_its_code(app: Flask, clock: FixedClock) -> None:
    totp, _codes = set_up(app, "counselor", clock)
    visitor = with_password(app, "counselor")
    clock.move(to=clock.now() + timedelta(minutes=10))
    assert visitor.send({"one_time_code": totp.at(clock.now())}).h1 == "サインイン"


def test_without_the_telephone_an_emergency_code_lets_her_in_once(app: Flask, clock: FixedClock) -> None:
    _totp, codes = set_up(app, "counselor", clock)
    assert len(set(codes)) == 10
    visitor = with_code(app, "counselor", codes[3].lower().replace("-", " "))
    assert "残りは9個" in visitor.page.text
    with_code(app, "counselor", codes[3], status=401)
    with_code(app, "counselor", codes[4][:-1] + ("0" if codes[4][-1] != "0" else "1"), status=401)
    assert "残りは8個" in with_code(app, "counselor", codes[9]).page.text
    with app.app_context():
        kept = "".join(db().scalars(select(RecoveryCode.phc)))
        assert not [code for code in codes if code.replace("-", "")[1:] in kept]
        used = select(AuditRecord.facts).where(AuditRecord.name == "person.use_emergency_code")
        assert db().scalars(used.order_by(AuditRecord.number)).all() == ['{"left":9}', '{"left":8}']


def test_a_new_app_takes_the_place_of_the_old_one_and_of_its_codes(app: Flask, clock: FixedClock) -> None:
    old, old_codes = set_up(app, "counselor", clock)
    visitor = with_code(app, "counselor", old.at(clock.now()))
    visitor.get("/account/code")
    assert "いまのパスワードが違います" in visitor.send({"current_password": "not the password"}).text
    visitor.send({"current_password": PASSWORD})
    new = app_of(visitor)
    clock.move(to=clock.now() + STEP)
    assert with_code(app, "counselor", old.at(clock.now())).page.h1 == "相談", "until the new one is proved"
    visitor.get("/account/code/new")
    visitor.send({"one_time_code": new.at(clock.now())})
    clock.move(to=clock.now() + 2 * STEP)
    with_code(app, "counselor", old.at(clock.now()), status=401)
    with_code(app, "counselor", old_codes[0], status=401)
    assert with_code(app, "counselor", new.at(clock.now())).page.h1 == "相談"


def test_a_new_password_by_a_link_is_no_way_past_the_second_step(app: Flask, clock: FixedClock) -> None:
    totp, _codes = set_up(app, "counselor", clock)
    with app.app_context(), transaction():
        link = invite(person("counselor"), actor=THE_CLOCK)
    visitor = Visitor(app)
    visitor.get(f"/sign-up/{link}")
    visitor.send({"password": "seven wet umbrellas", "again": "seven wet umbrellas"})
    assert visitor.page.h1 == "確認コードを入力する"
    assert visitor.send({"one_time_code": totp.at(clock.now())}).h1 == "相談"


def test_a_manager_takes_away_the_step_of_a_lost_telephone_with_a_reason_and_a_mail(
    app: Flask, clock: FixedClock
) -> None:
    totp, _codes = set_up(app, "counselor", clock)
    open_screen = with_code(app, "counselor", totp.at(clock.now()))
    with app.app_context():
        whose = person("counselor").id
    manager = sign_in(app, "manager")
    manager.get(f"/people/{whose}")
    manager.get(manager.page.links["確認コードの設定を見る"])
    assert "選んでください" in manager.send({"sure": "1"}).text
    manager.send({"reason": "lost", "sure": "1"})
    assert "本人にメールで知らせました" in manager.page.text
    assert open_screen.client.get("/desk/").headers["Location"].startswith("/sign-in")
    with app.app_context():
        assert db().scalars(select(SecondFactor)).all() == []
        assert db().scalars(select(RecoveryCode)).all() == []
        reset = db().scalars(select(AuditRecord).where(AuditRecord.name == "person.reset_code")).one()
        assert reset.facts == '{"reason_code":"lost"}'
        assert reset.subject_id == whose
        mails = db().scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == whose)).all()
        assert mails == [MailKind.SECURITY.value] * 2
    assert with_password(app, "counselor").page.h1 == "相談"


@pytest.mark.parametrize(("key", "of", "status"), [("admin", "counselor", 404), ("manager", "manager", 404)])
def test_whoever_may_not_give_the_role_takes_nothing_away_nor_does_anybody_from_herself(
    app: Flask, key: str, of: str, status: int
) -> None:
    with app.app_context():
        whose = person(of).id
    page = sign_in(app, key).get(f"/people/{whose}/code", status=status)
    assert "確認コード" not in page.text


def test_each_sees_where_she_is_signed_in_and_signs_out_one_or_all_others(app: Flask) -> None:
    windows = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}
    elsewhere = [sign_in(app, "counselor") for _ in range(3)]
    stranger = sign_in(app, "second_counselor")
    visitor = Visitor(app)
    visitor.client.environ_base["HTTP_USER_AGENT"] = windows["User-Agent"]
    visitor.get("/sign-in")
    visitor.send({"mail": MEMBERS["counselor"].mail, "password": PASSWORD})
    page = visitor.get("/account")
    assert page.text.count("終わらせる") >= 3
    assert "Windowsのパソコン" in page.text
    with app.app_context():
        of_another = db().scalars(select(Visit.id).where(Visit.person_id == person("second_counselor").id)).one()
        own = db().scalars(select(Visit.id).where(Visit.person_id == person("counselor").id)).all()
    token = page.form_with("csrf_token").fields
    visitor.post(f"/account/sessions/{of_another}/end", dict(token))
    assert stranger.client.get("/desk/").status_code == 200, "another's session is not hers to end"
    visitor.get("/account")
    visitor.send(action="/end")
    with app.app_context():
        assert len(db().scalars(select(Visit.id).where(Visit.person_id == person("counselor").id)).all()) == 3
    visitor.post("/account/sessions/end", dict(token))
    assert "この画面のほかは" in visitor.page.text
    for one in elsewhere:
        assert one.client.get("/desk/").headers["Location"].startswith("/sign-in")
    assert visitor.get("/desk/").h1 == "相談"
    with app.app_context():
        ended = select(AuditRecord.facts).where(AuditRecord.name == "person.end_sessions")
        assert db().scalars(ended.order_by(AuditRecord.number)).all() == ['{"ended":1}', '{"ended":2}']
    assert len(own) == 4


def test_a_secret_that_was_begun_and_left_is_gone_after_ten_minutes(app: Flask, clock: FixedClock) -> None:
    visitor = sign_in(app, "counselor")
    visitor.get("/account/code")
    visitor.send({"current_password": PASSWORD})
    totp = app_of(visitor)
    clock.move(to=clock.now() + timedelta(minutes=10))
    visitor.send({"one_time_code": totp.at(clock.now())})
    assert visitor.page.path == "/account/code", "whoever finds the screen later needs the password"
    with app.app_context():
        assert db().scalars(select(SecondFactor.confirmed_at)).all() == [None]
