"""Files as evidence of a pledge: given by the representative, cleaned, read by the reviewer, and by nobody else."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.applications.actions import return_for_correction
from app.operations.file_sweep import unnamed_among
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.pledge_entry import PledgeEntry
from models.pledge_evidence import PledgeEvidence
from models.rules.pledges import Pledge, ReviewMark
from tests.app.applications.test_applications import at, begun, reviewed, submitted
from tests.app.attachments.conftest import give
from tests.support import files
from tests.support.present import present
from tests.support.visitor import sign_in

DESK = "/pledges/desk/files"


def stored() -> list[PledgeEvidence]:
    return list(db().scalars(select(PledgeEvidence).order_by(PledgeEvidence.number)))


def test_a_file_is_given_left_and_resumed_and_the_reviewer_reads_it_without_its_maker(app: Flask) -> None:
    representative, address = begun(app)
    page = give(representative, (files.photo(), "IMG_田中.jpg"), about="休憩室の掲示", path=address + DESK)
    assert "1個のファイルを受け取りました" in page.text
    # She signs in another day, finds it where she left it, and sends the application.
    again = sign_in(app, "delta_representative")
    again.get(address + "/pledges/desk")
    assert "いま1個" in again.page.text
    again.get(address)
    again.send(action="/submit")
    desk = sign_in(app, "counselor")
    desk.get(address)
    assert "証拠のファイル(1個)" in desk.page.text
    desk.get(address + DESK)
    assert "休憩室の掲示" in desk.page.text
    assert "田中" not in desk.page.html
    assert not [form for form in desk.page.forms if form.action.endswith(DESK)], "who reviews adds nothing"
    desk.get(desk.page.links["ファイル1を見る"])
    kept = desk.client.get(desk.page.links["ダウンロードする"]).get_data()
    assert kept
    assert [mark for mark in files.MARKS if mark in kept] == []
    with app.app_context():
        opened = db().scalars(select(AuditRecord).where(AuditRecord.name == "evidence.open")).all()
        assert len(opened) == 1


def test_nobody_else_finds_the_evidence(app: Flask) -> None:
    representative, address = begun(app)
    give(representative, (files.photo(), "a.jpg"), path=address + DESK)
    representative.get(address + DESK)
    content = representative.get(representative.page.links["ファイル1を見る"]).links["ダウンロードする"]
    for key in ("alpha_representative", "epsilon_officer", "director_two", "auditor"):
        visitor = sign_in(app, key)
        assert visitor.client.get(address + DESK).status_code in {403, 404}
        assert visitor.client.get(content).status_code in {403, 404}


def test_what_is_no_evidence_is_refused_with_the_reason_and_nothing_is_stored(app: Flask) -> None:
    representative, address = begun(app)
    page = give(representative, (files.sound(), "call.mp3"), about="通話", path=address + DESK)
    assert "録音" in page.text
    assert page.form_with("about").fields["about"] == ["通話"]
    representative.get(address + "/pledges/nothing/files", status=404)
    with app.app_context():
        assert stored() == []


def test_after_it_was_sent_nothing_is_added_or_taken_away(app: Flask) -> None:
    representative, address = begun(app)
    give(representative, (files.photo(), "a.jpg"), path=address + DESK)
    csrf = representative.get(address + DESK).form_with("about").fields["csrf_token"][0]
    representative.get(address)
    representative.send(action="/submit")
    with app.app_context():
        (evidence,) = stored()
    form = {"csrf_token": csrf}
    answer = representative.client.post(f"{address}{DESK}/{evidence.id.hex}/remove", data=form)
    assert answer.status_code >= 400
    with app.app_context():
        assert stored()[0].removed_at is None


def test_taken_away_its_key_is_gone_at_once_and_its_bytes_when_the_store_is_looked_through(app: Flask) -> None:
    representative, address = begun(app)
    give(representative, (files.photo(), "a.jpg"), path=address + DESK)
    with app.app_context():
        name = stored()[0].stored_as
        assert unnamed_among([name]) == [], "what is there is not swept away"
    representative.get(address + DESK)
    representative.get(representative.page.links["ファイル1を見る"])
    representative.send(action="/remove")
    assert "ファイルを取り除きました" in representative.page.text
    with app.app_context():
        assert stored()[0].sealed_card is None
        assert unnamed_among([name]) == [name]


def test_another_file_takes_the_reviewers_mark_away_and_leaves_what_was_asked_for(app: Flask) -> None:
    representative, address = submitted(app)
    reviewed(app, address, wrong=Pledge.DESK)
    with app.app_context(), transaction():
        return_for_correction(at(address), actor=present("counselor"))
    give(representative, (files.photo(), "poster.jpg"), path=address + DESK)
    with app.app_context():
        entry = db().scalars(select(PledgeEntry).where(PledgeEntry.pledge == Pledge.DESK)).one()
        assert entry.mark is None
        assert entry.sealed_note is not None
        others = db().scalars(select(PledgeEntry.mark).where(PledgeEntry.pledge != Pledge.DESK)).all()
        assert set(others) == {ReviewMark.MET}
