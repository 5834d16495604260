"""The scenarios of what a company may be told, in their own words (domain 7.3, 7.4, 7.12, 7.13, 7.14, 7.20)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from app.cases.queries import exchanges_of
from app.clocks.queries import running_clocks
from app.intake.answers import NamedCompany
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from app.presentation.filters import ja_datetime
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.provision import Provision
from models.report import Report
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.page import Page
from tests.support.present import company
from tests.support.report import REPORT
from tests.support.visitor import Visitor, sign_in

FOR_ALPHA = "就業先へ: 夜間の電話で長時間の暴言があり、交代の申し出が受け入れられなかったとのことです。"
FOR_BETA = "派遣元へ: 派遣先での負担が続いており、相談の受け皿を求めておられます。"
REFUSED = "相談者は会社に伝えることに同意していません。"


@dataclass(frozen=True)
class Told:
    """A case as its pages are addressed: its id, the desk's number, the receipt."""

    case_id: uuid.UUID
    number: str
    code: str

    def page(self, path: str = "") -> str:
        return f"/desk/{self.number}{path}"

    def reference(self, key: str) -> str:
        """What this company calls the matter. Call it inside an application context."""
        return self.exchange(key).reference

    def exchange(self, key: str) -> Exchange:
        case = db().get_one(Case, self.case_id)
        return next(one for one in exchanges_of(case) if one.company_id == company(key).id)


def triaged(app: Flask, **answers: object) -> Told:
    """A grave matter that the counselor has taken: what she sends goes out at once."""
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH, **answers)  # type: ignore[arg-type]
        return Told(case.id, case.number, code)


def mailbox(app: Flask, told: Told) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/mailbox/enter")
    visitor.send({"receipt": told.code})
    return visitor


def dispatched(app: Flask, *options: ConsentOption) -> Told:
    """A dispatched worker: alpha is the workplace, beta the employer, and only the workplace may be told."""
    with app.app_context():
        employer = NamedCompany("みなも応対サービス", company("beta").id)
    return triaged(app, employer=employer, employment=Employment.DISPATCHED, options=options)


def write_copy(app: Flask, desk: Visitor, told: Told, key: str, text: str, *, level: str = "CN-2") -> Page:
    with app.app_context():
        company_id = company(key).id.hex
    desk.get(told.page(f"/copy/{company_id}"))
    return desk.send({"level": level, "text": text, "is_right_company": "1", "group_size": "over_20"})


def approve_all(app: Flask, told: Told) -> None:
    visitor = mailbox(app, told)
    for _copy in range(len([one for one in visitor.get("/mailbox/copy").forms if "copy_id" in one.fields])):
        visitor.get("/mailbox/copy")
        visitor.send({"decision": "approve"})
        assert "承りました" in visitor.page.text


def send_to(app: Flask, desk: Visitor, told: Told, key: str) -> Page:
    with app.app_context():
        reference = told.reference(key)
    desk.get(told.page(f"/send/{reference}"))
    return desk.send({"is_right": "1"})


def opened_by(app: Flask, who: str, reference: str) -> Visitor:
    """Somebody of a company who has opened what was forwarded."""
    visitor = sign_in(app, who)
    visitor.get(f"/office/{reference}")
    visitor.send(action="/open")
    return visitor


def both_told(app: Flask) -> Told:
    """Workplace and employer have each been sent their own copy, by pages."""
    told = dispatched(app, ConsentOption.CN_EP)
    desk = sign_in(app, "counselor")
    write_copy(app, desk, told, "alpha", FOR_ALPHA)
    write_copy(app, desk, told, "beta", FOR_BETA)
    approve_all(app, told)
    for key in ("alpha", "beta"):
        assert "責任者へ転送しました。" in send_to(app, desk, told, key).text
    return told


def test_at_cn_0_the_system_refuses_to_route_and_the_officers_list_shows_nothing_not_even_a_count(app: Flask) -> None:
    """7.3: Given CN-0, when the counselor tries to route, then the system refuses and the officer's list shows nothing,
    not even a count.
    """
    officer = sign_in(app, "alpha_officer")
    empty = officer.get("/office/").text
    told = triaged(app, consent=ConsentLevel.CN_0)
    desk = sign_in(app, "counselor")
    write_copy(app, desk, told, "alpha", FOR_ALPHA)
    with app.app_context():
        reference = told.reference("alpha")
    page = desk.get(told.page(f"/send/{reference}"))
    assert REFUSED in page.text
    assert not [form for form in page.forms if "is_right" in form.fields]
    token = next(form.fields["csrf_token"] for form in page.forms if "csrf_token" in form.fields)
    desk.post(told.page(f"/send/{reference}"), {"csrf_token": token, "is_right": "1"})
    assert REFUSED in desk.page.text
    assert officer.get("/office/").text == empty
    officer.get(f"/office/{reference}", status=404)
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(Provision)) == 0


def test_at_cn_2_the_copy_has_no_name_contact_receipt_time_or_health_and_she_previews_it(
    app: Flask, clock: FixedClock
) -> None:
    """7.4: Given CN-2, when the counselor prepares the forwarded copy, then name, contact, receipt, exact submission
    time and health block are absent and the consulter can preview before sending.
    """
    name, contact, health = "風早みどり", "kazahaya@example.jp", "眠れない日が続いています。"
    told = triaged(
        app,
        consent=ConsentLevel.CN_2,
        name=name,
        contact=contact,
        impacts=(Impact.PHYSICAL,),
        impact_text=health,
        health_consent=True,
    )
    with app.test_request_context():
        received = ja_datetime(db().get_one(Case, told.case_id).received_at)
    desk = sign_in(app, "counselor")
    for trace in (name, contact):
        page = write_copy(app, desk, told, "alpha", f"{FOR_ALPHA}{trace}")
        assert "会社に伝えてはならないものが残っています" in page.text
    write_copy(app, desk, told, "alpha", FOR_ALPHA)
    with app.app_context():
        reference = told.reference("alpha")
    assert "承認していません" in desk.get(told.page(f"/send/{reference}")).text
    preview = mailbox(app, told).get("/mailbox/copy")
    assert FOR_ALPHA in preview.text
    approve_all(app, told)
    send_to(app, desk, told, "alpha")
    officer = opened_by(app, "alpha_officer", reference)
    assert FOR_ALPHA in officer.page.text
    for absent in (name, contact, told.code, told.code[-4:], received, health, told.number, road.WRITTEN):
        assert absent not in officer.page.html, absent


def test_employer_and_workplace_are_asked_about_one_by_one_and_each_gets_its_own_copy_and_clock(app: Flask) -> None:
    """7.12: Given a dispatched worker, when employer and workplace differ, then consent is asked per company and each
    gets its own copy and clock.
    """
    told = dispatched(app)
    desk = sign_in(app, "counselor")
    assert "この会社には、別の同意がまだありません" in desk.get(told.page("/consents")).text
    assert "別の同意が要ります" in write_copy(app, desk, told, "beta", FOR_BETA).text
    hers = mailbox(app, told)
    hers.get("/mailbox/consent")
    hers.send({"level": "CN-2", "options": ["CN-EP"]})
    asked = hers.get("/mailbox/consents")
    assert [len(one.fields["company_id"]) > 0 for one in asked.forms if "company_id" in one.fields] == [True, True]
    assert "別の同意がまだありません" not in desk.get(told.page("/consents")).text
    write_copy(app, desk, told, "alpha", FOR_ALPHA)
    write_copy(app, desk, told, "beta", FOR_BETA)
    waiting = hers.get("/mailbox/copy")
    assert FOR_ALPHA in waiting.text
    assert FOR_BETA in waiting.text
    approve_all(app, told)
    send_to(app, desk, told, "alpha")
    send_to(app, desk, told, "beta")
    with app.app_context():
        alpha, beta = told.exchange("alpha"), told.exchange("beta")
        first, second, reference = alpha.id, beta.id, alpha.reference
        before = {clock.kind: clock.due_at for clock in running_clocks(beta.id)}
        assert alpha.reference != beta.reference
        assert ClockKind.OFFICER_ACK in before
    officer = opened_by(app, "alpha_officer", reference)
    officer.send(action="/acknowledge")
    with app.app_context():
        assert ClockKind.OFFICER_ACK not in {clock.kind for clock in running_clocks(first)}
        assert {clock.kind: clock.due_at for clock in running_clocks(second)} == before, "beta's clocks go on as before"
    given = hers.get("/mailbox/consents")
    assert "青葉台コンタクト株式会社" in given.text
    assert "みなも応対サービス株式会社" in given.text


def test_a_case_with_two_companies_shows_neither_the_others_copy(app: Flask) -> None:
    """7.13: Given a worker employed by both the client and the agency over time, when both are named, then the case
    links two companies and neither sees the other's copy.
    """
    told = both_told(app)
    with app.app_context():
        references = {key: told.reference(key) for key in ("alpha", "beta")}
    both = sign_in(app, "counselor").get(told.page())
    assert "青葉台コンタクト株式会社" in both.text
    assert "みなも応対サービス株式会社" in both.text
    pairs = (
        ("alpha_officer", "alpha", FOR_ALPHA, "beta", FOR_BETA, "みなも応対サービス"),
        ("beta_deputy", "beta", FOR_BETA, "alpha", FOR_ALPHA, "青葉台コンタクト"),
    )
    for who, own, text, other, others_text, others_name in pairs:
        visitor = sign_in(app, who)
        listed = visitor.get("/office/").text
        assert references[own] in listed
        assert references[other] not in listed
        visitor = opened_by(app, who, references[own])
        assert text in visitor.page.text
        assert others_text not in visitor.page.text
        assert others_name not in visitor.page.text
        for path in ("", "/report", "/files"):
            visitor.get(f"/office/{references[other]}{path}", status=404)


def test_with_cn_1_only_no_request_goes_to_the_client_and_the_counselor_sees_pledge_8_guidance(app: Flask) -> None:
    """7.14: Given the harasser is the client's manager, when the consulter ticks CN-1 only, then no request goes to the
    client and the counselor sees pledge 8 guidance.
    """
    with app.app_context():
        client = NamedCompany("こだま通信窓口", company("gamma").id)
    told = triaged(app, consent=ConsentLevel.CN_1, client=client, actor=ActorRelation.CLIENT_STAFF)
    desk = sign_in(app, "counselor")
    assert "誓約8" in desk.get(told.page()).text
    ledger = desk.get(told.page("/consents"))
    assert "委託元には求めません(誓約8)" in ledger.text
    refused = write_copy(app, desk, told, "gamma", "夜間の電話での負担についてのご相談です。", level="CN-1")
    assert "別の同意が要ります" in refused.text
    with app.app_context():
        companies = {one.company_id for one in exchanges_of(db().get_one(Case, told.case_id))}
        assert company("gamma").id not in companies
        assert db().scalar(select(func.count()).select_from(Provision)) == 0
    other = sign_in(app, "gamma_representative")
    assert told.number not in other.get("/office/").text


def test_withdrawal_after_routing_stops_disclosure_closes_the_copy_and_keeps_what_the_company_did(app: Flask) -> None:
    """7.20: Given the consulter withdraws consent after routing, when confirmed, then further disclosure stops, the
    officer's copy is closed with a neutral note, the person is told what cannot be undone, and company-conduct facts
    remain.
    """
    told = triaged(app)
    desk = sign_in(app, "counselor")
    write_copy(app, desk, told, "alpha", FOR_ALPHA)
    approve_all(app, told)
    send_to(app, desk, told, "alpha")
    with app.app_context():
        reference = told.reference("alpha")
    officer = opened_by(app, "alpha_officer", reference)
    officer.send(action="/acknowledge")
    officer.get(f"/office/{reference}/report")
    writing = officer.page
    hers = mailbox(app, told)
    page = hers.get("/mailbox/consent")
    assert "なかったことにはできません" in page.text
    assert "会社の対応の記録として残ります" in page.text
    hers.send(action="/consent/withdraw")
    assert "エラー" in hers.page.title, "she confirms that she has read what stays"
    hers.send({"sure": "1"}, action="/consent/withdraw")
    assert "これから先、会社には何も伝えません" in hers.page.text
    # The officer was writing at that moment, and sends what she wrote.
    form = writing.form_with(*REPORT)
    answer = officer.client.post(f"/office/{reference}/report", data={**form.fields, **REPORT})
    assert answer.status_code == 409
    assert REPORT["report-prevention"] in answer.text, "what she wrote is kept for her"
    note = officer.get(f"/office/{reference}")
    assert "終了しました" in note.text
    for absent in (FOR_ALPHA, "同意", "取り消"):
        assert absent not in note.text
    with app.app_context():
        exchange = told.exchange("alpha")
        assert db().scalar(select(func.count()).select_from(Report)) == 0
        assert (exchange.closed_because, exchange.opened_at is not None) == ("consent_withdrawn", True)
        assert exchange.routed_at is not None
        assert exchange.acknowledged_at is not None, "that the company acknowledged is its own conduct"
        names = set(db().scalars(select(AuditRecord.name)))
        assert {"case.routed", "provision.record"} <= names
    kept = desk.get(told.page("/consents"))
    assert "転送版 第1版" in kept.text
    assert "取り消した" in kept.text
    assert "会社に伝えない" in kept.text
    refused = desk.get(told.page(f"/send/{reference}"))
    assert REFUSED in refused.text
    assert "転送版 第1版" in hers.get("/mailbox/consents").text
