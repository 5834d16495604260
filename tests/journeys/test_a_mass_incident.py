"""The mass incident, in the scenario's own words (domain 7.34 and 6.6)."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import func, select

from app.cases.actions import deliver_held, open_triage, record_triage
from app.cases.queries import exchanges_of
from app.incidents.actions import gather
from app.incidents.queries import belonging_to
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.message import Message
from models.receipt import Receipt
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import present
from tests.support.visitor import Visitor, sign_in

H = HarassmentType
OUTAGE = "システムが半日止まり、つながらないと言って怒鳴る電話が続きました。"
IN_DANGER = "もう消えたいです。電話が怖くて眠れません。"
RESULT = "会社は障害のときの応対の決まりを作り、電話を切ってよい場合を全員に知らせました。"
NUMBERS = re.compile(r"([0-9]+)人以上")


def two_hundred() -> list[tuple[Case, str]]:
    """Four in danger, six threatened, eighteen who let nothing be told, and among the others three who saw a fraud."""
    sent = [road.submitted(text=IN_DANGER, types=(H.ABUSE,)) for _one in range(4)]
    sent += [road.submitted(text=OUTAGE, types=(H.INTIMIDATION,)) for _one in range(6)]
    sent += [road.submitted(text=OUTAGE, types=(H.ABUSE,), consent=ConsentLevel.CN_0) for _one in range(18)]
    sent += [road.submitted(text=OUTAGE, types=(H.ABUSE, H.FRAUD)) for _one in range(3)]
    sent += [road.submitted(text=OUTAGE, types=(H.LONG_RESTRAINT,), consent=ConsentLevel.CN_1) for _one in range(60)]
    sent += [road.submitted(text=OUTAGE, types=(H.ABUSE, H.REPETITION)) for _one in range(109)]
    return sent


def mailbox(app: Flask, code: str) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/mailbox/enter")
    visitor.send({"receipt": code})
    return visitor


def group() -> IncidentGroup:
    db().expire_all()
    return db().scalars(select(IncidentGroup)).one()


def count(table: type) -> int:
    return db().scalar(select(func.count()).select_from(table)) or 0


def test_two_hundred_about_one_outage_all_get_receipts_one_group_forms_s4_first_and_the_officer_gets_one_grouped_copy(
    app: Flask,
) -> None:
    """7.34: Given 200 consultations about one outage in one afternoon, when they arrive, then all get receipts, none is
    rate-blocked, one incident group forms, S4 items surface first, and the officer gets one grouped copy.
    """
    with app.app_context():
        sent = two_hundred()
        assert len({code for _case, code in sent}) == count(Receipt) == 200
        assert road.done(gather) == 1
        assert count(IncidentMember) == 200
        number = db().get_one(Case, group().case_id).number
        people = belonging_to(group())
        assert [one.severity for one in people[:11]] == [Severity.CRITICAL] * 4 + [Severity.HIGH] * 6 + [Severity.LOW]
        in_danger = [case.number for case, _code in sent[:4]]

    desk = sign_in(app, "counselor")
    desk.get("/desk/")
    places = [desk.page.text.index(one) for one in in_danger]
    others = [desk.page.text.find(case.number) for case, _code in sent[4:]]
    assert max(places) < min(place for place in others if place >= 0)

    _everybody_is_told_once(app, desk, number, sent)
    _the_copy_is_made_by_one_and_approved_by_another(app, desk, number)
    _who_is_counted_reads_it_and_may_leave(app, sent)
    desk.get(f"/desk/groups/{number}")
    desk.get(desk.page.links["責任者へ転送する"])
    desk.send({"is_right": "1"})
    with app.app_context():
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 1
        exchange = db().scalars(select(Exchange)).one()
        assert (exchange.state, exchange.feeds_ladder) == ("routed", True)
        reference = exchange.reference
    _the_officer_reads_numbers_of_five_and_more_alone(app, reference)
    _one_report_answers_all_and_the_grave_stay_open(app, number, sent)


def _everybody_is_told_once(app: Flask, desk: Visitor, number: str, sent: list[tuple[Case, str]]) -> None:
    desk.get(f"/desk/groups/{number}")
    desk.send({}, action="/tell")
    assert "200人の画面に" in desk.page.text
    with app.app_context():
        assert count(Message) == 200
        due = db().get_one(Case, group().case_id)
        assert due.state is CaseState.TRIAGE
    for place in (0, 15, 199):
        reader = mailbox(app, sent[place][1])
        assert "同じころに、同じ会社について、ほかの方からも相談が届いています" in reader.page.text


def _the_copy_is_made_by_one_and_approved_by_another(app: Flask, desk: Visitor, number: str) -> None:
    desk.get(f"/desk/groups/{number}")
    desk.send({}, action="/draft")
    assert "管理者の承認を待っています" in desk.page.text
    manager = sign_in(app, "manager")
    manager.get(f"/desk/groups/{number}")
    manager.send({"is_right": "1"}, action="/approve")
    assert "承認されています" in manager.page.text


def _who_is_counted_reads_it_and_may_leave(app: Flask, sent: list[tuple[Case, str]]) -> None:
    at_cn_1 = mailbox(app, sent[40][1])
    assert "あなたも人数に入ります" in at_cn_1.page.text
    at_cn_1.get(at_cn_1.page.links["まとめの内容と、人数に入るかどうかを見る"])
    assert "170人以上の方から相談が届きました" in at_cn_1.page.text
    silent = mailbox(app, sent[12][1])
    silent.get("/mailbox/group")
    assert "会社には何も伝えないことを選ばれているので、あなたは人数に入りません" in silent.page.text
    assert "人以上の方から" not in silent.page.text
    leaving = mailbox(app, sent[199][1])
    leaving.get("/mailbox/group")
    leaving.send({"word": "keep_out"}, action="/mailbox/group")
    assert "入らないことを選ばれたので" in leaving.page.text
    assert "人以上の方から" not in leaving.page.text


def _the_officer_reads_numbers_of_five_and_more_alone(app: Flask, reference: str) -> None:
    officer = sign_in(app, "alpha_officer")
    officer.get("/office/")
    assert officer.page.text.count(reference) == 1
    officer.get(f"/office/{reference}")
    officer.send({}, action="/open")
    text = officer.page.text
    numbers = [int(number) for number in NUMBERS.findall(text)]
    assert numbers[:1] == [170]
    assert all(number >= 5 and number % 5 == 0 for number in numbers)
    assert "長時間拘束: 60人以上" in text
    assert "詐欺的・虚偽の申告" not in text, "three saw a fraud, and three are nobody's business"
    assert OUTAGE not in text
    with app.app_context():
        for case, _code in two_hundred_of_now():
            assert case.number not in text


def two_hundred_of_now() -> list[tuple[Case, str]]:
    return [(one.case, "") for one in belonging_to(group())]


def read_and_weighed(sent: list[tuple[Case, str]]) -> None:
    """A counsellor reads each of them and finds it moderate."""

    def act() -> None:
        actor = present("counselor")
        for case, _code in sent:
            found = road.case_of(case)
            if found.state is CaseState.RECEIVED:
                open_triage(found, actor=actor)
            record_triage(
                found, severity=Severity.MODERATE, types=(H.ABUSE,), org_issues=(), is_crisis=False, actor=actor
            )

    road.done(act)


def _one_report_answers_all_and_the_grave_stay_open(app: Flask, number: str, sent: list[tuple[Case, str]]) -> None:
    with app.app_context():
        road.accepted(db().scalars(select(Exchange)).one())
        read_and_weighed(sent[40:60])
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/groups/{number}")
    desk.send({"message": RESULT}, action="/tell")
    for place in (0, 12, 40, 199):
        assert RESULT in mailbox(app, sent[place][1]).page.text
    counted = mailbox(app, sent[45][1]).page.text
    assert "会社にはまとめて伝え" in counted
    assert "会社には伝えずに" not in counted
    writes_back = mailbox(app, sent[50][1])
    writes_back.send({"message": "まだ同じことが続いています。"}, action="/mailbox/write")
    unread = mailbox(app, sent[62][1])
    unread.send({"message": "答えを読みました。まだ続いています。"}, action="/mailbox/write")
    with app.app_context():
        assert road.case_of(sent[61][0]).severity_token is None, "nobody is weighed by an answer to all"
        read_and_weighed(sent[60:64])
    desk.get(f"/desk/groups/{number}")
    assert "まだ審査していない方が176人います" in desk.page.text
    desk.send({"outcome": "OC-IMP"}, action="/end")
    with app.app_context():
        states = [road.case_of(case).state for case, _code in sent]
        assert db().get_one(Case, group().case_id).state is CaseState.CLOSED
        assert not {CaseState.CLOSED} & set(states[:10]), "S3 and S4 go on singly"
        assert states[50] is CaseState.ADVICE, "who wrote since is answered singly"
        assert states[62] is CaseState.TRIAGE, "so is she who was read after she wrote"
        closed = [place for place, state in enumerate(states) if state is CaseState.CLOSED]
        assert closed == [*range(40, 50), *range(51, 62), 63], "nobody is closed unread by one person"
        assert sum(len(exchanges_of(case)) for case, _code in sent) == 0, "the ladder counts the group once"
        names = set(db().scalars(select(AuditRecord.name).where(AuditRecord.name.startswith("incident."))))
        assert names == {"incident.form", "incident.join", "incident.tell", "incident.say"}
