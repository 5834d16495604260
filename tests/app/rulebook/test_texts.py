"""Texts that the secretariat words by dated rows: looked at, kept in every version, and read wherever they stand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from app.rulebook.actions import reword
from app.rulebook.queries import changes_of
from models.audit_record import AuditRecord
from models.rule_change import RuleChange
from models.rules.editable_texts import LONGEST_TEXT, SHIPPED, EditableText, Wording
from models.rules.rule_change import RuleKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import present
from tests.support.visitor import Visitor, sign_in

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
TUESDAY = MONDAY + timedelta(days=1)
NEW = {
    "ja": "お尋ねの件には、どの会社の方にもお答えしておりません。働く人を守るための対応をお願いいたします。",
    "en": "We answer this question to no company. Please take steps to protect the people who work for you.",
    "valid_from": "2026-12-01",
    "reason": "理事会で文面を見直したため",
}


@pytest.fixture
def manager(app: Flask, clock: FixedClock) -> Visitor:
    clock.move(to=MONDAY)
    return sign_in(app, "manager")


def rewords(visitor: Visitor, key: str = "standing_answer", **answers: str) -> None:
    visitor.get(f"/rulebook/texts/{key}")
    visitor.send({**NEW, **answers})
    if "まだ登録していません" in visitor.page.text:
        visitor.send({}, action=f"/rulebook/texts/{key}")


def rows(app: Flask) -> list[RuleChange]:
    with app.app_context():
        return list(db().scalars(select(RuleChange).where(RuleChange.ended_at.is_(None))))


def test_a_company_reads_the_new_refusal_from_its_day_on_and_the_desk_copies_the_same(
    app: Flask, manager: Visitor, clock: FixedClock
) -> None:
    with app.app_context():
        exchange = road.acknowledged(severity=Severity.HIGH)
        number, reference = road.case_at(exchange.reference).number, exchange.reference
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    officer.send({"reply-text": "相談者の名前を教えてください。"})
    rewords(manager)
    shipped = next(one.ja for one in SHIPPED if one.text is EditableText.STANDING_ANSWER)
    assert shipped in officer.get(f"/office/{reference}").text
    clock.move(to=TUESDAY)
    page = sign_in(app, "alpha_officer").get(f"/office/{reference}").text
    assert NEW["ja"] in page
    assert shipped not in page
    assert NEW["ja"] in sign_in(app, "counselor").get(f"/desk/{number}").html
    assert NEW["en"] in sign_in(app, "alpha_officer", language="en").get(f"/office/{reference}").text


def test_the_first_page_reads_who_reads_in_paragraphs_and_no_markup_is_taken(
    app: Flask, manager: Visitor, clock: FixedClock
) -> None:
    rewords(manager, "reader_notice", ja="読むのは、協会の相談員だけです。\n\n<b>会社</b>には、何も伝わりません。")
    clock.move(to=TUESDAY)
    page = Visitor(app).get("/").html
    assert "<p>読むのは、協会の相談員だけです。</p>" in page
    assert "&lt;b&gt;会社&lt;/b&gt;" in page


def test_what_the_law_defines_is_read_in_the_report(app: Flask, manager: Visitor, clock: FixedClock) -> None:
    with app.app_context():
        reference = road.in_action(severity=Severity.HIGH).reference
    rewords(manager, "legal_definition")
    clock.move(to=TUESDAY)
    assert NEW["ja"] in sign_in(app, "alpha_officer").get(f"/office/{reference}/report").text


def test_the_look_shows_what_is_gone_and_what_is_new_and_other_words_are_looked_at_again(
    app: Flask, manager: Visitor
) -> None:
    manager.get("/rulebook/texts/standing_answer")
    page = manager.send(NEW)
    for words in ("まだ登録していません", "2026年12月1日(火)から", "【加わった言葉】", "【消えた言葉】"):
        assert words in page.text
    page = manager.send({"ja": NEW["ja"] + "よろしくお願いいたします。"}, action="/rulebook/texts/standing_answer")
    assert "まだ登録していません" in page.text
    assert rows(app) == []


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"ja": "だめです"}, "20文字以上"),
        ({"en": "No."}, "20文字以上"),
        ({"ja": ""}, "新しい文章を入力"),
        ({"ja": "あ" * (LONGEST_TEXT + 1)}, "600文字まで"),
        ({"valid_from": "2026-11-30"}, "明日から"),
        ({"valid_from": "2028-01-01"}, "1年先まで"),
        ({"reason": ""}, "変更の理由を入力"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(
    app: Flask, manager: Visitor, answers: dict[str, str], words: str
) -> None:
    rewords(manager, **answers)
    assert words in manager.page.text
    for name in ("ja", "en", "reason"):
        assert {**NEW, **answers}[name] in manager.page.html
    assert rows(app) == []


def test_the_text_as_it_is_needs_no_change_and_a_day_has_one(app: Flask, manager: Visitor) -> None:
    shipped = next(one for one in SHIPPED if one.text is EditableText.STANDING_ANSWER)
    rewords(manager, ja=shipped.ja, en=shipped.en)
    assert "変更はいりません" in manager.page.text
    rewords(manager)
    rewords(manager, ja=NEW["ja"] + "どうぞよろしく。")
    assert "その日から始まる変更が、もうあります" in manager.page.text
    assert len(rows(app)) == 1


def test_a_wording_ahead_is_taken_back_one_that_began_is_not_and_both_stay_in_the_list(
    app: Flask, manager: Visitor, clock: FixedClock
) -> None:
    rewords(manager)
    (kept,) = rows(app)
    manager.get("/rulebook/texts/standing_answer")
    page = manager.send({}, action=f"/rulebook/texts/{kept.id}/cancel")
    assert "取り消しました" in page.text
    assert NEW["ja"] in page.text
    rewords(manager)
    (kept,) = rows(app)
    clock.move(to=TUESDAY)
    manager = sign_in(app, "manager")
    token = manager.get("/rulebook/texts/standing_answer").form_with("ja").fields["csrf_token"][0]
    page = manager.post(f"/rulebook/texts/{kept.id}/cancel", {"csrf_token": token})
    assert "もう始まっている変更は、取り消せません" in page.text
    assert "いま使っています" in page.text
    assert "前に使っていました" in page.text
    assert len(rows(app)) == 1
    log = manager.get("/rulebook/").text
    assert NEW["reason"] in log
    with app.app_context():
        facts = set(db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "rules.change")))
        assert facts == {'{"rule":"standing_answer","version":"2026-12-01"}'}


def test_of_two_managers_who_word_a_text_from_one_day_the_second_is_told(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    new = Wording(EditableText.STANDING_ANSWER, date(2026, 12, 1), NEW["ja"], NEW["en"])
    with app.app_context():
        road.done(lambda: reword(new, reason="試し", actor=present("manager")))
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: reword(new, reason="試し", actor=present("manager")))
        assert len(changes_of((RuleKind.TEXT,), EditableText.STANDING_ANSWER.code)) == 1


def test_a_counselor_reads_the_texts_and_changes_none(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    counselor = sign_in(app, "counselor")
    assert "お断り" in counselor.get("/rulebook/texts").text
    assert "変わることを確かめる" not in counselor.get("/rulebook/texts/standing_answer").text
    counselor.get("/rulebook/texts/another", status=404)
    sign_in(app, "alpha_officer").get("/rulebook/texts", status=403)
