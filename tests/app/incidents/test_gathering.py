"""Many consultations about one company in a short time become one group, by tokens alone (domain 6.6)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from app.incidents.actions import form_by_hand, gather, gathering, take_out
from app.incidents.queries import belonging_to, case_of, membership_of
from app.intake.answers import NamedCompany
from app.mailbox.actions import withdraw
from app.operations.sweep import CLOCKWORK
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.case import Case
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, Party
from models.rules.deadlines import ClockKind
from models.rules.mass_incident import mass_incident_policy_at
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, consulter, present
from tests.support.visitor import sign_in

IN_DANGER = "もう消えたいです。"


def written(count: int, **answers) -> list[Case]:
    """So many people write, one after the other."""
    return [road.submitted(**answers)[0] for _one in range(count)]


def groups() -> list[IncidentGroup]:
    db().expire_all()
    return list(db().scalars(select(IncidentGroup)))


def count_of(group: IncidentGroup) -> int:
    return db().scalar(select(func.count()).where(IncidentMember.group_id == group.id)) or 0


def test_twenty_for_one_workplace_in_four_hours_form_one_group_and_nineteen_none(app: Flask):
    with app.app_context():
        written(19)
        road.done(gather)
        assert groups() == []
        written(1)
        assert road.done(gather) == 1
        (group,) = groups()
        case = case_of(group)
        assert (count_of(group), group.formed_how, case.consent_level) == (20, "submissions", ConsentLevel.CN_1)
        assert case.next_due_kind is ClockKind.ACKNOWLEDGE_GROUP
        road.done(gather)
        assert len(groups()) == 1


def test_what_comes_too_slowly_or_for_other_companies_forms_no_group(app: Flask):
    with app.app_context():
        written(10, company="alpha")
        written(12, company="beta")
        road.let_hours_pass(4.1)
        written(10, company="alpha")
        written(15, company=None)
        road.done(gather)
        assert groups() == []


def test_the_client_of_many_workplaces_is_one_company_for_a_group(app: Flask):
    with app.app_context():
        client = NamedCompany("", company("epsilon").id)
        written(12, company="alpha", client=client)
        written(9, company="beta", client=client)
        road.done(gather)
        (group,) = groups()
        people = belonging_to(group)
        assert len(people) == 21
        assert {one.member.party for one in people} == {Party.CLIENT}
        # Nobody let the client be told (CN-CL), so nobody is a number in what it would read.
        assert {one.may_be_counted.reason for one in people} == {"party_not_consented"}


def test_what_arrives_later_joins_until_the_time_of_gathering_is_over(app: Flask, clock: FixedClock):
    with app.app_context():
        written(20)
        road.done(gather)
        written(3)
        road.done(gather)
        (group,) = groups()
        assert count_of(group) == 23
        clock.move(to=group.gathers_until + timedelta(minutes=1))
        written(2)
        road.done(gather)
        assert count_of(group) == 23
        assert not groups()[0].is_gathering


def test_of_a_flood_only_so_many_are_in_memory_at_once_and_all_join_in_the_end(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gathering, "AT_A_TIME", 6)
    with app.app_context():
        on_its_way = road.routed().case_id
        written(21)
        read: list[Case] = []

        def is_read(case: Case, _context: object) -> None:
            read.append(case)

        joined = []
        event.listen(Case, "load", is_read)
        try:
            for _turn in range(5):
                db().expunge_all()
                read.clear()
                road.done(gather)
                # Beside them the group's own.
                assert len(read) <= 6 + 1
                (group,) = groups()
                joined.append(count_of(group))
        finally:
            event.remove(Case, "load", is_read)
        assert joined == [6, 12, 18, 21, 21]
        assert db().scalar(select(IncidentMember.id).where(IncidentMember.case_id == on_its_way)) is None


def test_two_servers_that_see_the_same_flood_form_one_group(app: Flask):
    with app.app_context():
        written(20)
    begins = threading.Barrier(2)

    def sweep_here() -> None:
        with app.app_context():
            begins.wait(timeout=10)
            with transaction():
                gather()

    threads = [threading.Thread(target=sweep_here) for _server in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with app.app_context():
        road.done(gather)
        (group,) = groups()
        assert count_of(group) == 20
        cases = db().scalar(select(func.count()).select_from(Case)) or 0
        assert cases == 21, "what the slower server had begun is undone as a whole"


def test_a_counsellors_act_forms_a_group_of_fewer_and_a_second_act_makes_no_second_one(app: Flask):
    with app.app_context():
        cases = written(6)
        group = road.done(lambda: form_by_hand(road.case_of(cases[0]), actor=present("counselor")))
        assert (count_of(group), group.formed_how) == (6, "desk")
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: form_by_hand(road.case_of(cases[1]), actor=present("counselor")))
        assert len(groups()) == 1
        names = db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == cases[0].id))
        assert "incident.join" in set(names)


def test_what_was_withdrawn_or_lies_with_the_company_joins_no_group(app: Flask):
    with app.app_context():
        gone, code = road.submitted()
        road.done(lambda: withdraw(gone, actor=consulter(code)))
        road.routed()
        written(20)
        road.done(gather)
        (group,) = groups()
        assert count_of(group) == 20
        assert membership_of(road.case_of(gone)) is None


def test_who_is_taken_out_goes_on_alone_and_does_not_come_back(app: Flask):
    with app.app_context():
        cases = written(20)
        road.done(gather)
        member = membership_of(cases[0])
        assert member is not None
        road.done(lambda: take_out(db().get_one(IncidentMember, member.id), actor=present("counselor")))
        road.done(gather)
        assert membership_of(cases[0]) is None
        assert road.case_of(cases[0]).state is CaseState.RECEIVED
        (group,) = groups()
        assert len(belonging_to(group)) == 19


def test_who_is_in_danger_stands_first_on_the_board_and_stays_single(app: Flask):
    with app.app_context():
        written(20)
        (in_danger,) = written(1, text=IN_DANGER)
        road.done(gather)
        (group,) = groups()
        first = belonging_to(group)[0]
        assert (first.case.id, first.severity, first.is_single) == (in_danger.id, Severity.CRITICAL, True)
        assert first.may_be_counted.reason == "grave_stays_single"
        number = in_danger.number
    desk = sign_in(app, "counselor")
    desk.get("/desk/")
    assert "一斉相談のグループ" in desk.page.text
    assert desk.page.text.index(number) < desk.page.text.index("一斉相談のグループ")


def test_the_clock_gathers_and_the_figures_are_a_dated_row():
    assert "gather" in {work.name for work in CLOCKWORK}


def test_the_policy_says_twenty_in_four_hours(clock: FixedClock):
    policy = mass_incident_policy_at(clock.now())
    assert (policy.fewest, policy.within) == (20, timedelta(hours=4))
