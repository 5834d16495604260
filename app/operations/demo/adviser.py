"""A lawyer from outside is asked about one consultation, and the consulter agrees: the demonstration shows it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from app.advisers.actions import agree_to_access, ask_access
from app.advisers.queries import showable_parts
from app.operations.demo.stories import Telling
from app.operations.demo.timeline import Story, later, office_hour
from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from models.adviser_access import AdviserAccess
from models.rules.adviser_access import AdviceSought
from models.rules.people import CompartmentKind

STORY: dict[str, str] = json.loads((Path(__file__).parent / "adviser.json").read_text(encoding="utf-8"))
ABOUT = STORY["about"]
ASKED_BEFORE = timedelta(days=4)
SHOWN_FOR = timedelta(days=25)


def asks_an_adviser(telling: Telling, *, on: date) -> Story:
    """The manager asks in the morning, and the consulter says yes in the evening."""
    yield office_hour(on - ASKED_BEFORE, 11, 15)
    case = telling.case
    part = next(one for one in showable_parts(case) if one.kind is CompartmentKind.NARRATIVE)
    access = ask_access(
        case,
        telling.association.people[STORY["adviser"]],
        part,
        sought=AdviceSought.LAW,
        question=STORY["question"],
        last_day=today() + SHOWN_FOR,
        actor=telling.association.present(telling.second),
    )
    yield later(now(), minutes=9 * 60)
    agree_to_access(db().get_one(AdviserAccess, access.id), actor=telling.worker())
