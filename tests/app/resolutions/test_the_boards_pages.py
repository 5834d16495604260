"""The board's pages as each role meets them, and what a recused director, a late recorder and a rival do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.escalations.actions import record_late_compliance
from app.escalations.queries import requests_of
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import commit, db, transaction
from app.presentation.pagination import encode_position
from app.resolutions.actions import serve_notice, submit_explanation
from models.audit_record import AuditRecord
from models.board_item import BoardItem
from models.company_file import CompanyFile
from models.rules.board import BoardOption
from models.vote import Vote
from tests.support.board import GROUNDS, MATTER, all_vote, in_hearing, on_agenda, proposed, ready, voting
from tests.support.present import present
from tests.support.visitor import Visitor, sign_in

WORDS = "弊社は担当者が交代したため対応が遅れました。"


def path_of(app: Flask, make) -> str:
    with app.app_context():
        item = make()
        path = f"/board/items/{item.id}"
        commit()
    return path


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("manager", 200),
        ("head", 200),
        ("auditor", 200),
        ("chair", 200),
        ("director_of_alpha", 404),
        ("counselor", 403),
        ("alpha_officer", 403),
        ("alpha_representative", 403),
        ("admin", 403),
    ],
)
def test_an_item_opens_for_whom_the_policy_names(app: Flask, clock: FixedClock, key: str, status: int) -> None:
    path = path_of(app, lambda: ready(clock))
    page = sign_in(app, key).get(path, status=status)
    if status != 200:
        assert GROUNDS not in page.html


def test_directors_see_nothing_before_the_notice_is_served(app: Flask) -> None:
    path = path_of(app, proposed)
    chair = sign_in(app, "chair")
    chair.get(path, status=404)
    assert "青葉台" not in chair.get("/board/").text
    assert "青葉台" in sign_in(app, "head").get("/board/").text


def test_a_recused_director_finds_neither_item_nor_list_entry(app: Flask, clock: FixedClock) -> None:
    path = path_of(app, lambda: voting(clock))
    recused = sign_in(app, "director_of_alpha")
    assert "青葉台" not in recused.get("/board/").text
    for below in ("", "/minutes"):
        recused.get(path + below, status=404)
    recused.post(path + "/vote", {"vote-option": "no_action", "csrf_token": token(recused)}, status=404)


def token(visitor: Visitor) -> str:
    return visitor.get("/board/").forms[0].fields["csrf_token"][0]


def test_the_road_from_notice_to_resolution_over_pages(app: Flask, clock: FixedClock) -> None:
    path = path_of(app, proposed)
    manager = sign_in(app, "manager")
    manager.get(path)
    manager.send(action="/notice")
    assert "弁明の機会を会社に通知しました" in manager.page.text

    officer = sign_in(app, "alpha_representative")
    officer.get("/board/hearings/")
    number = next(words for words in officer.page.links if words.startswith("KBN-"))
    officer.get(f"/board/hearings/{number}")
    assert officer.get(f"/board/hearings/{number}/letter").h1 == "弁明通知書"
    officer.get(f"/board/hearings/{number}")
    officer.send({"explanation-text": WORDS, "explanation-wants_to_attend": "1"})
    assert WORDS in officer.page.text

    manager.get("/board/meetings/new")
    manager.send({"day": "2026-12-20", "start": "14:00", "mode": "in_person"})
    manager.get(path)
    form = manager.page.form_with("agenda-meeting")
    assert form is not None
    option = next(o.get("value") for o in manager.page.root.iter("option") if "2026年12月20日" in "".join(o.itertext()))
    manager.send({"agenda-meeting": option})
    assert WORDS in manager.page.text

    clock.move(to=clock.now().replace(month=12, day=20, hour=14, minute=5))
    for visitor in (manager := sign_in(app, "manager"),):
        visitor.get(path)
        visitor.send(action="/opening")
    for key in ("chair", "director_two", "director_three"):
        director = sign_in(app, key)
        director.get(path)
        assert WORDS in director.page.text
        director.send({"vote-option": "revoke"})
        assert "あなたは「取消」に投票しました" in director.page.text
    manager.get(path + "/resolution")
    manager.send({"present": "3", "reasons": "要請に応じなかったため。"})
    assert "決議を記録しました: 取消" in manager.page.text
    assert "名前・director_of_alpha" in manager.get(path + "/minutes").text

    officer = sign_in(app, "alpha_officer")
    officer.get(f"/board/hearings/{number}")
    letter = next(href for words, href in officer.page.links.items() if href.startswith("/board/decisions/"))
    assert "要請に応じなかったため。" in officer.get(letter).text
    officer.get(f"/board/hearings/{number}")
    officer.send({"objection-text": "見直してください。事情があります。"})
    assert "不服申立てを受け付けています" in officer.page.text
    manager.get(path)
    assert "会社から不服申立てがありました" in manager.page.text
    manager.get(path + "/re-examination")
    manager.send({"grounds": "不服申立てを受けて、改めて審議します。"})
    assert "前の議案" in manager.page.text


def test_a_vote_is_cast_once(app: Flask, clock: FixedClock) -> None:
    path = path_of(app, lambda: voting(clock))
    chair = sign_in(app, "chair")
    chair.get(path)
    first = chair.page
    chair.send({"vote-option": "warning"})
    chair.send({"vote-option": "revoke"}, page=first)
    assert "すでに投票しています" in chair.page.text
    assert "あなたは「厳重注意」に投票しました" in chair.page.text


def test_a_director_does_not_see_how_the_others_vote(app: Flask, clock: FixedClock) -> None:
    def made():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        return item

    path = path_of(app, made)
    assert "票の内訳" not in sign_in(app, "chair").get(path).text
    assert "票の内訳" in sign_in(app, "manager").get(path).text


def test_of_two_who_record_at_once_the_second_keeps_what_was_typed(app: Flask, clock: FixedClock) -> None:
    def made():
        item = voting(clock)
        all_vote(item, BoardOption.WARNING)
        return item

    path = path_of(app, made)
    first, second = sign_in(app, "manager"), sign_in(app, "head")
    first.get(path + "/resolution")
    second.get(path + "/resolution")
    first.send({"present": "4", "reasons": "一人目が書いた決議の理由です。"})
    second.send({"present": "4", "reasons": "二人目が書いた決議の理由です。"}, status=409)
    assert "二人目が書いた決議の理由です。" in second.page.html
    assert "一人目" not in second.page.html


def test_a_day_inside_the_objection_period_is_refused_beside_its_field(app: Flask, clock: FixedClock) -> None:
    def made():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        return item

    path = path_of(app, made)
    manager = sign_in(app, "manager")
    manager.get(path + "/resolution")
    soon = (clock.now() + timedelta(days=2)).date().isoformat()
    manager.send({"present": "4", "reasons": "理由を書きました。", "effect_on": soon})
    assert "不服申立ての期間が終わった翌日以降" in manager.page.text
    assert "理由を書きました。" in manager.page.html
    manager.send({"present": "9", "reasons": "理由を書きました。", "effect_on": ""})
    assert "出席者の数が" in manager.page.text


def test_declaring_an_interest_closes_the_item(app: Flask, clock: FixedClock) -> None:
    def made():
        item = ready(clock)
        on_agenda(item, clock)
        return item

    path = path_of(app, made)
    director = sign_in(app, "director_two")
    director.get(path)
    director.send(action="/interest")
    assert "利害関係の申告を記録しました" in director.page.text
    director.get(path, status=404)
    assert GROUNDS in sign_in(app, "chair").get(path).text


def test_the_auditor_sees_the_course_and_opens_nothing(app: Flask, clock: FixedClock) -> None:
    def made():
        item = ready(clock)
        on_agenda(item, clock)
        return item

    path = path_of(app, made)
    page = sign_in(app, "auditor").get(path)
    assert GROUNDS not in page.html
    assert not [form for form in page.forms if "/board/" in form.action]


@pytest.mark.parametrize("key", ["beta_representative", "epsilon_officer"])
def test_another_company_finds_no_hearing(app: Flask, key: str) -> None:
    with app.app_context():
        number = in_hearing().notice_number
        commit()
    stranger = sign_in(app, key)
    for below in ("", "/letter"):
        stranger.get(f"/board/hearings/{number}{below}", status=404)
    assert number not in stranger.get("/board/hearings/").text


def test_the_desk_reads_the_hearing_and_cannot_answer_for_the_company(app: Flask) -> None:
    with app.app_context():
        item = in_hearing()
        number = item.notice_number
        submit_explanation(item, text=WORDS, wants_to_attend=False, actor=present("alpha_officer"))
        commit()
    desk = sign_in(app, "counselor")
    assert WORDS in desk.get(f"/board/hearings/{number}").text
    assert not [form for form in desk.page.forms if "explanation" in form.action]
    desk.post(
        f"/board/hearings/{number}/explanation",
        {"explanation-text": "代わりに", "csrf_token": token_of(desk)},
        status=403,
    )


def token_of(visitor: Visitor) -> str:
    return visitor.page.forms[0].fields["csrf_token"][0]


def test_an_explanation_sent_twice_is_kept_once(app: Flask) -> None:
    with app.app_context():
        number = in_hearing().notice_number
        commit()
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/board/hearings/{number}")
    page = officer.page
    officer.send({"explanation-text": WORDS}, page=page)
    officer.send({"explanation-text": WORDS}, page=page, status=409)
    assert officer.get(f"/board/hearings/{number}").html.count(WORDS) == 1


def test_an_empty_or_endless_explanation_is_asked_for_again(app: Flask) -> None:
    with app.app_context():
        number = in_hearing().notice_number
        commit()
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/board/hearings/{number}")
    officer.send({"explanation-text": ""})
    assert "弁明を入力してください" in officer.page.text
    officer.send({"explanation-text": "あ" * 20_001})
    assert officer.page.title.startswith("エラー")
    assert "あ" * 50 in officer.page.html


def test_no_page_of_the_board_repeats_a_requests_text(app: Flask, clock: FixedClock) -> None:
    path = path_of(app, lambda: voting(clock))
    for key in ("manager", "chair"):
        assert MATTER not in sign_in(app, key).get(path).html


def test_the_pages_speak_english_too(app: Flask, clock: FixedClock) -> None:
    path = path_of(app, lambda: voting(clock))
    visitor = sign_in(app, "manager", language="en")
    for below in ("", "/resolution", "/minutes"):
        visitor.get(path + below)
    visitor.get("/board/")
    assert "Voting" in visitor.page.text


def test_a_notice_is_served_once(app: Flask) -> None:
    path = path_of(app, proposed)
    manager = sign_in(app, "manager")
    manager.get(path)
    page = manager.page
    manager.send(action="/notice", page=page)
    manager.send(action="/notice", page=page, status=409)
    with app.app_context():
        assert len(db().scalars(select(AuditRecord).where(AuditRecord.name == "file.hearing_notice_served")).all()) == 1


def test_serving_a_notice_is_not_for_directors(app: Flask) -> None:
    with app.app_context():
        item = proposed()
        path = f"/board/items/{item.id}"
        serve_notice(item, actor=present("manager"))
        commit()
    chair = sign_in(app, "chair")
    chair.get(path)
    token = token_of(chair)
    for act in ("notice", "agenda", "opening", "packet"):
        page = chair.post(f"{path}/{act}", {"csrf_token": token}, status=403)
        assert GROUNDS not in page.html


@pytest.mark.parametrize(
    "cursor", ["x", encode_position(("yesterday", "nobody")), encode_position(("2026-11-24", "0"))]
)
def test_an_address_that_stands_for_no_place_in_the_list_shows_its_beginning(app: Flask, cursor: str) -> None:
    path_of(app, proposed)
    assert "青葉台" in sign_in(app, "head").get(f"/board/?after={cursor}").text


def test_a_director_whose_page_does_not_show_that_the_company_complied_is_told_before_voting(
    app: Flask, clock: FixedClock
) -> None:
    path = path_of(app, lambda: voting(clock))
    chair = sign_in(app, "chair")
    chair.get(path)
    with app.app_context(), transaction():
        item = db().scalars(select(BoardItem)).one()
        file = db().get_one(CompanyFile, item.company_file_id)
        record_late_compliance(requests_of(file)[-1], actor=present("manager"))
    chair.send({"vote-option": "revoke"}, status=409)
    with app.app_context():
        assert db().scalars(select(Vote)).all() == []
    assert "付議のあとに会社が応じました" in chair.get(path).text
    chair.send({"vote-option": "conditional"})
    with app.app_context():
        assert len(db().scalars(select(Vote)).all()) == 1
