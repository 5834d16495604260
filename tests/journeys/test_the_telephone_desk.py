"""The scenarios of the telephone desk, in their own words (domain 7.10, 7.17, 7.39, 7.40)."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from sqlalchemy import func, select

from app.cases.queries import outcome_of
from app.companies.actions import register_company
from app.mailbox.actions import enter
from app.pipeline.clock import FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.case import Case
from models.complaint_count import ComplaintCount
from models.exchange import Exchange
from models.keyed_intake import KeyedIntake
from models.outbox_message import OutboxMessage
from models.person import Person
from models.receipt import Receipt
from models.reply_task import ReplyTask
from models.rules.case_lifecycle import CaseState
from models.rules.keyed_intake import ReadBack
from models.rules.membership import MemberType, OperatorType
from models.rules.people import COMPANY
from models.rules.replies import ReplyResult, ReplyWay
from models.rules.taxonomy.outcome import Outcome
from tests.support.keying import HEARD, code_read_out, keyed, newest_case
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in

CODE = re.compile(r"(?:[0-9A-Z]{4} ?- ?){6}[0-9A-Z]{4}")
ADDRESS = "〒000-0000 架空県みなも市一丁目二番三号 佐和田 様"
SAID = {"secret_word": "ミカンの木の下に猫", "second_secret_word": "風早の笛と夕暮れ"}
WHEN = {"first": "2026-11-20", "last": "2026-11-24"}


def test_a_letter_that_is_keyed_in_has_origin_keyed_by_and_read_back_and_is_answered_by_post(
    app: Flask, clock: FixedClock
) -> None:
    """7.39: Given a letter by post, when the counselor keys it in, then origin, keyed-by and read-back are recorded and
    the reply goes by the chosen postal way.
    """
    desk, code = keyed(
        app,
        confirmed="compared",
        route="IC-LET",
        arrived_on="2026-11-20",
        reply_way="post",
        address=ADDRESS,
        name="佐和田",
    )
    desk.send({"last_group": code[-4:]}, action="/phone/repeat")
    with app.app_context():
        case = newest_case()
        entry = db().scalars(select(KeyedIntake).where(KeyedIntake.case_id == case.id)).one()
        assert (entry.keyed_by_id, entry.arrived_on, entry.read_back) == (
            person("counselor").id,
            date(2026, 11, 20),
            ReadBack.COMPARED,
        )
        number = case.number
    desk.get(f"/desk/{number}")
    assert "手紙・FAX" in desk.page.text
    assert "書かれたものと見比べて確かめた" in desk.page.text
    assert "名前・counselor" in desk.page.text
    desk.send({"message": "お手紙を拝見しました。夜勤の体制について、くわしく伺えますか。"}, action="/message")
    # The first letter was already due, to tell her that hers had come: it tells this as well.
    with app.app_context():
        task = db().scalars(select(ReplyTask)).one()
        assert (task.way, task.ended_at) == (ReplyWay.POST, None)
        task_id = task.id
    desk.get("/phone/")
    assert number in desk.page.text
    desk.get(f"/phone/reply/{task_id}/letter")
    assert ADDRESS in desk.page.text
    assert "夜勤の体制について" in desk.page.text
    desk.get(f"/phone/reply/{task_id}")
    desk.send({"result": "posted"}, action="/result")
    assert number not in desk.page.text
    with app.app_context():
        task = db().scalars(select(ReplyTask)).one()
        assert (task.result, task.ended_by_id) == (ReplyResult.POSTED, person("counselor").id)
        names = set(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == newest_case().id)))
    assert {"case.key_in", "receipt.repeat_back", "case.read_identity", "reply.end"} <= names
    assert "case.submit" not in names


def test_a_complaint_by_a_consumer_about_sales_calls_makes_no_worker_case(
    app: Flask,
) -> None:
    """7.40: Given a complaint by a consumer about sales calls, when the desk selects that type, then no worker case is
    created.
    """
    desk = sign_in(app, "counselor")
    desk.get("/phone/")
    desk.get(desk.page.links["案内を読み上げる"])
    assert "188" in desk.page.text
    for _call in range(3):
        desk.get("/phone/complaint")
        desk.send({}, action="/phone/complaint")
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(Case)) == 0
        assert [(row.day, row.number) for row in db().scalars(select(ComplaintCount))] == [(date(2026, 11, 24), 3)]
    assert "2026年11月24日(火)" in desk.page.text


def lost(app: Flask, words: dict[str, str], *, by: str = "second_counselor") -> Visitor:
    """Somebody calls who says that she has lost her code, and says these words."""
    desk = sign_in(app, by)
    desk.get("/phone/lost-code")
    desk.send({**WHEN, **words}, action="/phone/lost-code")
    return desk


def test_a_lost_code_is_replaced_only_after_the_agreed_questions_and_no_stranger_learns_of_a_case(
    app: Flask,
) -> None:
    """7.17: Given a lost receipt code, when the person writes again, then the desk can issue a new code only after the
    agreed questions, kills the old one, and never confirms to a stranger that a case exists.
    """
    _desk, old = keyed(app, **SAID)
    # A stranger guesses; and one guesses where no case is at all: both hear the same words.
    stranger = lost(app, {**SAID, "second_secret_word": "風早の笛と夜明け"})
    nobody = lost(app, {"secret_word": "にんじん畑の雲", "second_secret_word": "故郷の歌と川"})
    told = [visitor.page.html.split("<h1>")[1].split("<form")[0] for visitor in (stranger, nobody)]
    assert told[0] == told[1]
    assert "相談があるかどうかも含めて、お答えできない" in told[0]
    with app.app_context(), transaction():
        assert enter(old) is not None
    assert "相談があるかどうかも含めて" in lost(app, {"secret_word": SAID["secret_word"]}).page.text
    hers = lost(app, {"secret_word": "風早の笛と夕暮れ", "second_secret_word": " みかんの 木の下に、猫。"})
    new = code_read_out(hers)
    assert new != old
    hers.send({"last_group": new[-4:]}, action="/phone/repeat")
    with app.app_context(), transaction():
        assert enter(old) is None
        assert enter(new) is not None
        ended = db().scalars(select(Receipt).where(Receipt.ended_at.is_not(None))).one()
        assert ended.locked_private_key == b""
    mailbox = Visitor(app)
    mailbox.get("/mailbox/enter")
    mailbox.send({"receipt": old})
    assert "この受付コードでは開けませんでした" in mailbox.page.text
    mailbox.send({"receipt": new})
    assert HEARD in mailbox.page.text
    with app.app_context():
        names = list(db().scalars(select(AuditRecord.name)))
    assert names.count("lost_code.ask") == 4
    assert names.count("receipt.issue_again") == names.count("receipt.end") == 1


def test_a_worker_of_a_company_outside_the_membership_gets_advice_and_referral_and_no_company_is_contacted(
    app: Flask,
) -> None:
    """7.10: Given a worker of a non-member company, when submitting, then advice and prefectural/public desks are
    offered, no company is contacted and the case closes as OC-NMB after advice.
    """
    with app.app_context(), transaction():
        register_company(
            name="遠音テレマーケ株式会社",
            kana="トオネテレマーケ",
            english="Toone Telemarketing",
            actor=THE_CLOCK,
            member_type=MemberType.NONE,
            operator_type=OperatorType.AGENCY,
            prefecture="東京都",
            address="東京都架空区九丁目",
            joined_on=None,
        )
    worker = Visitor(app)
    worker.get("/consult")
    worker.send({"text": HEARD, "employer": "遠音テレマーケ株式会社", "consent": "CN-2"}, action="/consult/check")
    assert "会社への連絡はせず、助言と、ほかの相談先のご案内" in worker.page.text
    worker.send({}, action="/consult/send")
    code = CODE.findall(worker.page.text)[0].replace(" ", "")
    desk = sign_in(app, "counselor")
    with app.app_context():
        number = newest_case().number
    desk.get(f"/desk/{number}")
    desk.send(action="/open-triage")
    desk.get(f"/desk/{number}/triage")
    desk.send({"severity": "S2", "types": ["HT-ABU"], "org_issues": ["OI-NOS"]})
    desk.get(f"/desk/{number}/copy")
    assert not [words for words in desk.page.links if "転送版を書く" in words]
    desk.get(f"/desk/{number}/advise")
    begun = desk.page.form_with("advice").fields["advice"][0]
    assert "総合労働相談コーナー" in begun
    assert "0120-811-610" in begun
    desk.send({"advice": begun + "録音を残し、上司には書面で申し出てください。"}, action="/advise")
    desk.get(f"/desk/{number}/close")
    assert desk.page.form_with("outcome").fields["outcome"] == ["OC-NMB"]
    desk.send({}, action="/close")
    with app.app_context():
        case = newest_case()
        assert (case.state, outcome_of(case.outcome_token)) == (CaseState.CLOSED, Outcome.NON_MEMBER)
        assert db().scalar(select(func.count()).select_from(Exchange)) == 0
        told = {db().get_one(Person, mail.person_id).role for mail in db().scalars(select(OutboxMessage))}
        assert not told & COMPANY
    worker.get("/mailbox/enter")
    worker.send({"receipt": code})
    assert "総合労働相談コーナー" in worker.page.text
