"""After the consulter's objection the accepted report is looked at once more, and may be sent back after all."""

from __future__ import annotations

from flask import Flask

from app.cases.actions import accept_report, return_report
from app.cases.actions.reviewing import report_to_review
from app.mailbox.actions import say_not_satisfied
from app.pipeline.transaction import db
from models.case import Case
from models.rules.case_lifecycle import CaseState
from tests.support import road
from tests.support.present import consulter, present


def objected_to(app: Flask) -> Case:
    case, code = road.triaged()
    exchange = road.fed_back(road.reported(road.routed(case, code)))
    road.done(lambda: say_not_satisfied(db().get_one(Case, case.id), "まだ心配です。", actor=consulter(code)))
    assert road.case_of(case).state is CaseState.REVIEW
    assert exchange.accepted_at is not None
    return road.case_of(case)


def test_what_was_accepted_is_accepted_again_after_an_objection(app: Flask) -> None:
    with app.app_context():
        case = objected_to(app)
        report = report_to_review(case)
        assert report is not None
        road.done(lambda: accept_report(db().get_one(Case, case.id), report, actor=present("counselor")))
        assert road.case_of(case).state is CaseState.FEEDBACK


def test_what_was_accepted_can_be_sent_back_after_an_objection(app: Flask) -> None:
    with app.app_context():
        case = objected_to(app)
        report = report_to_review(case)
        assert report is not None
        road.done(
            lambda: return_report(db().get_one(Case, case.id), report, "日付がありません。", actor=present("counselor"))
        )
        db().expire_all()
        assert road.case_of(case).state is CaseState.IN_ACTION
        assert report.accepted_at is None
        assert report.returned_at is not None
