"""The grouped copy: two people make it, those whom it counts read it, and it is true when it leaves (domain 6.6)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import Sending, arrange_sending, deliver_held, draft_copy, exclude, may_go_out
from app.cases.queries import exchanges_of, latest_copy
from app.clocks.queries import running_clock
from app.incidents.actions import (
    TooFew,
    approve_group_copy,
    draft_group_copy,
    form_by_hand,
    gather,
    say,
    take_out,
    tell_members,
)
from app.incidents.pages import own_copy
from app.incidents.queries import belonging_to, case_of, membership_of
from app.mailbox.actions import set_consent, withdraw, withdraw_consent
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.responses.actions import reply_to_worker
from models.case import Case
from models.exchange import Exchange
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.mass_incident import GroupWord
from models.rules.taxonomy.harassment_type import HarassmentType
from tests.support import road
from tests.support.present import company, consulter, person, present
from tests.support.visitor import enter, sign_in

H = HarassmentType
Sent = list[tuple[Case, str]]


def a_group(count: int = 22, **answers) -> tuple[IncidentGroup, Sent]:
    answers.setdefault("types", (H.ABUSE,))
    sent = [road.submitted(**answers) for _one in range(count)]
    if count < 20:
        road.done(lambda: form_by_hand(road.case_of(sent[0][0]), actor=present("counselor")))
    else:
        road.done(gather)
    return the_group(), sent


def the_group() -> IncidentGroup:
    db().expire_all()
    return db().scalars(select(IncidentGroup)).one()


def approved(group: IncidentGroup) -> Exchange:
    road.done(lambda: draft_group_copy(the_group(), actor=present("counselor")))
    road.done(lambda: approve_group_copy(the_group(), actor=present("manager")))
    (exchange,) = exchanges_of(case_of(group))
    return exchange


def arranged(group: IncidentGroup) -> Exchange:
    exchange = approved(group)
    became = road.done(lambda: arrange_sending(case_of(the_group()), exchange, actor=present("counselor")))
    assert became is Sending.WAITS
    return exchange


def delivered() -> Exchange:
    road.let_hours_pass(25)
    road.done(deliver_held)
    db().expire_all()
    return exchanges_of(case_of(the_group()))[0]


def read_by(code: str) -> str:
    actor = consulter(code)
    assert actor.receipt is not None
    member = membership_of(db().get_one(Case, actor.receipt.case_id))
    return own_copy(member, actor=actor) if member else ""


def keeps_out(code: str) -> None:
    def act() -> None:
        actor = consulter(code)
        assert actor.receipt is not None
        member = membership_of(db().get_one(Case, actor.receipt.case_id))
        assert member is not None
        say(member, GroupWord.KEEP_OUT, actor=actor)

    road.done(act)


def test_one_who_leaves_during_the_hold_is_not_counted_and_nobody_else_waits_where_the_text_stays_true(app: Flask):
    with app.app_context():
        group, sent = a_group(22)
        arranged(group)
        assert "20人以上" in read_by(sent[0][1])
        keeps_out(sent[0][1])
        assert read_by(sent[0][1]) == ""
        assert "20人以上" in read_by(sent[1][1])
        assert delivered().state == "routed"
        with pytest.raises(ChangedMeanwhile):
            keeps_out(sent[1][1])


def test_where_the_numbers_are_true_no_longer_the_clock_delivers_nothing_and_the_desk_makes_it_anew(app: Flask):
    with app.app_context():
        group, sent = a_group(20)
        exchange = arranged(group)
        keeps_out(sent[0][1])
        assert delivered().state == "preparing"
        assert may_go_out(case_of(the_group()), exchange).reason == "counts_changed"
        with pytest.raises(NotAllowedNow):
            road.done(lambda: arrange_sending(case_of(the_group()), exchange, actor=present("counselor")))
        arranged(the_group())
        assert "15人以上" in read_by(sent[1][1])
        assert delivered().state == "routed"


@pytest.mark.parametrize("act", ["withdraw", "withdraw_consent", "set_consent"])
def test_whoever_takes_her_consent_back_is_a_number_no_longer(app: Flask, act: str):
    acts = {
        "withdraw": lambda case, actor: withdraw(case, actor=actor),
        "withdraw_consent": lambda case, actor: withdraw_consent(case, actor=actor),
        "set_consent": lambda case, actor: set_consent(case, ConsentLevel.CN_0, (), actor=actor),
    }
    with app.app_context():
        group, sent = a_group(20)
        arranged(group)
        case, code = sent[3]
        road.done(lambda: acts[act](road.case_of(case), consulter(code)))
        assert read_by(code) == ""
        assert delivered().state == "preparing"


def test_a_group_below_five_countable_people_has_no_copy(app: Flask):
    with app.app_context():
        _group, sent = a_group(8, consent=ConsentLevel.CN_2)
        for _case, code in sent[:4]:
            keeps_out(code)
        with pytest.raises(TooFew):
            road.done(lambda: draft_group_copy(the_group(), actor=present("counselor")))
        assert case_of(the_group()).state is CaseState.RECEIVED


def test_a_grouped_copy_made_anew_is_weighed_within_a_term_again(app: Flask):
    with app.app_context():
        group, _sent = a_group(20)
        approved(group)
        assert running_clock(case_of(the_group()).id, ClockKind.TRIAGE) is None
        road.done(lambda: draft_group_copy(the_group(), actor=present("counselor")))
        assert case_of(the_group()).state is CaseState.TRIAGE
        assert running_clock(case_of(the_group()).id, ClockKind.TRIAGE) is not None


def test_who_let_nothing_be_told_is_never_counted_and_reads_no_copy(app: Flask):
    with app.app_context():
        for _one in range(7):
            road.submitted(types=(H.ABUSE,), consent=ConsentLevel.CN_0)
        group, sent = a_group(15, consent=ConsentLevel.CN_1)
        approved(group)
        assert "15人以上" in read_by(sent[0][1])
        silent = [one for one in belonging_to(the_group()) if one.case.consent_level is ConsentLevel.CN_0]
        assert len(silent) == 7
        assert not any(one.may_be_counted or one.member.is_counted for one in silent)


def test_two_people_make_a_grouped_copy_and_nobody_types_one(app: Flask):
    with app.app_context():
        group, _sent = a_group()
        road.done(lambda: draft_group_copy(the_group(), actor=present("counselor")))
        with pytest.raises(NotAllowedNow):
            road.done(lambda: approve_group_copy(the_group(), actor=present("counselor")))
        with pytest.raises(OutOfReach):
            road.done(lambda: approve_group_copy(the_group(), actor=present("second_counselor")))
        with pytest.raises(NotAllowedNow):
            road.done(
                lambda: draft_copy(
                    case_of(group),
                    company("alpha"),
                    text="田中さんたち",
                    level=ConsentLevel.CN_1,
                    actor=present("counselor"),
                )
            )


def test_a_single_consultation_is_never_approved_in_the_way_of_a_group(app: Flask):
    with app.app_context():
        case, _code = road.triaged()
        road.copied(case)
        number = case.number
    manager = sign_in(app, "manager")
    manager.get("/desk/")
    token = manager.page.forms[0].fields["csrf_token"]
    answer = manager.client.post(
        f"/desk/groups/{number}/approve", data={"csrf_token": token, "version": "9", "is_right": "1"}
    )
    assert answer.status_code == 404


def test_what_is_approved_is_what_the_counts_of_now_give(app: Flask):
    with app.app_context():
        _group, sent = a_group(20)
        road.done(lambda: draft_group_copy(the_group(), actor=present("counselor")))
        keeps_out(sent[0][1])
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: approve_group_copy(the_group(), actor=present("manager")))


def test_who_named_somebody_of_the_company_is_not_counted(app: Flask):
    with app.app_context():
        group, sent = a_group()
        case = sent[0][0]
        road.done(lambda: exclude(road.case_of(case), person("alpha_officer"), "consulter", actor=present("counselor")))
        kept = next(one for one in belonging_to(group) if one.case.id == case.id)
        assert kept.may_be_counted.reason == "kept_from_the_company"


def test_the_officers_words_reach_everybody_who_is_counted_and_no_one_else(app: Flask):
    with app.app_context():
        _group, sent = a_group(26)
        keeps_out(sent[0][1])
        arranged(the_group())
        exchange = delivered()
        road.acknowledged(exchange)
        road.done(lambda: reply_to_worker(exchange, "応対の決まりを改めました。", actor=present("alpha_officer")))
    for code, reads in ((sent[1][1], True), (sent[0][1], False)):
        visitor = enter(app, code)
        visitor.get("/mailbox/group")
        assert ("応対の決まりを改めました。" in visitor.page.text) is reads


def test_the_approved_text_is_sent_to_the_letter(app: Flask):
    with app.app_context():
        group, sent = a_group()
        exchange = arranged(group)
        shown = read_by(sent[0][1])
        delivered()
        copy = latest_copy(exchange)
        assert copy is not None
        assert copy.number == 1
        assert read_by(sent[0][1]) == shown
        reference = exchange.reference
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    officer.send({}, action="/open")
    assert "".join(shown.split()) in "".join(officer.page.text.split())


def test_who_must_not_see_one_of_them_neither_sees_nor_writes_to_that_one(app: Flask):
    with app.app_context():
        group, sent = a_group()
        kept = sent[0][0]
        road.done(
            lambda: exclude(road.case_of(kept), person("second_counselor"), "consulter", actor=present("counselor"))
        )
        kept_number, other_number = road.case_of(kept).number, road.case_of(sent[1][0]).number
        told = road.done(lambda: tell_members(the_group(), "読んでいます。", actor=present("second_counselor")))
        assert told == 21
        number = case_of(group).number
    desk = sign_in(app, "second_counselor")
    desk.get(f"/desk/groups/{number}")
    assert kept_number not in desk.page.text
    assert other_number in desk.page.text


def test_who_is_taken_out_by_the_desk_reads_the_copy_no_longer(app: Flask):
    with app.app_context():
        group, sent = a_group(22)
        approved(group)
        member = membership_of(sent[0][0])
        assert member is not None
        road.done(lambda: take_out(db().get_one(IncidentMember, member.id), actor=present("counselor")))
        assert read_by(sent[0][1]) == ""


def test_a_button_on_the_case_puts_those_of_the_same_company_together(app: Flask):
    with app.app_context():
        numbers = [road.submitted()[0].number for _one in range(6)]
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{numbers[0]}")
    desk.send({}, action=f"/desk/groups/from/{numbers[0]}")
    assert "6件" in desk.page.text
    taking = next(form.action for form in desk.page.forms if "/take-out/" in form.action)
    desk.send({}, action=taking)
    assert "個別に進めます" in desk.page.text
