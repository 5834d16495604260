"""An officer's drafts: kept without script, found by whoever takes over, closed to the association, gone when sent."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.actions import exclude
from app.cases.timeline import timeline_of
from app.custody.queries import compartment_of_exchange
from app.mailbox.actions import withdraw_consent
from app.people.actions import end_service
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.transaction import db
from app.responses.actions import save_draft
from app.responses.drafts import opened_draft
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.case import Case
from models.compartment import Compartment
from models.draft import Draft
from models.exchange import Exchange
from models.rules.drafts import LONGEST_DRAFT, DraftKind
from models.rules.people import CompartmentKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.at_rest import bytes_of, found_in, opened_with_server_keys
from tests.support.present import consulter, person, present
from tests.support.report import REPORT
from tests.support.visitor import Visitor, sign_in

BEGUN = "録音を半分まで聞きました。続きはあした書きます。"


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        return road.in_action(severity=Severity.HIGH).reference


def at_the_report(app: Flask, reference: str, *, who: str = "alpha_officer") -> Visitor:
    visitor = sign_in(app, who)
    visitor.get(f"/office/{reference}/report")
    return visitor


def keep(
    visitor: Visitor, reference: str, answers: dict[str, object], *, kind: str = "report", status: int = 200
) -> None:
    """Press the second button of the form, which sends it elsewhere."""
    form = visitor.page.form_with(*answers)
    address = f"/office/{reference}/draft/{kind}"
    assert address in visitor.page.html, "the button says where it keeps the draft"
    visitor.post(address, {**form.fields, **answers}, status=status)


def begun(reference: str, *, by: str = "alpha_officer") -> Draft:
    """A draft of the report, kept by somebody of the company."""
    exchange = road.exchange_at(reference)
    written = {"fact_check": [BEGUN]}
    return road.done(lambda: save_draft(exchange, DraftKind.REPORT, written, seen=0, actor=present(by)))


def text_seen_by(who: str, reference: str) -> list[str] | None:
    draft = opened_draft(road.exchange_at(reference), DraftKind.REPORT, actor=present(who))
    return None if draft is None or draft.answers is None else list(draft.answers["fact_check"])


def nothing_is_left(exchange: Exchange) -> bool:
    db().expire_all()
    drafts = db().scalar(select(func.count()).select_from(Draft))
    return drafts == 0 and compartment_of_exchange(exchange, CompartmentKind.DRAFTS) is None


def test_what_was_begun_is_kept_by_a_button_and_found_again_as_it_was_typed(app: Flask, reference: str) -> None:
    visitor = at_the_report(app, reference)
    keep(visitor, reference, {"report-fact_check": BEGUN, "report-rule_usable": "partly", "report-actions": ["AC-LOG"]})
    assert "書きかけを保存しました" in visitor.page.text
    again = at_the_report(app, reference)
    form = again.page.form_with("report-fact_check")
    assert form.fields["report-fact_check"] == [BEGUN]
    assert form.fields["report-rule_usable"] == ["partly"]
    assert form.fields["report-actions"] == ["AC-LOG"]
    assert form.fields.get("report-care") == [""], "a block that was not begun is empty, and nobody is scolded for it"
    assert "書きかけがあります" in again.page.text
    assert "報告書の続きを書く" in again.get(f"/office/{reference}").text


def test_a_reply_is_kept_too_and_is_gone_when_it_was_sent(app: Flask, reference: str) -> None:
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}")
    keep(visitor, reference, {"reply-text": BEGUN}, kind="reply")
    assert visitor.page.form_with("reply-text").fields["reply-text"] == [BEGUN]
    visitor.send({"reply-text": "交代の手順を見直しました。"})
    assert visitor.page.form_with("reply-text").fields["reply-text"] == [""]
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(Draft)) == 0


def test_the_report_takes_its_draft_with_it(app: Flask, reference: str) -> None:
    visitor = at_the_report(app, reference)
    keep(visitor, reference, {"report-fact_check": BEGUN})
    visitor.get(f"/office/{reference}/report")
    visitor.send(REPORT)
    assert "報告書を提出しました" in visitor.page.text
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(Draft)) == 0


def test_the_page_keeps_it_quietly_when_it_is_left(app: Flask, reference: str) -> None:
    visitor = at_the_report(app, reference)
    fields = visitor.page.form_with("report-fact_check").fields
    answer = visitor.client.post(
        f"/office/{reference}/draft/report?leaving=1", data={**fields, "report-fact_check": BEGUN}
    )
    assert (answer.status_code, answer.data) == (204, b"")
    with app.app_context():
        assert text_seen_by("alpha_officer", reference) == [BEGUN]


def test_an_empty_draft_is_none(app: Flask, reference: str) -> None:
    visitor = at_the_report(app, reference)
    keep(visitor, reference, {"report-fact_check": "  "})
    assert "保存する書きかけはありません" in visitor.page.text
    with app.app_context():
        assert nothing_is_left(road.exchange_at(reference))


def test_a_draft_that_is_too_long_is_refused_and_stays_on_the_page(app: Flask, reference: str) -> None:
    visitor = at_the_report(app, reference)
    keep(visitor, reference, {"report-fact_check": BEGUN, "report-care": "あ" * LONGEST_DRAFT})
    assert "書きかけが長すぎるため、保存できません" in visitor.page.text
    assert visitor.page.form_with("report-fact_check").fields["report-fact_check"] == [BEGUN]


@pytest.mark.usefixtures("every_byte")
def test_neither_the_desk_nor_a_stored_byte_tells_what_was_begun(app: Flask, reference: str) -> None:
    with app.app_context():
        draft = begun(reference)
        drafts = db().get_one(Compartment, draft.compartment_id)
        for who in ("counselor", "manager", "head"):
            with pytest.raises(CannotOpen):
                present(who).held.compartment_key(drafts)
            assert not present(who).held.opens(drafts)
        number = db().get_one(Case, road.exchange_at(reference).case_id).number
        assert found_in(bytes_of(app), [BEGUN]) == []
        assert found_in(opened_with_server_keys(app), [BEGUN]) == []
    desk = sign_in(app, "counselor")
    assert BEGUN not in desk.get(f"/desk/{number}").text
    with app.app_context():
        case = db().get_one(Case, road.exchange_at(reference).case_id)
        assert "記録" not in {entry.title for entry in timeline_of(case, actor=present("counselor"))}, (
            "when she writes is not the desk's to follow"
        )
    desk.get(f"/office/{reference}", status=404)


@pytest.mark.parametrize("stranger", ["epsilon_officer", "alpha_deputy", "alpha_representative", "counselor"])
def test_whoever_is_not_addressed_keeps_and_throws_away_nothing(app: Flask, reference: str, stranger: str) -> None:
    with app.app_context():
        begun(reference)
    visitor = sign_in(app, stranger)
    token = visitor.page.form_with(action="/sign-out").fields["csrf_token"][0]
    status = 403 if stranger == "counselor" else 404
    for path in ("draft/report", "draft/report/discard"):
        visitor.post(f"/office/{reference}/{path}", {"csrf_token": token, "report-care": "x"}, status=status)
    with app.app_context():
        assert text_seen_by("alpha_officer", reference) == [BEGUN]


def test_a_kind_that_there_is_not_is_not_found(app: Flask, reference: str) -> None:
    visitor = at_the_report(app, reference)
    fields = visitor.page.form_with("report-fact_check").fields
    visitor.post(f"/office/{reference}/draft/letter", {**fields, "report-fact_check": BEGUN}, status=404)
    with app.app_context():
        assert nothing_is_left(road.exchange_at(reference))


def test_the_deputy_finds_the_draft_when_the_officer_has_left(app: Flask, reference: str) -> None:
    with app.app_context():
        begun(reference)
        road.done(lambda: end_service(person("alpha_officer"), actor=present("manager")))
    deputy = at_the_report(app, reference, who="alpha_deputy")
    assert deputy.page.form_with("report-fact_check").fields["report-fact_check"] == [BEGUN]
    assert "名前・alpha_officer" in deputy.page.text


def test_the_representative_finds_it_when_the_whole_office_has_left(app: Flask, reference: str) -> None:
    with app.app_context():
        begun(reference)
        for who in ("alpha_deputy", "alpha_officer"):
            road.done(lambda who=who: end_service(person(who), actor=present("manager")))
        assert text_seen_by("alpha_representative", reference) == [BEGUN]


def test_somebody_who_is_excluded_cannot_open_what_her_colleague_began(app: Flask, reference: str) -> None:
    with app.app_context():
        case = db().get_one(Case, road.exchange_at(reference).case_id)
        road.done(lambda: exclude(case, person("alpha_deputy"), "consulter", actor=present("counselor")))
        draft = begun(reference)
        drafts = db().get_one(Compartment, draft.compartment_id)
        assert present("alpha_officer").held.opens(drafts)
        assert not present("alpha_deputy").held.opens(drafts)


def test_a_draft_that_a_colleague_saved_meanwhile_is_not_written_over(app: Flask, reference: str) -> None:
    with app.app_context():
        road.done(lambda: end_service(person("alpha_officer"), actor=present("manager")))
    deputy = at_the_report(app, reference, who="alpha_deputy")
    with app.app_context():
        draft = begun(reference, by="alpha_deputy")
        road.done(lambda: setattr(db().get_one(Draft, draft.id), "person_id", person("alpha_officer").id))
    keep(deputy, reference, {"report-fact_check": "別の書きかけを、同時に書いていました。"}, status=409)
    assert "別の書きかけを、同時に書いていました。" in deputy.page.text
    with app.app_context():
        assert text_seen_by("alpha_deputy", reference) == [BEGUN]


def test_consent_that_is_withdrawn_takes_the_draft_and_its_key_with_it(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.in_action(road.routed(case, code))
        begun(exchange.reference)
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        assert nothing_is_left(exchange)
        names = list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == case.id)))
        assert names.count("draft.save") == names.count("draft.discard") == 1


def test_nothing_is_begun_before_the_receipt_is_acknowledged(app: Flask) -> None:
    """So a copy that is taken back, or goes to somebody else, never leaves a draft behind."""
    with app.app_context():
        exchange = road.routed(severity=Severity.HIGH)
        with pytest.raises(ChangedMeanwhile):
            begun(exchange.reference)
        assert nothing_is_left(exchange)


def test_closing_takes_what_was_never_sent(app: Flask, reference: str) -> None:
    with app.app_context():
        exchange = road.exchange_at(reference)
        road.done(
            lambda: save_draft(exchange, DraftKind.REPLY, {"text": [BEGUN]}, seen=0, actor=present("alpha_officer"))
        )
        road.closed(exchange)
        assert nothing_is_left(exchange)
