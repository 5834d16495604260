"""Of the consultations behind the requests the board is told numbers, of five and more, of those who agreed to that."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.pipeline.clock import FixedClock, now
from app.pipeline.transaction import db
from app.resolutions.files import packet_as_paper
from app.resolutions.item_page import view_of
from app.surveys.actions import open_survey
from models.board_item import BoardItem
from models.case import Case
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.rules.company_duties import Duty
from models.rules.consent import ConsentOption
from models.rules.taxonomy.harassment_type import HarassmentType
from models.survey_invitation import SurveyInvitation
from tests.support import road
from tests.support.board import in_hearing, keep, on_agenda, ready
from tests.support.present import company, present
from tests.support.visitor import sign_in

ABUSE, STALKING, LONG = HarassmentType.ABUSE, HarassmentType.STALKING, HarassmentType.LONG_RESTRAINT
AGREED = frozenset({ConsentOption.CN_BD})


def written(*types: HarassmentType, options: frozenset[ConsentOption] = AGREED) -> Case:
    case, _code = road.submitted(types=types, options=options)
    return case


def put_behind_the_first_request(item: BoardItem, cases: list[Case]) -> None:
    """As if the company had not answered any of these."""
    request = db().scalars(select(FormalRequest).where(FormalRequest.step == "E1")).one()
    for case in cases:
        exchange = Exchange(
            id=uuid.uuid4(),
            case_id=case.id,
            company_id=company("alpha").id,
            state="preparing",
            reference=f"T-{uuid.uuid4().hex[:8]}",
            feeds_ladder=True,
        )
        db().add(exchange)
        db().flush()
        for duty in (Duty.ACKNOWLEDGE, Duty.REPORT):
            named = {"formal_request_id": request.id, "exchange_id": exchange.id, "owed_since": request.served_at}
            db().add(RequestMatter(id=uuid.uuid4(), duty=duty, **named))
    keep()


def before_the_board(clock: FixedClock, cases: list[Case]) -> BoardItem:
    item = ready(clock)
    put_behind_the_first_request(item, cases)
    on_agenda(item, clock)
    return item


def test_each_consultation_counts_once_and_whoever_did_not_agree_not_at_all(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        cases = [written(ABUSE) for _ in range(6)]
        cases += [written(ABUSE, STALKING), written(LONG, options=frozenset()), written(LONG, options=frozenset())]
        item = before_the_board(clock, cases)
        view = view_of(item, actor=present("chair"))
        assert view.packet is not None
        assert view.packet["consultations"] == {"people": 7, "smallest": 5, "kinds": {ABUSE: 7}}
        paper = json.dumps(packet_as_paper(view).as_data(), ensure_ascii=False)
        assert "理事会での利用に同意のある相談は7件です。" in paper
        path = f"/board/items/{item.id}"
    page = sign_in(app, "chair").get(path).text
    for read in (paper, page):
        assert ABUSE.ja in read
        assert STALKING.ja not in read
        assert LONG.ja not in read


@pytest.mark.parametrize("agreed", [0, 4])
def test_of_fewer_than_five_neither_number_nor_kind_is_told(app: Flask, clock: FixedClock, agreed: int) -> None:
    with app.app_context():
        cases = [written(ABUSE) for _ in range(agreed)] + [written(ABUSE, options=frozenset()) for _ in range(3)]
        item = before_the_board(clock, cases)
        view = view_of(item, actor=present("chair"))
        assert view.packet is not None
        assert view.packet["consultations"] == {"people": None, "smallest": 5, "kinds": {}}
        assert "5件に満たないため" in json.dumps(packet_as_paper(view).as_data(), ensure_ascii=False)


def test_whatever_a_request_asked_for_stands_in_words_before_the_directors(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        first = db().scalars(select(FormalRequest)).first()
        assert first is not None
        asked = db().scalars(select(RequestMatter.duty).where(RequestMatter.formal_request_id == first.id)).all()
        closes_on = now().date() + timedelta(days=20)
        open_survey(title="実態調査", asked_on=now().date(), closes_on=closes_on, actor=present("manager"))
        invited = select(SurveyInvitation.id).where(SurveyInvitation.company_id == company("alpha").id)
        for duty in set(Duty) - set(asked):
            matter = RequestMatter(id=uuid.uuid4(), formal_request_id=first.id, duty=duty, owed_since=first.due_at)
            if duty is Duty.SURVEY:
                matter.survey_invitation_id = db().scalars(invited).one()
            db().add(matter)
        keep()
        assert item.explanation_due_at is not None
        clock.move(to=item.explanation_due_at)
        on_agenda(item, clock)
        path = f"/board/items/{item.id}"
    page = sign_in(app, "chair").get(path).text
    assert [duty for duty in Duty if duty.ja not in page] == []
    assert Duty.CONFIRMATION.value not in page
