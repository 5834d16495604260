"""What a company may be told is the consulter's own decision: by preview, by level, and back again."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from app.clocks.queries import running_clocks
from app.consents.queries import consent_in_force
from app.custody.queries import compartment_of_exchange
from app.mailbox.actions import approve_copy, decline_copy, set_consent
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db, roll_back
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.case import Case
from models.consent_entry import ConsentEntry
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.outbox_message import OutboxMessage
from models.rules.case_clocks import PROMISED
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.deadlines import ClockKind
from models.rules.people import CompartmentKind
from tests.app.mailbox.conftest import ComesBack
from tests.support import road
from tests.support.present import consulter, present

PREVIEW = "夜間の電話で、長い時間の暴言があったとのことです。"


def ledger(case: Case) -> list[tuple[str, ConsentLevel]]:
    rows = db().scalars(select(ConsentEntry).where(ConsentEntry.case_id == case.id).order_by(ConsentEntry.number))
    return [(row.act, row.level) for row in rows]


def kinds(thing_id: uuid.UUID) -> set[ClockKind]:
    """Which clocks run, but for the one until the desk's first word."""
    return {clock.kind for clock in running_clocks(thing_id)} - {ClockKind.ACKNOWLEDGE_CONSULTER}


def test_the_preview_is_what_the_company_would_read_and_looking_at_it_is_recorded(
    app: Flask, comes_back: ComesBack
) -> None:
    with app.app_context():
        case, code = road.triaged()
        copy_id = road.copied(case, text=PREVIEW).id.hex
    page = comes_back(code).get("/mailbox/copy")
    assert PREVIEW in page.text
    assert road.WRITTEN not in page.text
    with app.app_context():
        viewed = db().scalars(select(AuditRecord).where(AuditRecord.name == "copy.view")).all()
        assert [copy_id in record.facts for record in viewed] == [True]


def test_approving_lets_the_desk_send(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
    visitor = comes_back(code)
    visitor.get("/mailbox/copy")
    visitor.send({"decision": "approve", "comment": "よろしくお願いします"})
    assert "承りました" in visitor.page.text
    with app.app_context():
        found = road.case_of(case)
        assert (found.state, found.approved_at is not None) == (CaseState.READY, True)
        assert kinds(case.id) - set(PROMISED) == {ClockKind.ROUTE}
        assert ledger(case) == [("given", ConsentLevel.CN_2), ("given", ConsentLevel.CN_2)]


def test_approving_a_copy_above_the_level_raises_it_by_her_own_act(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        road.copied(case, level=ConsentLevel.CN_2)
    visitor = comes_back(code)
    page = visitor.get("/mailbox/copy")
    assert "いまの範囲より広い内容です" in page.text
    visitor.send({"decision": "approve"})
    with app.app_context():
        assert road.case_of(case).consent_level is ConsentLevel.CN_2
        assert ledger(case) == [
            ("given", ConsentLevel.CN_0),
            ("raised", ConsentLevel.CN_2),
            ("raised", ConsentLevel.CN_2),
        ]


def test_asking_for_a_change_keeps_it_unapproved_and_the_company_can_never_read_the_comment(
    app: Flask, comes_back: ComesBack
) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
    visitor = comes_back(code)
    visitor.get("/mailbox/copy")
    visitor.send({"decision": "change", "comment": ""})
    assert "どこを直してほしいか" in visitor.page.text
    visitor.send({"decision": "change", "comment": "日付を消してください"})
    with app.app_context():
        assert road.case_of(case).state is CaseState.AWAIT_CONSENT
        message = db().scalars(select(Message).where(Message.purpose == "consent")).one()
        again = road.case_of(case)
        exchange = road.routed(again, code, company="alpha")
        forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
        assert forwarded is not None
        assert present("alpha_officer").held.opens(forwarded)
        assert message.compartment_id != forwarded.id


def test_declining_leaves_advice_and_the_company_hears_nothing(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
    visitor = comes_back(code)
    visitor.get("/mailbox/copy")
    visitor.send({"decision": "decline"})
    with app.app_context():
        assert road.case_of(case).state is CaseState.ADVICE
        assert kinds(case.id) - set(PROMISED) == {ClockKind.ADVICE}
        exchange = db().scalars(select(Exchange)).one()
        assert exchange.routed_at is None
        assert db().scalar(select(OutboxMessage).where(OutboxMessage.person_id == present("alpha_officer").id)) is None


def test_an_older_version_cannot_be_approved_any_more(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        older = road.copied(case, text="一つ目の文面")
        road.copied(case, text="二つ目の文面")
        with pytest.raises(ChangedMeanwhile):
            approve_copy(road.case_of(case), db().get_one(ForwardedCopy, older.id), actor=consulter(code))
        roll_back()


def test_another_ones_copy_is_not_there(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, _code = road.triaged()
        copy = road.copied(case)
        other_case, other_code = road.triaged()
        road.copied(other_case)
        foreign, case_id = copy.id.hex, case.id
        other = road.case_of(other_case)
        with pytest.raises(OutOfReach):
            approve_copy(other, db().get_one(ForwardedCopy, copy.id), actor=consulter(other_code))
        roll_back()
    visitor = comes_back(other_code)
    visitor.get("/mailbox/copy")
    visitor.send({"decision": "approve", "copy_id": foreign}, status=404)
    visitor.get("/mailbox/copy")
    visitor.send({"decision": "approve", "copy_id": "no copy at all"}, status=404)
    with app.app_context():
        assert db().get_one(Case, case_id).state is CaseState.AWAIT_CONSENT


def test_a_second_page_of_hers_is_told_that_something_changed(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
    first, second = comes_back(code), comes_back(code)
    first.get("/mailbox/copy")
    second.get("/mailbox/copy")
    first.send({"decision": "decline"})
    page = second.send({"decision": "approve", "comment": "ここに書いたことは消えません"}, status=409)
    assert "ここに書いたことは消えません" in page.html
    with app.app_context():
        assert road.case_of(case).state is CaseState.ADVICE


def test_two_companies_are_decided_each_by_itself(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        for_alpha = road.copied(case, "alpha")
        road.approved(case, code, for_alpha)
        for_epsilon = road.copied(case, "epsilon")
        assert road.case_of(case).state is CaseState.AWAIT_CONSENT
        road.done(
            lambda: decline_copy(road.case_of(case), db().get_one(ForwardedCopy, for_epsilon.id), actor=consulter(code))
        )
        assert road.case_of(case).state is CaseState.READY
        assert db().get_one(ForwardedCopy, for_alpha.id).declined_at is None
        assert ledger(case)[-1] == ("withdrawn", ConsentLevel.CN_0)


def test_consent_taken_back_after_sending_closes_the_copy_and_keeps_the_companys_conduct(
    app: Flask, comes_back: ComesBack
) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange = road.acknowledged(road.routed(case, code))
        forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
        assert forwarded is not None
        assert present("alpha_officer").held.opens(forwarded)
    visitor = comes_back(code)
    page = visitor.get("/mailbox/consent")
    assert "なかったことにはできません" in page.text
    visitor.send({}, action="/mailbox/consent/withdraw")
    assert "チェックを入れてください" in visitor.page.text
    visitor.send({"sure": "1"}, action="/mailbox/consent/withdraw")
    assert "会社に渡した文章を閉じました" in visitor.page.text
    with app.app_context():
        found, closed = road.case_of(case), db().get_one(Exchange, exchange.id)
        assert (found.state, found.consent_level) == (CaseState.ADVICE, ConsentLevel.CN_0)
        assert (closed.state, closed.closed_because) == ("closed", "consent_withdrawn")
        assert closed.routed_at is not None
        assert closed.acknowledged_at is not None
        assert kinds(exchange.id) == set()
        assert kinds(case.id) - set(PROMISED) == {ClockKind.ADVICE}
        for reader in ("alpha_officer", "alpha_deputy"):
            with pytest.raises(CannotOpen):
                present(reader).held.compartment_key(forwarded)
        assert present("counselor").held.opens(forwarded)
        assert consulter(code).held.opens(forwarded)


def test_the_level_is_raised_and_lowered_by_her_and_each_step_stands_in_the_ledger(
    app: Flask, comes_back: ComesBack
) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
    visitor = comes_back(code)
    for level in ("CN-2", "CN-1", "CN-1"):
        visitor.get("/mailbox/consent")
        visitor.send({"level": level}, action="/mailbox/consent")
    assert "変わったところはありません" in visitor.page.text
    with app.app_context():
        assert ledger(case) == [
            ("given", ConsentLevel.CN_0),
            ("raised", ConsentLevel.CN_2),
            ("lowered", ConsentLevel.CN_1),
        ]
        assert road.case_of(case).consent_level is ConsentLevel.CN_1


def test_options_are_kept_with_the_level(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_2)
        chosen = {ConsentOption.CN_ST, ConsentOption.CN_CL}
        entry = road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_2, chosen, actor=consulter(code)))
        assert entry is not None
        assert (entry.act, set(entry.options.split())) == ("raised", {"CN-ST", "CN-CL"})


def test_less_for_all_is_less_for_each_company_that_was_allowed_more(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_2)
        company_id = db().get_one(Exchange, road.approved(case, code).exchange_id).company_id
        assert consent_in_force(road.case_of(case), company_id=company_id).level is ConsentLevel.CN_2
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_1, (), actor=consulter(code)))
        assert consent_in_force(road.case_of(case), company_id=company_id).level is ConsentLevel.CN_1
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_0, (), actor=consulter(code)))
        assert consent_in_force(road.case_of(case), company_id=company_id).level is ConsentLevel.CN_0


def test_more_for_all_is_not_more_for_a_company_that_was_allowed_less(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_1)
        copy = road.copied(case, level=ConsentLevel.CN_1)
        company_id = db().get_one(Exchange, copy.exchange_id).company_id
        road.approved(case, code, copy)
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_3, (), actor=consulter(code)))
        assert consent_in_force(road.case_of(case)).level is ConsentLevel.CN_3
        assert consent_in_force(road.case_of(case), company_id=company_id).level is ConsentLevel.CN_1


def test_a_level_below_what_lies_ready_takes_it_back_before_it_leaves(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_2)
        road.approved(case, code)
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_1, (), actor=consulter(code)))
        found = road.case_of(case)
        assert (found.state, found.consent_level, found.approved_at) == (CaseState.ADVICE, ConsentLevel.CN_1, None)
        assert db().scalars(select(ForwardedCopy)).one().declined_at is not None
        assert ledger(case)[-1] == ("lowered", ConsentLevel.CN_1)


def test_after_taking_it_back_she_may_agree_to_a_new_copy(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.routed(case, code)
    visitor = comes_back(code)
    visitor.get("/mailbox/consent")
    visitor.send({"sure": "1"}, action="/mailbox/consent/withdraw")
    with app.app_context():
        road.copied(road.case_of(case), text="新しい文面")
    visitor.get("/mailbox/copy")
    visitor.send({"decision": "approve"})
    with app.app_context():
        assert road.case_of(case).state is CaseState.READY
        assert road.case_of(case).consent_level is ConsentLevel.CN_2
