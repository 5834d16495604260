"""A hold is set for a reason until a day of review, shown with its case, looked at again, and lifted for a reason."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import advise, close_case, exclude
from app.operations.erasing import erase_due
from app.operations.sweep import Work, sweep
from app.operations.verification import verify_all
from app.pipeline.clock import FixedClock, today
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.retention.actions import HoldRefused, lift_hold, order_erasure, review_hold, set_hold
from app.retention.queries import hold_on, version_of_holds
from models.audit_record import AuditRecord
from models.legal_hold import LegalHold
from models.outbox_message import OutboxMessage
from models.rules.erasure import ErasedPart, ErasureCause, HoldEnd, HoldReason
from models.rules.holds import HOLD_POLICIES, HoldRefusal
from models.rules.taxonomy.outcome import Outcome
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import Visitor, sign_in

YEAR = timedelta(days=400)
RESTS = timedelta(days=HOLD_POLICIES[-1].rests_days)


class Of(NamedTuple):
    """A case by what names it, which outlasts the session that it was read in."""

    id: uuid.UUID
    number: str


def closed() -> Any:
    """Closed with advice alone: its term is a year."""
    case, _code = road.triaged()
    road.done(lambda: advise(case, "相談先をお伝えします。", actor=present("counselor")))
    road.done(lambda: close_case(road.case_of(case), Outcome.ADVICE, actor=present("counselor")))
    case = road.case_of(case)
    return Of(case.id, case.number)


def held(case: Any, *, by: str = "manager", seen: int = 0, reason: HoldReason = HoldReason.LAWSUIT) -> LegalHold:
    day = today() + timedelta(days=90)
    return road.done(lambda: set_hold(road.case_of(case), reason, review_on=day, seen=seen, actor=present(by)))


def recorded(case: Any) -> list[tuple[str, dict[str, object]]]:
    rows = db().scalars(
        select(AuditRecord)
        .where(AuditRecord.subject_id == case.id, AuditRecord.name.like("hold.%"))
        .order_by(AuditRecord.number)
    )
    return [(row.name, json.loads(row.facts)) for row in rows]


def page(number: str) -> str:
    return f"/desk/retention/cases/{number}"


def fill(visitor: Visitor, case: Any, act: str, **data: str) -> None:
    visitor.get(page(case.number))
    visitor.send(data, action=f"{page(case.number)}/{act}")


def test_a_manager_holds_a_case_reviews_it_and_lifts_it_and_the_record_says_so(app: Flask, clock: FixedClock):
    with app.app_context():
        case = closed()
        first, later = today() + timedelta(days=30), today() + timedelta(days=120)
    manager = sign_in(app, "manager")
    fill(manager, case, "hold", reason="lawsuit", review_on=first.isoformat())
    assert "保全しました" in manager.page.text
    assert "裁判・調停・労働審判に関わる" in manager.page.text
    fill(manager, case, "review", review_on=later.isoformat())
    assert "保全を続けます" in manager.page.text
    assert case.number in manager.get("/desk/retention/holds").text
    fill(manager, case, "lift", because="over")
    assert "保全を解きました" in manager.page.text
    assert "残す理由がなくなった" in manager.page.text, "the holds that were are told"
    assert case.number not in manager.get("/desk/retention/holds").text
    with app.app_context():
        (hold,) = db().scalars(select(LegalHold)).all()
        assert recorded(case) == [
            ("hold.set", {"hold_id": hold.id.hex, "hold_reason": "lawsuit", "review_on": first.isoformat()}),
            ("hold.review", {"hold_id": hold.id.hex, "hold_reason": "lawsuit", "review_on": later.isoformat()}),
            ("hold.lift", {"hold_id": hold.id.hex, "hold_end": "over"}),
        ]
        assert hold.lifted_by_id == person("manager").id
        assert verify_all().ok
    auditor = sign_in(app, "auditor")
    trail = auditor.get(f"/operations/?subject=case:{case.id.hex}").text
    assert "消去しないように保全した" in trail
    assert "保全の理由 裁判・調停・労働審判に関わる" in trail
    assert "保全を解いた理由 残す理由がなくなった" in trail


def test_the_page_of_the_case_shows_the_hold_and_what_is_held_outlasts_its_term(app: Flask, clock: FixedClock):
    with app.app_context():
        case = closed()
        held(case)
    counselor = sign_in(app, "counselor")
    shown = counselor.get(f"/desk/{case.number}").text
    assert "保全中" in shown
    assert "保全しているため、期限が来ても消去されません。" in shown
    works = (Work("erase_due", erase_due, waits=True),)
    with app.app_context():
        clock.move(to=clock.now() + YEAR)
        sweep(app, works=works)
        db().rollback()
        assert road.case_of(case).erased_at is None
    manager = sign_in(app, "manager")
    assert "残す期間は過ぎています" in manager.get(page(case.number)).text
    assert "見直す日になっています" in manager.page.text
    fill(manager, case, "lift", because="over")
    with app.app_context():
        clock.move(to=clock.now() + RESTS - timedelta(minutes=1))
    sweep(app, works=works)
    with app.app_context():
        assert road.case_of(case).erased_at is None, "others are told, and may hold it again"
        clock.move(to=clock.now() + timedelta(minutes=1))
    sweep(app, works=works)
    with app.app_context():
        assert road.case_of(case).erased_at is not None
        with pytest.raises(HoldRefused) as refused:
            held(case, seen=2)
        assert refused.value.refusal is HoldRefusal.ORDERED
    sign_in(app, "manager").get(page(case.number), status=410)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"reason": "", "review_on": "2027-01-29"}, "残す理由"),
        ({"reason": "because", "review_on": "2027-01-29"}, "残す理由"),
        ({"reason": "lawsuit", "review_on": ""}, "次に見直す日"),
        ({"reason": "lawsuit", "review_on": "2027-02-30"}, "実際にある日付"),
        ({"reason": "lawsuit", "review_on": "TODAY"}, "明日か、それより後"),
        ({"reason": "lawsuit", "review_on": "2020-01-01"}, "明日か、それより後"),
        ({"reason": "lawsuit", "review_on": "2099-01-01"}, "先すぎます"),
    ],
)
def test_what_is_no_reason_or_no_day_of_review_is_said_beside_the_field(app: Flask, answers: dict[str, str], says: str):
    with app.app_context():
        case = closed()
        answers = {name: today().isoformat() if value == "TODAY" else value for name, value in answers.items()}
    manager = sign_in(app, "manager")
    manager.get(page(case.number))
    form = manager.page.form_with("reason", action=f"{page(case.number)}/hold")
    manager.post(form.action, {**form.fields, **answers})
    assert says in manager.page.text
    assert "入力を確かめてください" in manager.page.text
    with app.app_context():
        assert hold_on(case) is None
        assert recorded(case) == []


def test_nobody_destroys_by_lifting_alone_what_others_wanted_kept(app: Flask, clock: FixedClock):
    works = (Work("erase_due", erase_due, waits=True),)
    with app.app_context():
        case = closed()
        held(case, by="head", reason=HoldReason.LEAK)
        clock.move(to=clock.now() + YEAR)
        road.done(lambda: lift_hold(road.case_of(case), HoldEnd.MISTAKE, seen=1, actor=present("manager")))
        told = select(OutboxMessage.person_id).where(OutboxMessage.idempotency_key.contains("hold:"))
        assert set(db().scalars(told)) == {person("head").id}
    sweep(app, works=works)
    with app.app_context():
        held(case, by="head", seen=2, reason=HoldReason.LEAK)
        clock.move(to=clock.now() + RESTS)
    sweep(app, works=works)
    with app.app_context():
        assert road.case_of(case).erased_at is None


def test_no_hold_is_promised_while_the_name_goes(app: Flask):
    with app.app_context():
        case = closed()
        by = (person("manager").id, person("head").id)
        part, cause = ErasedPart.IDENTITY, ErasureCause.CONSULTER
        road.done(lambda: order_erasure(road.case_of(case), part, cause, by=by, actor=present("manager")))
        with pytest.raises(HoldRefused) as refused:
            held(case)
        assert refused.value.refusal is HoldRefusal.NAME_GOES
    sweep(app, works=(Work("erase_due", erase_due, waits=True),))
    with app.app_context():
        assert held(case).reason is HoldReason.LAWSUIT


def test_of_two_who_lift_at_once_the_second_is_told_and_lifts_nothing(app: Flask):
    with app.app_context():
        case = closed()
        held(case)
    first, second = sign_in(app, "manager"), sign_in(app, "head")
    for one in (first, second):
        one.get(page(case.number))
    first.send({"because": "over"}, action=f"{page(case.number)}/lift")
    second.send({"because": "mistake"}, action=f"{page(case.number)}/lift", status=409)
    assert "ほかの人がこの保全を変えました" in second.page.text
    with app.app_context():
        assert [name for name, _facts in recorded(case)] == ["hold.set", "hold.lift"]
        held(case, seen=2, reason=HoldReason.LEAK)
    # A page of the hold that was does not fit the one that is.
    second.post(
        f"{page(case.number)}/lift", {"csrf_token": _token(second), "version": "1", "because": "over"}, status=409
    )
    with app.app_context():
        lasting = hold_on(case)
        assert lasting is not None
        assert lasting.reason is HoldReason.LEAK


def _token(visitor: Visitor) -> str:
    return visitor.page.form_with("csrf_token").fields["csrf_token"][0]


def test_of_two_who_set_one_at_once_the_second_is_told(app: Flask):
    with app.app_context():
        case = closed()
        held(case)
        with pytest.raises(HoldRefused) as refused:
            held(case, by="head")
        assert refused.value.refusal is HoldRefusal.CHANGED
        db().rollback()
        assert version_of_holds(case) == 1


def test_a_counselor_holds_the_own_case_and_lifts_none(app: Flask):
    with app.app_context():
        case = closed()
        mine = held(case, by="counselor")
        assert mine.set_by_id == person("counselor").id
        with pytest.raises(OutOfReach):
            road.done(lambda: lift_hold(road.case_of(case), HoldEnd.MISTAKE, seen=1, actor=present("counselor")))
        road.done(
            lambda: review_hold(road.case_of(case), review_on=date(2027, 3, 1), seen=1, actor=present("counselor"))
        )
    counselor = sign_in(app, "counselor")
    counselor.get(page(case.number))
    assert "保全を解く理由" not in counselor.page.text
    counselor.get("/desk/retention/holds", status=403)


def test_who_is_kept_from_a_case_finds_no_hold_of_it(app: Flask):
    with app.app_context():
        case = closed()
        held(case)
        road.done(lambda: exclude(road.case_of(case), person("manager"), "desk", actor=present("counselor")))
    manager = sign_in(app, "manager")
    assert case.number not in manager.get("/desk/retention/holds").text
    manager.get(page(case.number), status=404)


def test_what_is_ordered_to_go_is_held_no_more(app: Flask):
    with app.app_context():
        case = closed()
        by = (person("manager").id, person("head").id)
        road.done(
            lambda: order_erasure(
                road.case_of(case), ErasedPart.CONTENT, ErasureCause.COURT, by=by, actor=present("manager")
            )
        )
        with pytest.raises(HoldRefused) as refused:
            held(case)
        assert refused.value.refusal is HoldRefusal.ORDERED
    assert "消去が始まっています" in sign_in(app, "manager").get(page(case.number)).text


def test_the_list_goes_on_and_what_is_to_be_reviewed_first_comes_first(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.retention.lists.ROWS", 1)
    with app.app_context():
        first, second = closed(), closed()
        held(first)
        held(second)
        # What was set before a day was asked for has none, and is due at once.
        road.done(lambda: setattr(hold_on(second), "review_on", None))
    manager = sign_in(app, "manager")
    shown = manager.get("/desk/retention/holds")
    assert second.number in shown.text
    assert first.number not in shown.text
    following = shown.links["次のページ"]
    assert first.number in manager.get(following).text
    for wrong in ("x", "WyJub3QiLCJvbmUiXQ"):
        assert second.number in manager.get(f"/desk/retention/holds?after={wrong}").text
