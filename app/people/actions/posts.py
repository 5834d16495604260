"""Whether those who serve a company still do: asked every half year, reminded, passed over when they keep silent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from app.people.queries import open_question
from app.pipeline.audit import of_person, record
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from app.responses.actions import pass_on
from models.person import Person
from models.post_confirmation import PostConfirmation
from models.rules.mail_kinds import MailKind
from models.rules.officers import officers_rule_at
from models.rules.people import COMPANY
from models.rules.working_days import add_months

_OPEN = PostConfirmation.confirmed_at.is_(None)


def confirm_post(person: Person, *, actor: Actor) -> bool:
    """She still serves, at this address."""
    asked = open_question(person)
    if asked is None:
        return False
    was_passed_over = asked.lapsed_at is not None
    asked.confirmed_at = now()
    db().flush()
    record(of_person(person), "person.confirm_post", actor=actor, facts={"confirmation_id": asked.id.hex})
    if was_passed_over and person.company_id is not None:
        pass_on(person.company_id, actor=actor)
    return True


def follow_posts() -> int:
    """Ask, remind and pass over whoever it is time for; called by the clock."""
    at = now()
    rule = officers_rule_at(at)
    asked = one_by_one(_to_ask(at), _ask, work="follow_posts")
    reminded = one_by_one(_asked_before(at - rule.reminded_after, is_reminded=False), _remind, work="follow_posts")
    passed = one_by_one(_asked_before(at - rule.passed_over_after, is_reminded=True), _pass_over, work="follow_posts")
    return asked + reminded + passed


def _to_ask(at: datetime) -> Iterable[Person]:
    since = datetime.combine(
        add_months(at.astimezone(TOKYO).date(), -officers_rule_at(at).months), at.astimezone(TOKYO).timetz()
    )
    newest = select(func.max(PostConfirmation.asked_at)).where(PostConfirmation.person_id == Person.id)
    last = select(func.max(PostConfirmation.confirmed_at)).where(PostConfirmation.person_id == Person.id)
    return (
        db()
        .scalars(
            select(Person)
            .where(
                Person.role.in_(COMPANY),
                Person.verified_at <= since,
                Person.starts_at <= at,
                or_(Person.ends_at.is_(None), Person.ends_at > at),
                ~exists().where(PostConfirmation.person_id == Person.id, _OPEN),
                or_(newest.scalar_subquery().is_(None), last.scalar_subquery() <= since),
            )
            .order_by(Person.id)
            .with_for_update(skip_locked=True)
        )
        .all()
    )


def _asked_before(moment: datetime, *, is_reminded: bool) -> Iterable[PostConfirmation]:
    waits = PostConfirmation.reminded_at.is_not(None) if is_reminded else PostConfirmation.reminded_at.is_(None)
    at = now()
    return (
        db()
        .scalars(
            select(PostConfirmation)
            .join(Person, Person.id == PostConfirmation.person_id)
            .where(
                _OPEN,
                waits,
                PostConfirmation.lapsed_at.is_(None),
                PostConfirmation.asked_at <= moment,
                or_(Person.ends_at.is_(None), Person.ends_at > at),
            )
            .order_by(PostConfirmation.id)
            .with_for_update(skip_locked=True, of=PostConfirmation)
        )
        .all()
    )


def _ask(person: Person) -> bool:
    asked = PostConfirmation(id=uuid.uuid4(), person_id=person.id, asked_at=now())
    db().add(asked)
    db().flush()
    _tell(person, asked, "person.ask_post", MailKind.UPDATE)
    return True


def _remind(asked: PostConfirmation) -> bool:
    asked.reminded_at = now()
    _tell(db().get_one(Person, asked.person_id), asked, "person.remind_post", MailKind.REMINDER)
    return True


def _pass_over(asked: PostConfirmation) -> bool:
    person = db().get_one(Person, asked.person_id)
    asked.lapsed_at = now()
    db().flush()
    record(of_person(person), "person.lapse_post", actor=THE_CLOCK, facts={"confirmation_id": asked.id.hex})
    if person.company_id is not None:
        pass_on(person.company_id, actor=THE_CLOCK)
    return True


def _tell(person: Person, asked: PostConfirmation, name: str, kind: MailKind) -> None:
    record(of_person(person), name, actor=THE_CLOCK, facts={"confirmation_id": asked.id.hex})
    queue_mail(person, kind, actor=THE_CLOCK, key=f"{name}:{asked.id.hex}")
