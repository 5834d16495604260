"""The scenarios that a person sees, once more in a real browser on a phone: the journeys themselves, page for page.

docs/scenarios.md says which scenario is seen where; tests/conventions/test_scenarios_seen.py keeps that true.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.incidents.queries import case_of
from app.people.actions import end_service
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.case import Case
from models.exchange import Exchange
from models.rules.pledges import Pledge
from models.rules.taxonomy.severity import Severity
from tests.app.applications import test_applications
from tests.app.consents import test_by_telephone
from tests.app.incidents import test_grouped_copy
from tests.app.leaks import test_worksheet
from tests.app.rulebook import test_numbers
from tests.journeys import (
    test_a_silent_company,
    test_an_external_adviser,
    test_consent,
    test_retaliation,
    test_the_calendar,
    test_the_copy_and_its_files,
    test_the_desks_day,
    test_the_main_line,
    test_the_officers_work,
    test_the_statistics,
    test_the_telephone_desk,
    test_two_cases_of_one_person,
)
from tests.support import road
from tests.support.pledges import ANSWERS
from tests.support.present import person, present
from tests.support.seen import Room, seen_in
from tests.support.visitor import Visitor, sign_in

Journey = Callable[..., None]

# The journeys that are seen, by the scenario with which their docstring begins.
SEEN: dict[ModuleType, tuple[str, ...]] = {
    test_a_silent_company: ("7.24", "7.25", "7.29"),
    test_consent: ("7.3", "7.14"),
    test_retaliation: ("7.46",),
    test_the_calendar: ("7.15", "7.16"),
    test_the_desks_day: ("7.11", "7.35", "7.44"),
    test_the_main_line: ("7.5", "7.7", "7.9", "7.19"),
    test_the_officers_work: ("7.8", "7.21", "7.47"),
    test_the_statistics: ("7.42",),
    test_the_telephone_desk: ("7.10", "7.17", "7.39", "7.40"),
    test_two_cases_of_one_person: ("7.18", "7.41"),
}
# Of a journey that is told in several ways, the one that is looked at.
ONE_WAY: Mapping[str, dict[str, Any]] = {"7.19": {"was_opened": True}, "7.47": {"where": "in the report"}}


def journeys() -> Iterator[tuple[str, Journey, dict[str, Any]]]:
    for module, numbers in SEEN.items():
        for number in numbers:
            (journey,) = [one for one in vars(module).values() if (inspect.getdoc(one) or "").startswith(f"{number}: ")]
            yield number, journey, ONE_WAY.get(number, {})


def the_officer_resigned_and_the_desk_is_told_who_gets_it(app: Flask) -> None:
    """Seen here: 7.6."""
    with app.app_context():
        road.done(lambda: end_service(person("alpha_officer"), actor=present("manager")))
        case, code = road.triaged(severity=Severity.HIGH)
        copy = road.approved(case, code)
        number, reference = case.number, db().get_one(Exchange, copy.exchange_id).reference
    desk = sign_in(app, "counselor")
    page = desk.get(f"/desk/{number}/send/{reference}")
    assert "alpha_deputy" in page.text
    assert "alpha_officer" not in page.text
    desk.send({"is_right": "1"})
    assert reference in sign_in(app, "alpha_deputy").page.text


def two_companies_are_asked_about_one_by_one_and_each_sees_its_own_copy(app: Flask) -> None:
    """Seen here: 7.12, 7.13."""
    told = test_consent.dispatched(app)
    desk = sign_in(app, "counselor")
    assert "この会社には、別の同意がまだありません" in desk.get(told.page("/consents")).text
    hers = test_consent.mailbox(app, told)
    hers.get("/mailbox/consent")
    hers.send({"level": "CN-2", "options": ["CN-EP"]})
    asked = hers.get("/mailbox/consents")
    assert len([one for one in asked.forms if "company_id" in one.fields]) == 2
    texts = {"alpha": test_consent.FOR_ALPHA, "beta": test_consent.FOR_BETA}
    with app.app_context():
        case = db().get_one(Case, told.case_id)
        copies = [road.copied(case, key, text=text) for key, text in texts.items()]
        for copy in copies:
            road.approved(case, told.code, copy)
        for key in texts:
            road.routed(case, told.code, company=key)
        references = {key: told.reference(key) for key in texts}
    both = desk.get(told.page()).text
    assert all(name in both for name in ("青葉台コンタクト", "みなも応対サービス"))
    for who, own, other in (("alpha_officer", "alpha", "beta"), ("beta_deputy", "beta", "alpha")):
        visitor = test_consent.opened_by(app, who, references[own])
        assert texts[own] in visitor.page.text
        assert texts[other] not in visitor.page.text
        visitor.get(f"/office/{references[other]}", status=404)


def a_consent_is_taken_back_after_the_company_was_told(app: Flask) -> None:
    """Seen here: 7.20."""
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        told = test_consent.Told(case.id, case.number, code)
        reference = road.acknowledged(road.routed(case, code)).reference
    officer = sign_in(app, "alpha_officer")
    assert road.FORWARDED in officer.get(f"/office/{reference}").text
    hers = test_consent.mailbox(app, told)
    assert "なかったことにはできません" in hers.get("/mailbox/consent").text
    hers.send(action="/consent/withdraw")
    assert "エラー" in hers.page.title, "she confirms that she has read what stays"
    hers.send({"sure": "1"}, action="/consent/withdraw")
    assert "これから先、会社には何も伝えません" in hers.page.text
    note = officer.get(f"/office/{reference}")
    assert "終了しました" in note.text
    for absent in (road.FORWARDED, "同意", "取り消"):
        assert absent not in note.text
    kept = sign_in(app, "counselor").get(told.page("/consents")).text
    assert "取り消した" in kept
    assert "転送版 第1版" in kept


def an_empty_report_is_returned_with_what_is_missing(app: Flask) -> None:
    """Seen here: 7.22."""
    with app.app_context():
        empty = {name: "適切に対応しました。" if isinstance(said, str) else said for name, said in road.REPORT.items()}
        exchange = road.reported(blocks=empty, severity=Severity.HIGH)
        reference, number = exchange.reference, road.case_at(exchange.reference).number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}")
    desk.send(action="/begin-review")
    assert "中身の少ない項目があります" in desk.page.text
    desk.send({"missing": ["prevention", "care"], "reason": "いつまでに何をするかを書いてください。"})
    assert "報告を差し戻しました" in desk.page.text
    page = sign_in(app, "alpha_officer").get(f"/office/{reference}")
    for missing in ("再発の防止", "働く人への配慮", "いつまでに何をするかを書いてください。"):
        assert missing in page.text


def nine_pledges_are_filed_reviewed_and_decided(app: Flask, clock: FixedClock) -> None:
    """Until the certificate: the representative writes and files, the desk returns and confirms, the board decides."""
    representative, address = test_applications.begun(app, without=(Pledge.GUIDELINE,))
    assert "九つの誓約がすべて記入済みになると、申請できます" in representative.page.text
    representative.get(f"{address}/pledges/{Pledge.GUIDELINE.value}")
    representative.send({"guideline_version": "", "agreed": "1"})
    assert "エラー" in representative.page.title
    representative.send({**ANSWERS[Pledge.GUIDELINE], "agreed": "1"})
    representative.get(address)
    representative.send(action="/submit")
    assert "登録のメールアドレスにお知らせします" in representative.page.text, "what follows is said"
    desk = sign_in(app, "counselor")
    desk.get("/applications/")
    desk.get(address)
    desk.send(action="/review")
    desk.send({"policy-mark": "met", "record": "policy"}, action="/reviewed")
    assert "確認できた誓約 1 / 9" in desk.page.text
    test_applications.reviewed(app, address)
    assert "次は、事務局長が理事会に付議します" in desk.get(address).text
    test_applications.before_the_board(app, clock, address)
    head = test_applications.decided(app, address, valid_from="2026-12-15")
    assert "承認する" in head.page.text
    assert "KC-2026-0001" in sign_in(app, "delta_representative").get(address).text


def names_and_numbers_are_proposed_and_masked(app: Flask) -> None:
    """Seen here: 7.36."""
    story = test_the_copy_and_its_files
    with app.app_context():
        number = road.triaged(text=story.STORY, severity=Severity.HIGH)[0].number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}/copy")
    desk.get(next(url for words, url in desk.page.links.items() if "転送版を書く" in words))
    assert story.NAME in desk.page.text
    desk.get(next(url for words, url in desk.page.links.items() if "伏せる案" in words))
    assert all(words in " ".join(story.form_words(desk)) for words in (story.NAME, story.PHONE))
    desk.send(action="/masked")
    masked = desk.page.form_with("text").fields["text"][0]
    assert not [words for words in (story.NAME, story.PHONE, story.ADDRESS) if words in masked]


def a_group_of_many_is_told_counted_and_answered_once(app: Flask) -> None:
    """Seen here: 7.34."""
    with app.app_context():
        group, sent = test_grouped_copy.a_group()
        number = case_of(group).number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/groups/{number}")
    desk.send({}, action="/tell")
    assert "22人の画面に" in desk.page.text
    desk.send({}, action="/draft")
    manager = sign_in(app, "manager")
    manager.get(f"/desk/groups/{number}")
    manager.send({"is_right": "1"}, action="/approve")
    assert "承認されています" in manager.page.text
    hers = Visitor(app)
    hers.get("/mailbox/enter")
    hers.send({"receipt": sent[0][1]})
    hers.get(hers.page.links["まとめの内容と、人数に入るかどうかを見る"])
    assert "あなたも人数に入ります" in hers.page.text or "人以上の方から相談が届きました" in hers.page.text


def a_deadline_is_changed_by_the_manager(app: Flask, clock: FixedClock) -> None:
    """The look before, the change, and where it stands afterwards."""
    clock.move(to=test_numbers.MONDAY)
    manager = sign_in(app, "manager")
    manager.get("/rulebook/")
    manager.get(manager.page.links["期限の長さとファイルの上限"])
    manager.get("/rulebook/numbers/officer_ack")
    manager.send(test_numbers.LONGER)
    assert "3営業日 → 4営業日" in manager.page.text
    manager.send({}, action="/rulebook/numbers/officer_ack")
    assert "2026年12月7日" in manager.page.text
    assert "4営業日" in manager.page.text


BESIDE: tuple[Journey, ...] = (
    the_officer_resigned_and_the_desk_is_told_who_gets_it,
    two_companies_are_asked_about_one_by_one_and_each_sees_its_own_copy,
    a_consent_is_taken_back_after_the_company_was_told,
    an_empty_report_is_returned_with_what_is_missing,
    names_and_numbers_are_proposed_and_masked,
    a_group_of_many_is_told_counted_and_answered_once,
    a_deadline_is_changed_by_the_manager,
    test_an_external_adviser.test_an_external_adviser_reads_one_part_of_one_case_for_a_time_and_every_reading_is_logged,
    nine_pledges_are_filed_reviewed_and_decided,
    test_by_telephone.test_the_page_keeps_what_was_keyed_and_says_what_to_do,
    test_worksheet.test_a_worksheet_through_its_pages_from_beginning_to_end,
)


@pytest.fixture(scope="module")
def room(browser: Browser) -> Iterator[Room]:
    made = Room(browser)
    yield made
    for tab in made.windows:
        tab.context.close()


def see(room: Room, name: str, journey: Journey, **given: Any) -> None:
    with seen_in(room, given["app"], name):
        journey(**{one: given[one] for one in inspect.signature(journey).parameters})


@pytest.mark.parametrize("scenario", [pytest.param(one, id=one[0]) for one in journeys()])
def test_a_scenario_is_seen_page_for_page(
    room: Room, app: Flask, clock: FixedClock, scenario: tuple[str, Journey, dict[str, Any]]
) -> None:
    number, journey, said = scenario
    see(room, number, journey, app=app, clock=clock, **said)
    assert not room.what_was_wrong()


@pytest.mark.parametrize("journey", [pytest.param(one, id=one.__name__.removeprefix("test_")[:40]) for one in BESIDE])
def test_what_people_do_beside_is_seen_page_for_page(
    room: Room, app: Flask, clock: FixedClock, journey: Journey
) -> None:
    see(room, journey.__name__.removeprefix("test_")[:40], journey, app=app, clock=clock)
    assert not room.what_was_wrong()
