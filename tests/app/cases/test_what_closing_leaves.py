"""A case is concluded about the company that is silent, and what was never delivered is sealed to nobody outside."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask

from app.cases.actions import Sending, arrange_sending, conclude_without_answer, deliver_held
from app.custody.queries import compartment_of_exchange
from app.mailbox.actions import accept_result
from app.pipeline.clock import now
from app.pipeline.transaction import db
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.rules.case_lifecycle import CaseState
from models.rules.company_file_lifecycle import FILE_LIFECYCLE
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from tests.support import road
from tests.support.present import company, consulter, present


def file_about(key: str) -> CompanyFile:
    def follow() -> CompanyFile:
        file = CompanyFile(
            id=uuid.uuid4(),
            company_id=company(key).id,
            number=f"F-TEST-{key}",
            state=FILE_LIFECYCLE.begins,
            opened_at=now(),
        )
        db().add(file)
        return file

    return road.done(follow)


def test_a_case_is_not_concluded_by_the_file_of_another_company(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.routed(case, code)
        another, own = file_about("beta"), file_about("alpha")
        with pytest.raises(NotAllowedNow):
            road.done(lambda: conclude_without_answer(road.case_of(case), another, actor=present("head")))
        assert road.case_of(case).state is CaseState.ROUTED
        road.done(lambda: conclude_without_answer(road.case_of(case), own, actor=present("head")))
        assert road.case_of(case).state is CaseState.FEEDBACK


def test_a_copy_that_waited_when_the_case_was_closed_is_open_to_no_company(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        copies = [road.copied(road.case_of(case), key) for key in ("alpha", "delta")]
        for copy in copies:
            road.approved(road.case_of(case), code, copy)
        first, second = (db().get_one(Exchange, copy.exchange_id) for copy in copies)
        road.done(lambda: arrange_sending(road.case_of(case), first, actor=present("counselor")))
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 1
        became = road.done(lambda: arrange_sending(road.case_of(case), second, actor=present("counselor")))
        assert became is Sending.WAITS
        road.fed_back(db().get_one(Exchange, first.id))
        road.done(lambda: accept_result(road.case_of(case), actor=consulter(code)))
        waited = db().get_one(Exchange, second.id)
        forwarded = compartment_of_exchange(waited, CompartmentKind.FORWARDED)
        assert forwarded is not None
        assert (waited.state, waited.routed_at) == ("closed", None)
        assert not present("delta_officer").held.opens(forwarded)
