"""A company gives its certification back: at once, and with a waiting time while the board has the matter (6.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.applications.queries import may_begin_first
from app.certifications.queries import certification_of, waits_until_day
from app.companies.actions import end_membership, join_again
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from app.registry.queries import listed
from app.resolutions.actions import record_resolution
from models.audit_record import AuditRecord
from models.certification import Certification
from models.company_file import CompanyFile
from models.outbox_message import OutboxMessage
from models.rules.board import BoardOption
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.membership import MemberType
from models.rules.working_days import add_months
from tests.support import road
from tests.support.board import all_vote, keep, proposed, voting
from tests.support.present import company, person, present
from tests.support.visitor import Visitor, sign_in

ALPHA = "KC-2025-0001"


def withdrawn_by_the_representative(app: Flask) -> Visitor:
    representative = sign_in(app, "alpha_representative")
    representative.get("/certifications/")
    representative.send({"withdraw-is_sure": "1"})
    return representative


def held() -> Certification:
    found = certification_of(company("alpha").id)
    assert found is not None
    return found


def test_a_company_gives_its_certification_back_at_once_and_may_apply_again(app: Flask) -> None:
    page = withdrawn_by_the_representative(app).page
    assert "辞退を記録しました" in page.text
    with app.app_context():
        assert held().state is CertificationState.WITHDRAWN
        assert ALPHA not in [one.number for one in listed(today())]
        assert held().ended_in_procedure_on is None
        assert may_begin_first(company("alpha"))
        told = db().scalars(select(OutboxMessage.idempotency_key).where(OutboxMessage.person_id == person("head").id))
        assert [key for key in told if "withdrawn:" in key]


@pytest.mark.parametrize("key", ["alpha_officer", "alpha_deputy"])
def test_only_the_representative_gives_it_back(app: Flask, key: str) -> None:
    visitor = sign_in(app, key)
    visitor.get("/certifications/")
    assert "認定を辞退する" not in visitor.page.text
    csrf = visitor.page.forms[0].fields["csrf_token"]
    visitor.post("/certifications/withdraw", {"csrf_token": csrf, "withdraw-is_sure": "1"}, status=403)


def test_without_the_tick_nothing_is_given_back_and_the_page_says_so(app: Flask) -> None:
    representative = sign_in(app, "alpha_representative")
    representative.get("/certifications/")
    representative.send({}, action="/withdraw")
    assert "チェックを入れてください" in representative.page.text
    with app.app_context():
        assert held().state is CertificationState.CERTIFIED


def test_given_back_before_the_boards_decision_it_is_marked_and_waits_as_long_as_after_a_revocation(app: Flask) -> None:
    with app.app_context():
        proposed()
        keep()
        day = today()
    representative = withdrawn_by_the_representative(app)
    with app.app_context():
        assert (held().state, held().ended_in_procedure_on) == (CertificationState.WITHDRAWN, day)
        assert waits_until_day(company("alpha").id) == add_months(day, 12)
        assert db().scalars(select(CompanyFile.state)).one() is FileState.FROZEN
        recorded = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "certification.withdrawn")).one()
        assert '"during_procedure":true' in recorded.replace(" ", "")
    assert "取消しの審査中に認定が終わったあと" in representative.get("/applications/").text


def test_a_company_that_leaves_the_association_before_the_boards_decision_waits_as_long(app: Flask) -> None:
    with app.app_context():
        proposed()
        keep()
        yesterday = today() - timedelta(days=1)
        road.done(lambda: end_membership(company("alpha"), left_on=yesterday, actor=present("manager")))
        road.done(
            lambda: join_again(
                company("alpha"), member_type=MemberType.REGULAR, joined_on=today(), actor=present("manager")
            )
        )
        assert held().state is CertificationState.LAPSED_MEMBERSHIP
        assert waits_until_day(company("alpha").id) == add_months(yesterday, 12)
        assert not may_begin_first(company("alpha"))


def test_a_revocation_that_is_decided_stands_when_the_certification_is_given_back(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        effect_at = record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager")).effect_at
        assert effect_at is not None
        keep()
    withdrawn_by_the_representative(app)
    with app.app_context():
        assert db().scalars(select(CompanyFile.state)).one() is FileState.DECIDED
        waits = waits_until_day(company("alpha").id)
        assert waits is not None
        assert waits > add_months(today(), 12)
