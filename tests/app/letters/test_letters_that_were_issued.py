"""Letters as they are issued: the digest in the record, the same file at any later time, and only for whom it is."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import date, timedelta

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from app.certifications.certificates import issue_certificate
from app.certifications.queries import held_certification
from app.companies.actions import rename_company
from app.letters.actions import reword_letter
from app.letters.queries import NotTheSame, Said, file_of_letter, letter_numbered, newest_certificate, words_on
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import FixedClock, now, today
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import begin_writing, commit, db
from app.resolutions.actions import record_resolution
from models.audit_record import AuditRecord
from models.compartment import Compartment
from models.issued_letter import IssuedLetter
from models.rules.board import BoardOption
from models.rules.escalation_ladder import Step
from models.rules.letters import LetterKind, Placeholder, Template, moment_in_letter
from models.rules.taxonomy.severity import Severity
from models.sealed import open_answers
from tests.support import board, ladder
from tests.support.present import company, present
from tests.support.road import done, routed
from tests.support.visitor import Visitor, sign_in


def letter(number: str | None) -> IssuedLetter:
    found = letter_numbered(number)
    assert found is not None
    return found


def said(of: IssuedLetter, by: str = "head") -> Said:
    assert of.compartment_id is not None
    key = present(by).held.compartment_key(db().get_one(Compartment, of.compartment_id))
    return Said.kept(open_answers(of, "sealed_values", key=key))


def recorded_digests() -> dict[str, str]:
    rows = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "letter.issue"))
    return {facts["number"]: facts["file_digest"] for facts in map(json.loads, rows)}


def test_each_request_of_the_ladder_is_a_letter_with_its_digest_and_the_same_file_ever_after(app: Flask) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        file = ladder.silent_through(Step.E4)
        numbers = sorted(recorded_digests())
        letters = [letter(number) for number in numbers]
        assert [one.kind for one in letters] == [
            LetterKind.COOPERATION,
            LetterKind.COOPERATION_AGAIN,
            LetterKind.IMPROVEMENT,
            LetterKind.LAST_IMPROVEMENT,
        ]
        last = said(letters[3])
        assert last.to[0] == f"{company('alpha').name_on(today()).name} 御中"
        assert "誓約事項6" in last.values[Placeholder.GROUND]
        assert "誓約事項9" in last.values[Placeholder.GROUND]
        assert ladder.LETTER in last.values[Placeholder.MATTER]
        assert "計画は、" in said(letters[2]).values[Placeholder.TERM]
        assert "5営業日以内" in said(letters[0]).values[Placeholder.TERM]
        for one in letters:
            days = re.findall(r"(\d+)年(\d+)月(\d+)日\((.)\) \d\d:\d\dまで", said(one).values[Placeholder.TERM])
            assert days, "a day by which something is to be done has its weekday"
            assert all("月火水木金土日"[date(*map(int, day)).weekday()] == weekday for *day, weekday in days)
        before = {one.number: file_of_letter(one, actor=present("head")) for one in letters}
        assert {number: hashlib.sha256(made).hexdigest() for number, made in before.items()} == recorded_digests()
        # Other words from tomorrow, another name, two years later: what was sent stays what it was.
        old = words_on(LetterKind.COOPERATION, today())
        new = Template(old.kind, today() + timedelta(days=1), "新しい文面です。\n\n" + old.text)
        done(lambda: reword_letter(new, reason="見直し", actor=present("head")))
        ladder.move_to(now() + timedelta(days=700))
        assert words_on(LetterKind.COOPERATION, today()) == new
        assert file_of_letter(letter(numbers[0]), actor=present("head")) == before[numbers[0]]
        assert file.company_id == letters[0].company_id


def test_a_letter_that_was_issued_without_weekdays_is_made_again_without_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setattr("app.resolutions.letters.due_in_letter", moment_in_letter)
        item = board.in_hearing()
        commit()
        monkeypatch.undo()
        notice = letter(item.notice_number)
        assert "(" not in said(notice).values[Placeholder.TERM]
        made = hashlib.sha256(file_of_letter(notice, actor=present("head"))).hexdigest()
        assert made == recorded_digests()[notice.number]


def test_a_letter_that_was_changed_in_the_database_is_not_given_out(app: Flask) -> None:
    with app.app_context():
        item = board.in_hearing()
        commit()
        notice = letter(item.notice_number)
        assert file_of_letter(notice, actor=present("head"))
        begin_writing()
        notice.issued_at += timedelta(days=1)
        commit()
        with pytest.raises(NotTheSame):
            file_of_letter(notice, actor=present("head"))


def test_the_notice_names_facts_ground_term_and_right_and_the_revocation_its_effect_and_objection(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        item = board.voting(clock)
        notice = said(letter(item.notice_number))
        assert all(notice.values[one] for one in LetterKind.HEARING.required)
        assert re.fullmatch(r"\d{4}年\d+月\d+日\([月火水木金土日]\) \d\d:\d\d", notice.values[Placeholder.TERM])
        assert notice.values[Placeholder.FACTS].count("文書番号") == 3
        assert board.MATTER not in repr(notice.as_answers())
        board.all_vote(item, BoardOption.REVOKE)
        revoked = record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager"))
        assert revoked is not None
        told = letter(revoked.notice_number)
        assert told.kind is LetterKind.REVOCATION
        assert re.search(r"日\([月火水木金土日]\) \d\d:\d\dまでに、一度だけ", said(told).values[Placeholder.OBJECTION])
        assert "(" not in said(told).values[Placeholder.EFFECT], "nothing is to be done by that day"
        assert said(told).values[Placeholder.REASONS] == "要請に応じなかったため。"
        commit()
        assert hashlib.sha256(file_of_letter(told, actor=present("head"))).digest() == told.file_digest


def test_signs_that_no_letter_shows_are_refused_where_they_are_typed_and_nothing_is_issued(app: Flask) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        file = ladder.silent_through(Step.E1)
        ladder.drafted(file)
        number = file.number
        company("alpha")
        commit()
        before = len(recorded_digests())
    head = sign_in(app, "manager")
    page = head.get(f"/escalations/{number}/draft")
    assert page.status == 200
    head.send({"text": "ご対応をお願いします😀。"})
    assert "「😀」は、文書の書体にない文字です" in head.page.text
    with app.app_context():
        assert len(recorded_digests()) == before


def test_a_certificate_is_issued_for_what_is_held_in_the_name_of_the_day(app: Flask) -> None:
    with app.app_context():
        held = held_certification(company("alpha").id)
        assert held is not None
        first = done(lambda: issue_certificate(held, actor=present("manager")))
        made = file_of_letter(first, actor=present("alpha_officer"))
        with pikepdf.open(io.BytesIO(made)) as file:
            assert file.open_metadata()["dc:title"] == "認定証"
        with pytest.raises(OutOfReach):
            issue_certificate(held, actor=present("counselor"))
        # Another name gives another certificate; the first keeps the name it was issued in (scenario 7.32).
        old, day = company("alpha").name_on(today()).name, today() + timedelta(days=1)
        names = {"name": "新しい社名株式会社", "kana": "アタラシイシャメイ", "english": "New Name"}
        done(lambda: rename_company(company("alpha"), **names, from_=day, actor=present("manager")))
        ladder.move_to(now() + timedelta(days=2))
        second = done(lambda: issue_certificate(held, actor=present("manager")))
        assert newest_certificate(held.number or "", held.company_id) == second
        assert [names["name"] in str(one.public_values) for one in (first, second)] == [False, True]
        assert old in str(first.public_values)
        assert file_of_letter(first, actor=present("head")) == made


def test_a_company_saves_its_own_letters_and_no_other_does(app: Flask) -> None:
    with app.app_context():
        held = held_certification(company("alpha").id)
        assert held is not None
        done(lambda: issue_certificate(held, actor=present("manager")))
        certified = held.number
        number = board.in_hearing().notice_number
        # While the board decides whether it ends, nobody is given a new one; the one that was issued stays.
        with pytest.raises(ChangedMeanwhile):
            issue_certificate(held, actor=present("manager"))
        commit()
    paths = (f"/board/hearings/{number}/file", f"/certifications/{certified}/certificate/file")
    own = sign_in(app, "alpha_officer")
    for path in paths:
        answer = own.client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF-")
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"]
    stranger = sign_in(app, "beta_representative")
    assert [stranger.client.get(path).status_code for path in paths] == [404, 404]
    assert [Visitor(app).client.get(path).status_code for path in paths] == [302, 302]
