"""The main pages of every role on a phone and on a desk: a checker finds no barrier, and nothing runs over the edge."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from flask import Flask

from app.pipeline.clock import FixedClock
from app.pipeline.transaction import commit, transaction
from app.pledges.actions import follow_confirmations
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.board import in_hearing, ready
from tests.support.ladder import newest, silent_through
from tests.support.present import company, person
from tests.support.watched import DESK, PHONE, Opens, Watched

AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
FIND = """
(tags) => axe.run(document, {runOnly: tags, resultTypes: ["violations"]}).then((found) =>
  found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`))
"""
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALL = """
(least) => [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")]
  .filter((one) => !one.closest(".k-unseen, .k-skip") && !one.disabled)
  .filter((one) => one.localName !== "a" || getComputedStyle(one).display !== "inline"
    || one.href.startsWith("tel:") || one.parentElement.textContent.trim() === one.textContent.trim())
  .map((one) => [one, one.matches("[type=checkbox], [type=radio]") && one.closest("label") || one])
  .map(([one, pressed]) => [one, pressed.getBoundingClientRect()])
  .filter(([one, box]) => box.width && box.height && Math.ceil(box.height) < least && !one.closest(".k-figure"))
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} is ${Math.round(box.height)} px high`)
"""
THUMB = 44
"""How high at least is what somebody presses with a thumb; a link within a sentence is as high as its line."""
NARROWEST = 320
"""What a page must fit into when somebody enlarges a desk's window of 1280 four times (WCAG 2.2, 1.4.10)."""


def faults_here(watched: Watched) -> list[str]:
    """What is wrong with the page that is open, at every width."""
    page, faults = watched.page, []
    page.evaluate(OPEN_ALL)
    page.evaluate(AXE)
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{watched.path} at {width}: {found}" for found in page.evaluate(FIND, TAGS)]
        if watched.runs_over():
            faults.append(f"{watched.path} runs over the edge at {width}")
    faults += [f"{watched.path} at {PHONE[0]}: {found}" for found in page.evaluate(SMALL, THUMB)]
    page.set_viewport_size({"width": NARROWEST, "height": PHONE[1]})
    if watched.runs_over():
        faults.append(f"{watched.path} runs over the edge at {NARROWEST}")
    return faults


def faults_of(watched: Watched, paths: Iterable[str]) -> list[str]:
    faults: list[str] = []
    for path in paths:
        watched.open(path)
        assert watched.path == path
        faults += faults_here(watched)
    return faults


def test_the_check_of_a_page_finds_what_is_wrong_with_it(opens: Opens):
    visitor = opens()
    visitor.open("/mailbox/enter")
    visitor.page.evaluate("document.querySelector('label').remove()")
    visitor.page.evaluate("document.querySelector('h1').style.width = '400px'")
    visitor.page.evaluate("document.querySelector('main a[href^=tel]').style.padding = '0'")
    faults = faults_here(visitor)
    assert [fault.partition(": <")[0] for fault in faults] == [
        "/mailbox/enter at 1280: label",
        "/mailbox/enter at 360: label",
        "/mailbox/enter runs over the edge at 360",
        "/mailbox/enter at 360",
        "/mailbox/enter runs over the edge at 320",
    ]


def test_whoever_watches_a_page_hears_of_a_broken_policy(opens: Opens):
    visitor = opens()
    visitor.open("/mailbox/enter")
    with visitor.page.expect_console_message(lambda said: "connect-src forbids" in said.text):
        visitor.page.evaluate("fetch('https://elsewhere.example/').catch(() => {})")
    with visitor.page.expect_console_message(lambda said: "style-src-attr forbids" in said.text):
        visitor.page.evaluate("document.body.setAttribute('style', 'margin: 0')")
    with pytest.raises(AssertionError, match=re.escape("connect-src forbids https://elsewhere.example")):
        visitor.check()
    visitor.complaints.clear()


def comes_back(worker: Watched, code: str) -> None:
    worker.open("/mailbox/enter")
    worker.page.locator("[name=receipt]").fill(code)
    worker.press("開く")


def test_nothing_is_wrong_with_the_pages_of_somebody_who_writes(app: Flask, opens: Opens):
    worker = opens()
    faults = faults_of(worker, ("/", "/consult"))
    worker.page.locator("[name=text]").fill(road.WRITTEN + "もう消えてしまいたいです。電話は03-0000-0000です。")
    worker.page.locator("[name=workplace]").fill("青葉台")
    worker.page.locator("[name=consent][value=CN-3]").check()
    worker.press("確認へ進む")
    faults += faults_here(worker)
    worker.press("この内容で送信する")
    faults += faults_here(worker)
    worker.open("/consult")
    worker.press("確認へ進む")
    faults += faults_here(worker)
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.copied(case)
    comes_back(worker, code)
    faults += faults_of(worker, ("/mailbox", "/mailbox/copy", "/mailbox/consent", "/mailbox/withdraw"))
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.fed_back(road.routed(case, code))
    comes_back(worker, code)
    faults += faults_of(worker, ("/mailbox",))
    assert not faults, "\n".join(faults)


def test_nothing_is_wrong_with_the_public_pages(opens: Opens):
    visitor = opens()
    faults = faults_of(
        visitor, ("/registry", "/registry/KC-2025-0001", "/registry/verify", "/mailbox/enter", "/sign-in")
    )
    assert not faults, "\n".join(faults)


def test_nothing_is_wrong_with_the_pages_of_the_desk(app: Flask, opens: Opens):
    with app.app_context():
        waiting, _code = road.triaged(severity=Severity.HIGH)
        road.copied(waiting)
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.reported(road.routed(case, code))
        paths = (
            "/desk/",
            "/desk/search?state=triage",
            *(f"/desk/{waiting.number}{page}" for page in ("", "/triage", "/copy", "/ask", "/identity")),
            f"/desk/{waiting.number}/copy/{company('alpha').id.hex}",
            *(f"/desk/{case.number}{page}" for page in ("", "/review", "/feedback", "/close")),
            f"/desk/{case.number}/send/{exchange.reference}",
        )
    counselor = opens()
    counselor.sign_in("counselor")
    faults = faults_of(counselor, paths)
    assert not faults, "\n".join(faults)


def test_nothing_is_wrong_with_the_pages_of_an_office(app: Flask, opens: Opens):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        fresh = road.routed(case, code).reference
        case, code = road.triaged(severity=Severity.HIGH)
        acting = road.in_action(road.routed(case, code)).reference
        case, code = road.triaged(severity=Severity.HIGH)
        reported = road.reported(road.routed(case, code)).reference
    officer = opens()
    officer.sign_in("alpha_officer")
    faults = faults_of(
        officer,
        (
            "/office/",
            f"/office/{fresh}",
            f"/office/{acting}",
            f"/office/{acting}/report",
            f"/office/{reported}",
            "/certifications/",
        ),
    )
    assert not faults, "\n".join(faults)


def test_nothing_is_wrong_with_the_pages_of_a_formal_request(app: Flask, opens: Opens):
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        file = silent_through(Step.E3)
        number, letter = file.number, newest(file).number
    head = opens()
    head.sign_in("head")
    faults = faults_of(
        head,
        (
            "/escalations/",
            *(f"/escalations/{number}{page}" for page in ("", "/counter", "/draft", "/proposal")),
            f"/escalations/requests/{letter}",
            f"/escalations/requests/{letter}/letter",
        ),
    )
    representative = opens()
    representative.sign_in("alpha_representative")
    faults += faults_of(representative, ("/escalations/", f"/escalations/requests/{letter}"))
    assert not faults, "\n".join(faults)


def test_nothing_is_wrong_with_the_pages_of_the_board(app: Flask, opens: Opens, clock: FixedClock):
    with app.app_context():
        heard = f"/board/items/{ready(clock).id}"
        commit()
        in_hearing("beta")
        commit()
    manager, chair, representative = opens(), opens(), opens()
    manager.sign_in("manager")
    faults = faults_of(manager, ("/board/", heard, "/board/meetings/new"))
    chair.sign_in("chair")
    faults += faults_of(chair, ("/board/", heard))
    representative.sign_in("beta_representative")
    faults += faults_of(representative, ("/board/hearings/",))
    with representative.page.expect_navigation():
        representative.page.locator("main table a, main li a").first.click()
    faults += faults_here(representative)
    assert not faults, "\n".join(faults)


def test_nothing_is_wrong_with_the_pages_that_keep_the_association_in_order(app: Flask, opens: Opens):
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        firm, officer = f"/companies/{company('alpha').id}", f"/people/{person('alpha_officer').id}"
    head, auditor, admin = opens(), opens(), opens()
    head.sign_in("head")
    faults = faults_of(head, ("/companies/", "/companies/new", firm, "/people/", "/people/new", officer))
    faults += faults_of(head, ("/certifications/", "/certifications/KC-2025-0001", "/certifications/new"))
    auditor.sign_in("auditor")
    faults += faults_of(auditor, ("/operations/",))
    admin.sign_in("admin")
    faults += faults_of(admin, ("/operations/outbox",))
    assert not faults, "\n".join(faults)


def test_nothing_is_wrong_with_the_pages_of_pledges_and_of_the_control_room(app: Flask, opens: Opens):
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        with transaction():
            follow_confirmations()
        own = f"/pledges/{company('alpha').id}"
    manager, representative = opens(), opens()
    manager.sign_in("manager")
    faults = faults_of(manager, ("/control/", "/control/companies-week", "/pledges/", own, "/surveys/"))
    representative.sign_in("alpha_representative")
    faults += faults_of(representative, (own, "/pledges/confirm"))
    assert not faults, "\n".join(faults)
