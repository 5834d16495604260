"""What lay with an absorbed company goes to its successor, once somebody has verified whom it goes to (7.33)."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.cases.queries import may_send, road_to, who_receives
from app.clocks.actions import start_clock
from app.clocks.queries import clocks_of
from app.consents.actions import record_delivery
from app.consents.queries import may_be_told_now
from app.custody.actions import end_grants_to_companies, open_seat, queue_grants
from app.people.queries import candidates_of
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import being_taken_back
from app.pipeline.transaction import db
from app.successions.actions.effect import readers_of
from app.successions.actions.entering import SuccessionRefused, act_on
from app.successions.queries import matters_waiting, standing_company
from models.case import Case
from models.company import Company
from models.exchange import Exchange
from models.person import Person
from models.recall import Recall
from models.rules.company_duties import DUTY_OF_CLOCK
from models.rules.mail_kinds import MailKind
from models.rules.membership import Route
from models.rules.routing import Addressee, addressee
from models.rules.succession import SuccessionAct, SuccessionRefusal
from models.succession import Succession


def why_not_handed_over(successor: Company) -> SuccessionRefusal | None:
    """Why nothing can go over to a successor now; None when it can."""
    if not successor.is_member_on(today()):
        return SuccessionRefusal.NOT_A_MEMBER
    found = addressee(candidates_of(successor.id), excluded=frozenset(), now=now())
    return None if isinstance(found, Addressee) else SuccessionRefusal.NOBODY_THERE


def hand_over(succession: Succession, *, actor: Actor) -> tuple[int, int]:
    """Let the open matters of an absorbed company go on with its successor. Returns how many went, and how many stayed.

    What cannot go by itself stays with the desk, which asks the consulter. Raises SuccessionRefused.
    """
    # Where the successor was absorbed itself meanwhile, what waits goes to the company that stands now.
    successor = standing_company(db().get_one(Company, succession.successor_id))
    refusal = why_not_handed_over(successor)
    if refusal is not None:
        raise SuccessionRefused(refusal)
    act_on(succession, SuccessionAct.HAND_OVER, sets={"handed_over_by_id": actor.id}, actor=actor)
    went = stayed = 0
    for exchange in matters_waiting(succession):
        if _goes_over(exchange, successor, succession, actor=actor):
            went += 1
        else:
            stayed += 1
            _stays(exchange, succession, actor=actor)
    return went, stayed


def _goes_over(exchange: Exchange, successor: Company, succession: Succession, *, actor: Actor) -> bool:
    case = db().get_one(Case, exchange.case_id)
    to = who_receives(case, successor.id)
    if not isinstance(to, Addressee) or to.asks_the_consulter_first or not to.office_is_safe:
        return False
    if not _may_go_over(exchange, case, successor):
        return False
    person = db().get_one(Person, uuid.UUID(to.person_ids[0]))
    seat = open_seat(to.seat, company_id=successor.id)
    end_grants_to_companies(exchange, at=now())
    exchange.company_id, exchange.seat_id = successor.id, seat.id
    exchange.addressee_id, exchange.via = person.id, to.via.value
    exchange.opened_at = None
    exchange.feeds_ladder = road_to(successor) is Route.LADDER
    exchange.version += 1
    case.version += 1
    db().flush()
    queue_grants(exchange, seat)
    _begin_terms_anew(exchange)
    record_delivery(exchange, [uuid.UUID(one) for one in to.person_ids], actor=actor)
    facts: dict[str, Fact] = {
        "exchange_id": exchange.id.hex,
        "succession_id": succession.id.hex,
        "person_id": person.id.hex,
    }
    record(of_case(case), "exchange.go_over", actor=actor, facts=facts)
    for reader in (person, *readers_of(case)):
        queue_mail(reader, MailKind.UPDATE, actor=actor, key=f"gone-over:{exchange.id.hex}:{exchange.version}")
    return True


def _may_go_over(exchange: Exchange, case: Case, successor: Company) -> bool:
    """Whether the consulter's word carries it to the successor, and nothing else is under way."""
    stands = select(Exchange.id).where(Exchange.id == exchange.id, may_be_told_now())
    taken_back = select(Recall.id).where(being_taken_back(exchange.id))
    with_it_already = select(Exchange.id).where(
        Exchange.case_id == case.id, Exchange.company_id == successor.id, Exchange.state != "closed"
    )
    return (
        db().scalar(stands) is not None
        and db().scalar(taken_back) is None
        and db().scalar(with_it_already.limit(1)) is None
        and bool(may_send(case, exchange, to=successor))
    )


def _begin_terms_anew(exchange: Exchange) -> None:
    """The successor has its whole time for what was not done; the company before could do nothing any more."""
    clocks = clocks_of(exchange.id)
    for kind in DUTY_OF_CLOCK:
        of_kind = [clock for clock in clocks if clock.kind is kind]
        if of_kind and of_kind[-1].met_at is None and of_kind[-1].stopped_at is not None:
            start_clock(exchange, kind)


def _stays(exchange: Exchange, succession: Succession, *, actor: Actor) -> None:
    case = db().get_one(Case, exchange.case_id)
    facts: dict[str, Fact] = {"exchange_id": exchange.id.hex, "succession_id": succession.id.hex}
    record(of_case(case), "exchange.stay", actor=actor, facts=facts)
    case.version += 1
    for reader in readers_of(case):
        queue_mail(reader, MailKind.UPDATE, actor=actor, key=f"stays:{exchange.id.hex}:{succession.id.hex}")
