"""The scenarios in which one person has two consultations, in their own words (domain 7.18, 7.41)."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from app.cases.actions import exclude
from app.cases.queries import severity_of
from app.pipeline.transaction import db
from models.case import Case
from models.case_link import CaseLink
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.rules.case_links import CaseLinkKind
from models.rules.consent import ConsentLevel
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import person, present
from tests.support.visitor import Visitor, sign_in

TREATED_WORSE = "会社に伝わった次の週から、私だけ夜のシフトを外され、「外に話したな」と言われました。"


def at_the_mailbox(app: Flask, code: str) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/mailbox/enter")
    visitor.send({"receipt": code})
    return visitor


def code_on_the_page(visitor: Visitor) -> str:
    found = re.search(r"(?:[0-9A-Z]{4} ?- ?){5}[0-9A-Z]{4}", visitor.page.text)
    assert found is not None, visitor.page.text[:400]
    return found.group().replace(" ", "")


def test_a_message_of_retaliation_is_a_grave_case_of_its_own_and_not_told_first_to_whom_the_first_was_told(
    app: Flask,
) -> None:
    """7.41: Given a retaliation message with an earlier code, when received, then it is linked, S3, flagged, and the
    earlier addressee is not the only one asked.
    """
    with app.app_context():
        earlier, code = road.triaged(severity=Severity.MODERATE)
        road.done(lambda: exclude(earlier, person("second_counselor"), "consulter", actor=present("counselor")))
        assert road.routed(earlier, code).addressee_id == person("alpha_officer").id
        first = road.case_of(earlier).number
    worker = at_the_mailbox(app, code)
    worker.get(worker.page.links["不利な扱いについて、新しい相談を書く"])
    worker.send({"text": TREATED_WORSE})
    assert "新しい相談として受け付けました" in worker.page.text
    new_code = code_on_the_page(worker)
    assert TREATED_WORSE in at_the_mailbox(app, new_code).page.text
    assert TREATED_WORSE not in at_the_mailbox(app, code).page.text
    with app.app_context():
        case = db().scalars(select(Case).where(Case.id != earlier.id)).one()
        second = case.number
        link = db().scalars(select(CaseLink)).one()
        assert (link.case_id, link.other_case_id, link.kind) == (case.id, earlier.id, CaseLinkKind.RETALIATION)
        assert severity_of(case) is Severity.HIGH
        assert case.consent_level is ConsentLevel.CN_0, "what she allowed for the first does not hold for this"
        kept = db().execute(select(Exclusion.person_id, Exclusion.declared_by).where(Exclusion.case_id == case.id))
        assert {(person_id, by) for person_id, by in kept} == {
            (person("second_counselor").id, "consulter"),
            (person("alpha_officer").id, "asked_before"),
        }
    the_desk_finds_it_flagged_and_linked(app, first, second)
    it_goes_to_another_first(app, second, new_code)


def the_desk_finds_it_flagged_and_linked(app: Flask, first: str, second: str) -> None:
    desk = sign_in(app, "counselor")
    desk.get("/desk/")
    assert "仕返しの訴え" in desk.page.text
    desk.get(f"/desk/{second}")
    assert first in desk.page.text
    assert TREATED_WORSE in desk.page.text
    assert "S3" in desk.page.text
    desk.send(action=f"/desk/{second}/open-triage")
    # However lightly it is weighed, it stays grave.
    desk.get(f"/desk/{second}/triage")
    desk.send({"severity": Severity.LOW.value, "types": [], "org_issues": []})
    with_grade = desk.get(f"/desk/{second}").text
    assert "S3" in with_grade
    kept_away = sign_in(app, "second_counselor")
    kept_away.get("/desk/")
    assert second not in kept_away.page.text
    kept_away.get(f"/desk/{second}", status=404)


def it_goes_to_another_first(app: Flask, second: str, new_code: str) -> None:
    with app.app_context():
        case = db().scalars(select(Case).where(Case.number == second)).one()
        copy = road.approved(case, new_code, road.copied(case))
        reference = db().get_one(Exchange, copy.exchange_id).reference
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{second}/send/{reference}")
    assert "alpha_deputy" in desk.page.text
    assert "alpha_officer" not in desk.page.text
    desk.send({"is_right": "1"})
    assert "了承を得てください" in desk.page.text, "she is asked about the addressee before anything is sent"
    desk.get(f"/desk/{second}/send/{reference}")
    desk.send({"is_right": "1", "consulter_agrees": "1"})
    assert "責任者へ転送しました" in desk.page.text
    with app.app_context():
        exchange = db().scalars(select(Exchange).where(Exchange.reference == reference)).one()
        assert exchange.state == "routed"
        assert exchange.addressee_id == person("alpha_deputy").id
    officer = sign_in(app, "alpha_officer")
    officer.get("/office/")
    assert reference not in officer.page.html
    deputy = sign_in(app, "alpha_deputy")
    deputy.get("/office/")
    assert reference in deputy.page.html
