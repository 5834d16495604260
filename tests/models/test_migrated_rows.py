"""Rows that were there before a migration are there after it, with what they said."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models import schema
from models.base import UtcMoment
from models.clock import Clock
from models.company import Company
from models.rule_change import RuleChange
from models.rules.deadlines import ClockKind
from models.rules.rule_change import RuleKind

TOKYO = ZoneInfo("Asia/Tokyo")
ENTERED = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
CLOSED = {date(2026, 12, 28): "台風による休業", date(2027, 1, 4): "電気設備の点検"}


def plant_closure_days(engine: Engine) -> None:
    schema.upgrade(engine, schema.MAIN, to="0018")
    with engine.begin() as connection:
        for day, reason in CLOSED.items():
            connection.execute(
                text("INSERT INTO closure_day (day, reason, entered_at) VALUES (:day, :reason, :at)"),
                {"day": day.isoformat(), "reason": reason, "at": ENTERED.isoformat(sep=" ")},
            )


def test_closure_days_become_changes_of_rules_in_force(empty: Engine) -> None:
    plant_closure_days(empty)
    schema.upgrade(empty, schema.MAIN)
    with Session(empty) as session:
        rows = session.query(RuleChange).order_by(RuleChange.valid_from).all()
    assert {row.valid_from: json.loads(row.value)["ja"] for row in rows} == CLOSED
    for row in rows:
        assert (row.kind, row.key, row.ended_at) == (RuleKind.CLOSURE, row.valid_from.isoformat(), None)
        assert (row.entered_at, row.entered_by_id) == (ENTERED, None)
        assert json.loads(row.value)["sort"] == "association"


def test_closure_days_come_back_when_the_migration_is_undone_and_those_taken_back_do_not(empty: Engine) -> None:
    plant_closure_days(empty)
    schema.upgrade(empty, schema.MAIN)
    with empty.begin() as connection:
        connection.execute(text("UPDATE rule_change SET ended_at = entered_at WHERE key = '2027-01-04'"))
    schema.downgrade(empty, schema.MAIN, to="0018")
    with empty.connect() as connection:
        kept = connection.execute(text("SELECT day, reason FROM closure_day")).all()
    assert [(str(day), reason) for day, reason in kept] == [("2026-12-28", "台風による休業")]


def table(name: str, row: Mapping[str, object]) -> sa.TableClause:
    kinds = {
        uuid.UUID: sa.Uuid(),
        bytes: sa.LargeBinary(),
        date: sa.Date(),
        bool: sa.Boolean(),
        int: sa.Integer(),
        datetime: UtcMoment(),
    }
    return sa.table(name, *(sa.column(key, kinds.get(type(value), sa.String())) for key, value in row.items()))


def plant(engine: Engine, name: str, **row: object) -> uuid.UUID:
    own = {"id": uuid.uuid4(), **row}
    with engine.begin() as connection:
        connection.execute(table(name, own).insert().values(**own))
    return own["id"]


def test_of_a_survey_that_runs_the_answers_are_waited_for_and_of_an_older_one_nothing_is_owed(empty: Engine) -> None:
    schema.upgrade(empty, schema.MAIN, to="0060")
    today, moment = datetime.now(TOKYO).date(), ENTERED
    sealed = {"sealed_name": b"-", "sealed_mail": b"-", "login_digest": bytes(32)}
    who = plant(empty, "person", role="manager", is_handler=False, is_chair=False, starts_at=moment, **sealed)
    place = {"member_type": "regular", "operator_type": "agency", "prefecture": "東京都", "address": "一丁目"}
    ended, runs = (
        plant(
            empty,
            "survey",
            title="調査",
            asked_on=today - timedelta(days=40),
            closes_on=today + timedelta(days=days),
            opened_by_id=who,
            opened_at=moment,
        )
        for days in (-3, 14)
    )
    asked = {}
    for how, survey, more in (
        ("over", ended, {"is_exempt": False}),
        ("silent", runs, {"is_exempt": False}),
        ("exempt", runs, {"is_exempt": True}),
        ("answered", runs, {"is_exempt": False, "answered_on": today}),
    ):
        company = plant(empty, "company", **place)
        asked[how] = plant(empty, "survey_invitation", survey_id=survey, company_id=company, version=1, **more)
    schema.upgrade(empty, schema.MAIN, to="0061")
    with Session(empty) as session:
        clocks = session.query(Clock).all()
    assert [one.subject_id for one in clocks] == [asked["silent"]]
    last = datetime.combine(today + timedelta(days=14), time(23, 59, 59), TOKYO)
    assert (clocks[0].kind, clocks[0].due_at, clocks[0].is_running) == (ClockKind.SURVEY_ANSWER, last, True)
    schema.downgrade(empty, schema.MAIN, to="0060")
    with Session(empty) as session:
        assert session.query(Clock).count() == 0


def test_a_request_of_which_everything_was_let_off_was_not_met(empty: Engine) -> None:
    schema.upgrade(empty, schema.MAIN, to="0065")
    day, at = date(2026, 12, 18), datetime(2026, 12, 21, 3, 0, tzinfo=UTC)
    sealed = {"sealed_name": b"-", "sealed_mail": b"-", "login_digest": bytes(32)}
    who = plant(empty, "person", role="manager", is_handler=False, is_chair=False, starts_at=ENTERED, **sealed)
    place = {"member_type": "none", "operator_type": "agency", "prefecture": "東京都", "address": "一丁目"}
    asked = {}
    for number, exempt in (("let off", (True, True)), ("in part", (True, False)), ("answered", (False,))):
        company = plant(empty, "company", **place)
        of_file = {"state": "requesting", "is_open": True, "version": 1, "opened_at": ENTERED}
        file = plant(empty, "company_file", company_id=company, number=number, **of_file)
        kept = {"kind": "company_file", "created_at": ENTERED, "has_own_key": False}
        about = {"company_file_id": file, "compartment_id": plant(empty, "compartment", company_file_id=file, **kept)}
        said = {"step": "E1", "sealed_matter": b"-", "drafted_by_id": who, "drafted_at": ENTERED, "issued_at": ENTERED}
        asked[number] = plant(
            empty, "formal_request", state="met", met_at=at, version=1, number=number, **about, **said
        )
        for is_exempt in exempt:
            title = {
                "title": "調査",
                "asked_on": ENTERED.date(),
                "closes_on": day,
                "opened_by_id": who,
                "opened_at": ENTERED,
            }
            invited = {"survey_id": plant(empty, "survey", **title), "company_id": company, "version": 1}
            invitation = plant(empty, "survey_invitation", is_exempt=is_exempt, **invited)
            matter = {"duty": "survey", "owed_since": ENTERED, "settled_at": at, "survey_invitation_id": invitation}
            plant(empty, "request_matter", formal_request_id=asked[number], **matter)
    schema.upgrade(empty, schema.MAIN)
    assert how_they_ended(empty) == {"let off": ("waived", False), "in part": ("met", True), "answered": ("met", True)}
    schema.downgrade(empty, schema.MAIN, to="0065")
    assert how_they_ended(empty) == dict.fromkeys(asked, ("met", True))


def how_they_ended(engine: Engine) -> dict[str, tuple[str, bool]]:
    """Of each request its state, and whether a moment says when it was met."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT number, state, met_at FROM formal_request")).all()
    return {number: (state, met_at is not None) for number, state, met_at in rows}


COMPANIES = {
    # type that stood there, joined, left: what is a row afterwards, and what stands there then
    "a": ("regular", date(2020, 4, 1), None, ("regular", date(2020, 4, 1), None)),
    "b": ("supporting", date(2021, 4, 1), date(2022, 3, 31), ("supporting", date(2021, 4, 1), date(2022, 3, 31))),
    "c": ("none", None, None, None),
    "d": ("regular", None, None, None),
    "e": ("none", date(2023, 4, 1), None, ("regular", date(2023, 4, 1), None)),
}


def plant_companies(engine: Engine) -> dict[str, uuid.UUID]:
    schema.upgrade(engine, schema.MAIN, to="0061")
    place = {"operator_type": "agency", "prefecture": "東京都", "address": "一丁目"}
    ids = {}
    for key, (member_type, joined_on, left_on, _row) in COMPANIES.items():
        days = {name: day for name, day in (("joined_on", joined_on), ("left_on", left_on)) if day is not None}
        ids[key] = plant(engine, "company", member_type=member_type, **place, **days)
    return ids


def test_what_stood_on_a_company_is_its_membership_and_goes_on_standing_there(empty: Engine) -> None:
    ids = plant_companies(empty)
    schema.upgrade(empty, schema.MAIN)
    with Session(empty) as session:
        for key, company_id in ids.items():
            row = COMPANIES[key][3]
            company = session.get_one(Company, company_id)
            rows = [(one.member_type.value, one.valid_from, one.valid_to) for one in company.memberships]
            assert rows == ([row] if row else []), key
            stood = (company.member_type, company.joined_on, company.left_on)
            company.take_standing()
            assert (company.member_type, company.joined_on, company.left_on) == stood, key
    schema.downgrade(empty, schema.MAIN, to="0061")
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM company")).scalar_one() == len(COMPANIES)
