"""A consultation is either wholly stored with its receipt shown, or not stored and said so; and never twice."""

from __future__ import annotations

import re
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.custody.queries import compartment_of_case
from app.intake import actions
from app.intake.carried import carry, new_sheet, read_carried
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, is_writing
from app.presentation.kept_page import kept_page
from crypto import RECEIPT_SECRET_BYTES, earlier_receipt_code
from models.audit_record import AuditRecord
from models.case import Case
from models.compartment import Compartment
from models.outbox_message import OutboxMessage
from models.receipt import Receipt
from models.rules.consent import ConsentLevel
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind
from models.sealed import open_answers
from models.statement import Statement
from tests.app.intake.conftest import CODE, WRITTEN, Checks, code_on, count
from tests.support.page import Page
from tests.support.present import company, consulter, present
from tests.support.visitor import Visitor

CODE_OF_SIX_GROUPS = re.compile(r"(?:[0-9A-Z]{4} ?- ?){5}[0-9A-Z]{4}")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_stored_before_sending_and_everything_with_it(app: Flask, checks: Checks, language: str) -> None:
    visitor = checks(language)
    assert count(app, Case) == 0
    visitor.send({}, action="/consult/send")
    code = code_on(visitor.page)
    assert (count(app, Case), count(app, Receipt), count(app, Statement)) == (1, 1, 3)
    with app.app_context():
        assert consulter(code).receipt is not None


def test_the_receipts_page_is_drawn_before_anybody_has_to_wait_for_the_pen(
    app: Flask, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = []

    def seen(*page: object, **shown: object) -> str:
        writing.append(is_writing())
        return kept_page(*page, **shown)  # type: ignore[arg-type]

    visitor = checks("ja")
    monkeypatch.setattr("app.intake.routes.kept_page", seen)
    visitor.send({}, action="/consult/send")
    assert count(app, Case) == 1
    assert writing == [False]


def test_what_was_answered_lies_in_its_compartments_under_the_companies_that_were_confirmed(
    app: Flask, checks: Checks
) -> None:
    visitor = checks(
        employer="旧青葉台コンタクト",
        client="ツキミザカ",
        types=["HT-ABU", "HT-LNG"],
        impacts=["IM-SLP"],
        impact_text="眠れません",
        health_consent="1",
        requested=["RQ-ADV"],
        consent="CN-2",
        options=["CN-ST"],
        name="山田",
        contact="yamada@example.jp",
        keep_from="センター長",
        group_size="under_5",
    )
    with app.app_context():
        alpha, epsilon = company("alpha").id.hex, company("epsilon").id.hex
    assert visitor.page.form_with("employer_id").fields["employer_id"] == [alpha]
    visitor.send({"client_id": epsilon}, action="/consult/send")
    with app.app_context():
        case = db().scalars(select(Case)).one()
        assert case.consent_level is ConsentLevel.CN_2
        assert case.employer_token == case.workplace_token != case.client_token
        assert case.client_token is not None
        opened = {kind: _opened(case, kind) for kind in ("narrative", "health", "identity")}
    assert opened["narrative"]["text"] == WRITTEN
    assert opened["narrative"]["employer"] == "旧青葉台コンタクト"
    assert opened["narrative"]["keep_from"] == "センター長"
    assert opened["health"] == {"impacts": ["IM-SLP"], "text": "眠れません", "consented": True}
    assert opened["identity"] == {"name": "山田", "contact": "yamada@example.jp"}


def _opened(case: Case, kind: str) -> dict[str, object]:
    compartment = compartment_of_case(case, CompartmentKind(kind))
    assert compartment is not None
    statement = db().scalars(select(Statement).where(Statement.compartment_id == compartment.id)).one()
    return open_answers(statement, "sealed", key=present("counselor").held.compartment_key(compartment))


def test_nothing_chosen_means_that_the_company_is_not_told(app: Flask) -> None:
    visitor = Visitor(app)
    fields = dict(visitor.get("/consult").form_with("text").fields)
    fields.pop("consent")
    visitor.post("/consult/check", {**fields, "text": WRITTEN})
    visitor.send({}, action="/consult/send")
    with app.app_context():
        assert db().scalars(select(Case)).one().consent_level is ConsentLevel.CN_0


def test_no_address_on_the_way_holds_anything(checks: Checks) -> None:
    visitor = checks()
    visitor.send({}, action="/consult/send")
    code = code_on(visitor.page)
    assert visitor.page.path == "/consult/send"
    assert all(code.split("-")[0] not in link for link in visitor.page.links.values())
    assert visitor.page.response.headers["Cache-Control"] == "no-store"


def test_the_same_page_sent_twice_is_one_case_and_shows_the_same_receipt(app: Flask, checks: Checks) -> None:
    visitor = checks()
    fields = visitor.page.form_with("carried").fields
    first = code_on(visitor.post("/consult/send", dict(fields)))
    again = visitor.post("/consult/send", dict(fields))
    assert code_on(again) == first
    assert "すでに受け付けています" in again.text
    assert (count(app, Case), count(app, Receipt)) == (1, 1)


def test_the_receipt_is_not_shown_again_after_ten_minutes(app: Flask, checks: Checks, clock: FixedClock) -> None:
    visitor = checks()
    fields = visitor.page.form_with("carried").fields
    visitor.post("/consult/send", dict(fields))
    for later in (timedelta(minutes=11), timedelta(hours=20)):
        clock.move(to=clock.now() + later)
        page = visitor.post("/consult/send", dict(fields))
        assert CODE.search(page.text) is None
        assert "すでに受け付けています" in page.text
    assert count(app, Case) == 1


def test_a_check_page_older_than_twelve_hours_is_shown_afresh_with_the_text(
    app: Flask, checks: Checks, clock: FixedClock
) -> None:
    visitor = checks()
    clock.move(to=clock.now() + timedelta(hours=13))
    page = visitor.send({}, action="/consult/send")
    assert page.h1 == "確かめて送る"
    assert WRITTEN in page.text
    assert count(app, Case) == 0
    visitor.send({}, action="/consult/send")
    assert code_on(visitor.page)


@pytest.mark.parametrize("forged", ["", "AAAA", "あ" * 40, "A" * 64, "x" * 100_000, "WzFd.", "." * 9])
def test_what_cannot_be_read_is_not_stored_and_said_so(app: Flask, checks: Checks, forged: str) -> None:
    visitor = checks()
    page = visitor.send({"carried": forged}, action="/consult/send")
    assert page.h1 == "相談を書く"
    assert "まだ何も保存していません" in page.text
    assert count(app, Case) == 0


def forged_from(carried: str, old: str, new: str) -> str:
    """The same page's value with other words in it, under the mark of the old ones."""
    payload, _dot, mark = carried.partition(".")
    content = urlsafe_b64decode(payload).replace(old.encode(), new.encode())
    return f"{urlsafe_b64encode(content).decode()}.{mark}"


def test_answers_that_were_changed_on_the_way_are_checked_again_and_nobody_chooses_a_receipt(
    app: Flask, checks: Checks
) -> None:
    visitor = checks(types=["HT-ABU"])
    [carried] = visitor.page.form_with("carried").fields["carried"]
    for mark in ("", "AAAA", carried.partition(".")[2]):
        changed = forged_from(carried, WRITTEN, "ほかの言葉です。").partition(".")[0] + "." + mark
        page = visitor.post("/consult/send", {**visitor.page.form_with("carried").fields, "carried": changed})
        assert page.h1 == "確かめて送る"
        assert "ほかの言葉です。" in page.text
    unknown = visitor.post(
        "/consult/send",
        {**visitor.page.form_with("carried").fields, "carried": forged_from(carried, "HT-ABU", "HT-XXX")},
    )
    assert unknown.title.startswith("エラー")
    assert unknown.form_with("text").fields["text"] == [WRITTEN]
    assert count(app, Case) == 0


def test_a_code_that_left_its_list_since_the_check_is_checked_again(
    app: Flask, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = checks(types=["HT-ABU"])
    with app.test_request_context():
        gone = carry((("text", WRITTEN), ("types", "HT-GONE")), {}, sheet=new_sheet())
    page = visitor.send({"carried": gone}, action="/consult/send")
    assert page.title.startswith("エラー")
    assert page.form_with("text").fields["text"] == [WRITTEN]
    assert count(app, Case) == 0


def secret_on(page: Page) -> bytes:
    [carried] = page.form_with("carried").fields["carried"]
    return urlsafe_b64decode(carried.partition(".")[0])[:RECEIPT_SECRET_BYTES]


def test_other_words_and_another_sheet_have_a_secret_of_their_own(checks: Checks) -> None:
    visitor = checks()
    first, fields = secret_on(visitor.page), visitor.page.form_with("carried").fields
    visitor.post("/consult/send", {**fields, "back": "1"})
    visitor.send({"text": "書き直した文章です。"}, action="/consult/check")
    assert secret_on(visitor.page) != first
    assert secret_on(checks().page) != first


def after_going_back(app: Flask, checks: Checks, shape: re.Pattern[str] = CODE) -> tuple[Visitor, dict[str, Any], str]:
    """The receipt was shown; going back, the browser repeats the check page with exactly what was sent to it."""
    visitor = checks()
    visitor.get("/consult")
    filled = {**visitor.page.form_with("text", action="/consult/check").fields, "text": WRITTEN}
    visitor.post("/consult/check", dict(filled))
    code = code_on(visitor.send({}, action="/consult/send"), shape)
    assert count(app, Case) == 1
    return visitor, filled, code


def test_what_was_sent_before_codes_had_seven_groups_is_found_again_with_its_own_code(
    app: Flask, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("app.intake.actions.receipt_code", earlier_receipt_code)
        visitor, filled, code = after_going_back(app, checks, CODE_OF_SIX_GROUPS)
    page = visitor.post("/consult/check", dict(filled))
    assert "すでに受け付けています" in page.text
    assert CODE.search(page.text) is None
    assert [found.replace(" ", "") for found in CODE_OF_SIX_GROUPS.findall(page.text)] == [code]


def test_after_going_back_the_repeated_check_page_says_that_it_was_sent(app: Flask, checks: Checks) -> None:
    visitor, filled, code = after_going_back(app, checks)
    page = visitor.post("/consult/check", dict(filled))
    assert "すでに受け付けています" in page.text
    assert code_on(page) == code
    assert "/mailbox/enter" in page.links.values()
    assert "この内容で送信する" not in page.text
    assert count(app, Case) == 1


def test_a_check_page_that_was_open_in_another_tab_makes_no_second_case(app: Flask, checks: Checks) -> None:
    visitor = checks()
    visitor.get("/consult")
    filled = {**visitor.page.form_with("text", action="/consult/check").fields, "text": WRITTEN}
    other = visitor.post("/consult/check", dict(filled)).form_with("carried").fields
    visitor.post("/consult/check", dict(filled))
    code = code_on(visitor.send({}, action="/consult/send"))
    assert code_on(visitor.post("/consult/send", dict(other))) == code
    assert count(app, Case) == 1


def test_going_back_to_the_form_and_checking_the_same_words_again_makes_no_second_case(
    app: Flask, checks: Checks
) -> None:
    visitor = checks()
    fields = dict(visitor.page.form_with("carried").fields)
    code = code_on(visitor.send({}, action="/consult/send"))
    visitor.post("/consult/send", {**fields, "back": "1"})
    assert code_on(visitor.send({}, action="/consult/check")) == code
    assert count(app, Case) == 1


def test_long_after_the_receipt_the_repeated_check_page_offers_the_mailbox_and_no_code(
    app: Flask, checks: Checks, clock: FixedClock
) -> None:
    visitor, filled, _code = after_going_back(app, checks)
    clock.move(to=clock.now() + timedelta(minutes=11))
    page = visitor.post("/consult/check", dict(filled))
    assert "すでに受け付けています" in page.text
    assert CODE.search(page.text) is None
    assert "/mailbox/enter" in page.links.values()
    assert count(app, Case) == 1


def test_after_going_back_other_words_are_another_consultation(app: Flask, checks: Checks) -> None:
    visitor, filled, code = after_going_back(app, checks)
    visitor.post("/consult/check", {**filled, "text": "別の日に、別のお客様から同じことがありました。"})
    assert code_on(visitor.send({}, action="/consult/send")) != code
    assert count(app, Case) == 2


def test_the_same_words_on_a_fresh_sheet_are_another_consultation(app: Flask, checks: Checks) -> None:
    first = code_on(checks().send({}, action="/consult/send"))
    assert code_on(checks().send({}, action="/consult/send")) != first
    assert count(app, Case) == 2


@pytest.mark.parametrize("forged", ["", "AAAA", "あ" * 40, "A" * 64])
def test_a_sheet_that_was_made_up_is_replaced_by_one_of_ours(checks: Checks, forged: str) -> None:
    visitor = checks()
    visitor.get("/consult")
    filled = {**visitor.page.form_with("text", action="/consult/check").fields, "text": WRITTEN, "sheet": forged}
    secrets = {secret_on(visitor.post("/consult/check", dict(filled))) for _ in range(2)}
    assert len(secrets) == 2


def test_sent_by_two_at_the_same_moment_it_is_one_case_with_one_receipt(app: Flask, checks: Checks) -> None:
    visitor = checks()
    fields = dict(visitor.page.form_with("carried").fields)
    start = threading.Barrier(4)
    pages: list[Page] = []

    def send() -> None:
        client = app.test_client()
        for cookie in ("kikite_form",):
            found = visitor.client.get_cookie(cookie)
            assert found is not None
            client.set_cookie(cookie, found.value)
        start.wait()
        pages.append(Page(client.post("/consult/send", data=fields), "/consult/send"))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [page.status for page in pages] == [200] * 4
    assert len({code_on(page) for page in pages}) == 1
    assert (count(app, Case), count(app, Receipt), count(app, Compartment)) == (1, 1, 3)


def test_a_case_number_that_is_taken_is_drawn_again(
    app: Flask, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["K-2345-6789", "K-2345-6789", "K-2345-6789", "K-9876-5432"])
    monkeypatch.setattr(actions, "new_case_number", lambda: next(drawn))
    for _ in range(2):
        checks().send({}, action="/consult/send")
    with app.app_context():
        numbers = set(db().scalars(select(Case.number)))
        assert numbers == {"K-2345-6789", "K-9876-5432"}
        submitted = db().scalars(select(AuditRecord).where(AuditRecord.name == "case.submit")).all()
        assert len(submitted) == 2


def test_case_numbers_tell_neither_order_nor_count() -> None:
    numbers = [actions.new_case_number() for _ in range(2000)]
    assert len(set(numbers)) == 2000
    assert all(re.fullmatch(r"K-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", number) for number in numbers)
    assert numbers != sorted(numbers)


def test_without_a_token_nothing_is_stored_and_the_text_stands_in_a_fresh_form(app: Flask, checks: Checks) -> None:
    fields = dict(checks().page.form_with("carried").fields)
    stranger = Visitor(app)
    for token in ({}, {"csrf_token": "forged"}):
        sent = {**{name: value for name, value in fields.items() if name != "csrf_token"}, **token}
        page = stranger.post("/consult/send", sent, status=400)
        assert page.form_with("text").fields["text"] == [WRITTEN]
        assert "まだ何も保存していません" in page.text
    assert count(app, Case) == 0
    stranger.send({}, action="/consult/check")
    stranger.send({}, action="/consult/send")
    assert code_on(stranger.page)


def test_a_token_of_another_browser_is_refused(app: Flask, checks: Checks) -> None:
    fields = dict(checks().page.form_with("carried").fields)
    Visitor(app).post("/consult/send", fields, status=400)
    assert count(app, Case) == 0


def test_words_of_danger_show_the_crisis_lines_at_once_and_wake_the_desk_without_content(
    app: Flask, checks: Checks
) -> None:
    visitor = checks(text="もう消えたいです。田中さんには言えません。")
    visitor.send({}, action="/consult/send")
    assert "0120-279-338" in visitor.page.text
    with app.app_context():
        assert db().scalars(select(Case)).one().is_crisis
        alarms = db().scalars(select(OutboxMessage)).all()
        assert [mail.kind for mail in alarms] == [MailKind.ALARM.value] * 3


def test_at_night_the_page_says_when_somebody_reads_it(app: Flask, checks: Checks, clock: FixedClock) -> None:
    clock.move(to=clock.now().replace(hour=2, minute=40))
    visitor = checks()
    visitor.send({}, action="/consult/send")
    assert "窓口の時間外です" in visitor.page.text
    assert "110番・119番" in visitor.page.text


def test_a_company_that_does_not_exist_is_not_believed(app: Flask, checks: Checks) -> None:
    visitor = checks(employer="青葉台")
    visitor.send({"employer_id": "00000000000000000000000000000001"}, action="/consult/send")
    with app.app_context():
        assert db().scalars(select(Case)).one().employer_token is None


def test_what_a_page_carries_is_ours_dated_and_shown_nowhere(app: Flask, clock: FixedClock) -> None:
    answered = (("text", WRITTEN), ("types", "HT-ABU"))
    with app.test_request_context():
        value = carry(answered, {"employer_id": ["ab" * 16]}, sheet=new_sheet())
        found = read_carried(value)
        assert found is not None
        assert (found.answered, found.is_ours, found.is_fresh) == (answered, True, True)
        assert found.offered == {"employer_id": frozenset({"ab" * 16})}
        assert WRITTEN not in repr(found)
        forged = read_carried(forged_from(value, "HT-ABU", "HT-SEX"))
        assert forged is not None
        assert not forged.is_ours
        clock.move(to=clock.now() + timedelta(hours=13))
        late = read_carried(value)
        assert late is not None
        assert (late.is_ours, late.is_fresh) == (True, False)
