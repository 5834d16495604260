"""A lawyer from outside is asked about one consultation, and the consulter agrees: the demonstration shows it."""

from __future__ import annotations

from datetime import date, timedelta

from app.advisers.actions import agree_to_access, ask_access
from app.advisers.queries import showable_parts
from app.operations.demo.stories import Telling
from app.operations.demo.timeline import Story, later, office_hour
from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from models.adviser_access import AdviserAccess
from models.rules.adviser_access import AdviceSought
from models.rules.people import CompartmentKind

ABOUT = "stalker-at-station"
ADVISER = "adviser@kikite.example"
ASKED_BEFORE = timedelta(days=4)
SHOWN_FOR = timedelta(days=25)
QUESTION = (
    "退勤後に駅で待ち伏せをされ、声をかけられたとのことです。警察への申し出がどの段階でできるか、"
    "それまでに本人と会社が残しておくとよい記録は何かを、教えてください。"
)


def asks_an_adviser(telling: Telling, *, on: date) -> Story:
    """The manager asks, and the consulter says yes on the next working day."""
    yield office_hour(on - ASKED_BEFORE, 11, 15)
    case = telling.case
    part = next(one for one in showable_parts(case) if one.kind is CompartmentKind.NARRATIVE)
    access = ask_access(
        case,
        telling.association.people[ADVISER],
        part,
        sought=AdviceSought.LAW,
        question=QUESTION,
        last_day=today() + SHOWN_FOR,
        actor=telling.association.present(telling.second),
    )
    yield later(now(), minutes=9 * 60)
    agree_to_access(db().get_one(AdviserAccess, access.id), actor=telling.worker())
