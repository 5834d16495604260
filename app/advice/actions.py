"""What is done with a company's request for advice: it is asked, added to, answered and ended."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from app.advice.queries import compartment_of
from app.custody.actions import make_compartment
from app.people.queries import officers_of, serving
from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id, new_number
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import key_store
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.pipeline.unlocking import content_key_of
from models.advice_message import AdviceMessage
from models.company import Company
from models.company_advice import CompanyAdvice
from models.compartment import Compartment
from models.person import Person
from models.rules.company_advice import ADVICE_LIFECYCLE, AdviceAct, AdviceTopic
from models.rules.mail_kinds import MailKind
from models.rules.people import COMPANY, CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.search_attempt import hints_at_search
from models.sealed import seal_into


def ask(company: Company, *, topic: AdviceTopic, text: str, actor: Actor) -> CompanyAdvice:
    """A company asks; the words are sealed to its office and to the desk."""
    standing = towards_company(actor, company.id)
    must_be_allowed(Permission.ADVICE_ASK, actor=actor, standing=standing)
    return _begin(company, topic, text, actor=actor)


def key_in(company: Company, *, topic: AdviceTopic, text: str, answer: str, actor: Actor) -> CompanyAdvice:
    """The desk keys what a company asked by telephone, and what it was told; the company reads both in its list."""
    must_be_allowed(Permission.ADVICE_ANSWER, actor=actor, standing=towards_company(actor, company.id))
    begun = _begin(company, topic, text, actor=actor)
    if answer:
        answer_company(begun, answer, actor=actor)
    return begun


def write(advice: CompanyAdvice, text: str, *, actor: Actor) -> None:
    """The company adds something; what had ended is open again."""
    _add(advice, text, act=AdviceAct.WRITE, author="company", actor=actor)
    _tell(serving(now(), Role.COUNSELOR), advice, actor=actor)


def answer_company(advice: CompanyAdvice, text: str, *, actor: Actor) -> None:
    """The desk answers."""
    _add(advice, text, act=AdviceAct.ANSWER, author="desk", actor=actor)
    _tell(officers_of(advice.company_id, at=now()), advice, actor=actor)


def end(advice: CompanyAdvice, *, actor: Actor) -> None:
    """The desk ends a request that was answered."""
    perform(
        ADVICE_LIFECYCLE,
        advice,
        AdviceAct.END,
        actor=actor,
        standing=towards_company(actor, advice.company_id),
        subject=of_company(advice.company_id),
    )


def _begin(company: Company, topic: AdviceTopic, text: str, *, actor: Actor) -> CompanyAdvice:
    at, by_telephone = now(), actor.role not in COMPANY
    advice = CompanyAdvice(
        id=new_id(),
        number=new_number("A"),
        company_id=company.id,
        topic=topic,
        state=ADVICE_LIFECYCLE.begins,
        version=1,
        by_telephone=by_telephone,
        asks_who=False,
        asked_at=at,
        moved_at=at,
    )
    key_store().make(advice.id, at=at)
    db().add(advice)
    db().flush()
    compartment, secret = make_compartment(CompartmentKind.ADVICE, advice=advice, company_id=company.id, actor=actor)
    facts: dict[str, Fact] = {"advice_id": advice.id.hex, "topic": topic.value, "by_telephone": by_telephone}
    record(of_company(company), "advice.ask", actor=actor, facts=facts)
    _seal(advice, compartment, content_key_of(compartment, secret), text, author="company", actor=actor)
    if not by_telephone:
        _tell(serving(at, Role.COUNSELOR), advice, actor=actor)
    return advice


def _add(advice: CompanyAdvice, text: str, *, act: AdviceAct, author: str, actor: Actor) -> None:
    compartment = compartment_of(advice)
    key = actor.held.compartment_key(compartment)
    message_id = _seal(advice, compartment, key, text, author=author, actor=actor)
    perform(
        ADVICE_LIFECYCLE,
        advice,
        act,
        actor=actor,
        standing=towards_company(actor, advice.company_id),
        subject=of_company(advice.company_id),
        facts={"message_id": message_id.hex},
    )


def _seal(
    advice: CompanyAdvice, compartment: Compartment, key: bytes, text: str, *, author: str, actor: Actor
) -> uuid.UUID:
    if actor.person is None:
        raise ValueError("a person asks and a person answers")
    at = now()
    message = AdviceMessage(
        id=new_id(),
        advice_id=advice.id,
        compartment_id=compartment.id,
        author=author,
        person_id=actor.person.id,
        sent_at=at,
    )
    seal_into(message, "sealed_text", text, key=key)
    db().add(message)
    advice.moved_at = at
    if author == "company" and hints_at_search([text]) and not advice.asks_who:
        advice.asks_who = True
        record(of_company(advice.company_id), "advice.search_hint", actor=actor, facts={"advice_id": advice.id.hex})
    return message.id


def _tell(people: Iterable[Person], advice: CompanyAdvice, *, actor: Actor) -> None:
    for person in people:
        queue_mail(person, MailKind.UPDATE, actor=actor, key=f"advice:{advice.id.hex}:{advice.version}")
