"""The forwarded copy on paper: with a reason, under a number, marked on every sheet, and seen by the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.mailbox.actions import withdraw_consent
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from app.responses.actions import print_copy
from models.audit_record import AuditRecord
from models.printed_copy import PrintedCopy
from models.rules.printing import OPEN_FOR, PrintReason
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import consulter, present
from tests.support.visitor import Visitor, sign_in


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        return road.acknowledged(severity=Severity.HIGH).reference


def printed_by(app: Flask, reference: str, *, reason: str = "meeting") -> Visitor:
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}/print")
    visitor.send({"reason": reason})
    return visitor


def test_without_a_reason_nothing_is_printed(app: Flask, reference: str) -> None:
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}/print")
    assert road.FORWARDED not in visitor.page.text
    visitor.send({}, action="/print")
    assert "印刷する理由" in visitor.page.text
    assert road.FORWARDED not in visitor.page.text
    visitor.get(f"/office/{reference}/print/1", status=404)
    with app.app_context():
        assert db().scalars(select(PrintedCopy)).all() == []


def test_the_printed_page_says_whose_copy_it_is_over_all_of_its_text(app: Flask, reference: str) -> None:
    page = printed_by(app, reference).page
    assert road.FORWARDED in page.text
    mark = f"{reference} 控え1 名前・alpha_officer 2026年11月24日"
    assert mark in page.text
    assert page.html.count("控え1 名前・alpha_officer") == 15, "once to be read, and fourteen times across the sheet"
    assert 'class="k-watermark" aria-hidden="true"' in page.html


def test_every_copy_has_its_number_and_its_record_and_the_desk_sees_them(app: Flask, reference: str) -> None:
    printed_by(app, reference)
    visitor = printed_by(app, reference, reason="counsel")
    assert visitor.page.path.endswith("/print/2")
    with app.app_context():
        case = road.case_at(reference)
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "copy.print")).all()
        assert ['"number":1' in facts[0], '"number":2' in facts[1]] == [True, True]
        assert '"reason_code":"counsel"' in facts[1]
    page = sign_in(app, "counselor").get(f"/desk/{case.number}")
    assert "紙にした転送版" in page.text
    assert PrintReason.COUNSEL.ja in page.text
    assert "会社が転送版を印刷しました" in page.text
    assert "紙にした転送版" in visitor.get(f"/office/{reference}").text


def test_the_page_opens_for_a_short_while_and_for_the_one_who_gave_the_reason(
    app: Flask, reference: str, clock: FixedClock
) -> None:
    visitor = printed_by(app, reference)
    path = visitor.page.path
    visitor.get(path)
    sign_in(app, "alpha_deputy").get(path, status=404)
    sign_in(app, "epsilon_officer").get(path, status=404)
    clock.move(to=clock.now() + OPEN_FOR + timedelta(seconds=1))
    assert road.FORWARDED not in visitor.get(path, status=404).text


def test_nothing_is_printed_that_was_not_opened_or_was_closed(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        with pytest.raises(ChangedMeanwhile):
            print_copy(exchange, PrintReason.MEETING, actor=present("alpha_officer"))
        road.acknowledged(exchange)
        road.done(lambda: print_copy(exchange, PrintReason.MEETING, actor=present("alpha_officer")))
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        reference = exchange.reference
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}/print/1", status=404)
    assert road.FORWARDED not in visitor.get(f"/office/{reference}/print").text


def test_the_page_of_the_matter_keeps_the_copy_off_the_paper(app: Flask, reference: str) -> None:
    visitor = sign_in(app, "alpha_officer")
    page = visitor.get(f"/office/{reference}")
    before, _, after = page.html.partition('class="k-screen"')
    assert road.FORWARDED not in before
    assert road.FORWARDED in after
    assert "この画面からは印刷されません" in page.text
