"""What is asked of companies' requests for advice: the lists, one thread with its words, and how many there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select

from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_companies
from app.pipeline.transaction import db
from app.presentation.pagination import Page, decode_position, forward_page
from models.advice_message import AdviceMessage
from models.company import Company
from models.company_advice import CompanyAdvice
from models.compartment import Compartment
from models.person import Person
from models.rules.company_advice import AdviceState, AdviceTopic
from models.rules.membership import MemberType
from models.rules.permissions import Permission
from models.rules.working_days import in_japan
from models.sealed import open_from

ROWS = 25
MOST_WAITING = 100
COUNTED_FOR = timedelta(days=366)


@dataclass(frozen=True, repr=False)
class Said:
    """One message as its reader sees it."""

    at: datetime
    by: str
    body: str
    mine: bool


def within_reach(actor: Actor, permission: Permission) -> Select[CompanyAdvice]:
    """The requests that somebody may see: a company's own, or every company's for the desk."""
    return (
        select(CompanyAdvice)
        .join(Company, Company.id == CompanyAdvice.company_id)
        .where(visible_companies(actor, permission))
    )


def waiting(actor: Actor) -> Sequence[CompanyAdvice]:
    """What waits for an answer, the oldest first."""
    found = within_reach(actor, Permission.ADVICE_LIST).where(CompanyAdvice.state == AdviceState.OPEN)
    return db().scalars(found.order_by(CompanyAdvice.moved_at, CompanyAdvice.id).limit(MOST_WAITING)).all()


def page_of_answered(actor: Actor, after: str | None) -> Page[CompanyAdvice]:
    """What was answered or has ended, the newest first."""
    query = within_reach(actor, Permission.ADVICE_LIST).where(CompanyAdvice.state != AdviceState.OPEN)
    query = query.order_by(CompanyAdvice.moved_at.desc(), CompanyAdvice.id.desc()).limit(ROWS + 1)
    position = decode_position(after, str, str)
    if position is not None:
        query = query.where(_later_than(position))
    return forward_page(
        db().scalars(query).all(),
        size=ROWS,
        position_of=lambda advice: (advice.moved_at.isoformat(), advice.number),
        began_after=after if position is not None else None,
    )


def _later_than(position: tuple[Any, ...]) -> Any:
    moment, number = datetime.fromisoformat(str(position[0])), str(position[1])
    last = select(CompanyAdvice.id).where(CompanyAdvice.number == number).scalar_subquery()
    return or_(CompanyAdvice.moved_at < moment, and_(CompanyAdvice.moved_at == moment, CompanyAdvice.id < last))


def compartment_of(advice: CompanyAdvice) -> Compartment:
    """Where the words of a request lie."""
    return db().scalars(select(Compartment).where(Compartment.advice_id == advice.id)).one()


def thread_of(advice: CompanyAdvice, *, actor: Actor) -> list[Said]:
    """The words of a request, the first one first. Raises CannotOpen for whoever was not granted it."""
    key = actor.held.compartment_key(compartment_of(advice))
    rows = db().execute(
        select(AdviceMessage, Person)
        .join(Person, Person.id == AdviceMessage.person_id)
        .where(AdviceMessage.advice_id == advice.id)
        .order_by(AdviceMessage.sent_at, AdviceMessage.id)
    )
    return [
        Said(message.sent_at, name_of(person), open_from(message, "sealed_text", key=key), person.id == actor.id)
        for message, person in rows
    ]


def members_who_may_ask() -> Sequence[Company]:
    """The companies that are members today, by their kana."""
    day = in_japan(now()).date()
    members = db().scalars(select(Company).where(Company.member_type != MemberType.NONE)).all()
    return sorted((one for one in members if one.is_member_on(day)), key=lambda one: one.name_on(day).kana)


def counts(actor: Actor) -> list[tuple[str, Counter[AdviceTopic]]]:
    """How many were asked in each of the last twelve months, by topic; the newest month first."""
    since = now() - COUNTED_FOR
    rows = db().execute(
        within_reach(actor, Permission.ADVICE_LIST)
        .where(CompanyAdvice.asked_at >= since)
        .with_only_columns(CompanyAdvice.asked_at, CompanyAdvice.topic)
    )
    months: dict[str, Counter[AdviceTopic]] = {}
    for asked_at, topic in rows:
        months.setdefault(in_japan(asked_at).strftime("%Y-%m"), Counter())[topic] += 1
    return sorted(months.items(), reverse=True)
