"""Two cases that have to do with each other: both sides say so, and whoever may not open both learns of neither."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import assign, exclude
from app.cases.actions.linking import end_link, link_cases
from app.cases.links import link_of, linked_to, openable_case
from app.cases.timeline import timeline_of
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.case_link import CaseLink
from models.rules.case_links import CaseLinkKind
from tests.support import road
from tests.support.present import consulter, person, present
from tests.support.visitor import sign_in

WHY = "二人とも、同じ日の夜に同じ電話を受けたと書いています。"
NOT_OPENED = "この番号の相談を開けませんでした"
TOLD_OF = "ほかの相談との関係を記録しました"


def two_cases(kind: CaseLinkKind | None = CaseLinkKind.SAME_INCIDENT) -> tuple[Case, Case]:
    """Two cases of one counsellor, linked from the first; not linked where no kind is given."""
    first, second = road.triaged()[0], road.triaged()[0]
    if kind is not None:
        road.done(lambda: link_cases(first, second, kind, reason=WHY, actor=present("counselor")))
    return road.case_of(first), road.case_of(second)


def events(case: Case) -> list[str]:
    names = select(AuditRecord.name).where(AuditRecord.subject_id == case.id).order_by(AuditRecord.number)
    return [name for name in db().scalars(names) if name.startswith("case.") and "link" in name]


def test_a_link_is_made_on_a_page_shown_on_both_and_taken_back(app: Flask):
    with app.app_context():
        first, second = two_cases(kind=None)
        here, there = first.number, second.number
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{here}/link")
    # Typed with the letters of a Japanese keyboard.
    typed = there.lower().translate(str.maketrans("-0123456789", "－０１２３４５６７８９"))
    desk.send({"number": typed, "kind": CaseLinkKind.RETALIATION.value, "reason": WHY})
    assert "二つの相談の関係を記録しました" in desk.page.text
    assert CaseLinkKind.RETALIATION.ja in desk.page.text
    assert WHY in desk.page.text
    assert there in desk.page.text
    desk.get(f"/desk/{there}")
    assert "この相談への仕返しを訴えている相談" in desk.page.text
    assert here in desk.page.text
    assert WHY not in desk.page.text, "what was written at one case is read there, where its reading is recorded"
    with app.app_context():
        link = db().scalars(select(CaseLink)).one()
        assert WHY.encode() not in link.sealed_reason
    desk.send({}, action=f"/desk/{there}/link/{link.id}/end")
    assert "二つの相談の関係を取り消しました" in desk.page.text
    assert here not in desk.page.text
    with app.app_context():
        assert events(first) == events(second) == ["case.link", "case.unlink"]


def test_what_was_typed_stays_when_the_number_opens_nothing_for_this_person(app: Flask):
    with app.app_context():
        first, second = two_cases(kind=None)
        road.done(lambda: exclude(second, person("counselor"), "desk", actor=present("counselor")))
        numbers = ["K-9999-9999", road.case_of(second).number, first.number]
    desk = sign_in(app, "counselor")
    answers = []
    for number in numbers:
        desk.get(f"/desk/{first.number}/link")
        desk.send({"number": number, "kind": CaseLinkKind.SAME_INCIDENT.value, "reason": WHY})
        assert NOT_OPENED in desk.page.text
        assert WHY in desk.page.html
        answers.append(desk.page.text.replace(number, ""))
    assert answers[0] == answers[1], "one that is out of reach is as one that never was"
    with app.app_context():
        assert db().scalars(select(CaseLink)).all() == []


def test_whoever_may_not_open_both_learns_nothing_from_the_one(app: Flask):
    with app.app_context():
        first, second = two_cases()
        link = db().scalars(select(CaseLink)).one().id
        road.done(lambda: assign(first, person("second_counselor"), actor=present("manager")))
        road.done(lambda: exclude(second, person("second_counselor"), "consulter", actor=present("counselor")))
        number, other, reader = first.number, second.number, present("second_counselor")
        first = road.case_of(first)
        assert linked_to(first, actor=reader) == []
        assert link_of(first, link, actor=reader) is None
        assert openable_case(other, actor=reader) is None
    with app.test_request_context():
        assert TOLD_OF not in {one.title for one in timeline_of(road.case_of(first), actor=present("second_counselor"))}
        assert TOLD_OF in {one.title for one in timeline_of(road.case_of(first), actor=present("manager"))}
    desk = sign_in(app, "second_counselor")
    desk.get(f"/desk/{number}")
    assert other not in desk.page.html
    assert WHY not in desk.page.html
    assert link.hex not in desk.page.html.replace("-", "")
    assert TOLD_OF not in desk.page.text
    token = desk.page.form_with("note").fields["csrf_token"]
    desk.post(f"/desk/{number}/link/{link}/end", {"csrf_token": token}, status=404)
    with app.app_context():
        assert db().scalars(select(CaseLink)).one().ended_at is None


def test_no_act_links_or_parts_what_one_may_not_open(app: Flask):
    with app.app_context():
        first, second = two_cases()
        linked = linked_to(first, actor=present("counselor"))[0]
        road.done(lambda: exclude(second, person("second_counselor"), "desk", actor=present("counselor")))
        kept_away = present("second_counselor")
        with pytest.raises(OutOfReach):
            link_cases(first, second, CaseLinkKind.EARLIER_CASE, reason=WHY, actor=kept_away)
        with pytest.raises(OutOfReach):
            link_cases(second, first, CaseLinkKind.EARLIER_CASE, reason=WHY, actor=kept_away)
        with pytest.raises(OutOfReach):
            end_link(first, linked, actor=kept_away)


def test_neither_consulter_reaches_the_others_case_or_learns_of_it(app: Flask):
    with app.app_context():
        first, code = road.triaged()
        second, _other = road.triaged()
        road.done(lambda: link_cases(first, second, CaseLinkKind.SAME_INCIDENT, reason=WHY, actor=present("counselor")))
        actor = consulter(code)
        with pytest.raises(OutOfReach):
            link_cases(first, second, CaseLinkKind.SAME_INCIDENT, reason=WHY, actor=actor)
        assert [one.other.number for one in linked_to(road.case_of(first), actor=actor)] == []


def test_saying_it_again_from_either_side_changes_nothing_and_after_an_end_it_may_be_said_anew(app: Flask):
    with app.app_context():
        first, second = two_cases()
        actor = present("counselor")
        road.done(lambda: link_cases(second, first, CaseLinkKind.SAME_INCIDENT, reason="べつの理由", actor=actor))
        assert len(db().scalars(select(CaseLink)).all()) == 1
        assert events(first) == events(second) == ["case.link"]
        linked = linked_to(road.case_of(second), actor=present("counselor"))[0]
        road.done(lambda: end_link(second, linked, actor=present("counselor")))
        road.done(lambda: end_link(second, linked, actor=present("counselor")))
        assert events(first) == ["case.link", "case.unlink"]
        road.done(lambda: link_cases(second, first, CaseLinkKind.SAME_INCIDENT, reason=WHY, actor=present("counselor")))
        assert [one.other.id for one in linked_to(road.case_of(first), actor=present("counselor"))] == [second.id]


def test_a_link_that_does_not_hang_on_the_case_is_not_ended_there(app: Flask):
    with app.app_context():
        first, second = two_cases()
        link = db().scalars(select(CaseLink)).one().id
        third = road.triaged()[0].number
        numbers = (third, first.number, second.number)
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{third}")
    token = desk.page.form_with("note").fields["csrf_token"]
    desk.post(f"/desk/{numbers[0]}/link/{link}/end", {"csrf_token": token}, status=404)
    desk.post(f"/desk/{numbers[1]}/link/{uuid.uuid4()}/end", {"csrf_token": token}, status=404)
    with app.app_context():
        assert db().scalars(select(CaseLink)).one().ended_at is None
