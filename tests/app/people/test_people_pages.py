"""The pages about accounts: who may register whom, the one-time link, and the end of a service."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.people.actions import link_was_sent
from app.people.queries import link_of, name_of, person_by_login
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transaction
from models.outbox_message import OutboxMessage
from models.person import Person
from models.rules.people import Role
from models.sign_up_link import SignUpLink
from tests.support import road
from tests.support.present import company, person
from tests.support.visitor import Visitor, sign_in
from tests.support.world import MEMBERS

NEW = {"role": "counselor", "name": "新しい相談員", "mail": "new@kikite.example"}


def link_to(app: Flask, mail: str) -> str:
    with app.app_context():
        found = person_by_login(mail)
        assert found is not None
        token = link_of(found)
        assert token is not None
        return f"/sign-up/{token}"


def address_of(app: Flask, key: str) -> str:
    with app.app_context():
        return f"/people/{person(key).id}"


@pytest.mark.parametrize("key", ["manager", "head", "admin"])
@pytest.mark.parametrize("show", ["association", "companies", "ended", "nonsense"])
def test_those_who_register_people_see_the_list(app: Flask, key: str, show: str) -> None:
    page = sign_in(app, key).get(f"/people/?show={show}&after=nonsense")
    assert page.h1 == "利用者"


@pytest.mark.parametrize("key", ["counselor", "alpha_officer", "auditor", "chair"])
def test_nobody_else_sees_a_name_or_an_address(app: Flask, key: str) -> None:
    visitor = sign_in(app, key)
    for path in ("/people/", address_of(app, "manager")):
        page = visitor.get(path, status=403)
        assert "名前・manager" not in page.text
        assert "manager@kikite.example" not in page.text


def test_the_list_goes_on_after_twenty_five(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    seen = set()
    page = visitor.get("/people/?show=companies")
    for _ in range(4):
        seen |= {words for words, url in page.links.items() if url.startswith("/people/") and "名前・" in words}
        after = page.links.get("次へ") or next((url for url in page.links.values() if "after=" in url), None)
        if after is None:
            break
        page = visitor.get(after)
    assert {f"名前・{key}" for key, member in MEMBERS.items() if member.company and "director" not in key} <= seen


def test_a_newcomer_is_registered_invited_and_signs_up_once(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/people/new")
    page = visitor.send(NEW)
    assert "ご案内のメールを送りました" in page.text
    assert "本人の登録待ち" in page.text
    with app.app_context():
        newcomer = person_by_login(NEW["mail"])
        assert newcomer is not None
        kinds = db().scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == newcomer.id)).all()
        assert kinds == ["invitation"]
    link = link_to(app, NEW["mail"])
    assert link not in page.html, "only the mail tells the link"
    newcomer_visits = Visitor(app)
    newcomer_visits.get(link)
    newcomer_visits.send({"password": "a password of my own", "again": "a password of my own"})
    Visitor(app).get(link, status=404)
    with app.app_context():
        assert db().scalars(select(SignUpLink.sealed_link)).all() == [None]


def test_a_sent_link_is_known_to_nobody_here_and_still_works(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/people/new")
    visitor.send(NEW)
    link = link_to(app, NEW["mail"])
    with app.app_context(), transaction():
        newcomer = person_by_login(NEW["mail"])
        assert newcomer is not None
        link_was_sent(newcomer)
        db().flush()
        assert link_of(newcomer) is None
    Visitor(app).get(link)


def test_a_link_ends_after_a_week_and_when_another_is_sent(app: Flask, clock: FixedClock) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/people/new")
    visitor.send(NEW)
    first = link_to(app, NEW["mail"])
    visitor.send(action="/invite")
    second = link_to(app, NEW["mail"])
    Visitor(app).get(first, status=404)
    assert Visitor(app).get(second).status == 200
    with app.app_context():
        road.let_hours_pass(24 * 7)
    Visitor(app).get(second, status=404)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "氏名を入力してください"),
        ({"mail": "not an address"}, "メールアドレス"),
        ({"mail": MEMBERS["counselor"].mail.upper()}, "すでに使われています"),
        ({"role": "officer"}, "会社を選んでください"),
        ({"role": "auditor", "is_handler": "1"}, "従事者にできるのは"),
        ({"role": "manager", "is_chair": "1"}, "会長にできるのは"),
        ({"role": "system"}, "一覧の中から"),
        ({"role": "consulter"}, "一覧の中から"),
        ({"name": "あ" * 61}, "60文字まで"),
        ({"name": "\x00"}, "氏名"),
    ],
)
def test_a_wrong_registration_is_refused_in_words_and_kept(app: Flask, wrong: dict[str, str], words: str) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/people/new")
    page = visitor.send({**NEW, "post": "非常勤の職員", **wrong})
    assert page.title.startswith("エラー: ")
    assert words in page.text
    assert "非常勤の職員" in page.html
    with app.app_context():
        assert person_by_login(NEW["mail"]) is None


def test_who_runs_the_machines_registers_nobody_who_reads_more(app: Flask) -> None:
    """Otherwise the administrator could register a counsellor and read what she reads, or an auditor and be the own."""
    visitor = sign_in(app, "admin")
    visitor.get("/people/new")
    page = visitor.send(NEW)
    assert "一覧の中から" in page.text
    target = visitor.get(address_of(app, "counselor"))
    assert not [form for form in target.forms if form.action.endswith("/invite")]
    token = target.form_with("sure").fields["csrf_token"][0]
    visitor.post(f"{address_of(app, 'counselor')}/invite", {"csrf_token": token}, status=404)
    visitor.get("/people/new")
    visitor.send({**NEW, "role": "auditor"})
    with app.app_context():
        assert person_by_login(NEW["mail"]) is None
    visitor.get("/people/new")
    visitor.send({**NEW, "role": "admin"})
    with app.app_context():
        colleague = person_by_login(NEW["mail"])
        assert colleague is not None
        assert colleague.role is Role.ADMIN


def test_an_officer_is_registered_with_her_company(app: Flask) -> None:
    visitor = sign_in(app, "head")
    with app.app_context():
        company_id = company("gamma").id.hex
    page = visitor.get(f"/people/new?role=officer&company={company_id}")
    assert page.form_with("role").fields["role"] == ["officer"]
    visitor.send({"name": "新しい責任者", "mail": NEW["mail"], "post": "総務部長"})
    with app.app_context():
        officer = person_by_login(NEW["mail"])
        assert officer is not None
        assert officer.company_id == company("gamma").id
        assert name_of(officer) == "新しい責任者"


def test_a_page_shows_the_seats_and_their_epochs(app: Flask) -> None:
    page = sign_in(app, "manager").get(address_of(app, "counselor"))
    assert "相談窓口" in page.text
    assert "従事者" in page.text
    assert "第1世代" in page.text


def test_a_leaver_is_out_at_that_minute(app: Flask) -> None:
    leaver = sign_in(app, "third_counselor")
    manager = sign_in(app, "manager")
    manager.get(address_of(app, "third_counselor"))
    page = manager.send({"sure": "1"})
    assert "利用を終わらせました" in page.text
    assert leaver.get("/desk/").path.startswith("/sign-in")
    again = Visitor(app)
    again.get("/sign-in")
    again.send({"mail": MEMBERS["third_counselor"].mail, "password": "a long password for tests"}, status=401)


def test_the_end_of_a_service_asks_to_be_sure(app: Flask) -> None:
    manager = sign_in(app, "manager")
    manager.get(address_of(app, "third_counselor"))
    page = manager.send(action="/end")
    assert page.title.startswith("エラー: ")
    with app.app_context():
        assert person("third_counselor").ends_at is None


def test_the_last_holder_of_a_seat_is_not_removed(app: Flask) -> None:
    manager = sign_in(app, "manager")
    for key in ("second_counselor", "counselor"):
        manager.get(address_of(app, key))
        manager.send({"sure": "1"})
    page = manager.get(address_of(app, "manager"))
    assert "いまは終わらせられません" in page.text
    assert "従事者" in page.text
    token = page.form_with(action="/sign-out").fields["csrf_token"][0]
    manager.post(f"{address_of(app, 'manager')}/end", {"csrf_token": token, "sure": "1"})
    with app.app_context():
        assert person("manager").ends_at is None


def test_ending_twice_does_nothing_more(app: Flask) -> None:
    manager = sign_in(app, "manager")
    page = manager.get(address_of(app, "third_counselor"))
    manager.send({"sure": "1"})
    manager.send({"sure": "1"}, page=page)
    with app.app_context():
        ended = db().scalars(select(Person).where(Person.ends_at.is_not(None))).all()
        assert [one.id for one in ended] == [person("third_counselor").id]


def test_an_unknown_person_is_not_there(app: Flask) -> None:
    page = sign_in(app, "manager").get("/people/00000000-0000-0000-0000-000000000000", status=404)
    assert "利用を終わらせる" not in page.text


def test_the_pages_speak_english(app: Flask) -> None:
    visitor = sign_in(app, "manager", language="en")
    assert visitor.get("/people/").status == 200
    assert visitor.get("/people/new").status == 200
    assert visitor.get(address_of(app, "counselor")).status == 200
