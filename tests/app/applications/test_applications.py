"""A company pledges, the secretariat reviews pledge by pledge, the board decides, and the public list follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.applications.actions import begin, begin_review, open_renewals, review_pledge, write_pledge
from app.applications.queries import compartment_of, state_of
from app.certifications.actions import expire_due
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.transaction import db, transaction
from app.resolutions.actions import call_meeting
from models.approval import Approval
from models.audit_record import AuditRecord
from models.board_meeting import BoardMeeting
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.certification_status import CertificationStatus
from models.outbox_message import OutboxMessage
from models.rules.board import MeetingMode
from models.rules.certification_lifecycle import CertificationState
from models.rules.pledges import Pledge, ReviewMark
from tests.support import road
from tests.support.pledges import ANSWERS
from tests.support.present import company, present
from tests.support.visitor import Visitor, sign_in

KEPT_TO_THEMSELVES = ANSWERS[Pledge.REPORT]["inner_road"]
WANTING = "基準の内容が読み取れません。"


def begun(app: Flask, who: str = "delta_representative", *, without: tuple[Pledge, ...] = ()) -> tuple[Visitor, str]:
    """An application that was begun, with these pledges still to write: a representative, and its address."""
    with app.app_context(), transaction():
        actor = present(who)
        application = begin(company(who.partition("_")[0]), actor=actor)
        for pledge in Pledge:
            if pledge not in without:
                write_pledge(application, pledge, ANSWERS[pledge], agreed=True, actor=actor)
        address = f"/applications/{application.number}"
    representative = sign_in(app, who)
    representative.get(address)
    return representative, address


def submitted(app: Flask, who: str = "delta_representative") -> tuple[Visitor, str]:
    representative, address = begun(app, who)
    representative.send(action="/submit")
    assert "申請しました" in representative.page.text
    return representative, address


def reviewed(app: Flask, address: str, *, wrong: Pledge | None = None) -> None:
    """The desk has looked at all nine; one of them may be wanting."""
    with app.app_context(), transaction():
        desk = present("counselor")
        application = at(address)
        if state_of(application) is CertificationState.SUBMITTED:
            begin_review(application, actor=desk)
        for pledge in Pledge:
            mark, note = (ReviewMark.NOT_MET, WANTING) if pledge is wrong else (ReviewMark.MET, "")
            review_pledge(application, pledge, mark, note, actor=desk)


def at(address: str) -> CertificationApplication:
    number = address.rpartition("/")[2]
    return db().scalars(select(CertificationApplication).where(CertificationApplication.number == number)).one()


def a_meeting(app: Flask, *, mode: MeetingMode = MeetingMode.IN_PERSON) -> BoardMeeting:
    with app.app_context(), transaction():
        return call_meeting(held_at=now() + timedelta(days=10), mode=mode, actor=present("manager"))


def before_the_board(app: Flask, clock: FixedClock, address: str, *, mode: MeetingMode = MeetingMode.IN_PERSON) -> None:
    """On the agenda of a meeting that has just begun."""
    meeting = a_meeting(app, mode=mode)
    head = sign_in(app, "head")
    head.get(address)
    head.send({"agenda-meeting": meeting.id.hex}, action="/agenda")
    assert "理事会の議題にしました" in head.page.text
    clock.move(to=meeting.held_at + timedelta(minutes=30))


def decided(app: Flask, address: str, **answers: object) -> Visitor:
    head = sign_in(app, "head")
    head.get(address)
    head.send({"decision": "approved", "present": 4, "votes_for": 4, **answers}, action="/decision")
    return head


def certification(app: Flask, key: str = "delta") -> Certification:
    with app.app_context():
        return db().scalars(select(Certification).where(Certification.company_id == company(key).id)).one()


def test_nine_pledges_reviewed_and_approved_become_a_certificate_on_the_public_list(
    app: Flask, clock: FixedClock
) -> None:
    representative = sign_in(app, "delta_representative")
    representative.get("/certifications/")
    representative.get(representative.page.links["認定の申請・更新"])
    representative.send(action="/begin")
    for pledge in Pledge:
        representative.send({**ANSWERS[pledge], "agreed": "1"})
    representative.send(action="/submit")
    address = representative.page.path
    desk = sign_in(app, "counselor")
    desk.get("/applications/")
    desk.get(address)
    desk.send(action="/review")
    for pledge in Pledge:
        desk.send({f"{pledge.value}-mark": "met", "record": pledge.value}, action="/reviewed")
    assert KEPT_TO_THEMSELVES in desk.page.text
    assert "確認できた誓約 9 / 9" in desk.page.text
    assert "自己点検をした日 2026年10月1日" in desk.page.text, "a day is written as one reads it"
    before_the_board(app, clock, address)
    head = decided(app, address, valid_from="2026-12-15")
    assert "承認する" in head.page.text
    found = certification(app)
    assert found.state is CertificationState.CERTIFIED
    assert found.number == "KC-2026-0001"
    assert (found.valid_from, found.valid_to) == (date(2026, 12, 15), date(2028, 12, 14))
    assert found.number in sign_in(app, "delta_representative").get(address).text
    assert found.number not in Visitor(app).get("/registry").text, "the first day is still to come"
    clock.move(to=datetime(2026, 12, 15, 0, 5, tzinfo=TOKYO))
    assert found.number in Visitor(app).get("/registry").text
    with app.app_context():
        assert {"certification.submitted", "pledge.review", "approval.record", "certification.certified"} <= set(
            db().scalars(select(AuditRecord.name))
        )


def test_it_is_left_and_taken_up_again_and_cannot_be_filed_with_a_gap(app: Flask) -> None:
    representative, address = begun(app, without=(Pledge.DESK,))
    assert "まだ書いていません" in representative.page.text
    assert not [form for form in representative.page.forms if form.action.endswith("/submit")]
    representative.get(f"{address}/pledges/desk")
    form = representative.page.form_with("desk_name")
    representative.post(representative.page.path, {**form.fields, "desk_name": "はたらく人の相談室", "later": "1"})
    assert "保存しました" in representative.page.text
    assert "書きかけ" in representative.page.text
    page = representative.get(f"{address}/pledges/desk")
    assert page.form_with("desk_name").fields["desk_name"] == ["はたらく人の相談室"]
    forced = page.form_with("desk_name").fields
    representative.post(f"{address}/submit", {name: forced[name] for name in ("csrf_token", "version")})
    assert "まだ書かれていない誓約があります" in representative.page.text
    assert certification(app).state is CertificationState.DRAFT


@pytest.mark.parametrize(
    ("pledge", "changed", "message"),
    [
        (Pledge.GUIDELINE, {"improvement": ""}, "これから改めることを入力してください"),
        (Pledge.POLICY, {"policy_link": "", "published_on": ""}, "公表しているページを入力してください"),
        (Pledge.POLICY, {"policy_link": "javascript:alert(1)"}, "https:// で始まる"),
        (Pledge.OFFICER, {"officer_mail": "だれか"}, "name@example.jp のような形"),
        (Pledge.OUTSOURCING, {"joint_rules": ""}, "取引先と取り決めていることを入力してください"),
        (Pledge.REVOCATION, {"signed_on": "2026-02-30"}, "実際にある日付で入力してください"),
    ],
)
def test_what_is_wanting_is_said_and_nothing_that_was_typed_is_lost(
    app: Flask, pledge: Pledge, changed: dict[str, str], message: str
) -> None:
    representative, address = begun(app, without=tuple(Pledge))
    representative.get(f"{address}/pledges/{pledge.value}")
    typed = {**ANSWERS[pledge], **changed}
    representative.send({**typed, "agreed": "1"})
    assert message in representative.page.text
    shown = representative.page.form_with(*typed).fields
    for name, value in typed.items():
        assert shown[name] == ([value] if value else [""]), name


def test_a_plan_to_publish_stands_for_the_page(app: Flask) -> None:
    representative, address = begun(app, without=(Pledge.POLICY,))
    representative.get(f"{address}/pledges/policy")
    representative.send({"policy_title": "基本方針", "planned_on": "2027-03-01", "agreed": "1"})
    assert [form for form in representative.get(address).forms if form.action.endswith("/submit")]


def test_what_is_returned_says_where_and_writing_it_anew_takes_the_mark_away(app: Flask, clock: FixedClock) -> None:
    representative, address = submitted(app)
    reviewed(app, address, wrong=Pledge.RESPONSE)
    desk = sign_in(app, "counselor")
    desk.get(address)
    desk.send(action="/return")
    assert certification(app).state is CertificationState.RETURNED
    assert WANTING in representative.get(f"{address}/pledges/response").text
    representative.send({**ANSWERS[Pledge.RESPONSE], "call_ending_words": "三度目で終話します。", "agreed": "1"})
    page = representative.get(address)
    assert WANTING not in page.text
    representative.send(action="/submit")
    reviewed(app, address)
    before_the_board(app, clock, address)
    assert certification(app).state is CertificationState.BOARD_PENDING


def test_nothing_is_returned_without_a_reason_and_nothing_unchecked_goes_to_the_board(app: Flask) -> None:
    _representative, address = submitted(app)
    desk = sign_in(app, "counselor")
    desk.get(address)
    desk.send(action="/review")
    desk.send({"desk-mark": "not_met", "record": "desk"}, action="/reviewed")
    assert "直してほしいことを入力してください" in desk.page.text
    assert not [form for form in desk.get(address).forms if form.action.endswith("/return")]
    assert not [form for form in sign_in(app, "head").get(address).forms if form.action.endswith("/agenda")]


def test_it_can_be_taken_back_until_the_review_begins(app: Flask) -> None:
    representative, address = submitted(app)
    representative.send(action="/take-back")
    assert certification(app).state is CertificationState.DRAFT
    sign_in(app, "counselor").get(address, status=404)
    representative.get(address)
    representative.send(action="/submit")
    reviewed(app, address)
    assert not [form for form in representative.get(address).forms if form.action.endswith("/take-back")]


def test_who_may_do_what(app: Flask) -> None:
    representative, address = submitted(app)
    assert KEPT_TO_THEMSELVES in sign_in(app, "delta_officer").get(address).text
    officer = sign_in(app, "delta_officer")
    officer.get(f"{address}/pledges/desk", status=403)
    for other in ("alpha_representative", "epsilon_officer"):
        sign_in(app, other).get(address, status=404)
    for who in ("chair", "admin"):
        sign_in(app, who).get(address, status=404 if who == "chair" else 403)
    auditor = sign_in(app, "auditor").get(address)
    assert KEPT_TO_THEMSELVES not in auditor.text
    assert representative.get("/applications/").status == 200
    with app.app_context():
        found = db().scalars(select(CertificationApplication)).one()
        assert present("delta_officer").held.opens(compartment_of(found))
        for who in ("chair", "auditor", "alpha_representative"):
            assert not present(who).held.opens(compartment_of(found))


def test_a_director_sees_what_is_on_the_agenda_and_never_the_own_companys(app: Flask, clock: FixedClock) -> None:
    _representative, address = submitted(app)
    reviewed(app, address)
    before_the_board(app, clock, address)
    page = sign_in(app, "chair").get(address)
    assert "確認できた誓約 9 / 9" in page.text
    assert KEPT_TO_THEMSELVES not in page.text
    with app.app_context():
        mails = db().scalars(select(OutboxMessage.kind)).all()
        assert "board" in [str(kind) for kind in mails]


@pytest.mark.parametrize(
    ("count", "message"),
    [
        ({"present": 2, "votes_for": 2}, "定足数に達していない"),
        ({"present": 4, "votes_for": 2}, "過半数に達していない"),
        ({"present": 9, "votes_for": 9}, "参加できる理事の数と合いません"),
        ({"present": 3, "votes_for": 4}, "参加できる理事の数と合いません"),
    ],
)
def test_a_count_that_carries_nothing_is_no_decision_and_the_matter_can_go_to_the_next_meeting(
    app: Flask, clock: FixedClock, count: dict[str, int], message: str
) -> None:
    _representative, address = submitted(app)
    reviewed(app, address)
    before_the_board(app, clock, address)
    head = decided(app, address, valid_from="2026-12-15", **count)
    assert message in head.page.text
    assert certification(app).state is CertificationState.BOARD_PENDING
    before_the_board(app, clock, address)
    decided(app, address, valid_from="2026-12-20")
    assert certification(app).state is CertificationState.CERTIFIED


def test_a_written_resolution_needs_everybody(app: Flask, clock: FixedClock) -> None:
    _representative, address = submitted(app)
    reviewed(app, address)
    before_the_board(app, clock, address, mode=MeetingMode.WRITTEN)
    head = decided(app, address, valid_from="2026-12-15")
    assert "過半数に達していない" in head.page.text, "four of five directors agreed"
    decided(app, address, valid_from="2026-12-15", present=5, votes_for=5)
    assert certification(app).state is CertificationState.CERTIFIED


def test_a_rejection_has_its_reasons_and_the_company_may_apply_again(app: Flask, clock: FixedClock) -> None:
    _representative, address = submitted(app)
    reviewed(app, address)
    before_the_board(app, clock, address)
    head = decided(app, address, decision="rejected")
    assert "承認しない理由を入力してください" in head.page.text
    decided(app, address, decision="rejected", reasons="対応の手順が、まだすべての拠点にありません。")
    assert certification(app).state is CertificationState.REJECTED
    representative = sign_in(app, "delta_representative")
    assert "すべての拠点にありません" in representative.get(address).text
    representative.get("/applications/")
    representative.send(action="/begin")
    with app.app_context():
        assert len(db().scalars(select(CertificationApplication)).all()) == 2


def test_nothing_is_begun_twice_or_by_who_holds_one_already(app: Flask) -> None:
    first, _address = begun(app, without=tuple(Pledge))
    csrf = first.get("/applications/").forms[0].fields.get("csrf_token") or [""]
    first.post("/applications/begin", {"csrf_token": csrf})
    assert "いまは、新しい申請を始められません" in first.page.text
    holder = sign_in(app, "alpha_representative")
    assert not [form for form in holder.get("/applications/").forms if form.action.endswith("/begin")]
    with app.app_context():
        assert len(db().scalars(select(CertificationApplication)).all()) == 1


def in_the_window(app: Flask, clock: FixedClock) -> None:
    clock.move(to=datetime(2027, 6, 1, 9, 0, tzinfo=TOKYO))
    with app.app_context():
        road.done(open_renewals)


def test_a_renewal_opens_by_itself_and_prolongs_the_same_certificate(app: Flask, clock: FixedClock) -> None:
    clock.move(to=datetime(2027, 5, 29, 9, 0, tzinfo=TOKYO))
    with app.app_context():
        assert road.done(open_renewals) == 0, "four months before the end, not a day earlier"
    in_the_window(app, clock)
    with app.app_context():
        assert road.done(open_renewals) == 0, "once is enough"
    _representative, address = submitted(app, "alpha_representative")
    found = certification(app, "alpha")
    assert found.state is CertificationState.RENEWAL_REVIEW
    assert found.renewal_filed_on == date(2027, 6, 1)
    reviewed(app, address)
    before_the_board(app, clock, address)
    head = decided(app, address)
    assert "2027年10月1日から2029年9月30日まで" in head.page.text
    found = certification(app, "alpha")
    assert found.state is CertificationState.CERTIFIED
    assert found.number == "KC-2025-0001"
    assert (found.valid_from, found.valid_to) == (date(2025, 10, 1), date(2029, 9, 30))
    assert found.renewal_filed_on is None
    assert "KC-2025-0001" in Visitor(app).get("/registry").text
    assert "KC-2025-0001" in sign_in(app, "alpha_representative").get(address).text


def test_what_was_filed_in_time_stays_certified_when_it_is_returned_and_filed_again_after_the_end(
    app: Flask, clock: FixedClock
) -> None:
    in_the_window(app, clock)
    representative, address = submitted(app, "alpha_representative")
    reviewed(app, address, wrong=Pledge.DESK)
    desk = sign_in(app, "counselor")
    desk.get(address)
    desk.send(action="/return")
    clock.move(to=datetime(2027, 10, 5, 9, 0, tzinfo=TOKYO))
    with app.app_context():
        road.done(expire_due)
    assert certification(app, "alpha").state is CertificationState.RENEWAL_OPEN
    representative = sign_in(app, "alpha_representative")
    representative.get(f"{address}/pledges/desk")
    representative.send({**ANSWERS[Pledge.DESK], "agreed": "1"})
    representative.get(address)
    representative.send(action="/submit")
    found = certification(app, "alpha")
    assert found.state is CertificationState.RENEWAL_REVIEW
    assert found.renewal_filed_on == date(2027, 6, 1), "the day of the first filing counts"
    assert "KC-2025-0001" in Visitor(app).get("/registry").text


def test_a_renewal_that_is_not_approved_leaves_the_list_at_once(app: Flask, clock: FixedClock) -> None:
    in_the_window(app, clock)
    _representative, address = submitted(app, "alpha_representative")
    reviewed(app, address)
    before_the_board(app, clock, address)
    decided(app, address, decision="rejected", reasons="誓約のとおりに行われていません。")
    assert certification(app, "alpha").state is CertificationState.REJECTED
    assert "KC-2025-0001" not in Visitor(app).get("/registry").text


def test_a_later_renewal_begins_from_what_was_pledged_and_asks_for_each_agreement_anew(
    app: Flask, clock: FixedClock
) -> None:
    _representative, address = submitted(app)
    reviewed(app, address)
    before_the_board(app, clock, address)
    decided(app, address, valid_from="2026-12-15")
    clock.move(to=datetime(2028, 9, 1, 9, 0, tzinfo=TOKYO))
    with app.app_context():
        road.done(open_renewals)
    again = sign_in(app, "delta_representative")
    again.get("/applications/")
    again.send(action="/begin")
    assert again.page.form_with("guideline_version").fields["guideline_version"] == ["2025年2月21日の版"]
    renewal = again.page.path.partition("/pledges/")[0]
    page = again.get(renewal)
    assert "書きかけ" in page.text
    assert not [form for form in page.forms if form.action.endswith("/submit")]


def test_after_a_revocation_a_company_waits(app: Flask, clock: FixedClock) -> None:
    with app.app_context(), transaction():
        found = db().scalars(select(Certification).where(Certification.company_id == company("alpha").id)).one()
        found.state = CertificationState.REVOKED
        db().add(
            CertificationStatus(
                certification_id=found.id,
                state=CertificationState.REVOKED,
                effective_at=now(),
                recorded_at=now(),
            )
        )
    visitor = sign_in(app, "alpha_representative")
    page = visitor.get("/applications/")
    assert "2027年11月24日(水)から申請できます" in page.text
    assert not [form for form in page.forms if form.action.endswith("/begin")]
    clock.move(to=datetime(2027, 11, 24, 9, 0, tzinfo=TOKYO))
    page = sign_in(app, "alpha_representative").get("/applications/")
    assert [form for form in page.forms if form.action.endswith("/begin")]


def test_what_a_reviewer_has_begun_on_other_pledges_stays_when_one_is_recorded(app: Flask) -> None:
    _representative, address = submitted(app)
    desk = sign_in(app, "counselor")
    desk.get(address)
    desk.send(action="/review")
    begun = {"policy-mark": "not_met", "policy-note": "公表した日をたしかめてください。"}
    desk.send({"desk-mark": "met", **begun, "record": "desk"}, action="/reviewed")
    assert "確認できた誓約 1 / 9" in desk.page.text
    assert "まだ記録していません" in desk.page.text
    assert "公表した日をたしかめてください。" in desk.page.html
    # Also where the one that is recorded is refused; and the next one is recorded from the same page.
    desk.send({"survey-mark": "not_met", "record": "survey"}, action="/reviewed")
    assert "直してほしいことを入力してください" in desk.page.text
    assert "公表した日をたしかめてください。" in desk.page.html
    desk.send({"survey-mark": "met", "record": "survey"}, action="/reviewed")
    desk.send({"record": "policy"}, action="/reviewed")
    assert "まだ記録していません" not in desk.page.text
    assert "確認できた誓約 2 / 9" in desk.page.text
    assert "協会から公表した日をたしかめてください。" in desk.get(address).text.replace(" ", "")


def test_two_reviewers_at_once_are_compared(app: Flask) -> None:
    _representative, address = submitted(app)
    first, second = sign_in(app, "counselor"), sign_in(app, "manager")
    first.get(address)
    first.send(action="/review")
    second.get(address)
    first.send({"desk-mark": "met", "record": "desk"}, action="/reviewed")
    second.send(
        {"desk-mark": "not_met", "desk-note": "掲示の写しを見せてください。", "record": "desk"},
        action="/reviewed",
        status=409,
    )
    assert "掲示の写しを見せてください" in second.page.html, "nothing typed is lost"


def test_nobody_decides_before_the_meeting_or_without_one(app: Flask) -> None:
    _representative, address = submitted(app)
    reviewed(app, address)
    to_come = a_meeting(app)
    head = sign_in(app, "head")
    assert not [form for form in head.get(address).forms if form.action.endswith("/decision")], "no meeting yet"
    head.send({"agenda-meeting": to_come.id.hex}, action="/agenda")
    head = decided(app, address, valid_from="2026-12-15")
    assert "会議の開始時刻になるまで" in head.page.text
    with app.app_context():
        assert db().scalars(select(Approval)).all() == []


def test_what_the_reviewer_took_back_after_the_agenda_is_not_approved(app: Flask, clock: FixedClock) -> None:
    in_the_window(app, clock)
    _representative, address = submitted(app, "alpha_representative")
    reviewed(app, address)
    before_the_board(app, clock, address)
    reviewed(app, address, wrong=Pledge.REPORT)
    head = decided(app, address)
    assert "九つすべてを確認してから" in head.page.text
    assert certification(app, "alpha").state is CertificationState.RENEWAL_REVIEW


def test_the_policys_page_that_a_reviewer_has_confirmed_is_the_companys_from_then_on(app: Flask) -> None:
    _representative, address = submitted(app)
    with app.app_context():
        assert company("delta").policy_url is None
    reviewed(app, address, wrong=Pledge.POLICY)
    with app.app_context():
        assert company("delta").policy_url is None, "what is to be corrected is not taken over"
    reviewed(app, address)
    with app.app_context():
        assert company("delta").policy_url == ANSWERS[Pledge.POLICY]["policy_link"]
