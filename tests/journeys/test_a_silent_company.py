"""A certified company that answers nobody: from its third unmet request to the day after the decision (7.24-7.30)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from io import BytesIO

from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from app.certifications.queries import certification_of
from app.operations.sweep import sweep
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.transaction import db
from models.board_item import BoardItem
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.issued_letter import IssuedLetter
from models.resolution import Resolution
from models.rules.board import BoardOption
from models.rules.certification_lifecycle import CertificationState
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.app.resolutions import test_recusals
from tests.support import board, ladder, road
from tests.support.present import company
from tests.support.visitor import Visitor, sign_in
from tests.support.world import COMPANIES

ALPHA, NUMBER = COMPANIES["alpha"][0], COMPANIES["alpha"][3]
NAME, CONTACT = "七海しおり", "090-5555-0199"
QUOTED = "おまえの顔は覚えたからな"
STORY = f"11月9日の19時40分ごろ、「{QUOTED}」と怒鳴られました。札幌第二センターの夜勤です。"
GROUNDS = "三度の求めに応じず、報告がありません。"
REASONS = "要請に応じなかったため。"


def test_three_unmet_requests_make_e5_available_and_nothing_is_sent_until_the_head_proposes_it(
    app: Flask, clock: FixedClock
) -> None:
    """7.24: Given E1, E2 and E3 unmet within 12 months.

    When the threshold is met, then E5 becomes available but nothing is sent until the head proposes it.
    """
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        ladder.silent_through(Step.E2)
        number = ladder.file_of().number
    for who in ("manager", "counselor", "head"):
        assert "付議の理由を書く" not in sign_in(app, who).get(f"/escalations/{number}").links
    # The third is written, issued and passed on the pages, as the two before it were.
    counselor = sign_in(app, "counselor")
    counselor.get(f"/escalations/{number}")
    counselor.get(counselor.page.links["文面を起案する"])
    counselor.send({"text": ladder.LETTER})
    head = sign_in(app, "head")
    head.get(f"/escalations/{number}/draft")
    head.send(action="issue-e3")
    assert "発出し、会社に届けました" in head.page.text
    with app.app_context():
        clock.move(to=ladder.just_after(ladder.newest(ladder.file_of()).due_at))
    letters = _letters_to_the_company(app)
    sweep(app)
    sweep(app)

    head = sign_in(app, "head")
    page = head.get(f"/escalations/{number}/counter")
    assert "要件に達しています" in page.text
    assert "3件(うち1件は改善要求または最終改善要求(取消予告))" in page.text
    clock.move(to=clock.now() + timedelta(days=30))
    sweep(app)
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(BoardItem)) == 0
        assert certification_of(company("alpha").id).state is CertificationState.CERTIFIED
        steps = db().scalars(select(FormalRequest.step).where(FormalRequest.issued_at.is_not(None))).all()
    assert sorted(steps) == ["E1", "E2", "E3"]
    assert _letters_to_the_company(app) == letters == 3
    assert "付議の理由を書く" not in sign_in(app, "manager").get(f"/escalations/{number}").links
    head = sign_in(app, "head")
    head.get(f"/escalations/{number}")
    head.get(head.page.links["付議の理由を書く"])
    head.send({"grounds": GROUNDS})
    with app.app_context():
        assert db().scalars(select(BoardItem)).one().state == "proposed"


def test_once_the_notice_is_served_the_earliest_board_is_14_days_later_and_the_packet_tells_nothing_of_her(
    app: Flask, clock: FixedClock
) -> None:
    """7.25: Given E5, when the notice of explanation is served.

    Then the earliest board date is 14 days later and the packet contains no consulter identity, text quote or date
    finer than a month.
    """
    path = _proposed_after_her_story(app)
    manager = sign_in(app, "manager")
    manager.get(path)
    manager.send(action="/notice")
    served = clock.now().astimezone(TOKYO).date()
    assert "弁明の機会を会社に通知しました" in manager.page.text
    for days in (13, 30):
        day = served + timedelta(days=days)
        manager.get("/board/meetings/new")
        manager.send({"day": f"{day:%Y-%m-%d}", "start": "14:00", "mode": "in_person"})
    manager.get(path)
    offered = _meetings_offered(manager)
    too_early, in_time = (
        next(value for words, value in offered.items() if _in_words(served + timedelta(days)) in words)
        for days in (13, 30)
    )
    manager.send({"agenda-meeting": too_early})
    assert "エラー" in manager.page.title, "inside the time to explain no meeting takes it"
    manager.send({"agenda-meeting": in_time})
    printed = PdfReader(BytesIO(manager.client.get(f"{path}/packet").get_data()))
    packet = "".join(page.extract_text() for page in printed.pages).replace("\n", "")
    read_by_a_director = sign_in(app, "chair").get(path).text
    for hers in (NAME, CONTACT, QUOTED, "怒鳴られ", "札幌第二", "夜勤", "11月9日", "11/9", "19時40分"):
        assert hers not in packet
        assert hers not in read_by_a_director
    assert ALPHA in packet
    assert re.search(r"2026\s*年\s*12\s*月", packet), "a month is told, and no day of it"
    assert not re.search(r"月\s*\d+\s*日", packet)


def test_three_of_nine_directors_are_out_of_quorum_and_vote_and_the_minutes_draft_says_so(
    app: Flask, clock: FixedClock
) -> None:
    """7.26: Given three of nine directors work for the company's group or declare interest.

    When the vote opens, then they are excluded from quorum and vote and the minutes draft says so.
    """
    with app.app_context():
        board.begin_writing()
        test_recusals.relate("epsilon", "alpha")
        test_recusals.seat_director("epsilon", "委託元の理事")
        for name in ("七人目", "八人目", "九人目"):
            test_recusals.seat_director(None, name)
        board.keep()
        item = board.ready(clock)
        path = f"/board/items/{item.id}"
        meeting = board.on_agenda(item, clock)
        begins = meeting.held_at + timedelta(minutes=5)
        db().commit()
    declares = sign_in(app, "director_two")
    declares.get(path)
    declares.send(action="/interest")
    clock.move(to=begins)
    manager = sign_in(app, "manager")
    manager.get(path)
    manager.send(action="/opening")
    assert "6" in manager.page.text
    for excluded in ("director_of_alpha", "director_two"):
        sign_in(app, excluded).get(path, status=404)
    for key in ("chair", "director_three", "director_four"):
        _votes(app, key, path, "revoke")
    manager = sign_in(app, "manager")
    minutes = manager.get(f"{path}/minutes")
    for name in ("名前・director_of_alpha", "委託元の理事", "名前・director_two"):
        assert name in minutes.text


def test_after_a_tie_no_decision_is_recorded_and_the_certification_stays(app: Flask, clock: FixedClock) -> None:
    """7.27: Given a tie or no quorum after recusal, when the chair closes the item.

    Then no decision is recorded and the certification stays.
    """
    with app.app_context():
        item = board.voting(clock)
        path = f"/board/items/{item.id}"
        db().commit()
    for key, option in (
        ("chair", "revoke"), ("director_two", "revoke"), ("director_three", "warning"), ("director_four", "warning"),
    ):  # fmt: skip
        _votes(app, key, path, option)
    manager = sign_in(app, "manager")
    manager.get(f"{path}/resolution")
    manager.send({"present": "4", "reasons": REASONS})
    assert "決議に至りませんでした" in manager.page.text
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(Resolution)) == 0
    clock.move(to=clock.now() + timedelta(days=60))
    sweep(app)
    assert NUMBER in Visitor(app).get("/registry").links


def test_five_minutes_after_a_revocation_holds_the_company_is_gone_and_after_a_reversal_listed_under_its_number(
    app: Flask, clock: FixedClock
) -> None:
    """7.28: Given revocation takes effect at 00:00 on the set date, when the public list is fetched at 00:05.

    Then the company is gone, the mark link says not certified, and stop-use tasks exist.
    """
    path, effect_at = _revoked(app, clock)
    clock.move(to=effect_at - timedelta(minutes=1))
    sweep(app)
    assert NUMBER in Visitor(app).get("/registry").links
    assert effect_at.astimezone(TOKYO).strftime("%H:%M") == "00:00"
    clock.move(to=effect_at + timedelta(minutes=5))
    anybody = Visitor(app)
    # Nothing need have been done by the clock for the list to be true.
    assert NUMBER not in anybody.get("/registry").links
    assert "認定されていません" in anybody.client.get(f"/registry/{NUMBER}/mark.svg").get_data(as_text=True)
    assert "認定していません" in anybody.get(f"/registry/{NUMBER}").text
    sweep(app)
    representative = sign_in(app, "alpha_representative")
    representative.get(f"/certifications/{NUMBER}")
    assert "使用をやめ" in representative.page.text
    with app.app_context():
        found = db().scalars(select(Resolution)).one()
        assert found.effect_at == effect_at
    assert path in sign_in(app, "head").get(path).path


def test_a_later_resolution_lists_the_company_again_and_keeps_both_resolutions(app: Flask, clock: FixedClock) -> None:
    """7.29: Given the board later reverses, when the new resolution is entered.

    Then the company is listed again under its number and the publication entry is withdrawn, with both resolutions
    kept.
    """
    path, effect_at = _revoked(app, clock)
    clock.move(to=effect_at + timedelta(days=1))
    sweep(app)
    assert ALPHA in Visitor(app).get(f"/registry/{NUMBER}").text
    head = sign_in(app, "head")
    head.get(f"{path}/re-examination")
    head.send({"grounds": "新しい事実が分かりました。"})
    with app.app_context():
        item = db().scalars(select(BoardItem).where(BoardItem.follows_id.is_not(None))).one()
        board.begin_writing()
        board.begin_vote(item, clock)
        again = f"/board/items/{item.id}"
        db().commit()
    assert again != path
    for key in ("chair", "director_two", "director_three", "director_four"):
        _votes(app, key, again, "no_action")
    head = sign_in(app, "head")
    head.get(f"{again}/resolution")
    head.send({"present": "4", "reasons": "取消しを撤回します。"})
    sweep(app)
    anybody = Visitor(app)
    assert NUMBER in anybody.get("/registry").links
    assert "認定しています" in anybody.get(f"/registry/{NUMBER}").text
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(Resolution)) == 2
    for kept in (path, again):
        assert sign_in(app, "auditor").get(kept).path == kept


def test_what_arrives_one_day_before_the_board_is_shown_as_late_and_the_board_still_decides(
    app: Flask, clock: FixedClock
) -> None:
    """7.30: Given the company complies one day before the board, when the report arrives.

    Then the item shows late compliance and the board can still choose any option except silently dropping it.
    """
    path = _proposed_after_her_story(app)
    manager = sign_in(app, "manager")
    manager.get(path)
    manager.send(action="/notice")
    held_on = clock.now().astimezone(TOKYO).date() + timedelta(days=30)
    manager.get("/board/meetings/new")
    manager.send({"day": f"{held_on:%Y-%m-%d}", "start": "14:00", "mode": "in_person"})
    manager.get(path)
    manager.send({"agenda-meeting": next(iter(_meetings_offered(manager).values()))})
    clock.move(to=datetime(held_on.year, held_on.month, held_on.day, 10, tzinfo=TOKYO) - timedelta(days=1))
    with app.app_context():
        road.reported(db().scalars(select(Exchange)).one())
    sweep(app)
    clock.move(to=datetime(held_on.year, held_on.month, held_on.day, 14, 5, tzinfo=TOKYO))
    manager = sign_in(app, "manager")
    manager.get(path)
    assert "付議のあとに会社が応じました" in manager.page.text
    manager.send(action="/opening")
    chair = sign_in(app, "chair")
    chair.get(path)
    assert "付議のあとに会社が応じました" in chair.page.text
    offered = {one.get("value") for one in chair.page.root.iter("input") if one.get("name") == "vote-option"}
    assert {option.value for option in BoardOption if option is not BoardOption.SUSPEND} <= offered
    with app.app_context():
        assert db().scalars(select(BoardItem)).one().state == "voting"


def _proposed_after_her_story(app: Flask) -> str:
    with app.app_context():
        case, code = road.triaged(text=STORY, severity=Severity.HIGH)
        road.routed(case, code)
        file = ladder.silent_through(Step.E3)
        return f"/board/items/{ladder.proposed(file).id}"


def _revoked(app: Flask, clock: FixedClock) -> tuple[str, datetime]:
    """The board has decided to revoke, on its pages: the item's address, and the moment from which it holds."""
    with app.app_context():
        item = board.voting(clock)
        path = f"/board/items/{item.id}"
        db().commit()
    for key in ("chair", "director_two", "director_three", "director_four"):
        _votes(app, key, path, "revoke")
    manager = sign_in(app, "manager")
    manager.get(f"{path}/resolution")
    manager.send({"present": "4", "reasons": REASONS})
    assert "決議を記録しました: 取消" in manager.page.text
    with app.app_context():
        effect_at = db().scalars(select(Resolution.effect_at)).one()
        assert effect_at is not None
        assert effect_at > now() + timedelta(days=14)
    return path, effect_at


def _votes(app: Flask, key: str, path: str, option: str) -> None:
    director = sign_in(app, key)
    director.get(path)
    director.send({"vote-option": option})
    assert "投票しました" in director.page.text


def _in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _meetings_offered(visitor: Visitor) -> dict[str, str]:
    return {
        "".join(option.itertext()): str(option.get("value"))
        for option in visitor.page.root.iter("option")
        if option.get("value")
    }


def _letters_to_the_company(app: Flask) -> int:
    with app.app_context():
        letters = select(func.count()).select_from(IssuedLetter).where(IssuedLetter.company_id == company("alpha").id)
        return db().scalar(letters) or 0
