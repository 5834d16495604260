"""The desk keys a consultation: asked as one talks, read back, sealed as on the web, and receipted by voice."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.custody.queries import opened_statement
from app.intake import actions
from app.pipeline.clock import TOKYO
from app.pipeline.database import DatabaseBusy
from app.pipeline.transaction import db
from crypto import CannotOpen, new_receipt_secret
from models.audit_record import AuditRecord
from models.case import Case
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.receipt import Receipt
from models.reply_task import ReplyTask
from models.rules.consent import ConsentLevel
from models.rules.keyed_intake import KEYED_ROUTES, ReadBack
from models.rules.people import READERS, CompartmentKind
from models.rules.replies import ReplyWay
from models.rules.taxonomy.intake_route import IntakeRoute
from tests.support.keying import HEARD, code_read_out, keyed, newest_case, read_back
from tests.support.present import consulter, present
from tests.support.visitor import sign_in

CALLED = {"reply_way": "call", "phone": "090 1234 5678", "call_on": "2026-11-25", "call_slot": "morning"}


def cases(app: Flask) -> int:
    with app.app_context():
        return db().scalar(select(func.count()).select_from(Case)) or 0


def test_nothing_is_stored_before_it_was_read_back_and_nothing_chosen_means_that_the_company_is_not_told(app: Flask):
    desk = read_back(app)
    assert cases(app) == 0
    desk.send({}, action="/phone/consult/send")
    assert "内容の確かめ方を選んでください。" in desk.page.text
    assert cases(app) == 0
    desk.send({"read_back": "read_aloud"}, action="/phone/consult/send")
    code = code_read_out(desk)
    with app.app_context():
        assert newest_case().consent_level is ConsentLevel.CN_0
        assert consulter(code).receipt is not None


def test_whoever_keyed_it_holds_no_more_keys_than_the_seats_of_the_desk(app: Flask):
    keyed(app, by="third_counselor", name="佐和田")
    with app.app_context():
        case = newest_case()
        for compartment in db().scalars(select(Compartment).where(Compartment.case_id == case.id)):
            grants = (
                db().scalars(select(CompartmentGrant).where(CompartmentGrant.compartment_id == compartment.id)).all()
            )
            assert not [grant for grant in grants if grant.person_id is not None]
            assert len(grants) == len(READERS[compartment.kind].seats) + 1
        assert opened_statement(case, CompartmentKind.NARRATIVE, actor=present("third_counselor"))["text"] == HEARD
        with pytest.raises(CannotOpen):
            # The name that she heard herself is closed to her as well: she is no registered handler.
            opened_statement(case, CompartmentKind.IDENTITY, actor=present("third_counselor"))


def test_number_and_wish_lie_with_the_name_and_the_list_knows_only_when(app: Flask):
    desk, _code = keyed(app, **CALLED, reply_notes="家族が出たら切ってください")
    with app.app_context():
        task = db().scalars(select(ReplyTask)).one()
        assert (task.not_before, task.due_at) == (
            datetime(2026, 11, 25, 10, 0, tzinfo=TOKYO),
            datetime(2026, 11, 25, 12, 0, tzinfo=TOKYO),
        )
        opened = opened_statement(newest_case(), CompartmentKind.IDENTITY, actor=present("counselor"))
        assert opened["reply"]["number"] == "090 1234 5678"
        assert task.way is ReplyWay.CALL
    desk.get("/phone/")
    assert "090" not in desk.page.text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"reply_way": "call"}, "電話番号を、市外局番から数字で"),
        ({**CALLED, "phone": "会社の内線"}, "電話番号を、市外局番から数字で"),
        ({**CALLED, "call_on": ""}, "折り返しの希望日を入力してください"),
        ({**CALLED, "call_on": "2026-11-28"}, "窓口が開いている、これからの日時"),
        ({**CALLED, "call_on": "2026-11-20"}, "窓口が開いている、これからの日時"),
        ({"reply_way": "post"}, "郵送先を入力してください"),
        ({"arrived_on": "2026-12-01"}, "今日より後の日付です"),
        ({"route": "IC-UNI", "consent": "CN-2"}, "ご本人の声ではありません"),
        ({"route": "IC-WEB"}, "一覧の中から選んでください"),
        ({"secret_word": "りんご、りす"}, "記号を除いて8文字以上"),
        ({"secret_word": "りんごの木の下で", "second_secret_word": "りすの巣"}, "記号を除いて8文字以上"),
        ({"secret_word": "りんごの木の下で", "second_secret_word": "リンゴノ木ノ下デ"}, "一つ目とは違う合言葉"),
        ({"second_secret_word": "りすの巣は木の上"}, "合言葉が一つのときは、こちらに"),
        ({"secret_word": "昭和55年4月1日生まれ"}, "数字や日付だけ"),
        (
            {"secret_word": "みなも通信サービス", "employer": "みなも通信サービス株式会社"},
            "関係のない言葉にしてください",
        ),
        ({"secret_word": "さわだ はなこ 12", "name": "沢田 さわだ はなこ"}, "関係のない言葉にしてください"),
        ({"secret_word": "おつかれさまです"}, "多くの人が思いつく"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_nothing_of_it_is_lost(
    app: Flask, answers: dict[str, str], words: str
):
    desk = read_back(app, **answers)
    assert desk.page.h1 == "相談を聞いて入力する"
    assert words in desk.page.text
    assert desk.page.form_with("text").fields["text"] == [HEARD]
    assert cases(app) == 0


@pytest.mark.parametrize("route", KEYED_ROUTES, ids=str)
def test_every_way_in_is_recorded_with_the_case(app: Flask, route: IntakeRoute):
    confirmed = ReadBack.COMPARED if route in {IntakeRoute.LETTER, IntakeRoute.EMAIL} else ReadBack.READ_ALOUD
    desk, _code = keyed(app, route=route.value, confirmed=confirmed.value)
    with app.app_context():
        number = newest_case().number
    desk.get(f"/desk/{number}")
    assert route.ja in desk.page.text
    assert confirmed.ja in desk.page.text


def test_a_letter_cannot_be_confirmed_by_reading_it_back(app: Flask):
    desk = read_back(app, route="IC-LET")
    assert "読み返して、本人に確かめた" not in desk.page.text
    page = desk.post(
        "/phone/consult/send",
        {**desk.page.form_with("carried").fields, "read_back": "read_aloud"},
    )
    assert "一覧の中から選んでください" in page.text
    assert cases(app) == 0


def test_the_same_page_sent_twice_is_one_case_with_one_code(app: Flask):
    desk = read_back(app)
    fields = {**desk.page.form_with("carried").fields, "read_back": "read_aloud"}
    desk.post("/phone/consult/send", dict(fields))
    first = code_read_out(desk)
    desk.post("/phone/consult/send", dict(fields))
    assert code_read_out(desk) == first
    assert cases(app) == 1


def test_what_could_not_be_stored_is_said_so_and_can_be_sent_again(app: Flask, monkeypatch: pytest.MonkeyPatch):
    desk = read_back(app)

    def busy(_rows: object) -> None:
        raise DatabaseBusy

    with monkeypatch.context() as patch:
        patch.setattr(actions, "store_new", busy)
        page = desk.send({"read_back": "read_aloud"}, action="/phone/consult/send", status=503)
    assert HEARD in page.text
    assert cases(app) == 0
    desk.send({}, action="/phone/consult/send")
    assert code_read_out(desk)
    assert cases(app) == 1


def test_without_a_token_what_was_keyed_stands_in_a_fresh_form(app: Flask):
    desk = read_back(app)
    carried = desk.page.form_with("carried").fields["carried"]
    page = desk.post("/phone/consult/send", {"carried": carried, "read_back": "read_aloud"}, status=400)
    assert page.form_with("text").fields["text"] == [HEARD]
    assert cases(app) == 0


def test_the_code_is_shown_until_its_last_group_was_repeated_and_never_afterwards(app: Flask):
    desk, code = keyed(app)
    desk.send({"last_group": "0000" if code[-4:] != "0000" else "1111"}, action="/phone/repeat")
    assert "最後の4文字が違います" in desk.page.text
    assert code_read_out(desk) == code
    with app.app_context():
        assert db().scalars(select(Receipt)).one().repeated_back_at is None
    desk.send({"last_group": code[-4:].lower()}, action="/phone/repeat")
    assert desk.page.h1 == "電話・手紙"
    assert code[:4] not in desk.page.text
    with app.app_context():
        receipt = db().scalars(select(Receipt)).one()
        assert receipt.repeated_back_at is not None
        named = db().scalars(select(AuditRecord).where(AuditRecord.name == "receipt.repeat_back")).one()
        assert receipt.id.hex in named.facts


def test_a_code_that_nobody_gave_is_confirmed_for_nobody(app: Flask):
    desk = sign_in(app, "counselor")
    token = desk.page.form_with("csrf_token").fields["csrf_token"]
    for code in ("", "あ" * 30, actions.receipt_code(new_receipt_secret())):
        typed = {"csrf_token": token, "receipt": code, "last_group": code[-4:] or "A"}
        assert desk.post("/phone/repeat", typed, status=404).h1 != "電話・手紙"


def test_words_of_danger_come_before_the_code(app: Flask):
    desk, _code = keyed(app, text="もう消えたいと言っています。")
    assert "0120-279-338" in desk.page.text
    assert desk.page.text.index("0120-279-338") < desk.page.text.index("紙と鉛筆")


def test_the_form_takes_a_secret_word_and_shows_it_to_nobody_later(app: Flask):
    desk, _code = keyed(app, secret_word="みかんの木の下で")
    with app.app_context():
        number = newest_case().number
    desk.get(f"/desk/{number}")
    assert "みかんの木" not in desk.page.text
    desk.get(f"/desk/{number}/identity?reason=contact")
    assert "みかんの木" not in desk.page.text
