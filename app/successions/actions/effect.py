"""The day of a succession has come: what the table says follows, each thing by the action that it belongs to."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, or_, select

from app.applications.actions import end_with_the_company
from app.cases.actions import call_off_if_waiting
from app.certifications.actions import transfer_certification
from app.certifications.queries import held_certification
from app.clocks.actions import start_clock, stop_clocks
from app.companies.actions import close_membership, end_relation, relate_companies, take_over_site
from app.escalations.actions import freeze_file, inherit_ladder
from app.escalations.queries import file_of_company
from app.people.actions import end_service
from app.people.queries import serving
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now, today
from app.pipeline.first_look import Day
from app.pipeline.identity import THE_CLOCK
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from app.responses.actions import forget_drafts
from app.successions.actions.entering import act_on
from app.successions.queries import predecessors_of, sites_going_over
from models.case import Case
from models.company import Company
from models.company_relation import CompanyRelation
from models.exchange import Exchange
from models.person import Person
from models.rules.board import start_of_day
from models.rules.company_duties import DUTY_OF_CLOCK
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.people import COMPANY, Role
from models.rules.succession import (
    After,
    MergerCase,
    SuccessionAct,
    SuccessionState,
    absorbs,
    merger_case,
    succession_policy_at,
)
from models.succession import Succession


def due_successions(day: Day) -> Select[Succession]:
    """The confirmed successions whose day has come."""
    return select(Succession).where(Succession.state == SuccessionState.CONFIRMED, Succession.effective_on <= day)


def follow_successions() -> int:
    """Put every confirmed succession whose day has come into effect; called by the clock. Returns how many."""
    due = due_successions(today()).order_by(Succession.effective_on, Succession.id).with_for_update(skip_locked=True)
    return one_by_one(db().scalars(due).all(), _take_effect, work="follow_successions")


def case_of(succession: Succession) -> MergerCase:
    """The line of the table that holds: the one that held on the day or, before it, the one that would hold now."""
    if succession.merger_case is not None:
        return succession.merger_case
    return merger_case(
        succession.kind,
        before_certified=held_certification(succession.predecessor_id) is not None,
        after_certified=held_certification(succession.successor_id) is not None,
    )


def _take_effect(succession: Succession) -> bool:
    predecessor = db().get_one(Company, succession.predecessor_id)
    successor = db().get_one(Company, succession.successor_id)
    found = case_of(succession)
    rule = succession_policy_at(start_of_day(succession.effective_on)).rules[found]
    act_on(
        succession,
        SuccessionAct.TAKE_EFFECT,
        sets={"merger_case": found},
        actor=THE_CLOCK,
        merger_case=found.value,
    )
    if absorbs(succession.kind):
        _end_what_was_certified(succession, predecessor, successor, rule.before, found)
        _end_the_company(succession, predecessor)
        for exchange in _open_exchanges(predecessor):
            _wait_for_hand_over(exchange, succession)
        _move_relations(succession, predecessor, successor)
        if file_of_company(predecessor.id) is not None or predecessors_of(predecessor.id):
            inherit_ladder(successor, succession.id)
    for site in sites_going_over(succession):
        take_over_site(site, predecessor, successor, succession.id, actor=THE_CLOCK)
    certification = held_certification(successor.id)
    if rule.after is After.SCOPE and certification is not None:
        start_clock(certification, ClockKind.SCOPE_UPDATE)
    _tell(succession)
    return True


def _end_what_was_certified(
    succession: Succession, predecessor: Company, successor: Company, before: After, found: MergerCase
) -> None:
    certification = held_certification(predecessor.id)
    if certification is not None and before is After.ENDS:
        transfer_certification(
            certification, successor=successor, merger_case=found, day=succession.effective_on, actor=THE_CLOCK
        )
    end_with_the_company(predecessor.id, actor=THE_CLOCK)


def _end_the_company(succession: Succession, predecessor: Company) -> None:
    """Its membership is over with the day before, its file rests, and nobody acts for it any more."""
    last = succession.effective_on - timedelta(days=1)
    if predecessor.joined_on is not None and (predecessor.left_on is None or predecessor.left_on > last):
        close_membership(predecessor, last_day=last, actor=THE_CLOCK)
    file = file_of_company(predecessor.id)
    if file is not None:
        freeze_file(file, reason_code="absorbed", actor=THE_CLOCK)
    for person in serving(now(), *COMPANY, company_id=predecessor.id):
        end_service(person, actor=THE_CLOCK)
    stop_clocks(predecessor, [ClockKind.VACANCY])


def _open_exchanges(predecessor: Company) -> list[Exchange]:
    query = select(Exchange).where(Exchange.company_id == predecessor.id, Exchange.state != "closed")
    return list(db().scalars(query.order_by(Exchange.id)))


def _wait_for_hand_over(exchange: Exchange, succession: Succession) -> None:
    """Nothing falls due while nobody can act, and nobody of the successor reads anything before somebody says who."""
    case = db().get_one(Case, exchange.case_id)
    call_off_if_waiting(case, exchange, "addressee_changed", actor=THE_CLOCK)
    forget_drafts(exchange, actor=THE_CLOCK)
    stop_clocks(exchange, DUTY_OF_CLOCK)
    exchange.succession_id = succession.id
    exchange.feeds_ladder = False
    exchange.version += 1
    facts = {"exchange_id": exchange.id.hex, "succession_id": succession.id.hex}
    record(of_case(case), "exchange.company_absorbed", actor=THE_CLOCK, facts=dict(facts))
    for reader in readers_of(case):
        queue_mail(reader, MailKind.UPDATE, actor=THE_CLOCK, key=f"absorbed:{exchange.id.hex}:{succession.id.hex}")


def readers_of(case: Case) -> list[Person]:
    """Who of the desk is told of a case: whoever has it, or all counselors."""
    at = now()
    assignee = db().get(Person, case.assignee_id) if case.assignee_id else None
    return [assignee] if assignee is not None and assignee.serves_at(at) else list(serving(at, Role.COUNSELOR))


def _move_relations(succession: Succession, predecessor: Company, successor: Company) -> None:
    """Whoever bought from the company before, or sold to it, does so with the successor from the day on."""
    day = succession.effective_on
    own = or_(CompanyRelation.client_id == predecessor.id, CompanyRelation.agency_id == predecessor.id)
    lasting = or_(CompanyRelation.valid_to.is_(None), CompanyRelation.valid_to >= day)
    for relation in db().scalars(select(CompanyRelation).where(own, lasting)).all():
        client, agency = (
            successor if company_id == predecessor.id else db().get_one(Company, company_id)
            for company_id in (relation.client_id, relation.agency_id)
        )
        until = relation.valid_to
        end_relation(relation, on=max(relation.valid_from, day - timedelta(days=1)), actor=THE_CLOCK)
        if client.id != agency.id:
            relate_companies(client=client, agency=agency, from_=day, to=until, actor=THE_CLOCK)


def _tell(succession: Succession) -> None:
    """The board is informed, by its chair, and whoever keeps the register."""
    chairs = [person for person in serving(now(), Role.DIRECTOR) if person.is_chair]
    for person in (*chairs, *serving(now(), Role.MANAGER, Role.HEAD)):
        queue_mail(person, MailKind.UPDATE, actor=THE_CLOCK, key=f"succession-effect:{succession.id.hex}")
