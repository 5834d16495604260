"""A company is absorbed: its certification, its people, its cases and its name, before the day and after it (7.33)."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.certifications.queries import certification_of
from app.escalations.queries import counter_sheet, file_of_company
from app.intake.queries import candidates
from app.operations.sweep import sweep
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.transaction import db
from models.exchange import Exchange
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.escalation_ladder import Step
from models.rules.succession import MergerCase
from models.succession import Succession
from tests.support import ladder, road
from tests.support.present import company
from tests.support.successions import in_effect
from tests.support.visitor import Visitor, sign_in

ALPHA, DELTA = "青葉台コンタクト株式会社", "白樺テレサポート株式会社"


def test_a_certified_company_absorbed_by_one_that_is_not_is_certified_no_more_and_its_cases_go_on_after_verification(
    app: Flask, clock: FixedClock
) -> None:
    """7.33: Given a certified company is absorbed by a non-certified one, when the date passes.

    Then certification does not continue, open cases move to the successor's contact, and routing uses the successor
    only after verification.
    """
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)
        tomorrow = now().astimezone(TOKYO).date() + timedelta(days=1)
        delta, alpha = company("delta").id, company("alpha").id
    manager = sign_in(app, "manager")
    entry = entered_and_confirmed_on_the_pages(app, manager, alpha, delta.hex, tomorrow.isoformat())

    # Until midnight nothing has changed; from midnight on the company is certified no more, and nobody acts for it.
    officer = sign_in(app, "alpha_officer")
    inbox = officer.get("/office/").text
    assert exchange.reference in inbox
    clock.move(to=ladder.at(tomorrow.year, tomorrow.month, tomorrow.day, 0, 5))
    assert sweep(app).failed == ()
    assert officer.client.get("/office/").status_code == 302
    stranger = Visitor(app)
    assert "KC-2025-0001" not in stranger.get("/registry").links
    assert "認定していません" in stranger.get("/registry/KC-2025-0001").text
    with app.app_context():
        certification = certification_of(company("alpha").id)
        assert certification is not None
        assert certification.state is CertificationState.TRANSFERRED
        assert db().scalars(select(Succession.merger_case)).one() is MergerCase.CERTIFIED_BY_OTHER

    # The worker is told before anything goes over, and the successor's officer reads nothing yet.
    told = mailbox(app, code)
    assert f"{ALPHA}は" in told
    assert "まだ何も伝えていません" in told
    successor = sign_in(app, "delta_officer")
    assert exchange.reference not in successor.get("/office/").text
    assert successor.client.get(f"/office/{exchange.reference}").status_code == 404

    clock.move(to=ladder.at(tomorrow.year, tomorrow.month, tomorrow.day, 10))
    manager = sign_in(app, "manager")
    manager.get(entry)
    assert "引き継ぎを待っている相談は1件です" in manager.page.text
    manager.send({"hand-over-is_verified": "1"})
    assert "1件の相談を引き継ぎました" in manager.page.text
    sign_in(app, "counselor").get(f"/desk/{case.number}")
    successor = sign_in(app, "delta_officer")
    assert exchange.reference in successor.get("/office/").text
    successor.get(f"/office/{exchange.reference}")
    successor.send(action="/open")
    assert road.FORWARDED in successor.page.text
    assert "これまでの対応を引き継ぎました" in mailbox(app, code)
    with app.app_context():
        found = db().get_one(Exchange, exchange.id)
        assert (found.company_id, found.feeds_ladder) == (delta, False)

    both_names_lead_to_the_company_that_stands(app, manager)


def test_a_company_on_the_ladder_is_absorbed_by_a_certified_one_and_its_unmet_requests_count_there(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        road.routed(*road.triaged())
        before = ladder.silent_through(Step.E2).number
        merger = in_effect("alpha", "epsilon")
        assert merger.merger_case is MergerCase.CERTIFIED_BY_CERTIFIED
        old = file_of_company(company("alpha").id)
        assert old is not None
        assert (old.number, old.state) == (before, FileState.FROZEN)
        new = file_of_company(company("epsilon").id)
        assert new is not None
        assert new.state is FileState.REQUESTING
        assert [entry.step for entry in counter_sheet(new).counted] == [Step.E1, Step.E2]
        # Its officer has not been silent: no step opens before the terms of the successor run out as well.
        ladder.swept()
        assert ladder.file_of("epsilon").next_step is None


def entered_and_confirmed_on_the_pages(app: Flask, manager: Visitor, alpha: object, delta: str, day: str) -> str:
    """The manager enters a merger and sees what changes, and the head confirms it. Returns the page's address."""
    manager.get(f"/companies/{alpha}")
    manager.get(manager.page.links["合併・分割・事業譲渡を登録する"])
    manager.send({"kind": "merger", "successor": delta, "effective_on": day})
    assert "この日に終わります" in manager.page.text
    assert "進行中の相談(いま1件)" in manager.page.text
    assert "事務局長の確認を待っています" in manager.page.text
    entry = manager.page.path
    head = sign_in(app, "head")
    head.get(entry)
    head.send({"confirm-is_read": "1"})
    assert "効力の日を待っています" in head.page.text
    return entry


def both_names_lead_to_the_company_that_stands(app: Flask, manager: Visitor) -> None:
    """The register keeps the old entry; whoever says which company is meant is shown the successor."""
    manager.get("/companies/?q=青葉台")
    assert DELTA not in manager.page.text
    assert ALPHA in manager.page.text
    with app.app_context():
        names = [(one.name, one.former) for one in candidates("青葉台コンタクト")]
    assert names == [(DELTA, ("旧" + ALPHA, ALPHA))]


def mailbox(app: Flask, code: str) -> str:
    """What the worker reads when she comes in anew."""
    worker = Visitor(app)
    worker.get("/mailbox/enter")
    worker.send({"receipt": code})
    return worker.page.text
