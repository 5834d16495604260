"""The outbox leaves: each mail is claimed, sent without holding the database, and then marked as sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app
from sqlalchemy import or_, select

from app.operations.carriers import Carrier, NotSent, carrier_for
from app.operations.letters import Letter, compose
from app.people.actions import link_was_sent
from app.people.queries import link_of, mail_of
from app.pipeline.audit import Fact, of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from app.rulebook.queries import mail_wording_of
from config import Config
from models.outbox_message import OutboxMessage
from models.person import Person
from models.rules.mail_kinds import MailKind
from models.rules.working_days import in_japan

log = structlog.get_logger()
GIVEN_UP_AFTER = timedelta(days=3)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
STEPS_OF_A_SENDING = 20
"""A claim outlasts the slowest sending, in which every step of the SMTP conversation takes all the time it may."""
MOST_IN_A_ROUND = 500


@dataclass
class Round:
    """What came of one round of sending."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


@dataclass(frozen=True)
class Claimed:
    """A mail that this process alone may send for now; without a letter there is nobody to send it to."""

    id: uuid.UUID
    letter: Letter | None


def send_waiting(app: Flask, carrier: Carrier | None = None) -> Round:
    """Send what waits and is due, until nothing is left or the server is gone."""
    came_of_it = Round()
    with app.app_context():
        config: Config = current_app.config["KIKITE"]
    with carrier or carrier_for(config) as carries:
        for _ in range(MOST_IN_A_ROUND):
            with app.app_context():
                claimed = claim_one(config)
            if claimed is None:
                break
            # Between the claim and the mark no transaction is open, however long the server takes to answer.
            with app.app_context():
                failure = _carry(claimed, carries, config)
            with app.app_context():
                _settle(claimed.id, failure, came_of_it)
            if failure is not None and failure.server_gone:
                break
    if came_of_it.failed or came_of_it.given_up:
        log.warning("mail_not_sent", count=came_of_it.failed + came_of_it.given_up)
    return came_of_it


def claim_one(config: Config) -> Claimed | None:
    """Take the mail that has waited longest; whoever else looks meanwhile passes it over."""
    at = now()
    waiting = (
        select(OutboxMessage)
        .where(
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.given_up_at.is_(None),
            OutboxMessage.next_try_at <= at,
            or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= at),
        )
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(1)
    )
    # Looking first costs nobody the pen while there is nothing to send.
    if db().scalar(waiting.with_only_columns(OutboxMessage.id)) is None:
        return None
    with transaction() as session:
        message = session.scalar(waiting.with_for_update(skip_locked=True))
        if message is None:
            return None
        message.claimed_until = at + timedelta(seconds=STEPS_OF_A_SENDING * config.smtp_timeout_seconds)
        message.attempts += 1
        person = session.get_one(Person, message.person_id)
        return Claimed(message.id, _letter(message, person, config, at))


def try_again(app: Flask) -> int:
    """Let every mail that was given up wait anew, after an administrator has mended what stood in the way."""
    with app.app_context(), transaction() as session:
        at = now()
        given_up = session.scalars(select(OutboxMessage).where(OutboxMessage.given_up_at.is_not(None))).all()
        for message in given_up:
            message.given_up_at = None
            message.queued_at = message.next_try_at = at
            message.attempts = 0
        return len(given_up)


def _letter(message: OutboxMessage, person: Person, config: Config, at: datetime) -> Letter | None:
    if person.ends_at is not None and person.ends_at <= at:
        return None
    kind, link = MailKind(message.kind), None
    if kind is MailKind.INVITATION:
        token = link_of(person)
        if token is None:
            # It was used, has run out or was replaced by a newer one, which has a mail of its own.
            return None
        link = f"{config.base_url.rstrip('/')}/sign-up/{token}"
    words = mail_wording_of(kind, in_japan(message.queued_at).date())
    return Letter(message.idempotency_key, words, mail_of(person), message.queued_at, link)


def _carry(claimed: Claimed, carrier: Carrier, config: Config) -> NotSent | None:
    if claimed.letter is None:
        return NotSent("nobody", server_gone=False)
    try:
        carrier.carry(compose(claimed.letter, config), name=claimed.letter.name)
    except NotSent as failure:
        return failure
    except ValueError:
        return NotSent("address", server_gone=False)
    return None


def _settle(message_id: uuid.UUID, failure: NotSent | None, came_of_it: Round) -> None:
    with transaction() as session:
        message = session.get_one(OutboxMessage, message_id, with_for_update=True)
        if message.sent_at is not None or message.given_up_at is not None:
            # The claim had run out and another process was quicker; the mail carries the same Message-ID twice.
            return
        message.claimed_until = None
        subject = of_person(message.person_id)
        facts: dict[str, Fact] = {"mail_kind": message.kind}
        if failure is None:
            message.sent_at, message.last_failure = now(), None
            record(subject, "mail.sent", actor=THE_CLOCK, facts=facts)
            if message.kind == MailKind.INVITATION.code:
                link_was_sent(session.get_one(Person, message.person_id))
            came_of_it.sent += 1
            return
        message.last_failure = failure.why
        if failure.why == "nobody" or now() - message.queued_at >= GIVEN_UP_AFTER:
            message.given_up_at = now()
            record(subject, "mail.give_up", actor=THE_CLOCK, facts=facts)
            came_of_it.given_up += 1
            return
        message.next_try_at = now() + min(FIRST_WAIT * 2 ** (message.attempts - 1), LONGEST_WAIT)
        came_of_it.failed += 1
