"""Once a year a company is asked for its nine pledges, reminded, and, when it stays silent, owes an answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.escalations.actions import open_due_steps
from app.escalations.drafting import text_for
from app.escalations.queries import what_to_ask
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.ids import new_id
from app.pipeline.transaction import db, transaction, transactions
from app.pledges.actions import (
    Incomplete,
    confirm,
    follow_confirmations,
    is_a_confirmation_due,
    remind_of_confirmations,
)
from app.pledges.queries import present_confirmation, said_in
from models.audit_record import AuditRecord
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.clock import Clock
from models.confirmed_pledge import ConfirmedPledge
from models.outbox_message import OutboxMessage
from models.pledge_confirmation import PledgeConfirmation
from models.reminder import Reminder
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_duties import Duty
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Step
from models.rules.pledge_confirmation import ConfirmationEnd, Keeping
from models.rules.pledges import Pledge
from tests.support import road
from tests.support.ladder import file_of, issued, swept
from tests.support.present import company, person, present
from tests.support.questions import noted
from tests.support.visitor import Visitor, sign_in

MISSING = "夜間の窓口の担当者を、来年3月までに置きます。"
ALL_KEPT: dict[Pledge, tuple[Keeping | None, str]] = dict.fromkeys(Pledge, (Keeping.KEPT, ""))
AS_BEFORE = dict.fromkeys((pledge.value for pledge in Pledge), "kept")


def asked_now(app: Flask) -> None:
    with app.app_context():
        road.done(follow_confirmations)


def due_at(key: str = "alpha") -> datetime:
    clock = db().scalars(
        select(Clock).where(Clock.subject_id == company(key).id, Clock.kind == ClockKind.PLEDGE_CONFIRMATION)
    )
    return clock.one().due_at


def to_confirm(app: Flask, who: str = "alpha_representative") -> Visitor:
    representative = sign_in(app, who)
    representative.get("/certifications/")
    representative.get(representative.page.links["誓約の状況と、年1回の確認"])
    assert "年1回の確認をお願いします" in representative.page.text
    representative.get(representative.page.links["九つの誓約を確認する"])
    return representative


def test_whoever_filed_shortly_before_is_not_asked_and_costs_no_turn_of_the_clock_a_question(app: Flask) -> None:
    with app.app_context(), transaction():
        spared = company("alpha")
        held = db().scalars(select(Certification).where(Certification.company_id == spared.id)).one()
        filed = now() - timedelta(days=90)
        db().add(
            CertificationApplication(
                id=new_id(),
                number="P-2222-2222",
                company_id=spared.id,
                certification_id=held.id,
                kind="renewal",
                pledge_version="2025-10",
                begun_by_id=person("alpha_representative").id,
                begun_at=filed,
                submitted_at=filed,
                ended_at=filed + timedelta(days=1),
            )
        )
    asked_now(app)
    with app.app_context():
        assert company("alpha").id not in db().scalars(select(PledgeConfirmation.company_id)).all()
        engine = transactions().engine
    with noted(engine) as questions, app.app_context():
        assert not is_a_confirmation_due(), "the clock begins nothing for whoever is spared"
    assert len(questions.statements) == 2, questions.statements


def test_every_certified_company_is_asked_once_with_a_day_and_no_other_one(app: Flask) -> None:
    asked_now(app)
    asked_now(app)
    with app.app_context():
        asked = db().scalars(select(PledgeConfirmation)).all()
        wanted = {company(key).id for key in ("alpha", "beta", "gamma", "epsilon")}
        assert sorted(one.company_id for one in asked) == sorted(wanted), "delta holds no certification"
        assert {str(one.asked_for) for one in asked} == {"2026-10-01"}
        # Twenty business days from Tuesday, 24 November 2026.
        assert due_at().astimezone(TOKYO) == datetime(2026, 12, 22, 17, 0, tzinfo=TOKYO)
        representative = person("alpha_representative").id
        mails = db().scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == representative)).all()
        assert mails.count("update") == 1


def test_a_company_confirms_nine_pledges_and_the_secretariat_reads_what_is_missing(app: Flask) -> None:
    asked_now(app)
    representative = to_confirm(app)
    representative.send({**AS_BEFORE, "desk": "not_kept"})
    assert "誓約4の、足りないことと、いつまでに整えるかを入力してください。" in representative.page.text
    representative.send({**AS_BEFORE, "desk": "not_kept", "desk_note": MISSING})
    assert "九つの誓約の確認を受け取りました" in representative.page.text
    assert MISSING in representative.page.text

    desk = sign_in(app, "manager")
    desk.get("/pledges/?show=different")
    desk.get(desk.page.links["青葉台コンタクト株式会社"])
    assert MISSING in desk.page.text
    auditor = sign_in(app, "auditor")
    with app.app_context():
        own = company("alpha").id
        said = db().scalars(select(ConfirmedPledge)).all()
        assert len(said) == len(Pledge)
        assert all(MISSING.encode() not in (one.sealed_note or b"") for one in said)
        assert db().scalar(select(func.count()).where(AuditRecord.name == "confirmation.read")) == 2
        of_alpha = (Clock.kind == ClockKind.PLEDGE_CONFIRMATION, Clock.subject_id == own)
        assert db().scalars(select(Clock.met_at).where(*of_alpha)).one() is not None
    auditor.get(f"/pledges/{own}")
    assert MISSING not in auditor.page.text
    assert "変更中" in auditor.page.text
    other = sign_in(app, "beta_representative")
    other.get(f"/pledges/{own}", status=404)


def test_what_was_said_is_said_anew_and_the_newest_stands(app: Flask) -> None:
    asked_now(app)
    with app.app_context(), transaction():
        actor = present("alpha_representative")
        confirm(open_question(), {**ALL_KEPT, Pledge.DESK: (Keeping.NOT_KEPT, MISSING)}, actor=actor)
    with app.app_context():
        first = open_question().confirmed_at
    representative = sign_in(app, "alpha_representative")
    representative.get("/pledges/confirm")
    assert MISSING in representative.page.text, "what was said stands in the form"
    representative.send({**AS_BEFORE, "desk_note": ""})
    with app.app_context():
        said = said_in(open_question())
        assert said[Pledge.DESK].keeping is Keeping.KEPT
        assert said[Pledge.DESK].sealed_note is None
        assert open_question().confirmed_at == first


def test_last_years_words_are_recorded_when_they_are_read_while_this_years_are_awaited(
    app: Flask, clock: FixedClock
) -> None:
    asked_now(app)
    with app.app_context(), transaction():
        said = {**ALL_KEPT, Pledge.DESK: (Keeping.NOT_KEPT, MISSING)}
        confirm(open_question(), said, actor=present("alpha_representative"))
    with app.app_context(), transaction():
        held = db().scalars(select(Certification).where(Certification.company_id == company("alpha").id)).one()
        held.valid_to, held.version = date(2029, 9, 30), held.version + 1
    clock.move(to=datetime(2027, 11, 1, 10, 0, tzinfo=TOKYO))
    asked_now(app)
    desk = sign_in(app, "manager")
    with app.app_context():
        assert open_question().is_awaited
        own = company("alpha").id
    desk.get(f"/pledges/{own}")
    assert MISSING in desk.page.text
    with app.app_context():
        assert db().scalar(select(func.count()).where(AuditRecord.name == "confirmation.read")) == 1


def open_question(key: str = "alpha") -> PledgeConfirmation:
    found = present_confirmation(company(key).id)
    assert found is not None
    return found


def test_of_nine_pledges_none_may_be_left_out(app: Flask) -> None:
    asked_now(app)
    with app.app_context(), transaction():
        said = {pledge: kept for pledge, kept in ALL_KEPT.items() if pledge is not Pledge.SURVEY}
        with pytest.raises(Incomplete):
            confirm(open_question(), said, actor=present("alpha_representative"))
        assert open_question().is_awaited


def test_whoever_does_not_confirm_is_reminded_and_then_owes_it_as_a_matter_of_a_request(
    app: Flask, clock: FixedClock
) -> None:
    asked_now(app)
    with app.app_context():
        due = due_at()
        clock.move(to=due - timedelta(days=4))
        with transaction():
            remind_of_confirmations()
        with transaction():
            remind_of_confirmations()
        assert db().scalars(select(Reminder.kind).join(Clock).where(Clock.subject_id == company("alpha").id)).all() == [
            "before"
        ]
        swept(due + timedelta(seconds=1))
        file = file_of("alpha")
        assert file.next_step == Step.E1.code
        assert [one.duty for one in what_to_ask(file)] == [Duty.CONFIRMATION]
        assert "誓約事項の年1回の確認(2026年12月22日が期限でした)" in text_for(file, Step.E1)
        assert "誓約事項の1" in text_for(file, Step.E1)
        request = issued(file)
        clock.move(to=due + timedelta(days=1))
        with transaction():
            confirm(open_question(), ALL_KEPT, actor=present("alpha_representative"))
        with transaction():
            open_due_steps()
        db().expire_all()
        assert request.met_at is not None, "what is confirmed settles what was asked"
        assert file_of("alpha").next_step is None


@pytest.mark.parametrize(
    ("state", "because"),
    [
        (CertificationState.RENEWAL_REVIEW, ConfirmationEnd.RENEWAL_FILED),
        (CertificationState.WITHDRAWN, ConfirmationEnd.NOT_HELD),
    ],
)
def test_a_renewal_or_the_end_of_the_certification_ends_the_waiting(
    app: Flask, state: CertificationState, because: ConfirmationEnd
) -> None:
    asked_now(app)
    with app.app_context(), transaction():
        held = db().scalars(select(Certification).where(Certification.company_id == company("alpha").id)).one()
        held.state, held.version = state, held.version + 1
    asked_now(app)
    with app.app_context():
        ended = (
            db().scalars(select(PledgeConfirmation).where(PledgeConfirmation.company_id == company("alpha").id)).one()
        )
        assert ended.ended_because is because
        clock = db().scalars(select(Clock).where(Clock.subject_id == ended.company_id)).one()
        assert (clock.met_at is not None) == (because is ConfirmationEnd.RENEWAL_FILED)
        assert not clock.is_running
