"""The record and the outbox as those see them who watch over them, and nobody else."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import create_engine

from app.operations.event_words import OTHER_WORDS, words_of
from app.operations.fact_words import FACT_WORDS, OF_SEVERAL, OTHER_CODES, facts_in_words
from app.operations.outbox import send_waiting
from app.operations.queries import ROWS
from app.pipeline.audit import of_person, record
from app.pipeline.identity import THE_CLOCK
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db, transaction
from app.presentation.filters import label
from models.exclusion import Exclusion
from models.rules.audit_events import EVENTS, OTHER_EVENTS
from models.rules.mail_kinds import MailKind
from tests.support.present import person
from tests.support.road import WRITTEN, submitted
from tests.support.visitor import Visitor, sign_in


@pytest.fixture
def case(app):
    with app.app_context():
        made, _code = submitted()
    return made


def test_every_event_has_its_words():
    """An event that is added to the rules gets its words in app/operations/event_words.py."""
    assert set(OTHER_WORDS) == set(OTHER_EVENTS)
    assert {name for name in EVENTS if words_of_in_japanese(name) == name} == set()


def test_every_fact_has_its_words():
    """A fact that an event gains gets its words in app/operations/fact_words.py."""
    assert set(FACT_WORDS) == {fact for facts in EVENTS.values() for fact in facts}


def test_facts_are_told_by_their_name_and_codes_in_words(app):
    with app.test_request_context():
        told = facts_in_words({"role": "auditor", "request_id": "0123456789abcdef" * 2, "kind": None})
    assert told == "役割 監事、要請の文書 01234567…"


def test_a_reason_a_kind_and_a_yes_are_told_in_words_and_no_code_means_two_things(app):
    facts = {
        "kind": "due_day",
        "reason_code": "wrong_password",
        "is_on_duty": False,
        "compartment": "narrative+health",
        "via": "deputy",
    }
    with app.test_request_context():
        told = facts_in_words(facts)
        meant = {
            name: {(str(one.value), label(one)) for codes in several for one in codes}
            for name, several in OF_SEVERAL.items()
        }
    assert told == (
        "種類 期限の日、理由 パスワードが違う、当番の有無 いいえ、区画 相談の内容・健康に関する記載、経路 副責任者"
    )
    for name, pairs in meant.items():
        codes = [code for code, _words in pairs] + list(OTHER_CODES.get(name, {}))
        assert len(codes) == len(set(codes)), f"{name}: {sorted(one for one in codes if codes.count(one) > 1)}"


def words_of_in_japanese(name):
    return str(OTHER_WORDS[name]) if name in OTHER_WORDS else words_of(name)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("who", ["auditor", "head"])
def test_the_record_is_shown_newest_first_to_the_auditor_and_the_head(app, clock, who, language):
    clock.move(to=clock.at + timedelta(minutes=1))
    page = sign_in(app, who, language=language).get("/operations/")
    first = next(row for row in page.root.iter("tr") if row.find("td") is not None)
    assert f"名前・{who}" in "".join(first.itertext())
    assert len(list(page.root.iter("tr"))) == ROWS + 1


@pytest.mark.parametrize("who", ["counselor", "head", "auditor", "director_two", "alpha_officer"])
def test_the_outbox_is_for_manager_and_administrator(app, who):
    assert sign_in(app, who).get("/operations/outbox", status=403).status == 403


def test_a_stranger_is_sent_to_the_door(app):
    assert "/sign-in" in Visitor(app).get("/operations/").path


def test_the_record_can_be_read_to_its_first_entry(app):
    visitor = sign_in(app, "auditor")
    page, seen = visitor.get("/operations/"), 0
    while True:
        seen += len(list(page.root.iter("tr"))) - 1
        following = page.links.get("次のページ")
        if not following:
            break
        page = visitor.get(following)
    with app.app_context():
        assert seen == db().connection().exec_driver_sql("SELECT count(*) FROM audit_record").scalar_one()


def test_the_record_is_narrowed_by_person_subject_and_day(app, clock):
    clock.move(to=clock.at + timedelta(minutes=1))
    with app.app_context(), transaction():
        subject = person("counselor")
        record(of_person(subject), "person.new_password", actor=THE_CLOCK, facts={})
    visitor = sign_in(app, "auditor")
    page = visitor.get(f"/operations/?subject=person:{subject.id.hex}")
    assert "パスワードを決め直した" in page.text
    assert "名前・manager" not in page.text
    tomorrow = (clock.at + timedelta(days=1)).date().isoformat()
    assert "あてはまる記録はありません。" in visitor.get(f"/operations/?since={tomorrow}").text
    assert "サインインした" in visitor.get(f"/operations/?until={clock.at.date().isoformat()}").text
    with app.app_context():
        auditor = person("auditor").id.hex
    assert "利用者を登録した" not in visitor.get(f"/operations/?person={auditor}").text


def test_a_case_is_found_in_the_record_by_its_number_and_nothing_written_in_it_is(app, case):
    visitor = sign_in(app, "auditor")
    visitor.get("/operations/")
    page = visitor.get(f"/operations/?number={case.number.lower()}")
    assert case.number in page.text
    assert "相談を受け付けた" in page.text
    assert WRITTEN not in page.html


def test_what_concerns_a_case_is_hidden_from_whoever_is_excluded_from_it(app, case, clock):
    with app.app_context(), transaction():
        db().add(
            Exclusion(
                id=uuid.uuid4(),
                case_id=case.id,
                person_id=person("auditor").id,
                declared_by="desk",
                declared_at=clock.at,
            )
        )
    visitor = sign_in(app, "auditor")
    assert case.number not in visitor.get("/operations/").text
    assert "あてはまる記録はありません。" in visitor.get(f"/operations/?subject=case:{case.id.hex}").text
    for number in (case.number, "K-2222-2222"):
        assert "この番号の相談は見つかりません" in visitor.get(f"/operations/?number={number}").text, (
            "it tells that it is there"
        )


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("since=2026-13-01", 200),
        ("since=2026-11-25&until=2026-11-24", 200),
        ("number=K-0000-0000", 200),
        ("number=%00%F0", 200),
        ("person=nobody", 404),
        ("subject=case:nobody", 404),
        ("subject=nothing", 404),
        ("after=not-a-cursor", 200),
        ("after=WyJ4IiwieSJd", 200),
    ],
)
def test_a_strange_address_gets_a_page_that_says_so(app, query, status):
    assert sign_in(app, "auditor").get(f"/operations/?{query}", status=status).h1


def test_a_day_that_is_none_is_told_and_nothing_is_listed(app):
    page = sign_in(app, "auditor").get("/operations/?since=2026-13-01")
    assert page.title.startswith("エラー: ")
    assert "新しい順" not in page.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_outbox_tells_to_whom_and_whether_and_never_what(app, clock, language):
    with app.app_context(), transaction():
        for key in ("alpha_officer", "beta_deputy"):
            queue_mail(person(key), MailKind.REMINDER, actor=THE_CLOCK, key=key)
    visitor = sign_in(app, "manager", language=language)
    assert "名前・alpha_officer" in visitor.get("/operations/outbox?state=waiting").text
    send_waiting(app)
    assert "名前・alpha_officer" not in visitor.get("/operations/outbox?state=waiting").text
    assert "名前・alpha_officer" in visitor.get("/operations/outbox?state=sent").text
    visitor.get("/operations/outbox?state=lost", status=404)


def test_a_mail_that_could_not_be_sent_says_why_and_when_it_is_tried_again(app, monkeypatch):
    with app.app_context(), transaction():
        queue_mail(person("alpha_officer"), MailKind.UPDATE, actor=THE_CLOCK, key="one")
    monkeypatch.setattr("app.operations.outbox.mail_of", lambda _person: "none")
    send_waiting(app)
    page = sign_in(app, "admin").get("/operations/outbox")
    assert "宛先のアドレスが正しくありません" in page.text
    assert "次に試す日時" in page.text


def test_health_is_public_and_tells_nothing(app):
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_health_says_when_a_database_is_gone(app, monkeypatch):
    with app.app_context():
        monkeypatch.setattr(key_store(), "engine", create_engine("sqlite:////no/such/folder/keys.sqlite3"))
    assert app.test_client().get("/healthz").status_code == 503
