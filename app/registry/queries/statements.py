"""Signed status statements: making the one of today for a number, and reading one that somebody was given.

Whatever is true of a number on a day gives the same bytes all that day. The public keys of all keys of the ring are
published; a statement names the one that it was signed with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import current_app
from sqlalchemy import select

from app.pipeline.clock import now, today
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from app.registry.queries.listing import StatusAnswer
from crypto import CannotOpen, sign_statement, verify_statement, verifying_key
from models.certification import Certification
from models.company import Company
from models.rules.certification_lifecycle import PublicStatus
from models.rules.status_statement import StatementReading, last_day_of_statement, statement_policy_at

PURPOSE: Final = "status-statement"
SHAPE: Final = "kikite-status/1"
SHAPE_OF_KEYS: Final = "kikite-status-keys/1"
LONGEST: Final = 4000
"""Letters of a statement that is read; ours have fewer than half of that, with every Japanese letter escaped."""
_PARTS: Final = {"statement", "key", "signature"}


@dataclass(frozen=True)
class Stated:
    """What a statement that this association signed says."""

    number: str
    name: str
    english: str
    corporate_number: str
    status: PublicStatus
    as_of: date
    valid_until: date


@dataclass(frozen=True)
class Read:
    """What came of reading one; what it says only where this association signed it."""

    reading: StatementReading
    stated: Stated | None = None


def statement_of(answer: StatusAnswer) -> dict[str, Any]:
    """The signed statement of today. It holds a name only where the public page shows one."""
    day = today()
    named = answer.entry or answer.published
    statement = {
        "shape": SHAPE,
        "association": str(current_app.config["KIKITE"].association_name),
        "number": answer.number,
        "name": named.name if named else "",
        "english": named.english if named else "",
        "corporate_number": _corporate_number(answer.number) if named else "",
        "status": status_of(answer).value,
        "as_of": day.isoformat(),
        "valid_until": last_day_of_statement(day, statement_policy_at(now())).isoformat(),
    }
    key_id = ring().active_id
    signature = sign_statement(statement, signing_key=ring().derived(PURPOSE, key_id))
    return {"statement": statement, "key": key_id.hex(), "signature": signature.hex()}


def status_of(answer: StatusAnswer | None) -> PublicStatus:
    """The one word for what the public page says of a number."""
    if answer is not None and answer.entry is not None:
        return answer.entry.status
    return PublicStatus.REVOKED if answer is not None and answer.published else PublicStatus.NOT_CERTIFIED


def public_keys() -> list[dict[str, str]]:
    """The keys with which statements are verified, oldest first: the id that a statement names, and 32 bytes."""
    return [
        {"id": key_id.hex(), "algorithm": "Ed25519", "public_key": verifying_key(ring().derived(PURPOSE, key_id)).hex()}
        for key_id in ring().ids_for(PURPOSE)
    ]


def keys_as_data() -> dict[str, Any]:
    """The same with whose keys they are, as they are published."""
    association = str(current_app.config["KIKITE"].association_name)
    return {"shape": SHAPE_OF_KEYS, "association": association, "keys": public_keys()}


def read_statement(text: str) -> Read:
    """Say what a text is that somebody was given as a statement. Nothing unsigned is ever repeated from it."""
    try:
        document = json.loads(text, object_pairs_hook=_each_name_once)
    except (ValueError, RecursionError):
        return Read(StatementReading.NOT_JSON)
    if not isinstance(document, dict) or set(document) != _PARTS or not _all_texts(document["statement"]):
        return Read(StatementReading.OTHERWISE)
    try:
        key_id, signature = bytes.fromhex(document["key"]), bytes.fromhex(document["signature"])
    except (ValueError, TypeError):
        return Read(StatementReading.OTHERWISE)
    if key_id not in ring().ids_for(PURPOSE):
        return Read(StatementReading.FORGED)
    try:
        public = verifying_key(ring().derived(PURPOSE, key_id))
        verify_statement(document["statement"], signature, verifying_key=public)
    except CannotOpen:
        return Read(StatementReading.CHANGED)
    stated = _stated(document["statement"])
    over = today() > stated.valid_until
    return Read(StatementReading.EXPIRED if over else StatementReading.GENUINE, stated)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that says one thing twice says nothing: readers would differ on which of the two counts."""
    return dict(pairs) if len({name for name, _value in pairs}) == len(pairs) else {}


def _all_texts(statement: object) -> bool:
    return isinstance(statement, dict) and all(isinstance(value, str) for value in statement.values())


def _stated(statement: Mapping[str, str]) -> Stated:
    # The signature holds, so this is what statement_of wrote and has its form.
    return Stated(
        number=statement["number"],
        name=statement["name"],
        english=statement["english"],
        corporate_number=statement["corporate_number"],
        status=PublicStatus(statement["status"]),
        as_of=date.fromisoformat(statement["as_of"]),
        valid_until=date.fromisoformat(statement["valid_until"]),
    )


def _corporate_number(number: str) -> str:
    held = select(Company.corporate_number).join(Certification, Certification.company_id == Company.id)
    return db().scalar(held.where(Certification.number == number)) or ""
