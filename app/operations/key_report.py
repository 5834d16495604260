"""What stands under which key of the ring: counted from ids that stand beside what was made; none is opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, Select, func, select

from app.operations.facets import count_by_key
from app.pipeline.clock import now
from app.pipeline.secrets import key_store, ring
from app.pipeline.transaction import db
from crypto import PEPPER_ID_AT, SEALED_KEY_ID_AT, verifying_key
from models.audit_head import AuditHead
from models.audit_record import AuditRecord
from models.person import Person
from models.recovery_code import RecoveryCode
from models.registry import metadata
from models.rules.key_kinds import KEY_RULES, KeyKind, Renewal
from models.rules.sealed_fields import SEALED_FIELDS, ServerPurpose
from models.sign_up_link import SignUpLink

KEY_ID_BYTES = 8
NO_ID = bytes(KEY_ID_BYTES)

OF_PURPOSE = {
    ServerPurpose.CONTACT: KeyKind.CONTACT,
    ServerPurpose.SECOND_FACTOR: KeyKind.SECOND_FACTOR,
    ServerPurpose.LINK: KeyKind.LINK_SEALED,
    ServerPurpose.KEYSTORE: KeyKind.KEYSTORE,
    ServerPurpose.JOINT: KeyKind.JOINT,
}


@dataclass(frozen=True)
class Standing:
    """How many things of a kind one key of the ring has made."""

    kind: KeyKind
    key_id: bytes
    count: int
    is_active: bool
    is_held: bool
    """Whether the ring still gives a key for this kind of that id."""

    @property
    def is_stale(self) -> bool:
        """Whether the command that seals anew has this still to do."""
        return not self.is_active and KEY_RULES[self.kind].renewal is Renewal.RESEALED and self.count > 0


@dataclass(frozen=True)
class RingKey:
    """A key of the ring, without the key."""

    key_id: bytes
    created: datetime
    is_active: bool
    is_retired: bool


def ring_keys() -> tuple[RingKey, ...]:
    """The keys of the ring, oldest first."""
    return tuple(
        RingKey(key_id, ring().created(key_id), key_id == ring().active_id, ring().is_retired(key_id))
        for key_id in ring().key_ids
    )


def standing() -> tuple[Standing, ...]:
    """Every kind that the ring's keys make, with what stands under which key; the order is that of the rules."""
    found: dict[tuple[KeyKind, bytes], int] = {}
    for kind, key_id, count in _counted():
        found[kind, key_id] = found.get((kind, key_id), 0) + count
    order = list(KeyKind)
    lines = sorted(found.items(), key=lambda line: (order.index(line[0][0]), _age(line[0][1])))
    return tuple(
        Standing(kind, key_id, count, key_id == ring().active_id, key_id in ring().ids_for(KEY_RULES[kind].purpose))
        for (kind, key_id), count in lines
    )


def _age(key_id: bytes) -> tuple[int, bytes]:
    ids = ring().key_ids
    return (ids.index(key_id) if key_id in ids else -1), key_id


def _counted() -> Iterable[tuple[KeyKind, bytes, int]]:
    yield from _sealed()
    for kind, column, query in (
        (KeyKind.LOGIN, Person.login_key, select(Person.login_key, func.count())),
        (KeyKind.CODE_PEPPER, RecoveryCode.pepper_key, _unused_codes()),
        (KeyKind.LINK, SignUpLink.digest_key, _good_links()),
    ):
        yield from _named(kind, query.group_by(column))
    yield from _named(KeyKind.PEPPER, _by_id_in(Person.__table__.c.locked_private_key, PEPPER_ID_AT))
    yield from _named(KeyKind.AUDIT, select(AuditRecord.key_id, func.count()).group_by(AuditRecord.key_id))
    yield from _heads()
    yield from ((KeyKind.FACET, key_id, count) for key_id, count in count_by_key().items())
    # A name, of which there is one.
    yield KeyKind.FILES, ring().stable_id(KEY_RULES[KeyKind.FILES].purpose), 1


def _sealed() -> Iterable[tuple[KeyKind, bytes, int]]:
    for field in SEALED_FIELDS:
        if not isinstance(field.under, ServerPurpose):
            continue
        kind = OF_PURPOSE[field.under]
        if field.under is ServerPurpose.KEYSTORE:
            by_key, _destroyed = key_store().count_by_ring_key()
            yield from ((kind, bytes.fromhex(key_id), count) for key_id, count in by_key.items())
        else:
            column = metadata.tables[field.table].c[field.column]
            yield from _named(kind, _by_id_in(column, SEALED_KEY_ID_AT))


def _by_id_in(column: Any, at: int) -> Select[bytes, int]:
    """How many values of a column name which key in their header."""
    key_id = func.substr(column, at + 1, KEY_ID_BYTES, type_=LargeBinary)
    return select(key_id, func.count()).where(column.is_not(None)).group_by(key_id)


def _named(kind: KeyKind, query: Any) -> Iterable[tuple[KeyKind, bytes, int]]:
    """Each id with its count; what names none was made by the first key there was."""
    for key_id, count in db().execute(query):
        named = bytes(key_id) if key_id is not None and bytes(key_id) != NO_ID else None
        yield kind, named or ring().key_ids[0], count


def _unused_codes() -> Select[bytes | None, int]:
    return select(RecoveryCode.pepper_key, func.count()).where(RecoveryCode.used_at.is_(None))


def _good_links() -> Select[bytes | None, int]:
    return select(SignUpLink.digest_key, func.count()).where(
        SignUpLink.used_at.is_(None), SignUpLink.expires_at > now()
    )


def _heads() -> Iterable[tuple[KeyKind, bytes, int]]:
    purpose = KEY_RULES[KeyKind.HEAD].purpose
    made_by = {verifying_key(ring().derived(purpose, key_id)): key_id for key_id in ring().ids_for(purpose)}
    counted = select(AuditHead.public_key, func.count()).group_by(AuditHead.public_key)
    for public_key, count in db().execute(counted):
        if public_key in made_by:
            yield KeyKind.HEAD, made_by[public_key], count
