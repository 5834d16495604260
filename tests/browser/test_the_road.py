"""One consultation on its whole road, each person at a window of their own: a phone, a desk, an office."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.pipeline.transaction import db
from models.case import Case
from models.rules.case_lifecycle import CaseState
from tests.support.road import FORWARDED, REPORT, TOLD, WRITTEN
from tests.support.watched import DESK, PHONE, Opens, Watched
from tests.support.world import COMPANIES

WORKPLACE = COMPANIES["alpha"][0]
BLOCKS = ("fact_check", "care", "measures_customer", "prevention", "privacy_no_retaliation", "rule_applied")


def test_a_consultation_travels_from_the_phone_to_the_office_and_back(app: Flask, opens: Opens):
    """Seen here: 7.4."""
    worker, counselor, officer = opens(PHONE), opens(DESK), opens(DESK)
    receipt = writes(worker)
    weighs(counselor)
    writes_the_copy_beside_the_original(counselor)
    assert state(app) is CaseState.AWAIT_CONSENT
    approves(worker, receipt)
    sends(counselor)
    assert state(app) is CaseState.ROUTED
    answers(officer)
    assert state(app) is CaseState.REPORTED
    accepts_and_tells(counselor)
    assert state(app) is CaseState.FEEDBACK
    closes(worker)
    assert state(app) is CaseState.CLOSED


def state(app: Flask) -> CaseState:
    with app.app_context():
        return db().scalars(select(Case.state)).one()


def writes(worker: Watched) -> str:
    """The worker names the workplace and lets the company be told."""
    worker.open("/consult")
    worker.page.get_by_label("何がありましたか").fill(WRITTEN)
    worker.page.get_by_label("実際に働いている会社").fill(WORKPLACE)
    worker.page.locator("[name=consent][value=CN-2]").check()
    worker.press("確認へ進む")
    worker.page.get_by_label(WORKPLACE).check()
    worker.press("この内容で送信する")
    assert not worker.runs_over()
    return worker.page.locator("#receipt-code").text_content() or ""


def weighs(counselor: Watched) -> None:
    """A counselor finds the case on the board, takes it and finds it grave."""
    counselor.sign_in("counselor")
    assert counselor.path == "/desk/"
    with counselor.page.expect_navigation():
        counselor.page.locator("main table a").first.click()
    assert WRITTEN in counselor.words
    counselor.press("受付審査を始める")
    counselor.follow("審査の内容を記録する")
    counselor.page.get_by_label("S3 重大").check()
    counselor.page.locator("[name=types][value=HT-ABU]").check()
    counselor.page.locator("[name=org_issues][value=OI-NOS]").check()
    counselor.press("審査の内容を記録する")


def writes_the_copy_beside_the_original(counselor: Watched) -> None:
    counselor.follow("転送版への同意を求める")
    counselor.follow("この会社への転送版を書く")
    text = counselor.page.get_by_label("転送版の文章")
    original, copy = counselor.page.get_by_text(WRITTEN).bounding_box(), text.bounding_box()
    assert original is not None
    assert copy is not None
    assert original["x"] + original["width"] <= copy["x"], "the original stands to the left of the copy"
    assert not counselor.runs_over()
    counselor.page.locator("[name=level][value=CN-2]").check()
    text.fill(FORWARDED)
    counselor.page.get_by_label("この会社で間違いありません").check()
    counselor.press("相談者に示す")


def approves(worker: Watched, receipt: str) -> None:
    """The worker comes back, reads what the company would read, and agrees."""
    worker.open("/mailbox/enter")
    worker.page.get_by_label("受付コード").fill(receipt)
    worker.press("開く")
    worker.follow("文章を読んで決める")
    assert FORWARDED in worker.words
    assert not worker.runs_over()
    worker.page.get_by_label("この内容で伝えてよい").check()
    worker.press("決めて送る")


def sends(counselor: Watched) -> None:
    """What is grave is sent without a hold."""
    counselor.page.reload()
    counselor.follow("責任者へ転送する")
    assert FORWARDED in counselor.words
    counselor.page.get_by_label("会社・宛先・文章を確かめました").check()
    counselor.press("転送する")


def answers(officer: Watched) -> None:
    """The officer opens the copy, confirms it, acts, tells what was done for the worker, and reports."""
    officer.sign_in("alpha_officer")
    assert officer.path == "/office/"
    with officer.page.expect_navigation():
        officer.page.locator("main table a").first.click()
    officer.press("開いて読む")
    assert FORWARDED in officer.words
    assert WRITTEN not in officer.words
    officer.press("受領を確認する")
    officer.page.get_by_label("行ったこと").select_option("AC-LOG")
    officer.page.get_by_label("行った日").fill("2026-11-24")
    officer.press("記録する")
    assert "まだ記録はありません" not in officer.words
    officer.follow("報告書を書く")
    for block in BLOCKS:
        officer.page.locator(f"[name$={block}]").fill(str(REPORT[block]))
    officer.page.locator("[name$=rule_usable]").first.check()
    officer.page.locator("[name$=actions][value=AC-LOG]").check()
    officer.press("報告書を提出する")
    assert "報告書を受け取りました" in officer.words


def accepts_and_tells(counselor: Watched) -> None:
    """The counselor accepts the report and tells the worker the result."""
    counselor.page.reload()
    counselor.press("報告の確認を始める")
    assert str(REPORT["fact_check"]) in counselor.words
    counselor.press("報告を受理する")
    counselor.follow("結果を相談者に伝える")
    counselor.page.get_by_role("textbox").fill(TOLD)
    counselor.press("結果を伝える")


def closes(worker: Watched) -> None:
    """The worker reads the result and is content with it."""
    worker.open("/mailbox")
    assert TOLD in worker.words
    worker.press("結果を了承して終える")
    assert "このご相談は終わりです" in worker.words
    assert not worker.runs_over()
