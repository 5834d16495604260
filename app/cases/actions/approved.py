"""What was approved is what is sent, byte for byte: compared by whoever sends, and again by the clock that delivers."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from app.cases.queries import digest_of_copy, latest_copy
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.responses.queries import copy_text
from crypto import CannotOpen, same
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy


def note_what_was_approved(case: Case, copy: ForwardedCopy, *, actor: Actor) -> None:
    """Keep what stands for the approved text, on the copy and in the record."""
    digest = digest_of_copy(case, copy, copy_text(copy, actor=actor), actor=actor)
    copy.approved_at, copy.approved_digest = now(), digest
    facts: dict[str, Fact] = {"copy_id": copy.id.hex, "copy_digest": digest.hex()}
    record(of_case(case), "copy.approve", actor=actor, facts=facts)


def refuse_unless_approved(case: Case, exchange: Exchange, *, actor: Actor) -> bool:
    """Whether the newest copy is refused, because what would be sent is not what the consulter approved."""
    copy = latest_copy(exchange)
    if copy is not None and is_what_was_approved(case, copy, actor=actor):
        return False
    record(of_case(case), "copy.refuse", actor=actor, facts={"copy_id": copy.id.hex if copy else None})
    return True


def is_what_was_approved(case: Case, copy: ForwardedCopy, *, actor: Actor) -> bool:
    """The text is compared with the digest on the copy, and with the one in the record, which nobody writes anew."""
    if copy.approved_digest is None:
        # Approved before digests were kept: she is shown it once more.
        return False
    try:
        found = digest_of_copy(case, copy, copy_text(copy, actor=actor), actor=actor)
    except CannotOpen:
        return False
    return same(found, copy.approved_digest) and found.hex() in _recorded(case, copy)


def _recorded(case: Case, copy: ForwardedCopy) -> list[str]:
    subject = of_case(case)
    facts = db().scalars(
        select(AuditRecord.facts).where(
            AuditRecord.subject_kind == subject.kind,
            AuditRecord.subject_id == subject.id,
            AuditRecord.name == "copy.approve",
        )
    )
    told = [json.loads(one) for one in facts]
    return [one["copy_digest"] for one in told if one["copy_id"] == copy.id.hex]


def note_as_laid_out(copy: ForwardedCopy) -> None:
    """Keep what stands for the sealed bytes, for the clock, which cannot open them."""
    copy.laid_out_digest = hashlib.sha256(copy.sealed_text).digest()


def is_as_laid_out(exchange: Exchange) -> bool:
    """Whether a held copy lies as a person laid it out."""
    copy = latest_copy(exchange)
    if copy is None or copy.laid_out_digest is None:
        return False
    return same(hashlib.sha256(copy.sealed_text).digest(), copy.laid_out_digest)
