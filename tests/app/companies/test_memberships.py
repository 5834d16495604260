"""Memberships are dated: whoever joins chooses the type, a type changes on a day, and what was stays to be asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.certifications.actions import withdraw_certification
from app.certifications.queries import certification_of, held_certification
from app.clocks.queries import running_clock
from app.companies.actions import (
    MembershipRefused,
    change_member_type,
    end_membership,
    join_again,
)
from app.people.actions import end_service
from app.pipeline.clock import today
from app.pipeline.transaction import db, transaction
from app.successions.actions import SuccessionRefused, enter_succession
from models.audit_record import AuditRecord
from models.membership import Membership
from models.rules.certification_lifecycle import CertificationState
from models.rules.deadlines import ClockKind
from models.rules.membership import Beginning, MembershipRefusal, MemberType
from models.rules.succession import SuccessionKind, SuccessionRefusal
from tests.support.present import company, person, present
from tests.support.road import done
from tests.support.visitor import sign_in

REGULAR, ALONE = MemberType.REGULAR, MemberType.SUPPORTING
JOINED, BACK, CHANGED = Beginning.JOINED, Beginning.CAME_BACK, Beginning.TYPE_CHANGED
FIRST = date(2020, 4, 1)


def rows(key: str = "delta") -> list[tuple[MemberType, Beginning, date, date | None]]:
    """What is stored, read anew."""
    found = db().scalars(
        select(Membership).where(Membership.company_id == company(key).id).order_by(Membership.valid_from)
    )
    return [(one.member_type, one.began, one.valid_from, one.valid_to) for one in found]


def leaves(on: date, key: str = "delta") -> None:
    done(lambda: end_membership(company(key), left_on=on, actor=present("manager")))


def joins(on: date, member_type: MemberType = REGULAR, key: str = "delta") -> None:
    done(lambda: join_again(company(key), member_type=member_type, joined_on=on, actor=present("manager")))


def becomes(member_type: MemberType, on: date, key: str = "delta") -> None:
    done(lambda: change_member_type(company(key), member_type, on=on, actor=present("manager")))


def gives_back_its_certification() -> None:
    held = held_certification(company("alpha").id)
    assert held is not None
    done(lambda: withdraw_certification(held, actor=present("alpha_representative")))


def refused(act: Callable[[], None]) -> MembershipRefusal:
    before = {key: rows(key) for key in ("alpha", "delta")}
    with pytest.raises(MembershipRefused) as caught:
        act()
    assert {key: rows(key) for key in before} == before, "nothing was done"
    return caught.value.refusal


def test_leaving_coming_back_and_changes_of_type_are_rows_and_each_day_is_known(app: Flask) -> None:
    with app.app_context():
        becomes(ALONE, date(2022, 4, 1))
        leaves(date(2023, 3, 31))
    with app.app_context():
        joins(date(2024, 7, 1))
        becomes(ALONE, date(2025, 10, 1))
        assert rows() == [
            (REGULAR, JOINED, FIRST, date(2022, 3, 31)),
            (ALONE, CHANGED, date(2022, 4, 1), date(2023, 3, 31)),
            (REGULAR, BACK, date(2024, 7, 1), date(2025, 9, 30)),
            (ALONE, CHANGED, date(2025, 10, 1), None),
        ]
        own = company("delta")
        assert (own.member_type, own.joined_on, own.left_on) == (ALONE, date(2024, 7, 1), None)
        assert [own.is_member_on(day) for day in (date(2021, 1, 1), date(2023, 5, 1), date(2025, 1, 1))] == [
            True,
            False,
            True,
        ]
        assert own.member_type_on(date(2021, 1, 1)) is REGULAR
        names = list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == own.id)))
        assert (names.count("company.change_member_type"), names.count("company.change_membership")) == (2, 2)


def test_whoever_comes_back_does_so_after_the_last_day_and_once(app: Flask) -> None:
    with app.app_context():
        last = today() - timedelta(days=3)
        leaves(last)
        assert refused(lambda: joins(last)) is MembershipRefusal.BEFORE_LEFT
        assert refused(lambda: leaves(last)) is MembershipRefusal.NO_MEMBER
        assert refused(lambda: becomes(ALONE, today())) is MembershipRefusal.NO_MEMBER
        joins(last + timedelta(days=1), ALONE)
        assert refused(lambda: joins(today())) is MembershipRefusal.MEMBER_NOW
        assert rows()[-1] == (ALONE, BACK, last + timedelta(days=1), None)


def test_whoever_says_she_will_leave_may_still_be_of_another_type_and_the_last_day_stands(app: Flask) -> None:
    with app.app_context():
        ahead = today() + timedelta(days=30)
        leaves(ahead)
        becomes(ALONE, today())
        assert rows()[-1] == (ALONE, CHANGED, today(), ahead)
        assert refused(lambda: leaves(today() - timedelta(days=1))) is MembershipRefusal.BEFORE_TYPE
        leaves(today())
        assert company("delta").left_on == today()


def test_a_type_that_held_for_no_day_leaves_no_row(app: Flask) -> None:
    with app.app_context():
        becomes(ALONE, FIRST)
        assert rows() == [(ALONE, JOINED, FIRST, None)], "entered wrongly when it joined"
        becomes(REGULAR, date(2025, 4, 1))
        becomes(ALONE, date(2025, 4, 1))
        assert rows() == [(ALONE, JOINED, FIRST, None)], "entered wrongly, and taken back"
        assert refused(lambda: becomes(REGULAR, FIRST - timedelta(days=1))) is MembershipRefusal.BEFORE_JOINED
        assert refused(lambda: becomes(REGULAR, today() + timedelta(days=1))) is MembershipRefusal.AHEAD


def test_a_certified_company_gives_its_certification_back_before_it_is_of_another_type(app: Flask) -> None:
    with app.app_context():
        assert refused(lambda: becomes(ALONE, today(), "alpha")) is MembershipRefusal.HAS_CERTIFICATION
        held = held_certification(company("alpha").id)
        assert held is not None
        done(
            lambda: withdraw_certification(
                held_certification(company("alpha").id), actor=present("alpha_representative")
            )
        )  # type: ignore[arg-type]
        becomes(ALONE, today(), "alpha")
        certification = certification_of(company("alpha").id)
        assert certification is not None
        assert certification.state is CertificationState.WITHDRAWN


def test_a_supporting_member_has_no_officer_to_appoint_and_one_that_is_regular_again_has(app: Flask) -> None:
    with app.app_context():
        done(lambda: end_service(person("alpha_officer"), actor=present("manager")))
        own = company("alpha").id
        assert running_clock(own, ClockKind.VACANCY) is not None
        gives_back_its_certification()
        becomes(ALONE, today() - timedelta(days=1), "alpha")
        assert running_clock(own, ClockKind.VACANCY) is None
        done(lambda: end_service(person("alpha_deputy"), actor=present("manager")))
        assert running_clock(own, ClockKind.VACANCY) is None, "nor when somebody else of it goes"
        becomes(REGULAR, today(), "alpha")
        assert running_clock(own, ClockKind.VACANCY) is not None


def test_an_individual_is_not_offered_as_a_successor_and_refused_as_one(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    with app.app_context():
        entry = f"/successions/new/{company('beta').id}"
        name = company("delta").name_on(today()).name
    assert name in visitor.get(entry).text
    with app.app_context():
        becomes(ALONE, today())
        assert name not in visitor.get(entry).text
        with pytest.raises(SuccessionRefused) as caught:
            _merges("beta", "delta")
        assert caught.value.refusal is SuccessionRefusal.AN_INDIVIDUAL


def test_a_company_whose_merger_is_entered_stays_of_its_type_and_does_not_come_back(app: Flask) -> None:
    with app.app_context():
        done(lambda: _merges("delta", "beta"))
        assert refused(lambda: becomes(ALONE, today())) is MembershipRefusal.TAKEN_OVER
        leaves(today() - timedelta(days=2))
        assert refused(lambda: joins(today())) is MembershipRefusal.TAKEN_OVER


def test_no_merger_lies_before_a_change_of_type(app: Flask) -> None:
    with app.app_context():
        becomes(ALONE, today())
        with pytest.raises(SuccessionRefused) as caught:
            _merges("delta", "beta", days=0)
        assert caught.value.refusal is SuccessionRefusal.BEFORE_JOINING


def _merges(before: str, after: str, days: int = 30) -> None:
    enter_succession(
        SuccessionKind.MERGER,
        predecessor=company(before),
        successor=company(after),
        effective_on=today() + timedelta(days=days),
        actor=present("manager"),
    )


def test_of_two_people_who_enter_a_change_at_once_one_is_told_so(app: Flask) -> None:
    with app.app_context():
        company_id = company("delta").id
    begin, results = threading.Barrier(2, timeout=20), []

    def changes(on: date) -> None:
        with app.app_context():
            actor, found = present("manager"), company("delta")
            begin.wait()
            try:
                with transaction():
                    change_member_type(found, ALONE, on=on, actor=actor)
                results.append("done")
            except MembershipRefused as no:
                results.append(no.refusal.code)

    acts = [threading.Thread(target=changes, args=(date(2025, month, 1),)) for month in (4, 10)]
    for act in acts:
        act.start()
    for act in acts:
        act.join(timeout=60)
    with app.app_context():
        assert sorted(results) == ["done", "same_type"]
        assert [(one[0], one[1]) for one in rows()] == [(REGULAR, JOINED), (ALONE, CHANGED)]
        assert company_id == company("delta").id


def test_the_database_refuses_two_memberships_that_last(app: Flask) -> None:
    with app.app_context(), pytest.raises(IntegrityError):
        done(lambda: _second_row(Membership(member_type=REGULAR, began=BACK, valid_from=today())))


def test_the_database_refuses_a_membership_that_ends_before_it_begins(app: Flask) -> None:
    last = date(2026, 1, 1)
    wrong = Membership(member_type=REGULAR, began=BACK, valid_from=last + timedelta(days=1), valid_to=last)
    with app.app_context(), pytest.raises(IntegrityError):
        done(lambda: _second_row(wrong))


def _second_row(row: Membership) -> None:
    row.company_id = company("delta").id
    db().add(row)
    db().flush()


def test_the_page_shows_what_was_and_takes_a_change(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    with app.app_context():
        address = f"/companies/{company('delta').id}"
    visitor.get(address)
    change = {"type-member_type": "supporting", "type-from_": "2025/10/01"}
    page = visitor.send(change | {"type-member_type": "regular"}, action="/member-type")
    assert "いまと同じ種別です" in page.text
    page = visitor.send(change | {"type-from_": "2019/10/01"}, action="/member-type")
    assert "入会した日より前の日付です" in page.text
    page = visitor.send(change, action="/member-type")
    assert "会員の種別の変更を登録しました" in page.text
    history = page.text.split("いまの種別と前の種別")[1].split("拠点")[0]
    assert history.index("種別の変更") < history.index("入会")
    assert "2025年9月30日" in history
    page = visitor.send({"leave-left_on": "2026/11/20", "leave-sure": "1"}, action="/leave")
    page = visitor.send({"join-joined_on": "2026/11/21"}, action="/join-again")
    assert "会員の種別を選んでください" in page.text
    page = visitor.send({"join-member_type": "supporting", "join-joined_on": "2026/11/21"}, action="/join-again")
    assert "再入会を登録しました" in page.text
    with app.app_context():
        assert [one[1] for one in rows()] == [JOINED, CHANGED, BACK]
        assert company("delta").member_type is ALONE


def test_whoever_manages_no_companies_reads_the_history_and_changes_nothing(app: Flask) -> None:
    with app.app_context():
        address = f"/companies/{company('alpha').id}"
    page = sign_in(app, "alpha_officer").get(address)
    assert "いまの種別と前の種別" in page.text
    assert not [form for form in page.forms if form.action.endswith("/member-type")]
