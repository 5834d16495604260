"""A word about consent by telephone: the caller is verified, more needs more care, and it reaches her own page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.queries import exchanges_of
from app.consents.queries import consent_in_force, lines_of
from app.custody.queries import compartment_of_exchange
from app.phone_desk.actions.consents import Caller, NotKeyed, Word, key_consent
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.keyed_intake import ReadBack
from models.rules.known_by import KnownBy
from models.rules.people import CompartmentKind
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import enter, sign_in

CHOSEN = ("あじさいの坂道は青い",)
MORE = Word(ConsentLevel.CN_2, (ConsentOption.CN_ST,))


def key(
    case: Case, word: Word, caller: Caller, *, read_back: ReadBack = ReadBack.READ_ALOUD, by: str = "counselor"
) -> Any:
    return road.done(lambda: key_consent(road.case_of(case), word, caller, read_back=read_back, actor=present(by)))


def test_a_wider_word_is_keyed_as_hers_when_she_says_her_code_and_hears_it_read_back(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        entry = key(case, MORE, Caller(code=code))
        assert (entry.act, entry.keyed_by_id, entry.read_back, entry.caller_check) == (
            "raised",
            person("counselor").id,
            ReadBack.READ_ALOUD,
            KnownBy.RECEIPT,
        )
        assert consent_in_force(case).level is ConsentLevel.CN_2
        assert road.case_of(case).consent_level is ConsentLevel.CN_2
        facts = select(AuditRecord.facts).where(AuditRecord.name == "consent.key_in")
        assert code.replace("-", "") not in "".join(db().scalars(facts)).replace("-", "")
    hers = enter(app, code)
    thread = hers.get("/mailbox").text
    assert "お電話でうかがったとおりに" in thread
    assert "受付コードを言っていただいた" in thread
    ledger = hers.get("/mailbox/consents").text
    assert "相談窓口が代理で入力(電話、受付コードを言っていただいた、読み返して、本人に確かめた)" in ledger


@pytest.mark.parametrize("said", ["another case's code", "no code at all", "a wrong word"])
def test_whoever_is_not_verified_changes_nothing(app: Flask, said: str) -> None:
    with app.app_context():
        case, _code = road.triaged(consent=ConsentLevel.CN_0, secret_words=CHOSEN)
        _other, others_code = road.submitted()
        caller = {
            "another case's code": Caller(code=others_code),
            "no code at all": Caller(code="これはコードではない"),
            "a wrong word": Caller(secret_words=("ひまわりの坂道は青い",)),
        }[said]
        with pytest.raises(NotKeyed, match="not_verified"):
            key(case, MORE, caller)
        assert len(lines_of(case)) == 1


def test_the_chosen_words_verify_her_before_a_registered_handler_and_each_asking_is_recorded(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged(consent=ConsentLevel.CN_0, secret_words=CHOSEN)
        entry = key(case, MORE, Caller(secret_words=CHOSEN))
        assert entry.caller_check is KnownBy.QUESTIONS
        assert len(db().scalars(select(AuditRecord.id).where(AuditRecord.name == "lost_code.ask")).all()) == 1


def test_more_is_never_keyed_unread_and_less_always_is(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_1)
        with pytest.raises(NotKeyed, match="not_read_back"):
            key(case, MORE, Caller(code=code), read_back=ReadBack.NOT_YET)
        entry = key(case, Word(ConsentLevel.CN_0), Caller(code=code), read_back=ReadBack.NOT_YET)
        assert consent_in_force(case).level is ConsentLevel.CN_0
        assert entry.read_back is ReadBack.NOT_YET


def test_one_use_more_needs_the_same_care_as_a_wider_level(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_1)
        with pytest.raises(NotKeyed, match="not_read_back"):
            key(case, Word(ConsentLevel.CN_0, (ConsentOption.CN_EM,)), Caller(code=code), read_back=ReadBack.NOT_YET)


def test_where_somebody_else_told_us_of_her_only_she_herself_allows_more(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0, route=IntakeRoute.THIRD_PARTY)
        with pytest.raises(NotKeyed, match="somebody_else_told_us"):
            key(case, MORE, Caller(code=code))


def test_a_withdrawal_by_telephone_closes_what_the_company_was_given(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
        key(case, Word(ConsentLevel.CN_0), Caller(code=code))
        assert road.case_of(case).state is CaseState.ADVICE
        assert [one.state for one in exchanges_of(case)] == ["closed"]
        assert not present("alpha_officer").held.opens(forwarded)


def test_a_word_for_one_company_leaves_her_word_for_all_as_it_is(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        entry = key(case, Word(ConsentLevel.CN_0, company_id=exchange.company_id), Caller(code=code))
        assert entry.company_id == exchange.company_id
        assert consent_in_force(case).level is ConsentLevel.CN_2
        assert consent_in_force(case, company_id=exchange.company_id).level is ConsentLevel.CN_0


def test_nobody_keys_for_a_case_that_is_not_hers_to_key(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        for who in ("head", "second_counselor"):
            with pytest.raises(OutOfReach):
                key(case, MORE, Caller(code=code), by=who)


def test_the_page_keeps_what_was_keyed_and_says_what_to_do(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        number = case.number
    desk = sign_in(app, "counselor")
    page = f"/phone/consent/{number}"
    assert page in desk.get(f"/desk/{number}/consents").links.values()
    desk.get(page)
    said = {"check": "receipt", "receipt": "", "level": "CN-2", "read_back": "not_yet", "own_word": "1"}
    desk.send(said)
    assert "受付コードを入力してください" in desk.page.text
    desk.send({**said, "receipt": code})
    assert "読み返してご本人に確かめてから" in desk.page.text
    desk.send({**said, "receipt": code, "read_back": "read_aloud", "uses": ["CN-ST"]})
    assert "ご本人の言葉として台帳に入力し" in desk.page.text
    with app.app_context():
        allowed = consent_in_force(road.case_of(case))
        assert (allowed.level, allowed.options) == (ConsentLevel.CN_2, frozenset({ConsentOption.CN_ST}))
