"""The words of letters: versions by the head alone, previewed, and never without what the procedure needs."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.letters.queries import words_on
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.rules.letters import (
    SHIPPED,
    LetterKind,
    Placeholder,
    Template,
    TemplateRefusal,
    filled,
    may_reword,
    missing_in,
    template_of,
    unknown_in,
)
from tests.support.visitor import Visitor, sign_in

TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)
NEW = "拝啓 いつもお世話になっております。\n\n{本文}\n\n期限は{期限}です。根拠は{根拠}です。\n\n敬具"


def refusal(kind: LetterKind, text: str, valid_from: date = TOMORROW, *, taken: bool = False) -> str:
    return may_reword(
        Template(kind, valid_from, text), today=TODAY, before=template_of(kind, SHIPPED[0].valid_from), taken=taken
    ).reason


def test_what_was_shipped_is_whole_and_is_never_edited() -> None:
    for one in SHIPPED:
        assert (missing_in(one), unknown_in(one)) == ((), ())
    assert {one.kind for one in SHIPPED} == set(LetterKind)
    # Old letters are made again from these words: a new wording is a new row with its own day, and another digest here.
    words = "\n".join(f"{one.kind.code} {one.valid_from} {one.text}" for one in SHIPPED)
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == "c7e8ed8a5b94df7d"


@pytest.mark.parametrize("kind", list(LetterKind))
def test_no_wording_leaves_out_what_the_procedure_needs(kind: LetterKind) -> None:
    text = template_of(kind, SHIPPED[0].valid_from).text
    for needed in kind.required:
        assert refusal(kind, text.replace(needed.written, "")) == TemplateRefusal.MISSING.code
    assert refusal(kind, text + "\n\n{相談の内容}") == TemplateRefusal.UNKNOWN.code
    assert refusal(kind, text + "\n\n{") == TemplateRefusal.LONE_BRACE.code


def test_days_lengths_and_braces_of_a_japanese_keyboard() -> None:
    kind = LetterKind.COOPERATION
    assert refusal(kind, NEW, TODAY) == TemplateRefusal.NOT_BEFORE_TOMORROW.code
    assert refusal(kind, NEW, date(2028, 1, 1)) == TemplateRefusal.TOO_FAR.code
    assert refusal(kind, NEW, taken=True) == TemplateRefusal.TAKEN.code
    wide = NEW.replace("{", "\uff5b").replace("}", "\uff5d")
    assert may_reword(
        Template(kind, TOMORROW, wide), today=TODAY, before=template_of(kind, SHIPPED[0].valid_from), taken=False
    )
    # What is put in is put in once: a name in braces inside it stays as it is.
    values = {Placeholder.MATTER: "{期限}と書いた本文", Placeholder.TERM: "12月4日", Placeholder.GROUND: "誓約6"}
    assert "{期限}と書いた本文" in filled(Template(kind, TOMORROW, wide), values)


def test_the_head_looks_at_the_new_words_as_text_and_as_a_file_and_enters_them_once(app: Flask) -> None:
    head = sign_in(app, "head")
    head.get("/letters/cooperation")
    head.send({"ja": NEW.replace("{期限}", "{相談の内容}"), "valid_from": "2026-11-25", "reason": "見直し"})
    assert "この文書に差し込めない項目です: 相談の内容" in head.page.text
    head.send({"ja": NEW.replace("{期限}", ""), "valid_from": "2026-11-25", "reason": "見直し"})
    assert "手続きに欠かせない項目が抜けています: 期限" in head.page.text
    head.send({"ja": NEW, "valid_from": "2026-11-25", "reason": "見直し"}, action="/letters/cooperation")
    assert "まだ登録していません" in head.page.text
    assert "期限は2026年12月4日(金) 17:00までです。" in head.page.text
    form = next(one for one in head.page.forms if one.action.endswith("/preview"))
    made = head.client.post(form.action, data=dict(form.fields))
    assert (made.status_code, made.data[:5]) == (200, b"%PDF-")
    assert version(app) == SHIPPED[0].valid_from
    head.send({}, action="/letters/cooperation")
    assert "新しい文面を登録しました" in head.page.text
    assert version(app) == TOMORROW
    with app.app_context():
        facts = list(db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "rules.change")))
    assert facts == ['{"rule":"letter:cooperation","version":"2026-11-25"}']
    head.send({}, action="/cancel")
    assert "変更を取り消しました" in head.page.text
    assert version(app) == SHIPPED[0].valid_from


def test_the_manager_reads_the_words_and_changes_none_and_a_company_reads_none(app: Flask) -> None:
    manager = sign_in(app, "manager")
    manager.get("/letters/hearing")
    assert not [form for form in manager.page.forms if "/letters/" in form.action]
    assert manager.client.get("/letters/hearing/preview").mimetype == "application/pdf"
    token = next(form for form in manager.page.forms if "csrf_token" in form.fields).fields["csrf_token"][0]
    assert manager.client.post("/letters/hearing", data={"csrf_token": token}).status_code == 403
    sign_in(app, "alpha_officer").get("/letters/hearing", status=403)
    assert Visitor(app).client.get("/letters/hearing").status_code == 302


def version(app: Flask) -> date:
    with app.app_context():
        return words_on(LetterKind.COOPERATION, TOMORROW).valid_from
