"""Somebody writes at night on a phone, with scripts and without, and comes back with nothing but the receipt."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Error, expect
from sqlalchemy import func, select

from app.language.routes import NEUTRAL_PAGE
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from models.case import Case
from models.rules.help_lines import crisis_lines
from tests.support.watched import PHONE, Opens, Watched

STORY = "夜勤の終わりに、同じお客様から二時間続けて怒鳴られ、上司に代わってもらえませんでした。"
DANGER = "毎日どなられて、もう消えてしまいたいと思っています。"
FURTHER = "きのうも同じ人から電話がありました。"
RECEIPT = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}")
AT_NIGHT = datetime(2026, 11, 25, 2, 40, tzinfo=TOKYO)
ADDRESSES = frozenset(
    {"/", "/consult", "/consult/check", "/consult/send", "/mailbox/enter", "/mailbox", "/mailbox/write"}
)


def sent_by(worker: Watched, text: str = STORY) -> str:
    """The worker writes, checks and sends; the receipt as it stands on the page."""
    worker.open("/")
    worker.follow("相談を書く")
    worker.page.get_by_label("何がありましたか").fill(text)
    worker.press("確認へ進む")
    worker.press("この内容で送信する")
    return shown_to(worker)


def shown_to(worker: Watched) -> str:
    shown = worker.page.locator("#receipt-code").text_content() or ""
    assert RECEIPT.fullmatch(shown), shown
    return shown


def comes_back(worker: Watched, receipt: str) -> None:
    worker.open("/mailbox/enter")
    worker.page.get_by_label("受付コード").fill(receipt)
    worker.press("開く")
    assert worker.path == "/mailbox"


def number_of_cases(app: Flask) -> int:
    with app.app_context():
        return db().scalar(select(func.count()).select_from(Case)) or 0


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_a_consultation_leaves_nothing_of_itself_in_addresses_and_history(
    app: Flask, opens: Opens, clock: FixedClock, *, scripts: bool
):
    """Seen here: 7.1."""
    clock.move(to=AT_NIGHT)
    worker = opens(PHONE, scripts=scripts)
    receipt = sent_by(worker)
    assert "窓口の時間外" in worker.words
    assert "119" in worker.words
    assert not worker.runs_over()
    comes_back(worker, receipt.lower().replace("-", " "))
    assert STORY not in worker.words, "what was written lies folded away"
    worker.page.get_by_label("相談員に伝えたいこと").fill(FURTHER)
    worker.press("相談員に送る")
    assert FURTHER in worker.words
    assert not worker.runs_over()
    remembered = worker.history()
    assert {urlsplit(address).path for address, _title in remembered} <= ADDRESSES
    with app.app_context():
        number = db().scalars(select(Case.number)).one()
    for address, title in remembered:
        assert not urlsplit(address).query
        assert not urlsplit(address).fragment
        for told in (receipt, *receipt.split("-"), STORY[:6], number):
            assert told not in address + title
    assert len(worker.page.context.cookies()) <= 2
    for cookie in worker.page.context.cookies():
        assert cookie["expires"] == -1, "a cookie outlives the window"
        assert receipt not in cookie["value"]


def test_loading_again_and_going_back_make_no_second_case(app: Flask, opens: Opens):
    worker = opens(PHONE, scripts=False)
    receipt = sent_by(worker)
    worker.page.reload()
    assert shown_to(worker) == receipt
    assert "すでに受け付けています" in worker.words
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        worker.page.go_back()
    assert STORY not in worker.words, "nothing that was written is kept in the browser"
    assert number_of_cases(app) == 1


def test_the_form_counts_the_receipt_is_copied_and_leaving_takes_the_page_away(opens: Opens):
    worker = opens(PHONE)
    worker.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=worker.address)
    worker.open("/")
    worker.follow("相談を書く")
    field = worker.page.get_by_label("何がありましたか")
    field.fill(STORY)
    assert worker.page.locator("#text + .k-counter").inner_text() == f"あと{10_000 - len(STORY):,}文字書けます"
    worker.press("確認へ進む")
    worker.press("この内容で送信する")
    worker.page.get_by_role("button", name="コードをコピーする").click()
    worker.page.get_by_text("コピーしました").wait_for()
    assert worker.page.evaluate("navigator.clipboard.readText()") == shown_to(worker)
    before = [address for address, _title in worker.history()]
    with worker.page.expect_request(NEUTRAL_PAGE):
        worker.page.get_by_role("link", name="すぐに離れる").click()
    worker.page.wait_for_function("location.protocol === 'chrome-error:'")
    after = [address for address, _title in worker.history()]
    assert after == [*before[:-1], NEUTRAL_PAGE], "the page that was left is not in the way back"


def test_leaving_ends_the_visit_of_the_mailbox(opens: Opens):
    worker = opens(PHONE)
    receipt = sent_by(worker)
    comes_back(worker, receipt)
    with worker.page.expect_request(NEUTRAL_PAGE):
        worker.page.get_by_role("link", name="すぐに離れる").click()
    worker.page.wait_for_function("location.protocol === 'chrome-error:'")
    assert "kikite_mailbox" not in {cookie["name"] for cookie in worker.page.context.cookies()}


def test_words_of_danger_at_night_bring_the_help_lines_at_once(opens: Opens, clock: FixedClock):
    clock.move(to=AT_NIGHT)
    worker = opens(PHONE)
    sent_by(worker, DANGER)
    shown = worker.page.locator(".k-emergency", has_text="いま、つらい気持ちや危険があるなら")
    for line in crisis_lines():
        assert line.number in shown.inner_text()
    box = shown.bounding_box()
    assert box is not None
    assert box["y"] < PHONE[1], "the lines begin on the first screen"
    assert not worker.runs_over()


def test_the_end_of_a_visit_is_announced_three_minutes_before(opens: Opens, clock: FixedClock):
    worker = opens(PHONE)
    receipt = sent_by(worker)
    worker.page.clock.install(time=clock.now())
    comes_back(worker, receipt)
    warning = worker.page.get_by_role("alert")
    worker.page.clock.fast_forward("11:30")
    expect(warning).to_be_hidden()
    worker.page.clock.fast_forward("01:00")
    assert "まもなく接続が切れます" in warning.inner_text()
