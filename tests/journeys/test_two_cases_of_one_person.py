"""The scenarios in which one person has two consultations, in their own words (domain 7.18, 7.41)."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from app.cases.actions import exclude
from app.cases.queries import excluded_from, outcome_of, severity_of
from app.consents.queries import consent_in_force
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.case_link import CaseLink
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.rules.case_lifecycle import CaseState
from models.rules.case_links import CaseLinkKind
from models.rules.consent import Consent, ConsentLevel, ConsentOption
from models.rules.taxonomy.outcome import Outcome
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
    found = re.search(r"(?:[0-9A-Z]{4} ?- ?){6}[0-9A-Z]{4}", visitor.page.text)
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


FIRST_WORDS = "夜の電話で一時間どなられました。責任者に代わってもらえませんでした。"
SECOND_WORDS = "前に書いたことに書き足します。同じお客様から、翌日も電話がありました。"


def test_two_consultations_of_one_person_become_one_with_the_stricter_consent(app: Flask) -> None:
    """7.18: Given the same person submits twice, when the counselor merges, then the stricter consent applies and both
    receipts lead to one thread.
    """
    with app.app_context():
        first, first_code = road.triaged(text=FIRST_WORDS, consent=ConsentLevel.CN_2, options=(ConsentOption.CN_ST,))
        road.let_hours_pass(1)
        second, second_code = road.triaged(text=SECOND_WORDS, consent=ConsentLevel.CN_1, severity=Severity.HIGH)
        road.done(lambda: exclude(second, person("third_counselor"), "consulter", actor=present("counselor")))
        here, there = first.number, second.number
    nobody_is_asked_before_the_desk_asks(app, first_code)
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{here}/link")
    desk.send({"number": there, "kind": "same_matter", "reason": "同じお客様のことが、同じ言い回しで書かれています。"})
    assert "二つの相談の関係を記録しました" in desk.page.text
    # The desk's word alone opens nothing: until she answers, each code opens its own thread alone.
    assert FIRST_WORDS not in at_the_mailbox(app, second_code).page.text
    worker = at_the_mailbox(app, second_code)
    assert here not in worker.page.html
    worker.get(worker.page.links["二つの相談を一つにまとめる"])
    worker.send({"other": first_code, "is_sure": "1"})
    assert "一つにまとめました" in worker.page.text
    for code in (first_code, second_code):
        mailbox = at_the_mailbox(app, code)
        assert FIRST_WORDS in mailbox.page.text
        assert SECOND_WORDS in mailbox.page.text
        assert "受付コードを二つお持ちのとき" not in mailbox.page.text
    with app.app_context():
        goes, ends = road.case_of(first), road.case_of(second)
        assert goes.is_open
        assert consent_in_force(goes) == Consent(ConsentLevel.CN_1, frozenset())
        assert goes.consent_level is ConsentLevel.CN_1
        assert severity_of(goes) is Severity.HIGH
        assert (ends.state, ends.is_open) == (CaseState.CLOSED, False)
        assert outcome_of(ends.outcome_token) is Outcome.DUPLICATE
        assert excluded_from(goes) == excluded_from(ends) == {person("third_counselor").id}
        assert names_of(goes).count("case.merge") == 1
        assert names_of(ends).count("case.merged_into") == 1
    # What is said from now on reaches her by either code.
    desk.get(f"/desk/{here}")
    assert SECOND_WORDS in desk.page.text
    desk.send({"message": "二つとも読みました。"})
    assert "二つとも読みました。" in at_the_mailbox(app, second_code).page.text
    desk.get(f"/desk/{there}")
    assert "まとめた先の相談" in desk.page.text
    assert here in desk.page.text


def nobody_is_asked_before_the_desk_asks(app: Flask, code: str) -> None:
    worker = at_the_mailbox(app, code)
    assert "受付コードを二つお持ちのとき" not in worker.page.text
    worker.get("/mailbox/merge")
    assert worker.page.path == "/mailbox"


def names_of(case: Case) -> list[str]:
    return list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == case.id)))
