"""A meeting's minutes get their number in the book of the association: entered, seen, corrected by one at a time."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from app.pipeline.clock import FixedClock
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.resolutions.actions import call_meeting, number_minutes, record_resolution
from app.resolutions.queries import minutes_numbers_of
from models.audit_record import AuditRecord
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.rules.board import BoardOption, BoardRefusal, BoardRefused, MeetingMode
from tests.support.board import all_vote, begin_vote, on_agenda, ready
from tests.support.present import present
from tests.support.road import done
from tests.support.visitor import Visitor, sign_in

NUMBER = "2026-理12"


@pytest.fixture
def paths(app: Flask, clock: FixedClock) -> tuple[str, str]:
    """A decided item and the meeting that decided it."""
    with app.app_context():
        item = ready(clock)
        done(lambda: begin_vote(item, clock))
        done(lambda: all_vote(item, BoardOption.WARNING))
        done(lambda: record_resolution(item, reasons="改善を求める。", actor=present("head")))
        return f"/board/meetings/{item.meeting_id}", f"/board/items/{item.id}"


def meeting() -> BoardMeeting:
    db().expire_all()
    return db().scalars(select(BoardMeeting).order_by(BoardMeeting.held_at)).first()


def test_the_head_enters_the_number_and_it_stands_with_the_decision(app: Flask, paths: tuple[str, str]) -> None:
    of_meeting, of_item = paths
    head = sign_in(app, "head")
    head.get("/board/")
    head.get(of_meeting)
    assert "番号は、まだ記録していません。" in head.page.text
    head.send({"reference": f"  {NUMBER} "})
    assert "議事録の番号を記録しました。" in head.page.text
    for page in (of_meeting, of_item, f"{of_item}/minutes", "/board/"):
        assert NUMBER in head.get(page).text
    for reader in ("auditor", "chair"):
        visitor = sign_in(app, reader)
        assert NUMBER in visitor.get(of_meeting).text
        assert "番号を記録する" not in visitor.page.text
    for stranger in ("counselor", "alpha_officer", "admin"):
        sign_in(app, stranger).get(of_meeting, status=403)
    with app.app_context():
        entry = minutes_numbers_of(meeting())[0]
        assert (entry.place, entry.reference) == (1, NUMBER)
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "board.number_minutes")).one()
        assert NUMBER not in facts
        assert meeting().id.hex in facts


def draft_as_file(visitor: Visitor, of_item: str) -> str:
    """What the draft of the minutes says as a file, without its line ends."""
    made = visitor.client.get(f"{of_item}/minutes/file")
    assert made.mimetype == "application/pdf"
    return "".join(page.extract_text() for page in PdfReader(BytesIO(made.data)).pages).replace("\n", "")


def test_the_manager_enters_it_as_she_records_resolutions_and_the_draft_as_a_file_names_it(
    app: Flask, paths: tuple[str, str]
) -> None:
    of_meeting, of_item = paths
    manager = sign_in(app, "manager")
    before = draft_as_file(manager, of_item)
    assert "理事の総数" in before
    assert "議事録の番号" not in before, "a meeting without a number has no empty line for it"
    manager.get(of_meeting)
    manager.send({"reference": NUMBER})
    assert "議事録の番号を記録しました。" in manager.page.text
    assert f"議事録の番号{NUMBER}議案" in draft_as_file(sign_in(app, "chair"), of_item).replace(" ", "")
    manager.get(of_meeting)
    manager.send({"reference": ""})
    assert draft_as_file(manager, of_item) == before


def test_a_recused_director_sees_the_meeting_and_nothing_of_the_item(app: Flask, paths: tuple[str, str]) -> None:
    of_meeting, of_item = paths
    assert of_item not in sign_in(app, "director_of_alpha").get(of_meeting).html
    assert of_item in sign_in(app, "chair").get(of_meeting).html


def test_a_number_is_corrected_or_taken_back_and_every_entry_stays(app: Flask, paths: tuple[str, str]) -> None:
    head = sign_in(app, "head")
    head.get(paths[0])
    head.send({"reference": NUMBER})
    head.send({"reference": NUMBER})
    assert "いまと違う番号を入力してください。" in head.page.text
    head.send({"reference": "2026-理13"})
    head.send({"reference": ""})
    assert "議事録の番号を取り消しました。" in head.page.text
    head.send({"reference": ""})
    assert "いまと違う番号を入力してください。" in head.page.text
    with app.app_context():
        assert [(one.place, one.reference) for one in minutes_numbers_of(meeting())] == [
            (1, NUMBER),
            (2, "2026-理13"),
            (3, None),
        ]
        assert meeting().minutes_reference is None


def test_of_two_at_once_the_second_is_told(app: Flask, paths: tuple[str, str]) -> None:
    first, second = sign_in(app, "head"), sign_in(app, "head")
    first.get(paths[0])
    second.get(paths[0])
    first.send({"reference": NUMBER})
    second.send({"reference": "2026-理99"}, status=409)
    with app.app_context():
        assert meeting().minutes_reference == NUMBER


def test_minutes_are_numbered_after_their_meeting_has_begun_and_as_no_other(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = ready(clock)
        held = on_agenda(item, clock)
        if held.held_at > clock.now():
            with pytest.raises(BoardRefused) as refused:
                number_minutes(held, NUMBER, actor=present("head"))
            assert refused.value.refusal is BoardRefusal.MEETING_TO_COME
        clock.move(to=held.held_at + timedelta(hours=1))
        later = done(
            lambda: call_meeting(
                held_at=held.held_at + timedelta(days=30), mode=MeetingMode.ONLINE, actor=present("head")
            )
        )
        done(lambda: number_minutes(db().get_one(BoardMeeting, held.id), NUMBER, actor=present("head")))
        clock.move(to=later.held_at + timedelta(hours=1))
        with pytest.raises(BoardRefused) as refused:
            done(lambda: number_minutes(db().get_one(BoardMeeting, later.id), NUMBER, actor=present("head")))
        assert refused.value.refusal is BoardRefusal.NUMBER_IS_TAKEN
        with pytest.raises(OutOfReach):
            number_minutes(db().get_one(BoardMeeting, later.id), "2026-理14", actor=present("chair"))
        assert db().scalars(select(BoardItem.meeting_id)).one() == held.id
