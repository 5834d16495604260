"""The pages: the desk asks and ends, she says yes or no on her own page, and the adviser's whole world is one list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.advisers.queries import showable_parts
from app.people.queries import person_by_login
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from models.adviser_access import AdviserAccess
from models.audit_record import AuditRecord
from models.rules.adviser_access import AccessEnd
from models.rules.consent import ConsentLevel
from models.rules.people import Role
from tests.support import road
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in

QUESTION = "この言い方が脅しに当たるかを教えてください。"
ADVICE = "録音を残し、次に同じことがあれば警察に相談してください。"


def asked(app: Flask, **typed: str) -> tuple[str, str, Visitor]:
    """The manager has asked, on the page. Returns the case's number, the receipt and the manager."""
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        number, last_day = case.number, today() + timedelta(days=7)
        adviser, part = person("adviser").id.hex, showable_parts(case)[0].id.hex
    manager = sign_in(app, "manager")
    page = manager.get(f"/desk/{number}/advisers")
    assert page.form_with("adviser", "part").fields["version"]
    answers = {
        "adviser": adviser,
        "part": part,
        "sought": "law",
        "question": QUESTION,
        "last_day": last_day.isoformat(),
    }
    manager.send({**answers, **typed})
    return number, code, manager


def her(app: Flask, code: str) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/mailbox/enter")
    visitor.send({"receipt": code})
    return visitor


def the_access(app: Flask) -> str:
    with app.app_context():
        return str(db().scalars(select(AdviserAccess.id)).one())


def says(visitor: Visitor, word: str) -> None:
    page = visitor.get("/mailbox/advisers")
    token = page.form_with("csrf_token", action="/mailbox/advisers").fields
    visitor.post("/mailbox/advisers", {**token, "decision": word})


def readable(app: Flask) -> tuple[str, str, Visitor, Visitor]:
    """She said yes and the adviser has promised."""
    number, code, manager = asked(app)
    consulter = her(app, code)
    says(consulter, "agree")
    adviser = sign_in(app, "adviser")
    adviser.get(f"/adviser/{the_access(app)}")
    adviser.send({"secrecy": "1", "no_interest": "1"})
    return number, code, manager, adviser


def test_she_reads_who_what_why_and_until_when_before_she_answers(app: Flask) -> None:
    _number, code, _manager = asked(app)
    visitor = her(app, code)
    assert "外部の助言者に見せてよいか" in visitor.page.text
    page = visitor.get("/mailbox/advisers")
    for words in ("名前・adviser", QUESTION, "最初に書いた内容と、相談員とのやりとり", "法律のこと", "見せる最後の日"):
        assert words in page.text
    assert "名前・manager" not in page.text
    says(visitor, "decline")
    assert "この助言者には見せません" in visitor.page.text
    assert "見せないことにしました" in visitor.page.text
    assert "外部の助言者に見せてよいか" not in visitor.get("/mailbox").text


def test_the_adviser_promises_reads_and_she_sees_when(app: Flask) -> None:
    _number, code, _manager = asked(app)
    says(her(app, code), "agree")
    adviser = sign_in(app, "adviser")
    access = the_access(app)
    assert "見せてもらった相談" in adviser.page.text
    page = adviser.get(f"/adviser/{access}")
    assert road.WRITTEN not in page.text
    assert QUESTION not in page.text
    adviser.send({"secrecy": "1"})
    assert adviser.page.title.startswith("エラー"), "both are promised, or nothing opens"
    assert "一度も読まれて" in her(app, code).get("/mailbox/advisers").text
    adviser.send({"secrecy": "1", "no_interest": "1"})
    assert road.WRITTEN in adviser.page.text
    assert QUESTION in adviser.page.text
    adviser.get(f"/adviser/{access}")
    assert "読まれた日時(2回)" in her(app, code).get("/mailbox/advisers").text
    with app.app_context():
        facts = list(db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "adviser.read")))
        assert len(facts) == 2
        assert all('"compartment":"narrative"' in one for one in facts)


def test_what_is_written_goes_to_the_desk_with_the_adviser_named_and_not_to_her(app: Flask) -> None:
    number, code, _manager, adviser = readable(app)
    adviser.send({"advice": ""})
    assert adviser.page.title.startswith("エラー")
    adviser.send({"advice": ADVICE})
    assert "助言を相談窓口に送りました" in adviser.page.text
    desk = sign_in(app, "counselor").get(f"/desk/{number}")
    assert ADVICE in desk.text
    assert "名前・adviser (外部助言者)" in desk.text
    visitor = her(app, code)
    assert ADVICE not in visitor.page.text
    assert ADVICE not in visitor.get("/mailbox/advisers").text


@pytest.mark.parametrize("who", ["desk", "consulter", "adviser"])
def test_each_of_the_three_ends_it_at_once_and_the_open_session_reads_nothing_more(app: Flask, who: str) -> None:
    number, code, manager, adviser = readable(app)
    access = the_access(app)
    if who == "desk":
        manager.get(f"/desk/{number}/advisers")
        manager.send(action="/end")
        assert "見せるのを終わらせました" in manager.page.text
    elif who == "consulter":
        says(her(app, code), "stop")
    else:
        adviser.send(action="/step-back")
    page = adviser.get(f"/adviser/{access}", status=404)
    assert road.WRITTEN not in page.text
    assert "いま見られるものはありません" in adviser.get("/adviser/").text
    token = adviser.page.form_with("csrf_token").fields["csrf_token"]
    adviser.post(f"/adviser/{access}/advice", {"csrf_token": token, "advice": ADVICE}, status=404)
    with app.app_context():
        ended = {"desk": AccessEnd.DESK, "consulter": AccessEnd.CONSULTER, "adviser": AccessEnd.RECUSED}
        assert db().scalars(select(AdviserAccess)).one().ended_how is ended[who]


def test_after_the_last_day_the_open_session_reads_nothing_more(app: Flask, clock: FixedClock) -> None:
    _number, _code, _manager, _adviser = readable(app)
    access = the_access(app)
    with app.app_context():
        ends_at = db().scalars(select(AdviserAccess.ends_at)).one()
    clock.move(to=ends_at - timedelta(minutes=1))
    late = sign_in(app, "adviser")
    assert road.WRITTEN in late.get(f"/adviser/{access}").text
    clock.move(to=ends_at)
    late.get(f"/adviser/{access}", status=404)
    assert "いま見られるものはありません" in late.get("/adviser/").text


def test_the_adviser_reaches_no_page_of_a_case_and_another_adviser_not_this_part(app: Flask) -> None:
    number, _code, _manager, adviser = readable(app)
    for path in (
        "/desk/",
        f"/desk/{number}",
        f"/desk/{number}/identity",
        f"/desk/{number}/consents",
        f"/desk/{number}/files",
        f"/desk/{number}/advisers",
        "/people/",
        "/companies/",
        "/statistics/",
    ):
        status = adviser.client.get(path).status_code
        assert status in {403, 404}, path
    other = sign_in(app, "second_adviser")
    assert "いま見られるものはありません" in other.page.text
    other.get(f"/adviser/{the_access(app)}", status=404)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("last_day", "2026-01-01", "もう過ぎた日です"),
        ("last_day", "2027-12-31", "30日先まで"),
        ("last_day", "来週", "実際にある日付"),
        ("question", "", "入力してください"),
        ("adviser", "00000000000040008000000000000000", "一覧の中から選んでください"),
        ("part", "x", "一覧の中から選んでください"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words_and_kept(app: Flask, field: str, typed: str, words: str) -> None:
    _number, _code, manager = asked(app, **{field: typed})
    assert manager.page.title.startswith("エラー")
    assert words in manager.page.text
    with app.app_context():
        assert db().scalar(select(AdviserAccess.id)) is None
    assert (QUESTION in manager.page.html) == (field != "question")


def test_a_counselor_sees_and_ends_but_does_not_ask_and_an_old_page_is_told_so(app: Flask) -> None:
    number, code, manager = asked(app)
    counselor = sign_in(app, "counselor")
    page = counselor.get(f"/desk/{number}/advisers")
    assert "名前・adviser" in page.text
    assert "相談者に尋ねる" not in page.text
    assert QUESTION not in page.text, "the part is opened by nobody for this"
    manager.get(f"/desk/{number}/advisers")
    says(her(app, code), "agree")
    manager.send(action="/end", status=409)
    with app.app_context():
        assert db().scalars(select(AdviserAccess)).one().ended_at is None
    counselor.get(f"/desk/{number}/advisers")
    counselor.send(action="/end")
    assert "見せるのを終わらせました" in counselor.page.text


def test_an_adviser_is_registered_by_those_who_grant_keys_and_never_by_the_administrator(app: Flask) -> None:
    new = {"role": "adviser", "name": "架空 弁護士", "mail": "lawyer@kikite.example", "post": "弁護士"}
    admin = sign_in(app, "admin")
    admin.get("/people/new")
    admin.send(new)
    assert admin.page.title.startswith("エラー")
    manager = sign_in(app, "manager")
    manager.get("/people/new")
    manager.send(new)
    assert "ご案内のメールを送りました" in manager.page.text
    assert "架空 弁護士" in manager.get("/people/?show=outside").text
    assert "架空 弁護士" not in manager.get("/people/?show=association").text
    with app.app_context():
        found = person_by_login(new["mail"])
        assert found is not None
        assert found.role is Role.ADVISER
