"""Codes that the secretariat calls otherwise and takes out of offer, by dated rows with a look and a log."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.secrets import facet
from app.pipeline.transaction import db, transactions
from app.rulebook.actions import call_code, offer_code
from app.statistics.queries import _by_code
from models.audit_record import AuditRecord
from models.consent_entry import ConsentEntry
from models.rule_change import RuleChange
from models.rules.consent import TEXT_VERSION, ConsentLevel
from models.rules.editable_codes import CodeWording, Offer
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.harassment_type import HarassmentType
from tests.support import road
from tests.support.present import present
from tests.support.questions import noted
from tests.support.visitor import Visitor, sign_in

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
TUESDAY = MONDAY + timedelta(days=1)
FIRST_DAY = date(2026, 12, 1)
NEW = {
    "ja": "無断での録音・配信",
    "en": "Recording without leave",
    "worker_ja": "勝手に録音・配信された",
    "worker_en": "I was recorded without leave",
    "valid_from": "2026-12-01",
    "reason": "理事会で言葉を見直したため",
}


@pytest.fixture
def manager(app: Flask, clock: FixedClock) -> Visitor:
    clock.move(to=MONDAY)
    return sign_in(app, "manager")


def calls(visitor: Visitor, code: str = "HT-REC", **answers: str) -> None:
    visitor.get(f"/rulebook/code/{code}")
    visitor.send({**NEW, **answers})
    if "まだ登録していません" in visitor.page.text:
        visitor.send({}, action=f"/rulebook/code/{code}")


def withdraws(visitor: Visitor, code: str = "HC-REV", day: str = "2026-12-01") -> None:
    visitor.get(f"/rulebook/code/{code}/offer")
    visitor.send({"valid_from": day, "reason": "使われていないため"})
    visitor.send({}, action=f"/rulebook/code/{code}/offer")


def rows(app: Flask) -> list[RuleChange]:
    with app.app_context():
        return list(db().scalars(select(RuleChange).where(RuleChange.ended_at.is_(None))))


def in_force(app: Flask, *changes: CodeWording | Offer) -> None:
    with app.app_context():
        for one in changes:
            act = call_code if isinstance(one, CodeWording) else offer_code
            road.done(lambda act=act, one=one: act(one, reason="試し", actor=present("manager")))  # type: ignore[misc]


def test_the_look_tells_what_changes_and_how_many_open_cases_carry_it_without_counting_a_few(
    app: Flask, manager: Visitor
) -> None:
    with app.app_context():
        for _case in range(2):
            road.submitted(types=(HarassmentType.RECORDING,))
    manager.get("/rulebook/code/HT-REC")
    page = manager.send(NEW)
    for words in (
        "2026年12月1日(火)から",
        "相談員と会社の画面: 「無断録音・撮影・配信」→「無断での録音・配信」",
        "相談者の画面: 「無断の録音・撮影・配信」→「勝手に録音・配信された」",
        "1件以上、5件より少ない数",
        "相談の入力画面、受付審査",
    ):
        assert words in page.text
    assert rows(app) == []
    page = manager.send({"ja": "無断録音"}, action="/rulebook/code/HT-REC")
    assert "まだ登録していません" in page.text, "other words are looked at again"
    with app.app_context():
        for _case in range(3):
            road.submitted(types=(HarassmentType.RECORDING,))
    assert "まだ終わっていない相談: 5件" in manager.send({"ja": "無断の録音"}, action="/rulebook/code/HT-REC").text
    manager.get("/rulebook/code/IM-STR")
    assert "ここでは数えません" in manager.send({**NEW, "ja": "つらい", "worker_ja": "", "worker_en": ""}).text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"ja": ""}, "新しい言葉を入力"),
        ({"ja": "あ" * 41}, "40文字まで"),
        ({"worker_en": ""}, "両方を空けてください"),
        ({"ja": "その他"}, "区別できる言葉"),
        ({"valid_from": "2026-11-30"}, "明日から"),
        ({"reason": ""}, "変更の理由を入力"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(
    app: Flask, manager: Visitor, answers: dict[str, str], words: str
) -> None:
    calls(manager, **answers)
    assert words in manager.page.text
    assert {**NEW, **answers}["en"] in manager.page.html
    assert rows(app) == []


def test_a_change_ahead_is_taken_back_and_one_on_which_another_leans_is_not(app: Flask, manager: Visitor) -> None:
    calls(manager)
    (kept,) = rows(app)
    calls(manager, "HT-OTH", ja="無断録音・撮影・配信", en="Recording", worker_ja="", worker_en="")
    assert len(rows(app)) == 2, "the words are free by then"
    manager.get("/rulebook/code/HT-REC")
    page = manager.send({}, action=f"/rulebook/code/{kept.id}/cancel")
    assert "いま取り消すと、次のようになります" in page.text
    other = next(row for row in rows(app) if row.id != kept.id)
    manager.get("/rulebook/code/HT-OTH")
    manager.send({}, action=f"/rulebook/code/{other.id}/cancel")
    manager.get("/rulebook/code/HT-REC")
    assert "変更を取り消しました" in manager.send({}, action=f"/rulebook/code/{kept.id}/cancel").text
    assert rows(app) == []
    log = manager.get("/rulebook/").text
    assert NEW["reason"] in log
    assert "HT-REC 「無断での録音・配信」、「勝手に録音・配信された」" in log
    with app.app_context():
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "rules.change")).all()
        assert set(facts) == {
            '{"rule":"label:HT-REC","version":"2026-12-01"}',
            '{"rule":"label:HT-OTH","version":"2026-12-01"}',
        }


def test_of_two_managers_who_rename_a_code_from_one_day_the_second_is_told(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    new = CodeWording(HarassmentType.RECORDING, FIRST_DAY, "無断での録音", "Recording")
    in_force(app, new)
    with pytest.raises(ChangedMeanwhile):
        in_force(app, new)
    with pytest.raises(ChangedMeanwhile):
        in_force(app, Offer(HarassmentType.STALKING, FIRST_DAY, offered=False))


def test_a_code_that_rules_depend_on_is_not_taken_out_and_the_page_says_why(app: Flask, manager: Visitor) -> None:
    page = manager.get("/rulebook/code/HT-STK/offer")
    assert "重大さを自動で引き上げます" in page.text
    token = manager.get("/rulebook/code/HT-STK").form_with("ja").fields["csrf_token"][0]
    fields = {"csrf_token": token, "valid_from": "2026-12-01", "reason": "試し"}
    assert "選べなくすることができません" in manager.post("/rulebook/code/HT-STK/offer", fields).text
    for code in ("S1", "CN-0", "CN-ST", "OC-DUP"):
        assert "この分類は、選べなくすることができません" in manager.get(f"/rulebook/code/{code}").text
    assert rows(app) == []


def test_whoever_opened_the_form_before_midnight_may_still_send_what_was_offered_then_and_nobody_later(
    app: Flask, clock: FixedClock, manager: Visitor
) -> None:
    withdraws(manager)
    worker = Visitor(app)
    clock.move(to=datetime(2026, 11, 30, 23, 58, tzinfo=TOKYO))
    worker.get("/consult")
    clock.move(to=datetime(2026, 12, 1, 0, 3, tzinfo=TOKYO))
    worker.send({"text": "口コミでさらされました。", "channel": "HC-REV"}, action="/consult/check")
    worker.send({}, action="/consult/send")
    assert "受付コード" in worker.page.text
    late = Visitor(app)
    fields = dict(late.get("/consult").form_with("text").fields)
    assert "口コミ・レビュー" not in late.page.text
    clock.move(to=datetime(2026, 12, 2, 9, 0, tzinfo=TOKYO))
    page = late.post("/consult/check", {**fields, "text": "口コミでさらされました。", "channel": "HC-REV"})
    assert "一覧の中から選んでください" in page.text
    assert "口コミでさらされました。" in page.html, "what was written stays"


def test_a_case_keeps_a_code_that_is_no_longer_offered_through_triage_filters_and_the_way_back(
    app: Flask, clock: FixedClock, manager: Visitor
) -> None:
    with app.app_context():
        case, _code = road.triaged(types=(HarassmentType.RECORDING, HarassmentType.ABUSE))
        number = case.number
        other, _code = road.triaged(types=(HarassmentType.ABUSE,))
    withdraws(manager, "HT-REC")
    clock.move(to=TUESDAY)
    counselor = sign_in(app, "counselor")
    assert "無断録音・撮影・配信" in counselor.get(f"/desk/{number}").text
    page = counselor.get(f"/desk/{number}/triage")
    assert "いまは新しく選ばない分類です" in page.text
    counselor.send({"severity": "S2"}, action=f"/desk/{number}/triage")
    assert "無断録音・撮影・配信" in counselor.get(f"/desk/{number}").text, "and is not lost when triage is sent again"
    assert "HT-REC" not in counselor.get(f"/desk/{other.number}/triage").html
    assert "無断録音・撮影・配信" in counselor.get("/desk/search").text, "the filters find what was chosen before"
    manager = sign_in(app, "manager")
    assert "また選べるようにする" in manager.get("/rulebook/code/HT-REC/offer").text
    withdraws(manager, "HT-REC", "2026-12-02")
    clock.move(to=TUESDAY + timedelta(days=1))
    assert "HT-REC" in sign_in(app, "counselor").get(f"/desk/{other.number}/triage").html


def test_the_ledger_of_consent_keeps_the_words_that_were_shown_and_names_their_version(
    app: Flask, clock: FixedClock
) -> None:
    clock.move(to=MONDAY)
    in_force(app, CodeWording(ConsentLevel.CN_2, FIRST_DAY, "内容を伝え、名前は出さない", "Content without the name"))
    with app.app_context():
        before, _code = road.submitted()
        clock.move(to=TUESDAY)
        after, _code = road.submitted()
        entries = {one.case_id: one.text_version for one in db().scalars(select(ConsentEntry))}
        assert entries == {before.id: TEXT_VERSION, after.id: f"{TEXT_VERSION}+20261201"}
        numbers = before.number, after.number
    counselor = sign_in(app, "counselor")
    lines = [counselor.get(f"/desk/{number}/consents").text.split("同意の記録(新しい順)")[1] for number in numbers]
    assert "内容は伝える・氏名は伏せる(会社匿名)" in lines[0]
    assert "内容を伝え、名前は出さない" in lines[1]


def test_a_code_that_is_called_like_the_line_for_no_answer_is_counted_by_itself(app: Flask) -> None:
    with app.app_context():
        tokens = [facet("channel", Channel.OTHER.value), facet("channel", Channel.OTHER.value), None]
        counted = _by_code(Channel, "channel", tokens, Channel.OTHER.ja)
    assert (counted["その他 (HC-OTHER)"], counted["その他"]) == (2, 1)


def test_one_question_finds_the_words_of_a_page_full_of_codes(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    in_force(app, Offer(Channel.REVIEW, FIRST_DAY, offered=False))
    visitor = Visitor(app)
    visitor.get("/consult")
    with app.app_context():
        engine = transactions().engine
    with noted(engine) as questions:
        visitor.post("/consult/check", dict(visitor.page.form_with("text").fields))
    assert "短くても" in visitor.page.text, "every list is drawn again"
    assert not [words for words in questions.statements if "rule_change" in words]
    assert questions.connections == 1


def test_a_counselor_reads_the_codes_and_changes_none(app: Flask, clock: FixedClock) -> None:
    clock.move(to=MONDAY)
    counselor = sign_in(app, "counselor")
    assert "カスハラの類型" in counselor.get("/rulebook/codes").text
    assert "無断録音・撮影・配信" in counselor.get("/rulebook/codes/harassment_type").text
    assert "変わることを確かめる" not in counselor.get("/rulebook/code/HT-REC").text
    assert "変わることを確かめる" not in counselor.get("/rulebook/code/HT-REC/offer").text
    assert '<a href="/rulebook/" aria-current="true">規則</a>' in counselor.page.html, "on every page of the rules"
    assert '<a href="/rulebook/" aria-current="page">規則</a>' in counselor.get("/rulebook/").html
    for unknown in ("/rulebook/codes/another", "/rulebook/code/HT-XXX", "/rulebook/code/HT-XXX/offer"):
        counselor.get(unknown, status=404)
    sign_in(app, "alpha_officer").get("/rulebook/codes", status=403)
