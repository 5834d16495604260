"""Formal requests as letters: whom they address, what they are about, what was answered, and who may read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, false, select

from app.people.queries import serving
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.standing import visible_company_files
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.person import Person
from models.request_addressee import RequestAddressee
from models.request_answer import RequestAnswer
from models.request_matter import RequestMatter
from models.rules.escalation_ladder import Addressee, Step, addressees_of
from models.rules.people import COMPANY, SECRETARIAT, Role
from models.rules.permissions import Permission, may_ever
from models.rules.request_lifecycle import RequestState, permission_to_issue

# The company names one person who represents it, towards the association as a member and otherwise.
ROLE_OF_ADDRESSEE = {
    Addressee.OFFICER: Role.OFFICER,
    Addressee.DEPUTY: Role.DEPUTY,
    Addressee.MEMBER_REPRESENTATIVE: Role.REPRESENTATIVE,
    Addressee.COMPANY_REPRESENTATIVE: Role.REPRESENTATIVE,
}
SHOWN_TO_THE_COMPANY = (RequestState.SERVED, RequestState.MET, RequestState.UNMET, RequestState.WAIVED)
MOST_LETTERS = 50


def posts_addressed(company_id: uuid.UUID, step: Step, *, at: datetime) -> tuple[Addressee, ...]:
    """The posts that a step addresses, in the law of the ladder: where nobody is left, the representative (7.7)."""
    there = {role for role in ROLE_OF_ADDRESSEE.values() if _verified(company_id, role, at)}
    vacant = [post for post, role in ROLE_OF_ADDRESSEE.items() if role not in there]
    return addressees_of(step, vacant=vacant)


def people_addressed(company_id: uuid.UUID, step: Step, *, at: datetime) -> list[Person]:
    """The people who hold those posts now; nobody when the company has nobody at all, and then the post carries it."""
    roles = [ROLE_OF_ADDRESSEE[post] for post in posts_addressed(company_id, step, at=at)]
    return [person for role in dict.fromkeys(roles) for person in _verified(company_id, role, at)]


def _verified(company_id: uuid.UUID, role: Role, at: datetime) -> list[Person]:
    return [
        person
        for person in serving(at, role, company_id=company_id)
        if person.verified_at is not None and person.verified_at <= at
    ]


def issuers_of(step: Step, *, at: datetime) -> Sequence[Person]:
    """Who may issue a request of this step."""
    permission = Permission(permission_to_issue(step))
    return serving(at, *(role for role in sorted(SECRETARIAT) if may_ever(permission, role)))


def visible_requests(actor: Actor) -> ColumnElement[bool]:
    """The filter for requests: all for the secretariat; for a company what was served to a post that the actor holds.

    It goes by the post, so that a successor reads what her predecessor was sent and an officer nothing that went to
    the representative alone.
    """
    files = select(CompanyFile.id).where(visible_company_files(actor, Permission.ESCALATION_READ))
    if actor.role in SECRETARIAT:
        return FormalRequest.company_file_id.in_(files)
    if actor.role not in COMPANY:
        return false()
    to_my_post = (
        exists()
        .where(RequestAddressee.formal_request_id == FormalRequest.id)
        .where(RequestAddressee.person_id == Person.id, Person.role == actor.role)
    )
    return FormalRequest.company_file_id.in_(files) & FormalRequest.state.in_(SHOWN_TO_THE_COMPANY) & to_my_post


def letters_to(actor: Actor) -> Sequence[FormalRequest]:
    """The letters that a company's officer or representative may read, the newest first."""
    return (
        db()
        .scalars(
            select(FormalRequest)
            .where(visible_requests(actor))
            .order_by(FormalRequest.served_at.desc(), FormalRequest.id)
            .limit(MOST_LETTERS)
        )
        .all()
    )


def addressed_people(request: FormalRequest) -> Sequence[Person]:
    """To whom a request was served through the system."""
    return (
        db()
        .scalars(
            select(Person)
            .join(RequestAddressee, RequestAddressee.person_id == Person.id)
            .where(RequestAddressee.formal_request_id == request.id)
            .order_by(Person.role, Person.id)
        )
        .all()
    )


def matters_of(request: FormalRequest) -> Sequence[tuple[RequestMatter, Exchange | None]]:
    """What a request is about, the oldest first, each with its exchange."""
    return [(matter, exchange) for matter, exchange in _matters.rows(request.id)]


@made_once
def _matters(request_id: uuid.UUID) -> Select[RequestMatter, Exchange]:
    return (
        select(RequestMatter, Exchange)
        .outerjoin(Exchange, Exchange.id == RequestMatter.exchange_id)
        .where(RequestMatter.formal_request_id == request_id)
        .order_by(RequestMatter.owed_since, RequestMatter.id)
    )


def answers_of(request: FormalRequest) -> Sequence[RequestAnswer]:
    """What the company answered, the oldest first."""
    return (
        db()
        .scalars(
            select(RequestAnswer)
            .where(RequestAnswer.formal_request_id == request.id)
            .order_by(RequestAnswer.answered_at, RequestAnswer.id)
        )
        .all()
    )


def first_read_at(request: FormalRequest, person: Person) -> datetime | None:
    """When an addressee first opened the letter, as the record says."""
    return db().scalar(
        select(AuditRecord.at)
        .where(
            AuditRecord.subject_kind == "company",
            AuditRecord.subject_id == person.company_id,
            AuditRecord.name == "request.read",
            AuditRecord.actor_id == person.id,
            AuditRecord.facts.contains(request.id.hex),
        )
        .order_by(AuditRecord.number)
        .limit(1)
    )
