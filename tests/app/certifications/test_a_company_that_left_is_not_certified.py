"""A company may leave between its application and the first day of its term; it is on no list after that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.applications.actions import ApplicationRefused, decide
from app.certifications.actions import enter_certified
from app.companies.actions import end_membership
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from app.registry.queries import listed
from models.certification import Certification
from models.rules.approvals import ApprovalDecision, ApprovalRefusal
from models.rules.certification_lifecycle import CertificationState
from tests.app.applications.test_applications import at, before_the_board, reviewed, submitted
from tests.support import road
from tests.support.present import company, present


def names() -> set[str]:
    return {entry.number for entry in listed(today())}


def test_a_term_that_had_not_begun_when_the_company_left_never_shows_on_the_list(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        first = today() + timedelta(days=20)

        def enter() -> str:
            entered = enter_certified(
                company("delta"),
                number="KC-2026-0777",
                valid_from=first,
                resolution_reference="KRS-2026-0001",
                actor=present("head"),
            )
            return str(entered.number)

        number = road.done(enter)
        road.done(lambda: end_membership(company("delta"), left_on=today() - timedelta(days=1), actor=present("head")))
        clock.move(to=clock.now() + timedelta(days=21))
        assert number not in names()


def test_the_board_cannot_certify_a_company_that_left_before_the_meeting(app: Flask, clock: FixedClock) -> None:
    _representative, address = submitted(app)
    reviewed(app, address)
    before_the_board(app, clock, address)
    with app.app_context():
        road.done(lambda: end_membership(company("delta"), left_on=today() - timedelta(days=1), actor=present("head")))

        def approve() -> None:
            decide(
                at(address),
                ApprovalDecision.APPROVED,
                votes_for=4,
                present=5,
                valid_from=today() + timedelta(days=1),
                actor=present("head"),
            )

        with pytest.raises(ApplicationRefused) as refused:
            road.done(approve)
        assert refused.value.refusal is ApprovalRefusal.NOT_A_MEMBER
        db().expire_all()
        certification = db().get_one(Certification, at(address).certification_id)
        assert (certification.state, certification.number) == (CertificationState.BOARD_PENDING, None)
