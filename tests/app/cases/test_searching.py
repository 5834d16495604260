"""A search in the words of cases: opened on the spot for whoever may open them, kept nowhere, recorded once."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases import searching
from app.cases.actions import assign, exclude, write_message
from app.mailbox.actions import write
from app.pipeline.clock import now
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db, is_writing, transactions
from models.audit_record import AuditRecord
from models.case import Case
from tests.support import road
from tests.support.at_rest import bytes_of, found_in
from tests.support.present import consulter, person, present
from tests.support.questions import noted
from tests.support.visitor import Visitor, sign_in

RARE = "ホタルイカ"
TEXT = f"昨日の夜、{RARE}の苦情で三時間の電話になりました。"


def look(visitor: Visitor, words: str, *, query: str = "", **more: str) -> set[str]:
    """The numbers of the cases in which these words are found."""
    visitor.get(f"/desk/search{query}")
    form = visitor.page.form_with("words")
    visitor.post(form.action, {**form.fields, "words": words, **more})
    return {word for word in visitor.page.text.split() if word.startswith("K-") and len(word) == 11}


def searches(app: Flask) -> list[dict[str, Any]]:
    with app.app_context():
        rows = db().scalars(select(AuditRecord).where(AuditRecord.name == "search.done").order_by(AuditRecord.number))
        return [json.loads(row.facts) for row in rows]


def readings(app: Flask) -> int:
    with app.app_context():
        return len(db().scalars(select(AuditRecord.id).where(AuditRecord.name == "case.read")).all())


def test_words_are_found_in_ones_own_and_untaken_cases_and_recorded_as_one_search(app: Flask):
    with app.app_context():
        mine, _ = road.triaged(text=TEXT)
        untaken, _ = road.submitted(text=TEXT)
        road.submitted(text="別の相談です。")
        theirs, _ = road.triaged(by="second_counselor", text=TEXT)
        a, b, d = mine.number, untaken.number, theirs.number
        actor = person("counselor").id
    desk = sign_in(app, "counselor")
    assert look(desk, "ほたるいか") == {a, b}
    assert d not in desk.page.text
    assert desk.page.text.count("苦情で三時間") == 1, "an excerpt for the own case, none for the untaken one"
    assert look(desk, "ﾎﾀﾙｲｶ 三時間") == {a, b}
    assert look(desk, "ホタルイカ 四時間") == set()
    found = searches(app)
    assert [one["hits"] for one in found] == [2, 2, 0]
    assert {one["cases"] for one in found} == {3}
    assert {one["reason_code"] for one in found} == {"assigned"}
    assert readings(app) == 0
    with app.app_context():
        kept = db().scalars(select(AuditRecord).where(AuditRecord.name == "search.done")).all()
        assert {(row.subject_kind, row.subject_id) for row in kept} == {("person", actor)}
    desk.get(f"/desk/{a}")
    assert readings(app) == 1, "opening what was found is a reading like any other"


def test_the_list_is_narrowed_before_anything_is_opened(app: Flask):
    with app.app_context():
        mine, _ = road.triaged(text=TEXT)
        road.submitted(text=TEXT)
        number = mine.number
    desk = sign_in(app, "counselor")
    assert look(desk, RARE, query="?state=triage") == {number}
    assert searches(app)[0]["cases"] == 1


def test_messages_are_looked_through_when_asked(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.done(lambda: write(case, f"また{RARE}の方からです。", actor=consulter(code)))
        road.done(lambda: write_message(case, "お知らせくださりありがとうございます。", actor=present("counselor")))
        number = case.number
    desk = sign_in(app, "counselor")
    assert look(desk, RARE) == set()
    assert look(desk, RARE, with_messages="1") == {number}
    assert look(desk, "ありがとう", with_messages="1") == {number}
    assert look(desk, f"怒鳴 {RARE}", with_messages="1") == {number}, "the words may lie in two places"


def test_a_manager_gives_one_reason_for_the_whole_search_and_sees_no_excerpt(app: Flask):
    with app.app_context():
        case, _ = road.triaged(text=TEXT)
        number = case.number
    manager = sign_in(app, "manager")
    assert look(manager, RARE) == set()
    assert look(manager, RARE, search_reason="supervision") == {number}
    assert "苦情で三時間" not in manager.page.text
    assert [one["reason_code"] for one in searches(app)] == ["assigned", "supervision"]
    assert [one["cases"] for one in searches(app)] == [0, 1]


def test_a_head_searches_only_with_a_reason(app: Flask):
    with app.app_context():
        case, _ = road.triaged(text=TEXT)
        number = case.number
    head = sign_in(app, "head")
    assert look(head, RARE) == set()
    assert "理由を選んでください" in head.page.text
    assert searches(app) == []
    assert look(head, RARE, search_reason="complaint") == {number}


@pytest.mark.parametrize("stranger", ["alpha_officer", "auditor", "admin"])
def test_nobody_outside_the_desk_searches(app: Flask, stranger: str):
    visitor = sign_in(app, stranger)
    token = visitor.page.form_with("csrf_token").fields["csrf_token"]
    assert visitor.get("/desk/search", status=403).status == 403
    assert visitor.post("/desk/search", {"csrf_token": token, "words": RARE}, status=403).status == 403


def test_what_one_is_excluded_from_is_neither_opened_nor_counted(app: Flask):
    with app.app_context():
        case, _ = road.submitted(text=TEXT)

        def keep_away() -> None:
            assign(case, person("second_counselor"), actor=present("manager"))

        road.done(keep_away)
        road.done(lambda: exclude(case, person("manager"), "desk", actor=present("second_counselor")))
    manager = sign_in(app, "manager")
    assert look(manager, RARE, search_reason="supervision") == set()
    assert searches(app)[0]["cases"] == 0
    assert searches(app)[0]["first_day"] is None


def test_a_case_whose_key_was_destroyed_does_not_stop_the_search(app: Flask):
    with app.app_context():
        gone, _ = road.triaged(text=TEXT)
        case, _ = road.triaged(text=TEXT)
        number = case.number
        key_store().destroy(gone.id, at=now())
    desk = sign_in(app, "counselor")
    assert look(desk, RARE) == {number}
    assert searches(app)[0]["waiting"] == 1


def test_a_long_search_stops_and_goes_on_with_older_cases(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(searching, "AT_ONCE", 2)
    monkeypatch.setattr(searching, "MOST_OPENED", 4)
    with app.app_context():
        numbers = [road.submitted(text=f"{TEXT}{place}")[0].number for place in range(7)]
    desk = sign_in(app, "counselor")
    first = look(desk, RARE)
    assert len(first) == 4
    assert "さらに古い相談を探す" in desk.page.text
    form = desk.page.form_with("after")
    desk.post(form.action, dict(form.fields))
    then = {word for word in desk.page.text.split() if word.startswith("K-") and len(word) == 11}
    assert then == set(numbers) - first
    assert "いちばん古い相談まで探しました" in desk.page.text
    assert [one["cases"] for one in searches(app)] == [4, 3]


def test_a_search_that_finds_much_stops_at_what_one_page_holds(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(searching, "MOST_HITS", 3)
    with app.app_context():
        for place in range(5):
            road.submitted(text=f"{TEXT}{place}")
    desk = sign_in(app, "counselor")
    assert len(look(desk, RARE)) == 3
    assert searches(app)[0]["cases"] == 3


def test_others_write_while_words_are_looked_for(app: Flask, monkeypatch: pytest.MonkeyPatch):
    held: list[bool] = []
    real = searching.holds
    with app.app_context():
        road.triaged(text=TEXT)

    def watched(text: str, words: tuple[str, ...]) -> bool:
        held.append(is_writing())
        return real(text, words)

    monkeypatch.setattr(searching, "holds", watched)
    look(sign_in(app, "counselor"), RARE)
    assert held == [False]


def test_a_thousand_cases_cost_a_few_questions_for_each_two_hundred(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with app.app_context(), noted(transactions().engine) as questions:
        for _ in range(6):
            road.submitted(text=TEXT)
        actor, asked = present("counselor"), questions.statements
        counts = []
        for most in (6, 3):
            monkeypatch.setattr(searching, "AT_ONCE", most)
            asked.clear()
            reach = Case.id.is_not(None)
            found = searching.look_through(("蛍",), reach, actor=actor, after=None, with_messages=True)
            assert found.opened == 6
            counts.append(len(asked))
    assert counts[0] <= 4
    assert counts[1] <= 2 * 4


def test_the_words_are_in_no_address_no_log_and_no_store(
    app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.DEBUG)
    with app.app_context():
        road.triaged(text=TEXT)
    desk = sign_in(app, "counselor")
    look(desk, f"{RARE} ナイワダ")
    assert "?" not in desk.page.path
    said = caplog.text + "".join(capfd.readouterr())
    words = (RARE, "ほたるいか", "ナイワダ", "ないわだ")
    assert not [word for word in words if word in said]
    with app.app_context():
        assert found_in(bytes_of(app), words) == []


def test_no_words_and_too_many_words_are_refused_and_kept(app: Flask):
    desk = sign_in(app, "counselor")
    look(desk, "　 ")
    assert "探す言葉を入力してください" in desk.page.text
    look(desk, "一 二 三 四 五 六 七 八 九")
    assert "言葉は8個までにしてください" in desk.page.text
    assert "一 二 三 四 五 六 七 八 九" in desk.page.html
    assert searches(app) == []


@pytest.mark.parametrize(
    "after", ["x", "", "WyIyMDI2LTExLTIyVDAwOjAwOjAwIiwieCJd", "0f2df9d4-8826-448a-b7e0-bc9a8c53f416"]
)
def test_a_made_up_place_to_go_on_from_means_the_newest(app: Flask, after: str):
    with app.app_context():
        number = road.triaged(text=TEXT)[0].number
    assert look(sign_in(app, "counselor"), RARE, after=after) == {number}
