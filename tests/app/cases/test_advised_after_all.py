"""While the consulter thinks a copy over, the desk may turn to advice by its own act (domain 6.1)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.queries import exchanges_of
from app.clocks.queries import running_clocks
from app.mailbox.actions import approve_copy
from app.mailbox.queries import conversation, pending_copies
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind
from tests.support import road
from tests.support.present import consulter
from tests.support.visitor import sign_in

ADVICE = "いまは会社に伝えず、休む方法からご一緒に考えましょう。"


def advised_on_the_page(app: Flask, number: str) -> None:
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    desk.get(desk.page.links["助言で対応する"])
    assert "会社に伝える文章は取り下げます" in desk.page.text
    desk.send({"advice": ADVICE})
    assert "助言に切り替えたため、伝えません" in desk.page.text


def names_of_record(case: Case) -> list[str]:
    wanted = select(AuditRecord.name).where(AuditRecord.subject_kind == "case", AuditRecord.subject_id == case.id)
    return list(db().scalars(wanted.order_by(AuditRecord.number)))


def test_the_desk_turns_to_advice_while_consent_is_waited_for_and_the_copy_can_be_approved_no_more(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        copy = road.copied(case)
        number = case.number
    advised_on_the_page(app, number)
    with app.app_context():
        found = road.case_of(case)
        assert found.state is CaseState.ADVICE
        assert {one.kind for one in running_clocks(found.id)} & {ClockKind.ADVICE, ClockKind.CONSENT_ANSWER} == {
            ClockKind.ADVICE
        }
        told = [(said.purpose, said.text) for said in conversation(found, actor=consulter(code))]
        assert ("advice", ADVICE) in told
        assert pending_copies(found) == []
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: approve_copy(road.case_of(case), copy, actor=consulter(code)))
        (exchange,) = exchanges_of(found)
        assert (exchange.state, exchange.closed_because) == ("closed", "advised")
        assert {"case.advised", "exchange.close"} <= set(names_of_record(found))
        again = road.copied(road.case_of(case), text=road.FORWARDED + "あらためて。")
        assert [one.id for one in pending_copies(road.case_of(case))] == [again.id]
