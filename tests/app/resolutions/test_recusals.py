"""Who takes no part: by the register, by declaration, and in the very keys of the packet."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.people.actions import register_person
from app.pipeline.clock import FixedClock, now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import begin_writing, db
from app.resolutions.actions import cast_vote, declare_interest, record_resolution
from app.resolutions.item_page import count_of, named_recusals
from app.resolutions.queries import eligible_directors, recusals_of, visible_items
from models.board_item import BoardItem
from models.company_relation import CompanyRelation
from models.compartment import Compartment
from models.recusal import Recusal
from models.rules.board import BoardOption, RecusalGround, quorum
from models.rules.people import Role
from models.rules.permissions import Permission
from tests.support.board import all_vote, begin_vote, in_hearing, keep, proposed, ready, vote, voting
from tests.support.present import company, person, present


def seat_director(of: str | None, name: str) -> Actor:
    """One more director, of a company or of none."""
    found = register_person(
        Role.DIRECTOR,
        name=name,
        mail=f"{uuid.uuid4().hex}@kikite.example",
        actor=THE_CLOCK,
        company=company(of) if of else None,
    )
    return Actor(Role.DIRECTOR, person=found)


def relate(client: str, agency: str, *, until: date | None = None) -> None:
    db().add(
        CompanyRelation(
            client_id=company(client).id, agency_id=company(agency).id, valid_from=date(2024, 4, 1), valid_to=until
        )
    )
    db().flush()


def test_three_of_nine_are_excluded_from_quorum_and_vote(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        begin_writing()
        relate("epsilon", "alpha")
        relate("beta", "alpha", until=date(2025, 3, 31))
        seat_director("epsilon", "委託元の理事")
        others = [
            seat_director("beta", "以前の委託元の理事"),
            seat_director(None, "八人目"),
            seat_director(None, "九人目"),
        ]
        keep()
        item = ready(clock)
        begin_vote_without(item, clock)
        eligible = eligible_directors(item, now())
        assert len(eligible) == 6
        assert {recusal.ground for recusal in recusals_of(item)} == {"own_company", "related_company", "declared"}
        count = count_of(item, present("manager"))
        assert (count.directors, count.eligible, count.needed) == (9, 6, 4)
        assert quorum(9, 3) == 4
        for director in (present("chair"), present("director_three"), others[0]):
            cast_vote(item, BoardOption.REVOKE, actor=director)
        keep()
        for recused in ("director_of_alpha", "director_two"):
            with pytest.raises(OutOfReach):
                cast_vote(item, BoardOption.NO_ACTION, actor=present(recused))
        assert count_of(item, present("manager")).cast == 3
        cast_vote(item, BoardOption.REVOKE, actor=others[1])
        resolution = record_resolution(item, reasons="理由", actor=present("manager"))
        assert (resolution.eligible, resolution.present, resolution.votes_for) == (6, 4, 4)
        assert {name for name, _ground in named_recusals(item)} == {
            "名前・director_of_alpha",
            "委託元の理事",
            "名前・director_two",
        }


def begin_vote_without(item, clock: FixedClock) -> None:
    declare_interest(item, actor=present("director_two"))
    keep()
    begin_vote(item, clock)


def test_the_key_of_the_packet_is_not_left_with_an_excluded_director(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = ready(clock)
        compartment = db().get_one(Compartment, item.compartment_id)
        assert not present("director_of_alpha").held.opens(compartment)
        assert present("director_two").held.opens(compartment)
        declare_interest(item, actor=present("director_two"))
        keep()
        assert not present("director_two").held.opens(compartment)
        for reader in ("chair", "director_three", "director_four", "manager", "head"):
            assert present(reader).held.opens(compartment), reader
        for stranger in ("alpha_representative", "auditor", "admin"):
            assert not present(stranger).held.opens(compartment), stranger


def test_without_an_exclusion_the_packet_lies_with_the_boards_seat(app: Flask) -> None:
    with app.app_context():
        item = in_hearing("gamma")
        assert list(recusals_of(item)) == []
        assert present("director_of_alpha").held.opens(db().get_one(Compartment, item.compartment_id))


def test_a_director_who_comes_from_the_company_itself_finds_the_item_at_no_moment(app: Flask) -> None:
    """The register is asked when the item is looked for, and not only at the item's next step."""
    with app.app_context():
        item = in_hearing("gamma")
        begin_writing()
        newcomers = [seat_director("gamma", "対象の会社の理事"), seat_director(None, "ほかの理事")]
        keep()
        assert list(recusals_of(item)) == []
        found = [
            db().scalar(select(BoardItem.id).where(visible_items(newcomer, Permission.RESOLUTION_READ)))
            for newcomer in newcomers
        ]
        assert found == [None, item.id]


def test_a_vote_cast_before_an_exclusion_does_not_count(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        vote(item, chair=BoardOption.REVOKE, director_two=BoardOption.REVOKE, director_three=BoardOption.REVOKE)
        declare_interest(item, actor=present("director_three"))
        keep()
        resolution = record_resolution(item, reasons="理由", actor=present("manager"))
        assert (resolution.eligible, resolution.votes_for) == (3, 2)


def test_a_declared_interest_holds_when_the_matter_is_taken_up_again(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        declare_interest(item, actor=present("director_four"))
        keep()
        all_vote(item, BoardOption.DEFER)
        record_resolution(item, reasons="続けて審議します。", actor=present("manager"))
        keep()
        following = db().scalars(select(type(item)).where(type(item).follows_id == item.id)).one()
        grounds = {recusal.person_id: recusal.ground for recusal in recusals_of(following)}
        assert grounds[person("director_four").id] == RecusalGround.DECLARED.value
        assert grounds[person("director_of_alpha").id] == RecusalGround.OWN_COMPANY.value


def test_an_excluded_director_cannot_declare_again(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = ready(clock)
        with pytest.raises(OutOfReach):
            declare_interest(item, actor=present("director_of_alpha"))


def test_the_register_is_asked_from_the_proposal_on(app: Flask) -> None:
    with app.app_context():
        item = proposed()
        found = db().scalars(select(Recusal).where(Recusal.board_item_id == item.id)).all()
        assert [(one.person_id, one.ground) for one in found] == [(person("director_of_alpha").id, "own_company")]
