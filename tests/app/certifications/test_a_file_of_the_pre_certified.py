"""The pages that take the file of the pre-certified: what they refuse, and that nothing is half done."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.applications.actions import begin
from app.certifications import pre_certified
from app.certifications.actions import enter_pre_certified
from app.companies.actions import end_membership, follow_ended_memberships, join_again
from app.pipeline.clock import FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import begin_writing, commit, db
from app.resolutions.actions import record_resolution
from models.certification import Certification
from models.company import Company
from models.rules.board import BoardOption
from models.rules.membership import MemberType
from models.rules.pre_certified import Refusal
from tests.support.board import all_vote, keep, voting
from tests.support.pre_certified import AOI, MIDORI, choose, line, register_them, table
from tests.support.present import company, present
from tests.support.visitor import sign_in

BOTH = table(line(AOI, "KC-2025-0101"), line(MIDORI, "KC-2025-0102"))


def entered(app: Flask) -> int:
    with app.app_context():
        return db().scalar(select(func.count()).select_from(Certification)) or 0


@pytest.mark.parametrize("key", ["counselor", "chair", "auditor", "admin"])
def test_the_file_is_for_the_manager_and_the_head(app: Flask, key: str) -> None:
    page = sign_in(app, key).get("/certifications/file", status=403)
    assert "ひな形" not in page.text


def test_the_empty_table_is_one_that_is_read_and_has_no_line(app: Flask) -> None:
    head = sign_in(app, "head")
    empty = head.client.get("/certifications/file/empty").data
    assert "1行も書かれていません" in choose(head, empty).text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\x80\x81", "文字を読み取れませんでした"),
        (b"a" * 200_000, "128キロバイトまで"),
        (table(*["x"] * 301).encode(), "300行まで"),
        (b"", "見出しが見つかりません"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(app: Flask, body: bytes, words: str) -> None:
    before = entered(app)
    assert words in choose(sign_in(app, "manager"), body).text
    assert entered(app) == before


def test_no_file_and_a_forged_token_bring_nothing_in(app: Flask) -> None:
    manager = sign_in(app, "manager")
    choose(manager, BOTH.encode(), token="forged", status=400)
    choose(manager, BOTH.encode(), token="", status=400)
    form = manager.get("/certifications/file").form_with("file")
    cut = b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\nx'
    answer = manager.client.post(form.action, data=cut, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
    nothing = {"csrf_token": form.fields["csrf_token"][0], "file": (io.BytesIO(b""), "")}
    assert "ファイルを選んでください" in manager.post(form.action, nothing).text
    for carried in ("", "%%%", "YWJj"):
        page = manager.post("/certifications/file/confirm", {**form.fields, "file": carried, "seen": "x"})
        assert "何も取り込んでいません" in page.text
        page = manager.post("/certifications/file/refused", {**form.fields, "file": carried})
        assert "何も取り込んでいません" in page.text


def test_what_changed_since_the_check_is_shown_again_and_nothing_is_entered(app: Flask) -> None:
    register_them(app)
    manager = sign_in(app, "manager")
    page = choose(manager, BOTH.encode())
    with app.app_context():
        begin_writing()
        company = db().scalars(select(Company).where(Company.corporate_number == MIDORI)).one()
        company.left_on = company.joined_on
        commit()
    before = entered(app)
    again = manager.send({}, action="/certifications/file/confirm", page=page)
    assert "登録が変わりました" in again.text
    assert "いま会員ではありません" in again.text
    assert entered(app) == before
    assert "1社の認定を登録しました" in manager.send({}, action="/certifications/file/confirm").text
    assert entered(app) == before + 1


def test_one_that_fails_takes_all_of_them_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    register_them(app)
    manager = sign_in(app, "manager")
    choose(manager, BOTH.encode())
    before = entered(app)

    def second_fails(company: Company, **told: object) -> object:
        if company.corporate_number == MIDORI:
            raise RuntimeError
        return enter_pre_certified(company, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(pre_certified, "enter_pre_certified", second_fails)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    manager.send({}, action="/certifications/file/confirm", status=500)
    assert entered(app) == before


def test_the_refused_lines_are_corrected_and_given_again(app: Flask) -> None:
    register_them(app)
    manager = sign_in(app, "manager")
    page = choose(manager, table(line(AOI, "KC-2025-0101", to="2027-09-31")).encode())
    fields = page.form_with("seen", action="refused").fields
    kept = manager.client.post("/certifications/file/refused", data=fields).get_data(as_text=True)
    assert list(csv.reader(io.StringIO(kept)))[1][6].startswith("日付を読み取れません")
    assert "1社の認定を登録する" in choose(manager, kept.replace("09-31", "09-30").encode()).text


def test_whoever_holds_one_applies_for_one_or_waits_after_leaving_during_the_procedure_is_refused(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager"))
        begin(company("delta"), actor=present("delta_representative"))
        numbers = {"alpha": AOI, "beta": MIDORI, "delta": "1000000000008"}
        for key, number in numbers.items():
            company(key).corporate_number = number
        end_membership(company("alpha"), left_on=clock.now().date(), actor=THE_CLOCK)
        keep()
        clock.move(to=clock.now() + timedelta(days=3))
        follow_ended_memberships()
        join_again(company("alpha"), member_type=MemberType.REGULAR, joined_on=clock.now().date(), actor=THE_CLOCK)
        keep()
        lines = [
            line(number, f"KC-2025-020{at}", name=company(key).name_on(clock.now().date()).name)
            for at, (key, number) in enumerate(numbers.items())
        ]
        checked = pre_certified.check_file(table(*lines).encode())
        assert [one.refusal for one in checked.lines] == [Refusal.WAITS, Refusal.HOLDS, Refusal.APPLIES]
