"""Whether those who serve a company still do: asked every half year, reminded, passed over when they keep silent."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, exists, or_, select

from app.people.queries import open_question
from app.pipeline.audit import of_person, record
from app.pipeline.clock import TOKYO, now
from app.pipeline.first_look import AT, Moment, Reasons, moment_by_rule
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from app.responses.actions import pass_on
from models.person import Person
from models.post_confirmation import PostConfirmation
from models.rules.mail_kinds import MailKind
from models.rules.officer_verification import officers_rule_at
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
    to_ask = _to_ask(at, _last_asking()).order_by(Person.id).with_for_update(skip_locked=True)
    asked = one_by_one(db().scalars(to_ask).all(), _ask, work="follow_posts")
    reminded = one_by_one(_taken(_to_remind(at, _last_reminding())), _remind, work="follow_posts")
    to_pass_over = _to_pass_over(at, _last_passing_over(), _last_time_to_answer())
    passed = one_by_one(_by_company(_taken(to_pass_over)), _pass_over, work="follow_posts")
    return asked + reminded + passed


def due_posts() -> Reasons:
    """Whom it is time to ask, to remind and to pass over."""
    return (
        _to_ask(AT, moment_by_rule(_last_asking)),
        _to_remind(AT, moment_by_rule(_last_reminding)),
        _to_pass_over(AT, moment_by_rule(_last_passing_over), moment_by_rule(_last_time_to_answer)),
    )


def _last_asking() -> datetime:
    """Whoever was asked last by this moment is asked again."""
    here = now().astimezone(TOKYO)
    return datetime.combine(add_months(here.date(), -officers_rule_at(here).months), here.timetz())


def _last_reminding() -> datetime:
    return now() - officers_rule_at(now()).reminded_after


def _last_passing_over() -> datetime:
    return now() - officers_rule_at(now()).passed_over_after


def _last_time_to_answer() -> datetime:
    """Whoever was reminded by this moment has had as long to answer it as the rule gives, however late it came."""
    rule = officers_rule_at(now())
    return now() - (rule.passed_over_after - rule.reminded_after)


def _to_ask(at: Moment, since: Moment) -> Select[Person]:
    # Asked of everybody of a company at each turn of the clock: each of the two finds its row in an index, or none.
    of_her = exists().where(PostConfirmation.person_id == Person.id)
    return select(Person).where(
        Person.role.in_(COMPANY),
        Person.verified_at <= since,
        Person.starts_at <= at,
        or_(Person.ends_at.is_(None), Person.ends_at > at),
        ~of_her.where(_OPEN),
        ~of_her.where(PostConfirmation.confirmed_at > since),
    )


def _to_remind(at: Moment, asked_by: Moment) -> Select[PostConfirmation]:
    return _waiting_since(at, asked_by).where(PostConfirmation.reminded_at.is_(None))


def _to_pass_over(at: Moment, asked_by: Moment, reminded_by: Moment) -> Select[PostConfirmation]:
    return _waiting_since(at, asked_by).where(PostConfirmation.reminded_at <= reminded_by)


def _waiting_since(at: Moment, asked_by: Moment) -> Select[PostConfirmation]:
    return (
        select(PostConfirmation)
        .join(Person, Person.id == PostConfirmation.person_id)
        .where(
            _OPEN,
            PostConfirmation.lapsed_at.is_(None),
            PostConfirmation.asked_at <= asked_by,
            or_(Person.ends_at.is_(None), Person.ends_at > at),
        )
    )


def _taken(query: Select[PostConfirmation]) -> Iterable[PostConfirmation]:
    taken = query.order_by(PostConfirmation.id).with_for_update(skip_locked=True, of=PostConfirmation)
    return db().scalars(taken).all()


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


def _by_company(asked: Iterable[PostConfirmation]) -> list[tuple[PostConfirmation, ...]]:
    """Of one company together: nothing passes to somebody whose own time is over at this very moment."""
    together: defaultdict[uuid.UUID | None, list[PostConfirmation]] = defaultdict(list)
    for one in asked:
        together[db().get_one(Person, one.person_id).company_id].append(one)
    return [tuple(some) for some in together.values()]


def _pass_over(of_company: tuple[PostConfirmation, ...]) -> bool:
    people = [db().get_one(Person, asked.person_id) for asked in of_company]
    for asked in of_company:
        asked.lapsed_at = now()
    db().flush()
    for asked, person in zip(of_company, people, strict=True):
        record(of_person(person), "person.lapse_post", actor=THE_CLOCK, facts={"confirmation_id": asked.id.hex})
    if people[0].company_id is not None:
        pass_on(people[0].company_id, actor=THE_CLOCK)
    return True


def _tell(person: Person, asked: PostConfirmation, name: str, kind: MailKind) -> None:
    record(of_person(person), name, actor=THE_CLOCK, facts={"confirmation_id": asked.id.hex})
    queue_mail(person, kind, actor=THE_CLOCK, key=f"{name}:{asked.id.hex}")
