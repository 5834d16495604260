"""Two become one by both codes and the desk's question alone, and what a company was told stands in the way of less."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.advisers.queries import own_accesses
from app.cases.actions import assign, close_case, confirm_close, exclude, write_message
from app.cases.actions.closing import reopen
from app.cases.actions.linking import end_link, link_cases
from app.cases.links import linked_to, was_merged
from app.cases.queries import excluded_from
from app.consents.queries import consent_in_force
from app.mailbox.actions import set_consent
from app.mailbox.actions.one_company import set_consent_for
from app.merging.actions import merge_with
from app.pipeline.clock import FixedClock
from app.pipeline.secrets import key_store
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.retention.queries import kept_in_words
from crypto import CannotOpen, new_receipt_secret, receipt_code
from models.case import Case
from models.case_link import CaseLink
from models.exchange import Exchange
from models.message import Message
from models.receipt import Receipt
from models.rules.adviser_access import AccessEnd
from models.rules.case_lifecycle import CaseState
from models.rules.case_links import CaseLinkKind
from models.rules.consent import ConsentLevel
from models.rules.decision import Decision
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.app.advisers.test_showing_a_part import now_of, shown
from tests.support import road
from tests.support.present import company, consulter, person, present
from tests.support.visitor import enter, sign_in

Pair = tuple[Case, str]
NOT_WITH_THIS = "この受付コードでは、まとめられません"


def two() -> tuple[Pair, Pair]:
    """One that came first, and one that came an hour later."""
    first = road.triaged()
    road.let_hours_pass(1)
    return first, road.triaged()


def asked(first: Pair, second: Pair) -> None:
    """The desk asks whether the two are of one person."""
    kind, actor = CaseLinkKind.SAME_MATTER, present("counselor")
    road.done(lambda: link_cases(first[0], second[0], kind, reason="言い回しが同じです。", actor=actor))


def merged(own: Pair, code: str) -> Decision:
    return road.done(lambda: merge_with(road.case_of(own[0]), code, actor=consulter(own[1])))


def told(**answers: object) -> Pair:
    case, code = road.triaged(severity=Severity.HIGH, **answers)
    road.routed(case, code)
    return road.case_of(case), code


def as_they_were(*pairs: Pair) -> None:
    assert all(road.case_of(case).is_open for case, _code in pairs)
    owners = {receipt.case_id for receipt in db().scalars(select(Receipt))}
    assert owners == {case.id for case, _code in pairs}
    assert db().scalars(select(CaseLink).where(CaseLink.kind == CaseLinkKind.MERGED)).all() == []


def test_the_desks_word_alone_makes_nothing_one_and_both_codes_alone_neither(app: Flask) -> None:
    with app.app_context():
        first, second, third = road.triaged(), road.triaged(), road.triaged()
        assert merged(first, second[1]).reason == "no_pair"
        asked(first, second)
        assert merged(first, third[1]).reason == "no_pair"
        assert merged(third, first[1]).reason == "no_pair"
        assert merged(first, first[1]).reason == "no_pair"
        assert merged(first, receipt_code(new_receipt_secret())).reason == "no_pair"
        as_they_were(first, second, third)


def test_a_wrong_code_and_a_strangers_code_are_answered_alike(app: Flask) -> None:
    with app.app_context():
        first, second, stranger = road.triaged(), road.triaged(), road.triaged()
        asked(first, second)
        never = receipt_code(new_receipt_secret())
        number = stranger[0].number
    worker = enter(app, first[1])
    shown = []
    for code in (never, stranger[1]):
        worker.get("/mailbox/merge")
        worker.send({"other": code, "is_sure": "1"})
        assert NOT_WITH_THIS in worker.page.text
        shown.append(worker.page.text)
        assert number not in worker.page.html
    assert shown[0] == shown[1]
    worker.get("/mailbox/merge")
    worker.send({"other": "ABCD", "is_sure": "1"})
    assert "書き間違い" in worker.page.text
    with app.app_context():
        as_they_were(first, second, stranger)


def test_nobody_but_her_with_her_own_case_merges(app: Flask) -> None:
    with app.app_context():
        first, second = two()
        asked(first, second)
        with pytest.raises(OutOfReach):
            merge_with(first[0], second[1], actor=present("counselor"))
        with pytest.raises(OutOfReach):
            merge_with(first[0], second[1], actor=consulter(second[1]))


def test_what_lies_with_a_company_goes_on_though_it_is_younger(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        older = road.triaged(consent=ConsentLevel.CN_2)
        clock.move(to=clock.now() + timedelta(hours=1))
        younger = told(consent=ConsentLevel.CN_2)
        asked(older, younger)
        assert merged(older, younger[1])
        assert road.case_of(younger[0]).is_open
        assert road.case_of(older[0]).state is CaseState.CLOSED
        assert {receipt.case_id for receipt in db().scalars(select(Receipt))} == {younger[0].id}
        assert db().scalars(select(Exchange)).one().state == "routed"


def test_less_than_what_a_company_was_told_is_refused_in_words_and_changes_nothing(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        silent = road.triaged(consent=ConsentLevel.CN_0)
        clock.move(to=clock.now() + timedelta(hours=1))
        known = told(consent=ConsentLevel.CN_2)
        asked(silent, known)
    worker = enter(app, silent[1])
    worker.get("/mailbox/merge")
    worker.send({"other": known[1], "is_sure": "1"})
    assert "伝えてよい範囲が狭いほう" in worker.page.text
    with app.app_context():
        as_they_were(silent, known)
        assert db().scalars(select(Exchange)).one().state == "routed"
        assert consent_in_force(road.case_of(known[0])).level is ConsentLevel.CN_2
        # Once she has widened it herself, the two become one.
        case = road.case_of(silent[0])
        road.done(lambda: set_consent(case, ConsentLevel.CN_2, (), actor=consulter(silent[1])))
        assert merged(silent, known[1])


def test_two_that_companies_were_told_of_stay_two_and_the_desk_is_told_why(app: Flask) -> None:
    with app.app_context():
        first, second = told(), told()
        numbers = first[0].number, second[0].number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{numbers[0]}/link")
    desk.send({"number": numbers[1], "kind": "same_matter", "reason": "同じ方です。"})
    assert "どちらの相談も会社に伝えているため" in desk.page.text
    with app.app_context():
        asked(first, second)
        assert merged(first, second[1]).reason == "both_told"
        as_they_were(first, second)


def test_who_has_not_both_in_hand_does_not_ask(app: Flask) -> None:
    with app.app_context():
        first, second = two()
        road.done(lambda: assign(second[0], person("second_counselor"), actor=present("manager")))
        with pytest.raises(OutOfReach):
            asked(first, second)
        assert db().scalars(select(CaseLink)).all() == []


def test_an_exclusion_of_either_holds_for_both_and_for_the_one_in_charge(app: Flask) -> None:
    with app.app_context():
        first, second = two()
        asked(first, second)
        road.done(lambda: exclude(second[0], person("counselor"), "consulter", actor=present("counselor")))
        assert merged(first, second[1])
        goes = road.case_of(first[0])
        assert excluded_from(goes) == {person("counselor").id}
        assert goes.assignee_id is None
        number = goes.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}", status=404)


def test_merged_is_for_good(app: Flask) -> None:
    with app.app_context():
        first, second = two()
        asked(first, second)
        assert merged(first, second[1])
        ends = road.case_of(second[0])
        assert was_merged(ends)
        assert not was_merged(road.case_of(first[0]))
        with pytest.raises(NotAllowedNow):
            reopen(ends, "new_facts", actor=present("manager"))
        (shown,) = linked_to(ends, actor=present("counselor"))
        road.done(lambda: end_link(ends, shown, actor=present("counselor")))
        assert linked_to(road.case_of(second[0]), actor=present("counselor"))
        with pytest.raises(ValueError, match="own act"):
            link_cases(first[0], second[0], CaseLinkKind.MERGED, reason="x", actor=present("counselor"))


def test_the_retention_follows_the_one_that_goes_on_and_tells_no_day_of_what_one_may_not_open(app: Flask) -> None:
    """7.18, with the terms of 6.7: a duplicate alone would go after a year."""
    with app.app_context():
        first, second = two()
        asked(first, second)
        assert merged(first, second[1])
        ended, goes = road.case_of(second[0]), first[0]
        desk = present("counselor")
        assert kept_in_words(ended, actor=desk) == "まとめた先の相談が終わってから決まります"
        road.done(lambda: close_case(road.case_of(goes), Outcome.IMPROPER_USE, actor=desk))
        road.done(lambda: confirm_close(road.case_of(goes), actor=present("manager")))
        assert kept_in_words(road.case_of(goes), actor=desk) == "2031年11月23日(日)まで"
        assert kept_in_words(road.case_of(second[0]), actor=desk) == "2031年11月23日(日)まで"
        road.done(lambda: exclude(road.case_of(goes), person("second_counselor"), "desk", actor=desk))
        stranger = present("second_counselor")
        assert kept_in_words(road.case_of(second[0]), actor=stranger) == "まとめた先の相談と同じ日まで"


def test_what_the_desk_had_written_in_either_is_read_in_one_and_sealed_there(app: Flask) -> None:
    with app.app_context():
        first, second = two()
        road.done(lambda: write_message(second[0], "お電話をありがとうございます。", actor=present("counselor")))
        asked(first, second)
        assert merged(first, second[1])
        rows = db().scalars(select(Message).where(Message.case_id == first[0].id)).all()
        assert {row.author for row in rows} == {"consulter", "desk"}
        assert not [row for row in rows if "お電話".encode() in row.sealed_text]
    for code in (first[1], second[1]):
        assert "お電話をありがとうございます。" in enter(app, code).page.text


def test_her_word_for_one_company_in_either_holds_in_the_one_that_goes_on(app: Flask) -> None:
    with app.app_context():
        first, second = two()
        asked(first, second)
        alpha = company("alpha").id
        case = road.case_of(second[0])
        road.done(lambda: set_consent_for(case, alpha, ConsentLevel.CN_0, actor=consulter(second[1])))
        assert merged(first, second[1])
        goes = road.case_of(first[0])
        assert consent_in_force(goes).level is ConsentLevel.CN_2
        assert consent_in_force(goes, company_id=alpha).level is ConsentLevel.CN_0


def test_a_word_for_one_company_that_was_told_more_is_refused(app: Flask) -> None:
    with app.app_context():
        first = road.triaged()
        road.let_hours_pass(1)
        second = told()
        asked(first, second)
        case = road.case_of(first[0])
        actor = consulter(first[1])
        road.done(lambda: set_consent_for(case, company("alpha").id, ConsentLevel.CN_1, actor=actor))
        assert merged(second, first[1]).reason == "told_above"
        as_they_were(first, second)


def test_no_adviser_reads_the_words_of_the_other_by_a_yes_that_was_given_for_one(app: Flask) -> None:
    with app.app_context():
        goes, code, access = shown()
        road.let_hours_pass(1)
        later = road.triaged()
        asked((goes, code), later)
        assert merged((goes, code), later[1])
        assert own_accesses(present("adviser")) == []
        ended = now_of(access)
        assert ended.ended_how is AccessEnd.CONSULTER
        with pytest.raises(CannotOpen):
            key_store().key(ended.key_id)


def test_who_is_kept_from_the_one_loses_the_key_to_what_was_shown_of_the_other(app: Flask) -> None:
    with app.app_context():
        goes, code, access = shown(kind=CompartmentKind.HEALTH)
        road.let_hours_pass(1)
        later = road.triaged()
        asked((goes, code), later)
        road.done(lambda: exclude(road.case_of(later[0]), person("adviser"), "consulter", actor=present("counselor")))
        assert merged((goes, code), later[1])
        assert now_of(access).ended_how is AccessEnd.EXCLUDED
        with pytest.raises(CannotOpen):
            key_store().key(access.key_id)


def test_the_page_of_a_case_that_is_over_says_until_when_its_content_is_kept(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        road.done(lambda: close_case(road.case_of(case), Outcome.OUT_OF_SCOPE, actor=present("counselor")))
        number = case.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    assert "内容を残す期間" in desk.page.text
    assert "2027年11月23日(火)まで" in desk.page.text
