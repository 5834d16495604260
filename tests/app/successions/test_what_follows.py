"""What follows from a merger, a split or the transfer of a business, and what does not."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from app.certifications.queries import certification_of, held_certification
from app.clocks.queries import running_clock, running_clocks
from app.companies.actions import relate_companies
from app.companies.queries import find_standing_companies, relations_of, sites_of
from app.consents.actions import enter_line
from app.consents.queries import consent_in_force
from app.people.actions import register_person
from app.people.queries import serving
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.registry.queries import listed, status_behind
from app.resolutions.queries import excluded_by_register
from app.successions.actions import (
    SuccessionRefused,
    cancel_succession,
    confirm_scope,
    confirm_succession,
    enter_succession,
    follow_successions,
    hand_over,
)
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.outbox_message import OutboxMessage
from models.rules.certification_lifecycle import CertificationState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import COMPANY, Role
from models.rules.succession import MergerCase, SuccessionKind, SuccessionRefusal, SuccessionState
from models.succession_site import SuccessionSite
from tests.support import ladder, road
from tests.support.present import company, person, present
from tests.support.successions import as_it_is, confirmed, entered, in_effect
from tests.support.visitor import sign_in

ALPHA = "KC-2025-0001"


def state_of(key: str) -> CertificationState:
    found = certification_of(company(key).id)
    assert found is not None
    return found.state


def test_whoever_entered_it_does_not_confirm_it_and_unconfirmed_nothing_happens_on_the_day(app: Flask) -> None:
    with app.app_context():
        found = entered("alpha", "epsilon")
        # As if she had been manager then, and is the head now.
        road.done(lambda: setattr(as_it_is(found), "entered_by_id", person("head").id))
        with pytest.raises(SuccessionRefused) as refused:
            road.done(lambda: confirm_succession(as_it_is(found), actor=present("head")))
        assert refused.value.refusal is SuccessionRefusal.SAME_PERSON
        road.let_hours_pass(48)
        assert road.done(follow_successions) == 0
        assert state_of("alpha") is CertificationState.CERTIFIED


def test_nobody_registers_whoever_confirms_what_she_enters(app: Flask) -> None:
    with app.app_context():
        found = entered("alpha", "beta")
        head = road.done(
            lambda: register_person(
                Role.HEAD, name="新しい 事務局長", mail="h2@kikite.example", actor=present("manager")
            )
        )
        with pytest.raises(SuccessionRefused) as refused:
            road.done(lambda: confirm_succession(as_it_is(found), actor=Actor(Role.HEAD, person=head)))
        assert refused.value.refusal is SuccessionRefusal.UNKNOWN_YET


def test_entered_by_mistake_it_is_taken_back_before_its_day_and_not_after_it(app: Flask) -> None:
    with app.app_context():
        found = confirmed("alpha", "epsilon")
        road.done(lambda: cancel_succession(as_it_is(found), actor=present("manager")))
        road.let_hours_pass(48)
        assert road.done(follow_successions) == 0
        assert serving(now(), *COMPANY, company_id=company("alpha").id)
        # The same may be entered again, and what has taken effect is not taken back by a page.
        again = in_effect("alpha", "epsilon")
        with pytest.raises(NotAllowedNow):
            road.done(lambda: cancel_succession(as_it_is(again), actor=present("manager")))


@pytest.mark.parametrize(
    ("before", "after", "days", "refusal"),
    [
        ("alpha", "alpha", 1, SuccessionRefusal.SAME_COMPANY),
        ("alpha", "epsilon", 400, SuccessionRefusal.TOO_FAR),
        ("alpha", "epsilon", -400, SuccessionRefusal.TOO_FAR),
        ("delta", "alpha", 1, SuccessionRefusal.ABSORBED_BEFORE),
        ("epsilon", "delta", 1, SuccessionRefusal.SUCCESSOR_GOES),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    app: Flask, before: str, after: str, days: int, refusal: SuccessionRefusal
) -> None:
    with app.app_context():
        entered("delta", "beta")
        with pytest.raises(SuccessionRefused) as refused:
            road.done(
                lambda: enter_succession(
                    SuccessionKind.MERGER,
                    predecessor=company(before),
                    successor=company(after),
                    effective_on=today() + timedelta(days=days),
                    actor=present("manager"),
                )
            )
        assert refused.value.refusal is refusal


def test_certified_by_certified_the_survivor_keeps_its_number_and_is_found_by_every_name(app: Flask) -> None:
    with app.app_context():
        day_before = today()
        in_effect("alpha", "epsilon")
        assert state_of("alpha") is CertificationState.TRANSFERRED
        found = listed(today(), words="旧青葉台")
        assert [(one.number, one.former_name) for one in found] == [("KC-2025-0005", "旧青葉台コンタクト株式会社")]
        answer = status_behind(ALPHA)
        assert answer is not None
        assert answer.entry is None
        assert answer.succeeded_by is not None
        assert answer.succeeded_by.number == "KC-2025-0005"
        # Of the day before, the list says what it said then.
        assert [one.number for one in listed(day_before, words="旧青葉台")] == [ALPHA]
        assert find_standing_companies("アオバダイ") == [company("epsilon")]


def test_a_merger_of_a_day_ahead_is_known_to_nobody_outside(app: Flask) -> None:
    with app.app_context():
        before = listed(today())
        found = confirmed("alpha", "epsilon")
        assert listed(today()) == before
        assert listed(today(), words="旧青葉台")[0].number == ALPHA
    director = sign_in(app, "director_two")
    assert "青葉台" not in director.get("/successions/").text
    director.get(f"/successions/{found.id}", status=404)


def test_certified_absorbs_one_that_is_not_and_says_its_scope_anew(app: Flask) -> None:
    with app.app_context():
        found = in_effect("delta", "alpha")
        assert found.merger_case is MergerCase.OTHER_BY_CERTIFIED
        certification = held_certification(company("alpha").id)
        assert certification is not None
        assert running_clock(certification.id, ClockKind.SCOPE_UPDATE) is not None
        names = [site.name for site in sites_of(company("alpha"))]
        assert names == ["第一センター", "第一センター(白樺テレサポート株式会社)"]
        road.done(lambda: confirm_scope(as_it_is(found), actor=present("manager")))
        assert running_clock(certification.id, ClockKind.SCOPE_UPDATE) is None


def test_in_a_split_the_parent_goes_on_and_the_new_company_is_not_certified(app: Flask) -> None:
    with app.app_context():
        exchange = road.routed(*road.triaged())
        site = sites_of(company("alpha"))[0]
        found = road.done(
            lambda: enter_succession(
                SuccessionKind.SPLIT,
                predecessor=company("alpha"),
                successor=company("delta"),
                effective_on=today(),
                sites=[site],
                actor=present("manager"),
            )
        )
        road.done(lambda: confirm_succession(as_it_is(found), actor=present("head")))
        assert road.done(follow_successions) == 1
        assert state_of("alpha") is CertificationState.CERTIFIED
        assert held_certification(company("delta").id) is None
        assert sites_of(company("alpha")) == []
        assert len(sites_of(company("delta"))) == 2
        assert db().get_one(Exchange, exchange.id).company_id == company("alpha").id
        assert db().scalars(select(SuccessionSite.site_id)).all() == [site.id]


def test_nothing_falls_due_between_the_day_and_the_hand_over_and_the_successor_has_its_whole_time(app: Flask) -> None:
    with app.app_context():
        exchange = road.routed(*road.triaged())
        found = in_effect("alpha", "epsilon")
        assert running_clocks(exchange.id) == []
        road.let_hours_pass(24 * 14)
        ladder.swept()
        assert road.done(lambda: hand_over(as_it_is(found), actor=present("manager"))) == (1, 0)
        moved = db().get_one(Exchange, exchange.id)
        assert (moved.company_id, moved.addressee_id) == (company("epsilon").id, person("epsilon_officer").id)
        assert moved.feeds_ladder
        assert moved.next_due_at is not None
        assert moved.next_due_at > now()
        assert as_it_is(found).state is SuccessionState.HANDED_OVER


def test_what_waits_goes_to_the_company_that_stands_when_the_successor_was_absorbed_too(app: Flask) -> None:
    with app.app_context():
        exchange = road.routed(*road.triaged())
        first = in_effect("alpha", "beta")
        in_effect("beta", "epsilon")
        assert road.done(lambda: hand_over(as_it_is(first), actor=present("manager"))) == (1, 0)
        assert db().get_one(Exchange, exchange.id).company_id == company("epsilon").id
        assert find_standing_companies("アオバダイ") == [company("epsilon")]


def test_whoever_must_not_see_a_case_at_the_successor_is_not_given_it(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)

        def exclude() -> None:
            named = person("epsilon_officer").id
            db().add(Exclusion(case_id=case.id, person_id=named, declared_by="desk", declared_at=now()))

        road.done(exclude)
        found = in_effect("alpha", "epsilon")
        assert road.done(lambda: hand_over(as_it_is(found), actor=present("manager"))) == (0, 1)
        assert db().get_one(Exchange, exchange.id).company_id == company("alpha").id
        told = db().scalars(
            select(OutboxMessage.idempotency_key).where(OutboxMessage.person_id == person("counselor").id)
        )
        assert [key for key in told if "stays:" in key]


def test_what_the_worker_said_of_the_absorbed_company_holds_for_its_successor(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged(consent=ConsentLevel.CN_2)
        narrower = partial(enter_line, level=ConsentLevel.CN_1, options=frozenset(), act="lowered")
        road.done(lambda: narrower(case, company_id=company("alpha").id))
        in_effect("alpha", "epsilon")
        levels = [consent_in_force(case, company_id=company(key).id).level for key in ("alpha", "epsilon", "beta")]
        assert levels == [ConsentLevel.CN_1, ConsentLevel.CN_1, ConsentLevel.CN_2]


def test_directors_of_the_absorbed_company_are_kept_from_the_successors_matters(app: Flask) -> None:
    with app.app_context():
        director = person("director_of_alpha")
        assert director not in excluded_by_register(company("beta").id, now())
        in_effect("alpha", "beta")
        assert director in excluded_by_register(company("beta").id, now())


def test_clients_and_agencies_go_over_and_a_company_is_not_its_own_client(app: Flask) -> None:
    with app.app_context():
        road.done(
            lambda: relate_companies(
                client=company("epsilon"), agency=company("alpha"), from_=today(), actor=present("manager")
            )
        )
        road.done(
            lambda: relate_companies(
                client=company("beta"), agency=company("alpha"), from_=today(), actor=present("manager")
            )
        )
        in_effect("alpha", "beta")
        others = [(one.other.id, one.is_client) for one in relations_of(company("beta"))]
        assert others.count((company("epsilon").id, True)) == 1
        assert (company("beta").id, True) not in others
