"""Loading the demonstration into an empty installation, dated around today."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask

from app.operations.association import (
    Association,
    enter_companies,
    enter_officers,
    enter_staff,
    read_companies,
    read_people,
    say_that_they_serve,
    share_what_waits,
)
from app.operations.demo.adviser import ABOUT, asks_an_adviser
from app.operations.demo.ladders import Rung, ladder_of
from app.operations.demo.progress import keeps_informed
from app.operations.demo.stories import Silence, Telling, story_of
from app.operations.demo.timeline import Timeline
from app.operations.demo_data import SignIn
from app.operations.outbox import send_waiting
from app.operations.sweep import sweep
from app.pipeline.clock import TOKYO, FixedClock, WallClock, use_clock
from app.pipeline.transaction import transaction
from models.rules.case_lifecycle import CaseState

FILES = Path(__file__).parent
DEMO_PASSWORD = "kikite demo 2026"  # noqa: S105 - printed at every start of the demonstration
COUNSELORS = ("counselor1@kikite.example", "counselor2@kikite.example")
FOUNDED_BEFORE = timedelta(days=345)
SILENT = ("silent",)
"""The companies that answer nothing, not even whether those who serve them still do."""
LEAST_DAYS = {
    CaseState.TRIAGE: 5,
    CaseState.NEED_INFO: 6,
    CaseState.AWAIT_CONSENT: 8,
    CaseState.READY: 9,
    CaseState.WITHDRAWN: 9,
    CaseState.ADVICE: 9,
    CaseState.ROUTED: 12,
    CaseState.REROUTE: 16,
    CaseState.RECALLED: 16,
    CaseState.ACKED: 16,
}
# One sign-in for each role, as they are printed at the start.
SHOWN = (
    ("相談員", "Counselor", "counselor1@kikite.example"),
    ("事務局の管理者", "Manager", "manager@kikite.example"),
    ("事務局長", "Head", "head@kikite.example"),
    ("会社の責任者", "Officer", "officer@minamo.example"),
    ("会社の責任者(応答のない会社)", "Officer of the silent company", "officer@silent.example"),
    (
        "会社代表者(認定を申請できる会社)",
        "Representative of a company that may apply",
        "representative@narugata-contact.example",
    ),
    ("理事", "Director", "director2@kikite.example"),
    ("監事", "Auditor", "auditor@kikite.example"),
    ("外部助言者", "External adviser", "adviser@kikite.example"),
    ("システム管理者", "Administrator", "admin@kikite.example"),
)


def load(app: Flask, *, now: datetime | None = None) -> list[SignIn]:
    """Found the association in an empty installation, let its last year happen, and say as whom one may sign in."""
    present = now or datetime.now(TOKYO)
    today = present.astimezone(TOKYO).date()
    clock = FixedClock(datetime.combine(today - FOUNDED_BEFORE, time(9), TOKYO))
    use_clock(app, clock)
    try:
        with app.app_context(), transaction():
            association = _found()
        with app.app_context(), transaction():
            share_what_waits(association)
        timeline = Timeline(app, clock, ends_at=present, by_the_clock=lambda: _by_the_clock(app, association))
        for story in _stories(association, present):
            timeline.tell(story)
        timeline.run()
    finally:
        use_clock(app, WallClock())
    return [SignIn(f"{ja} / {en}", mail, DEMO_PASSWORD) for ja, en, mail in SHOWN]


def _by_the_clock(app: Flask, association: Association) -> None:
    swept = sweep(app)
    if swept.failed:
        raise RuntimeError(f"the clock's work failed while the demonstration was loaded: {swept.failed}")
    send_waiting(app)
    with app.app_context(), transaction():
        say_that_they_serve(but={association.companies[key].id for key in SILENT})
    with app.app_context(), transaction():
        # Everybody looks in each day, and hands on by that what somebody else is to read from then on.
        share_what_waits(association)


def _found() -> Association:
    association = Association()
    companies = read_companies()
    enter_companies(association, companies)
    enter_staff(association, read_people(), password_of=lambda _login: DEMO_PASSWORD)
    enter_officers(association, companies, password_of=lambda _login: DEMO_PASSWORD)
    return association


def _stories(association: Association, present: datetime) -> list[Any]:
    today = present.astimezone(TOKYO).date()
    replies = json.loads((FILES / "replies.json").read_text(encoding="utf-8"))
    ladders = json.loads((FILES / "ladders.json").read_text(encoding="utf-8"))
    routed_on = {
        case["consultation"]: today + timedelta(days=case["routed_day"]) for row in ladders for case in row["cases"]
    }
    stories = []
    for number, item in enumerate(json.loads((FILES / "consultations.json").read_text(encoding="utf-8"))):
        counselor = COUNSELORS[number % len(COUNSELORS)]
        silence = _silence(item["id"], ladders, today)
        telling = Telling(association, item, replies[item["id"]], counselor=counselor, silence=silence)
        day = routed_on.get(item["id"])
        sent_at = _sent_at(item, present, day)
        stories.append(story_of(telling, sent_at=sent_at, routed_on=day))
        stories.append(keeps_informed(telling, from_=sent_at))
        if item["id"] == ABOUT:
            stories.append(asks_an_adviser(telling, on=today))
    stories += [ladder_of(Rung(association, row, today)) for row in ladders]
    return stories


def _silence(consultation: str, ladders: list[dict[str, Any]], today: date) -> Silence | None:
    """How long the company of a ladder leaves this consultation unanswered."""
    for row in ladders:
        for case in row["cases"]:
            if case["consultation"] == consultation:
                days = {step["event"]: today + timedelta(days=step["day"]) for step in row["steps"]}
                effective = days.get("effective")
                concluded_on = effective + timedelta(days=4) if effective else None
                return Silence(case["duty"], days.get("complied_late"), concluded_on)
    return None


def _sent_at(item: dict[str, Any], present: datetime, routed_on: date | None) -> datetime:
    """Some hour of the day, often at night, always the same for the same consultation."""
    today = present.astimezone(TOKYO).date()
    day = today - timedelta(days=item["demo"]["days_ago"])
    if routed_on is not None:
        day = min(day, routed_on - timedelta(days=9))
    # Around holidays a desk needs more days than the data file thought of.
    day = min(day, today - timedelta(days=LEAST_DAYS.get(CaseState(item["demo"]["state"]), 0)))
    chance = int.from_bytes(sha256(item["id"].encode()).digest()[:4], "big")
    moment = datetime.combine(day, time(chance % 24, chance // 24 % 60), TOKYO)
    return min(moment, present - timedelta(minutes=20 + chance % 200))
