"""What was sealed under which key, from the inventory of keys alone: nothing is opened to make it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.custody.queries import SEATS_OF_COMPANIES
from app.leaks.queries import cases_of
from app.pipeline.secrets import ShredKeyFacts, key_store, ring
from app.pipeline.transaction import db
from models.case import Case
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.leak import Leak
from models.rules.people import CompartmentKind, SeatKind
from models.rules.sealed_fields import SEALED_FIELDS
from models.seat import Seat
from models.seat_epoch import SeatEpoch


@dataclass(frozen=True)
class KeyLine:
    """One compartment: what lies under its key, who was given the key, and whether its shred key is there."""

    case_number: str
    kind: CompartmentKind
    id: uuid.UUID
    made_at: datetime
    columns: tuple[str, ...]
    open_grants: tuple[tuple[str, int], ...]
    """To which seats, receipts and persons the key is granted now, with how many grants."""
    ended_grants: int
    to_this_company: bool
    """Whether the company whose copy was taken back had been given it."""
    shred: ShredKeyFacts | None


@dataclass(frozen=True)
class StoreLine:
    """One kind of compartment in the whole store."""

    kind: CompartmentKind
    there: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """The inventory at one moment."""

    lines: tuple[KeyLine, ...]
    whole_store: tuple[StoreLine, ...]
    active_key: str
    ring_keys: tuple[str, ...]
    shred_keys: tuple[tuple[str, int], ...]
    """How many shred keys are sealed under which key of the ring."""
    destroyed: int


RECEIPT, PERSON = "receipt", "person"


def proof_of(leak: Leak) -> Proof:
    """The keys of the consultations that a worksheet concerns, and of the whole store."""
    lines = [line for named, case in cases_of(leak) for line in _lines_of(case, named.exchange_id)]
    sealed_under, destroyed = key_store().count_by_ring_key()
    return Proof(
        lines=tuple(lines),
        whole_store=_whole_store(),
        active_key=ring().active_id.hex(),
        ring_keys=tuple(key_id.hex() for key_id in ring().key_ids),
        shred_keys=tuple(sorted(sealed_under.items())),
        destroyed=destroyed,
    )


def columns_under(kind: CompartmentKind) -> tuple[str, ...]:
    """The sealed columns whose words lie, or may lie, under a compartment of this kind."""
    return tuple(field.name for field in SEALED_FIELDS if field.under is kind or kind in field.or_under)


def _lines_of(case: Case, exchange_id: uuid.UUID | None) -> list[KeyLine]:
    parts = (
        db()
        .scalars(
            select(Compartment).where(Compartment.case_id == case.id).order_by(Compartment.created_at, Compartment.id)
        )
        .all()
    )
    shred = key_store().inventory([case.id]).get(case.id)
    return [_line(case, part, exchange_id, shred) for part in parts]


def _line(case: Case, part: Compartment, exchange_id: uuid.UUID | None, shred: ShredKeyFacts | None) -> KeyLine:
    rows = db().execute(
        select(CompartmentGrant, Seat)
        .outerjoin(SeatEpoch, SeatEpoch.id == CompartmentGrant.seat_epoch_id)
        .outerjoin(Seat, Seat.id == SeatEpoch.seat_id)
        .where(CompartmentGrant.compartment_id == part.id)
    )
    grants = [(grant, _to_whom(grant, seat)) for grant, seat in rows]
    now_open = Counter(whom for grant, whom in grants if grant.ended_at is None)
    companies = {kind.value for kind in SEATS_OF_COMPANIES}
    reached = any(whom in companies or whom == PERSON for _grant, whom in grants)
    return KeyLine(
        case_number=case.number,
        kind=part.kind,
        id=part.id,
        made_at=part.created_at,
        columns=columns_under(part.kind),
        open_grants=tuple(sorted(now_open.items())),
        ended_grants=sum(grant.ended_at is not None for grant, _whom in grants),
        to_this_company=exchange_id is not None and part.exchange_id == exchange_id and reached,
        shred=shred,
    )


def _to_whom(grant: CompartmentGrant, seat: Seat | None) -> str:
    if seat is not None:
        return SeatKind(seat.kind).value
    return RECEIPT if grant.receipt_id is not None else PERSON


def _whole_store() -> tuple[StoreLine, ...]:
    counted: Sequence[tuple[CompartmentKind, int]] = [
        (kind, count) for kind, count in db().execute(select(Compartment.kind, func.count()).group_by(Compartment.kind))
    ]
    return tuple(StoreLine(kind, count, columns_under(kind)) for kind, count in sorted(counted))
