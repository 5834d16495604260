"""What is to be sent waits in the transaction of the act that caused it, and leaves after the commit."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.transaction import say_at_once, store_at_once
from models.outbox_message import OutboxMessage
from models.person import Person
from models.rules.mail_kinds import MailKind

_QUEUED = select(OutboxMessage.id).where(OutboxMessage.idempotency_key == bindparam("key"))


def queue_mail(person: Person, kind: MailKind, *, actor: Actor, key: str) -> None:
    """Let a person know that there is something to read; the key makes sure that it is said once.

    A mail holds no content, no company and no type of matter: it says that there is an update, and where to sign in.
    """
    idempotency_key = f"{kind.value}:{key}:{person.id.hex}"
    if say_at_once(_QUEUED, {"key": idempotency_key}):
        return
    at = now()
    message = OutboxMessage(
        id=new_id(),
        idempotency_key=idempotency_key,
        person_id=person.id,
        kind=kind.value,
        queued_at=at,
        next_try_at=at,
    )
    store_at_once([message])
    record(of_person(person), "mail.queue", actor=actor, facts={"mail_kind": kind.value})
