"""The conversation, the result and the end, as the consulter sees and does them."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.cases.actions import ask_information, write_message
from app.clocks.queries import running_clock, running_clocks
from app.mailbox.actions import write
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from app.presentation.filters import ja_date
from app.responses.actions import reply_to_worker
from models.exchange import Exchange
from models.message import Message
from models.outbox_message import OutboxMessage
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.mailbox_writing import WRITING_RULES, may_write
from tests.app.mailbox.conftest import ComesBack
from tests.support import road
from tests.support.present import consulter, present
from tests.support.visitor import enter

QUESTION = "交代をお願いしたのは、どなたにですか。"


def test_the_page_says_where_it_stands_in_plain_words_and_shows_her_own_text(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        _case, code = road.submitted()
    page = comes_back(code).page
    assert "相談員は、これから読みます" in page.text
    assert road.WRITTEN in page.text
    assert "会社に伝えない" not in page.text
    assert "内容は伝え、氏名は伏せる" in page.text


def test_the_page_says_by_when_a_person_writes_and_is_sorry_when_it_is_late(
    app: Flask, comes_back: ComesBack, clock: FixedClock
) -> None:
    with app.app_context():
        case, code = road.submitted()
        due = running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER)
        assert due is not None
        by = due.due_at
    page = comes_back(code).page
    assert ja_date(by, True) in page.text
    assert "までに、この画面に届きます" in page.text
    clock.move(to=by + timedelta(days=1))
    assert "を過ぎてしまい、申し訳ありません" in comes_back(code).page.text


def test_messages_pass_both_ways_and_an_officers_reply_is_among_them(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange = road.acknowledged(road.routed(case, code))
        road.done(lambda: write_message(road.case_of(case), "読みました。", actor=present("counselor")))
        road.done(lambda: reply_to_worker(exchange, "対応を始めました。", actor=present("alpha_officer")))
    visitor = comes_back(code)
    visitor.send({"message": "ありがとうございます。\n明日も電話に出るのが怖いです。"})
    assert "相談員に送りました" in visitor.page.text
    for words in (
        "読みました。",
        "対応を始めました。",
        "明日も電話に出るのが怖いです。",
        "会社の責任者(青葉台コンタクト株式会社)",
    ):
        assert words in visitor.page.text
    with app.app_context():
        row = db().scalars(select(Message).where(Message.author == "consulter")).one()
        assert "怖い".encode() not in row.sealed_text
        told = select(OutboxMessage).where(OutboxMessage.person_id == present("counselor").id)
        assert {mail.kind for mail in db().scalars(told)} >= {MailKind.UPDATE.value}


def test_a_question_is_answered_once_and_the_desks_clock_runs_again(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.done(lambda: ask_information(road.case_of(case), QUESTION, actor=present("counselor")))
    visitor = comes_back(code)
    late = comes_back(code)
    assert QUESTION in visitor.page.text
    visitor.send({"reply": "夜勤の上司にお願いしました。"})
    with app.app_context():
        assert road.case_of(case).state is CaseState.TRIAGE
        assert {clock.kind for clock in running_clocks(case.id)} == {ClockKind.TRIAGE, ClockKind.FEEDBACK_OUTER}
    page = late.send({"reply": "二回目の答えです。消えません。"}, status=409)
    assert "二回目の答えです。消えません。" in page.html


def test_the_result_is_offered_only_when_it_was_told(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange_id = road.accepted(road.routed(case, code)).id
        version = str(road.case_of(case).version)
    visitor = comes_back(code)
    assert "結果を了承して終える" not in visitor.page.html
    token = visitor.page.form_with("message").fields["csrf_token"][0]
    visitor.post("/mailbox/result/accept", {"csrf_token": token, "version": version}, status=409)
    with app.app_context():
        road.fed_back(db().get_one(Exchange, exchange_id))
    assert road.TOLD in visitor.get("/mailbox").text
    visitor.send({}, action="/mailbox/result/accept")
    assert "このご相談は終わりです" in visitor.page.text
    with app.app_context():
        found = road.case_of(case)
        assert (found.state, found.is_open, found.next_due_at) == (CaseState.CLOSED, False, None)
        closed = db().get_one(Exchange, exchange_id)
        assert (closed.state, closed.closed_because) == ("closed", "finished")


def test_not_satisfied_goes_back_to_the_desk_with_the_reason(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.fed_back(road.routed(case, code))
    visitor = comes_back(code)
    visitor.send({"reason": ""})
    assert visitor.page.title.startswith("エラー")
    visitor.send({"reason": "謝罪がまだありません。"})
    assert "もう一度確認します" in visitor.page.text
    with app.app_context():
        assert road.case_of(case).state is CaseState.REVIEW
        assert {clock.kind for clock in running_clocks(case.id)} >= {ClockKind.REVIEW}
    assert "結果を了承して終える" not in visitor.get("/mailbox").html


def test_withdrawing_needs_a_tick_and_closes_what_the_company_has(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)
    visitor = comes_back(code)
    visitor.get("/mailbox/withdraw")
    visitor.send({"parting": "事情が変わりました。"})
    assert "事情が変わりました。" in visitor.page.html
    visitor.send({"parting": "事情が変わりました。", "sure": "1"})
    with app.app_context():
        found, closed = road.case_of(case), db().get_one(Exchange, exchange.id)
        assert (found.state, found.is_open, found.next_due_at) == (CaseState.WITHDRAWN, True, None)
        assert (closed.state, closed.closed_because) == ("closed", "withdrawn")


def test_words_of_danger_in_a_message_put_the_case_first_and_show_the_crisis_lines(
    app: Flask, comes_back: ComesBack
) -> None:
    with app.app_context():
        case, code = road.submitted(consent=ConsentLevel.CN_0)
    visitor = comes_back(code)
    assert "0120-279-338" not in visitor.page.text
    visitor.send({"message": "もう消えたいです"})
    assert "0120-279-338" in visitor.page.text
    with app.app_context():
        assert road.case_of(case).is_crisis
        alarms = db().scalars(select(OutboxMessage).where(OutboxMessage.kind == MailKind.ALARM.value)).all()
        assert len(alarms) == 3


def test_after_the_end_she_may_still_write(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.closed(road.routed(case, code))
    visitor = comes_back(code)
    visitor.send({"message": "もう一度お願いします"})
    assert "もう一度お願いします" in visitor.page.text
    with app.app_context():
        assert running_clocks(case.id) == []


def test_any_text_is_stored_as_typed_and_shown_as_words(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        _case, code = road.submitted()
    visitor = comes_back(code)
    for text in ("😀" * 300, "ｶｽﾊﾗ", "a\u202eb\u2066c", "<script>alert(1)</script>", "𠮷野家で", "x" * 10_000):
        visitor.send({"message": text})
        assert text.replace("\u202e", "").replace("\u2066", "") in visitor.page.text
        assert "<script>alert" not in visitor.page.html


def test_what_cannot_be_taken_is_refused_in_words_and_kept(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        _case, code = road.submitted()
    visitor = comes_back(code)
    for text, said in (("", "入力してください"), ("あ" * 100_000, "90,000文字減らして"), ("a\x00b", "取り除きました")):
        visitor.send({"message": text}, action="/mailbox/write")
        assert said in visitor.page.text
        assert visitor.page.form_with("message").fields["message"] == [text.replace("\x00", "")]
    with app.app_context():
        assert db().scalar(select(Message)) is None


def test_every_page_is_there_in_english_too(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
    visitor = enter(app, code, language="en")
    for path in ("/mailbox", "/mailbox/copy", "/mailbox/consent", "/mailbox/withdraw"):
        assert 'lang="en"' in visitor.get(path).html


def test_a_page_without_a_token_changes_nothing_and_keeps_the_text(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        _case, code = road.submitted()
    page = comes_back(code).post("/mailbox/write", {"message": "別の場所から送られた文章です"}, status=400)
    assert "別の場所から送られた文章です" in page.html
    with app.app_context():
        assert db().scalar(select(Message)) is None


def test_nobody_buries_the_desk_from_one_mailbox_and_what_was_typed_stays(
    app: Flask, comes_back: ComesBack, clock: FixedClock
) -> None:
    most = WRITING_RULES[-1].in_a_day
    with app.app_context():
        case, code = road.triaged()

        def write_until_it_is_full() -> None:
            for number in range(most):
                write(case, f"{number}", actor=consulter(code))

        road.done(write_until_it_is_full)
    visitor = comes_back(code)
    visitor.send({"message": "これも読んでください。"}, action="/write")
    assert "送れる回数" in visitor.page.text
    assert "これも読んでください。" in visitor.page.html
    with app.app_context():
        assert len(db().scalars(select(Message).where(Message.case_id == case.id)).all()) == most
    clock.move(to=clock.now() + timedelta(hours=25))
    visitor = comes_back(code)
    visitor.send({"message": "これも読んでください。"}, action="/write")
    assert "相談員に送りました" in visitor.page.text
    assert not may_write(clock.now(), in_a_day=0, in_all=WRITING_RULES[-1].in_all)
