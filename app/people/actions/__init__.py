"""What is done with accounts: people are registered, sign up, take seats and leave."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select, update

from app.advisers.actions.ending import end_accesses_of
from app.clocks.actions import meet_clocks, start_clock
from app.clocks.queries import running_clock
from app.custody.actions import ASSOCIATION, end_grants_to_person, end_holdings, leave_seat, open_seat, share_seat
from app.custody.queries import SEATS_OF_COMPANIES
from app.people.queries import alone_on, colleagues_of, login_digest, person_by_login, serving
from app.pipeline.audit import of_person, record, take_turn
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import pepper_in_use, ring
from app.pipeline.transaction import db
from app.pipeline.unlocking import person_key_context
from app.recovery.queries import cards_open_what_hangs_on
from app.responses.actions import pass_on
from crypto import FOR_TESTS_ONLY, PRODUCTION, Profile, link_digest, lock_with_password, new_keypair, new_link_token
from models.company import Company
from models.passkey import Passkey
from models.person import Person
from models.rules.adviser_access import AccessEnd
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.membership import owes_an_officer
from models.rules.people import COMPANY, MAY_HOLD, OVERSEERS, Role, SeatKind
from models.rules.sign_in_tries import NO_TRIES
from models.sealed import seal_by_server
from models.seat import Seat
from models.sign_up_link import SignUpLink
from models.visit import Visit

LINK_DAYS = 7
LINK = "link"


class LastHolder(Exception):
    """Nobody else holds a seat of the association: without this person nothing opens it, or cards alone do."""


class AddressTaken(Exception):
    """Somebody signs in under this address already."""


PROFILES = {"production": PRODUCTION, "for_tests_only": FOR_TESTS_ONLY}


def password_profile() -> Profile:
    """How slowly passwords are derived in this installation."""
    return PROFILES[current_app.config["KIKITE"].password_profile]


def register_person(
    role: Role,
    *,
    name: str,
    mail: str,
    actor: Actor,
    company: Company | None = None,
    post: str = "",
    is_handler: bool = False,
    is_chair: bool = False,
    starts_at: datetime | None = None,
) -> Person:
    """Register somebody who will sign in; the address is both the login and where mails go."""
    if (role in COMPANY) and company is None:
        raise ValueError("an officer belongs to a company")
    if person_by_login(mail) is not None:
        raise AddressTaken
    login_key = ring().active_id
    person = Person(
        id=uuid.uuid4(),
        role=role,
        company_id=company.id if company else None,
        is_handler=is_handler,
        is_chair=is_chair,
        login_digest=login_digest(mail, login_key),
        login_key=login_key,
        starts_at=starts_at or now(),
    )
    seal_by_server(person, "sealed_name", name, ring=ring())
    seal_by_server(person, "sealed_mail", mail, ring=ring())
    if post:
        seal_by_server(person, "sealed_post", post, ring=ring())
    db().add(person)
    db().flush()
    record(of_person(person), "person.register", actor=actor, facts={"role": role.value})
    if role in OVERSEERS | {Role.AUDITOR} and actor.person is not None:
        _tell_who_oversees(person, actor, key="registered")
    return person


def _tell_who_oversees(person: Person, actor: Actor, *, key: str) -> None:
    """Whoever may approve, or looks at what was done, comes and goes before the eyes of the others who do."""
    for other in serving(now(), *sorted(OVERSEERS | {Role.AUDITOR})):
        if other.id not in {person.id, actor.id}:
            queue_mail(other, MailKind.UPDATE, actor=actor, key=f"{key}:{person.id.hex}")


def invite(person: Person, *, actor: Actor, accepts_loss: bool = False) -> str:
    """Make the one-time link by which a person sets a password; the mail that carries it is queued.

    Links that were made before stop working. The link is kept, sealed, until the mail has left: only the mail tells it.
    """
    at = now()
    for old in db().scalars(select(SignUpLink).where(SignUpLink.person_id == person.id, SignUpLink.used_at.is_(None))):
        old.expires_at = min(old.expires_at, at)
        old.sealed_link = None
    token, digest_key = new_link_token(), ring().active_id
    link = SignUpLink(
        id=uuid.uuid4(),
        person_id=person.id,
        accepts_loss=accepts_loss,
        digest=link_digest(token, key=ring().derived(LINK, digest_key)),
        digest_key=digest_key,
        made_at=at,
        expires_at=at + timedelta(days=LINK_DAYS),
    )
    seal_by_server(link, "sealed_link", token, ring=ring())
    db().add(link)
    db().flush()
    queue_mail(person, MailKind.INVITATION, actor=actor, key=link.id.hex)
    record(of_person(person), "person.invite", actor=actor, facts={"link_id": link.id.hex})
    return token


def link_was_sent(person: Person) -> None:
    """The mail with the link has left, and so nothing here needs to know the link any more."""
    for link in db().scalars(select(SignUpLink).where(SignUpLink.person_id == person.id)):
        link.sealed_link = None


def person_of_link(token: str) -> tuple[Person, SignUpLink] | None:
    """Whom a one-time link belongs to, while it is good and the person serves."""
    digests = [link_digest(token, key=ring().derived(LINK, key_id)) for key_id in ring().ids_for(LINK)]
    found = db().scalar(select(SignUpLink).where(SignUpLink.digest.in_(digests)))
    if found is None or found.used_at is not None or now() >= found.expires_at:
        return None
    person = db().get_one(Person, found.person_id)
    return (person, found) if person.ends_at is None or now() < person.ends_at else None


def use_link(link: SignUpLink) -> None:
    """A link works once."""
    link.used_at = now()
    link.sealed_link = None


def sign_up(person: Person, password: str, *, actor: Actor) -> bytes:
    """Give a person a key pair locked by the password, and the seats of the role. Returns the private key."""
    if person.public_key is not None:
        return renew_keys(person, password, actor=actor)
    private_key = _new_pair(person, password)
    db().flush()
    record(of_person(person), "person.sign_up", actor=actor, facts={})
    if person.role not in COMPANY:
        person.verified_at = now()
        take_seats(person, actor=actor)
    return private_key


def verify_address(person: Person, *, actor: Actor) -> None:
    """It is she whom her company registered: from now on she holds its seats, and what comes may go to her.

    Whoever has the link alone may be another who reads her mail (models/rules/officer_verification.py).
    """
    person.verified_at = now()
    db().flush()
    record(of_person(person), "person.verify", actor=actor, facts={})
    take_seats(person, actor=actor)


def renew_keys(person: Person, password: str, *, actor: Actor) -> bytes:
    """A forgotten password: a new pair, and the seats anew from another holder. Returns the private key.

    What the old password opened stays closed until somebody who can open it grants it again.
    """
    for seat in _seats_of_role(person):
        end_holdings(seat, person, actor=actor)
    end_grants_to_person(person)
    end_accesses_of(person, AccessEnd.LEFT, actor=actor)
    end_visits(person)
    # What passkeys lock is the key of before; they stay a second step.
    db().execute(update(Passkey).where(Passkey.person_id == person.id).values(locked_private_key=None))
    private_key = _new_pair(person, password)
    db().flush()
    entry = record(of_person(person), "person.new_password", actor=actor, facts={})
    queue_mail(person, MailKind.SECURITY, actor=actor, key=entry.id.hex)
    if person.verified_at is not None:
        take_seats(person, actor=actor, asks_colleague=True)
        for colleague in colleagues_of(person):
            queue_mail(colleague, MailKind.UPDATE, actor=actor, key=f"pass-on:{entry.id.hex}")
    return private_key


def lock_of(person: Person, private_key: bytes, password: str) -> bytes:
    """A person's private key, locked by a password at the costs of today. It is slow: done before the pen is taken."""
    pepper_id, pepper = pepper_in_use()
    return lock_with_password(
        private_key,
        password=password,
        pepper=pepper,
        pepper_id=pepper_id,
        profile=password_profile(),
        context=person_key_context(person.id),
    )


def change_password(person: Person, locked: bytes, *, actor: Actor) -> None:
    """The same key under another password; every session of the person ends, and a mail says that it was changed."""
    person.locked_private_key = locked
    forget_failures(person)
    end_visits(person)
    entry = record(of_person(person), "person.change_password", actor=actor, facts={})
    queue_mail(person, MailKind.SECURITY, actor=actor, key=entry.id.hex)


def forget_failures(person: Person) -> None:
    """The right password has come, or a new one: what failed before slows nothing any more."""
    if person.tries != NO_TRIES:
        person.failed_tries, person.last_failed_at, person.tries_wait_until = 0, None, None


def take_seats(person: Person, *, actor: Actor, asks_colleague: bool = False) -> None:
    """Hand a person the seats that the role may hold, and a company's officer what lies with the company."""
    for seat in _seats_of_role(person):
        share_seat(seat, person, actor=actor, asks_colleague=asks_colleague)
    if person.company_id is not None and person.role in COMPANY:
        _settle_office(person.company_id, actor=actor)


def end_service(person: Person, *, actor: Actor, relies_on_cards: bool = False) -> None:
    """End a person's access at this minute, begin new epochs of the seats, and pass on what lay with the person.

    Raises LastHolder where she alone opens something, unless the cards of a recovery kit open it too and whoever ends
    the service relies on them.
    """
    if person.company_id is None:
        # Of two who end each other's service at once, the second looks at who is left.
        take_turn(ASSOCIATION)
    if alone_on(person) and not (relies_on_cards and cards_open_what_hangs_on(person)):
        raise LastHolder
    person.ends_at = now()
    end_visits(person)
    for link in db().scalars(select(SignUpLink).where(SignUpLink.person_id == person.id)):
        link.sealed_link = None
    db().execute(delete(Passkey).where(Passkey.person_id == person.id))
    end_grants_to_person(person)
    end_accesses_of(person, AccessEnd.LEFT, actor=actor)
    db().flush()
    for seat in _seats_of_role(person) if person.public_key is not None else ():
        leave_seat(seat, person, actor=actor)
    record(of_person(person), "person.end", actor=actor, facts={"reason_code": "service_ended"})
    if person.role in OVERSEERS | {Role.AUDITOR} and actor.person is not None:
        _tell_who_oversees(person, actor, key="service-ended")
    if person.company_id is not None and person.role in COMPANY:
        _settle_office(person.company_id, actor=actor)


def _new_pair(person: Person, password: str) -> bytes:
    pair = new_keypair()
    person.public_key = pair.public
    person.locked_private_key = lock_of(person, pair.private, password)
    forget_failures(person)
    return pair.private


def _seats_of_role(person: Person) -> list[Seat]:
    return [
        open_seat(kind, company_id=person.company_id if kind in SEATS_OF_COMPANIES else None)
        for kind, roles in MAY_HOLD.items()
        if person.role in roles and (kind is not SeatKind.HANDLERS or person.is_handler)
    ]


def end_visits(person: Person) -> None:
    """Whoever is signed in as this person is signed out, on every device."""
    for visit in db().scalars(select(Visit).where(Visit.person_id == person.id)):
        db().delete(visit)


def _settle_office(company_id: uuid.UUID, *, actor: Actor) -> None:
    """Who acts for a company has changed: what lies with it goes to whom the rules name now; a vacancy has a clock."""
    company = db().get_one(Company, company_id)
    pass_on(company_id, actor=actor)
    at = now()
    has_officer = any(officer.verified_at for officer in serving(at, Role.OFFICER, company_id=company_id))
    if has_officer:
        meet_clocks(company, [ClockKind.VACANCY])
    elif (
        company.is_member_on(at.astimezone(TOKYO).date())
        and owes_an_officer(company.member_type)
        and running_clock(company_id, ClockKind.VACANCY) is None
    ):
        start_clock(company, ClockKind.VACANCY)
