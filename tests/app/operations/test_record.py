"""The record is verified whole, and a signed head shows what a chain alone cannot."""

import shutil
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.operations.heads import (
    FOLDER,
    RecordsMissing,
    gather_head,
    gather_head_when_due,
    newest_head,
    read_head,
    read_signed,
)
from app.operations.verification import WORDS, verify_all
from app.pipeline.audit import of_person, record
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from crypto import CannotOpen, new_signing_key, sign_head
from models.audit_chain import AuditChain
from models.audit_record import AuditRecord
from tests.support.present import person
from tests.support.visitor import sign_in


@pytest.fixture
def subject(app):
    """A person whose chain is long enough to be tampered with."""
    with app.app_context(), transaction():
        found = of_person(person("counselor"))
        for _ in range(3):
            record(found, "person.sign_out", actor=THE_CLOCK, facts={})
    return found


def verified(app, **more):
    with app.app_context():
        return verify_all(**more)


def by_hand(app, statement, **values):
    """What somebody does who has the database: first the triggers go, and then the rows."""
    with app.app_context(), transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit_record DISABLE TRIGGER USER"))
        else:
            for act in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_record_no_{act}"))
        session.execute(text(statement), values)


def id_of(app, subject):
    with app.app_context():
        raw = db().connection().exec_driver_sql("SELECT 1").dialect.name
    return subject.id if raw == "postgresql" else subject.id.hex


def length(app, subject):
    with app.app_context():
        return db().get(AuditChain, (subject.kind, subject.id)).number


def test_an_untouched_record_is_whole(app, subject):
    came_of_it = verified(app)
    assert came_of_it.ok
    with app.app_context():
        assert came_of_it.records == len(db().scalars(select(AuditRecord.id)).all())
        assert came_of_it.chains == len(db().scalars(select(AuditChain.link)).all())


def test_what_is_undone_within_a_transaction_leaves_no_hole_in_the_chain(app, subject):
    before = length(app, subject)
    with app.app_context(), transaction():
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})
        undone = db().begin_nested()
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})
        record(of_person(person("manager")), "person.sign_out", actor=THE_CLOCK, facts={})
        undone.rollback()
        for one in (subject, of_person(person("manager"))):
            record(one, "person.sign_out", actor=THE_CLOCK, facts={})
    assert length(app, subject) == before + 2
    assert verified(app).ok


def test_a_record_that_could_not_be_stored_moves_nothing(app, subject, monkeypatch):
    def fails(_rows):
        raise RuntimeError

    before = length(app, subject)
    with app.app_context(), transaction():
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})
        with monkeypatch.context() as patched:
            patched.setattr("app.pipeline.audit.store_at_once", fails)
            with pytest.raises(RuntimeError):
                record(subject, "person.sign_out", actor=THE_CLOCK, facts={})
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})
    assert length(app, subject) == before + 2
    assert verified(app).ok


def test_the_database_itself_refuses_to_change_or_remove_a_record(app, subject):
    for statement in ("UPDATE audit_record SET name = 'x'", "DELETE FROM audit_record"):
        with pytest.raises(Exception, match="never changed"), app.app_context(), transaction() as session:
            session.execute(text(statement))


def test_a_changed_record_is_found_with_its_place(app, subject):
    by_hand(
        app,
        "UPDATE audit_record SET name = 'person.sign_in' WHERE subject_id = :id AND number = 2",
        id=id_of(app, subject),
    )
    (fault,) = verified(app).faults
    assert (fault.subject, fault.at) == (subject.name, 2)
    assert "書き換え" in fault.ja


def test_facts_that_cannot_even_be_read_are_a_changed_record_and_no_crash(app, subject):
    by_hand(app, "UPDATE audit_record SET facts = '{' WHERE subject_id = :id AND number = 2", id=id_of(app, subject))
    assert [(fault.subject, fault.at) for fault in verified(app).faults] == [(subject.name, 2)]


def test_a_space_put_into_the_facts_is_a_changed_record_though_it_means_the_same(app, subject):
    spoilt = "UPDATE audit_record SET facts = facts || ' ' WHERE subject_id = :id AND number = 2"
    by_hand(app, spoilt, id=id_of(app, subject))
    (fault,) = verified(app).faults
    assert (fault.subject, fault.at) == (subject.name, 2)


def test_a_record_taken_from_the_middle_is_found(app, subject):
    by_hand(app, "DELETE FROM audit_record WHERE subject_id = :id AND number = 2", id=id_of(app, subject))
    (fault,) = verified(app).faults
    assert (fault.subject, fault.at) == (subject.name, 2)
    assert "抜け" in fault.ja


def test_two_broken_chains_are_both_told(app, subject):
    with app.app_context():
        other = of_person(person("manager"))
    for each in (subject, other):
        by_hand(app, "DELETE FROM audit_record WHERE subject_id = :id AND number = 1", id=id_of(app, each))
    assert {fault.subject for fault in verified(app).faults} == {subject.name, other.name}


def test_removed_newest_records_are_found_by_the_chains_own_row(app, subject):
    last = length(app, subject)
    by_hand(
        app, "DELETE FROM audit_record WHERE subject_id = :id AND number = :last", id=id_of(app, subject), last=last
    )
    (fault,) = verified(app).faults
    assert (fault.subject, fault.at) == (subject.name, last)


def cut_back(app, subject):
    """Remove the newest record and let the chain's row end one earlier, as a careful thief would."""
    last = length(app, subject)
    with app.app_context():
        before = db().scalar(
            select(AuditRecord.link).where(AuditRecord.subject_id == subject.id, AuditRecord.number == last - 1)
        )
    by_hand(app, "DELETE FROM audit_record WHERE subject_id = :id AND number = :n", id=id_of(app, subject), n=last)
    with app.app_context(), transaction() as session:
        chain = session.get(AuditChain, (subject.kind, subject.id))
        chain.number, chain.link = last - 1, before


def test_a_chain_cut_back_with_care_is_whole_without_a_head_and_found_with_one(app, subject):
    with app.app_context():
        head = read_head(gather_head().row)
    cut_back(app, subject)
    (fault,) = verified(app).faults
    assert (fault.subject, "署名" in fault.ja) == (subject.name, True)
    with app.app_context(), transaction() as session:
        session.execute(text("DELETE FROM audit_head"))
    # The files of heads that lie beside the database would tell of an old backup.
    shutil.rmtree(app.config["KIKITE"].data / FOLDER)
    assert verified(app).ok
    assert not verified(app, against=head).ok


def test_a_whole_chain_that_is_gone_is_found_by_the_head(app, subject):
    with app.app_context():
        gather_head()
    for table in ("audit_record", "audit_chain"):
        by_hand(app, f"DELETE FROM {table} WHERE subject_id = :id", id=id_of(app, subject))
    assert [fault.subject for fault in verified(app).faults] == [subject.name]


def test_no_new_head_is_signed_over_a_loss(app, subject):
    with app.app_context():
        gather_head()
    cut_back(app, subject)
    with app.app_context(), pytest.raises(RecordsMissing):
        gather_head()


def test_records_added_after_the_head_leave_it_true(app, subject):
    with app.app_context():
        gather_head()
    with app.app_context(), transaction():
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})
    assert verified(app).ok


@pytest.mark.parametrize("spoil", ["gone", "changed"])
def test_a_head_whose_file_is_gone_or_changed_is_told(app, subject, spoil):
    with app.app_context():
        signed = gather_head()
    if spoil == "gone":
        signed.file.unlink()
    else:
        signed.file.write_bytes(signed.file.read_bytes().replace(b'"at":"2026', b'"at":"2027'))
    (fault,) = verified(app).faults
    assert fault.subject == "head"
    with app.app_context(), pytest.raises(CannotOpen):
        read_head(newest_head())


def test_a_head_of_another_server_is_not_taken_for_ours(app, subject):
    foreign = sign_head({f"person:{uuid.uuid4().hex}": (1, bytes(32))}, signing_key=new_signing_key(), at="2026-01-01")
    with app.app_context(), pytest.raises(CannotOpen):
        read_signed(foreign)


def test_a_head_is_gathered_once_a_day(app, clock, subject):
    with app.app_context():
        assert gather_head_when_due() is not None
        assert gather_head_when_due() is None
        clock.move(to=clock.at + timedelta(days=1))
        assert gather_head_when_due() is not None


def test_the_file_of_a_head_is_its_owners_and_names_no_person(app, subject):
    with app.app_context():
        signed = gather_head()
    assert signed.file.stat().st_mode & 0o077 == 0
    assert "名前".encode() not in signed.file.read_bytes()


def test_the_page_of_the_auditor_says_that_it_is_whole_or_where_it_first_breaks(app, subject):
    auditor = sign_in(app, "auditor")
    assert "記録に切れ目はありません" not in auditor.get("/operations/verification").text, "nothing is verified unasked"
    assert "記録に切れ目はありません" in auditor.get("/operations/verification?now=1").text
    by_hand(app, "UPDATE audit_record SET name = 'x' WHERE subject_id = :id AND number = 2", id=id_of(app, subject))
    page = auditor.get("/operations/verification?now=1")
    assert "記録に1件の問題があります" in page.text
    assert WORDS["link"][0] in page.text
    assert sign_in(app, "manager").client.get("/operations/verification").status_code == 403
