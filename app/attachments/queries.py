"""What is asked of attachments: which there are, what their cards say, and their content piece by piece."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.attachments.examination.findings import context_of_file
from app.attachments.receiving import name_of_preview
from app.pipeline.clock import now
from app.pipeline.file_store import files
from app.pipeline.identity import Actor
from app.pipeline.standing import one_or_404, visible_cases, visible_exchanges
from app.pipeline.transaction import db
from app.rulebook.queries import file_limits_at
from crypto import CannotOpen, opened_chunks
from models.attachment import Attachment
from models.case import Case
from models.certification_application import CertificationApplication
from models.compartment import Compartment
from models.exchange import Exchange
from models.file_to_remove import FileToRemove
from models.pledge_evidence import PledgeEvidence
from models.rules.attachments import PICTURES, SUFFIXES, FileKind, FileRemark
from models.rules.permissions import Permission
from models.rules.pledges import Pledge
from models.sealed import open_from

TEXT_SHOWN = 64 * 1024


@dataclass(frozen=True, repr=False)
class Card:
    """An attachment with what its card says, opened."""

    row: Any
    """The attachment, or the evidence of a pledge."""
    key: bytes = field(repr=False)
    file_id: str
    part: str
    kind: FileKind
    about: str
    is_clean: bool
    has_preview: bool
    remarks: tuple[FileRemark, ...]
    charset: str

    @property
    def number(self) -> int:
        return int(self.row.number)

    @property
    def at(self) -> datetime:
        at: datetime = self.row.added_at
        return at

    @property
    def is_picture(self) -> bool:
        return self.kind in PICTURES and self.has_preview

    @property
    def is_text(self) -> bool:
        return self.kind is FileKind.TEXT

    @property
    def download_name(self) -> str:
        """A name that says nothing but which one it is and what opens it."""
        return f"file-{self.number}.{SUFFIXES[self.kind]}"

    @property
    def is_of_a_case(self) -> bool:
        """Whether it belongs to a consultation, where companies are given files only by consent."""
        return isinstance(self.row, Attachment)

    @property
    def waits_for_consent(self) -> bool:
        return self.is_of_a_case and self.row.offered_at is not None and self.row.approved_at is None


def case_by_number(number: str, actor: Actor, permission: Permission) -> Case:
    """The case of this number, for whoever has this permission towards it."""
    case: Case = one_or_404(select(Case).where(Case.number == number, visible_cases(actor, permission)))
    return case


def exchange_by_reference(reference: str, actor: Actor, permission: Permission) -> Exchange:
    """What was forwarded under this reference to the office of whoever asks."""
    exchange: Exchange = one_or_404(
        select(Exchange).where(Exchange.reference == reference, visible_exchanges(actor, permission))
    )
    return exchange


def for_the_consulter(case: Case) -> Select[Attachment]:
    """What a consulter sees: her own files, the desk's, and what goes or may go to a company; not a company's own."""
    return _present(and_(Attachment.case_id == case.id, Attachment.giver != "officer"))


def for_the_desk(case: Case) -> Select[Attachment]:
    """What the desk sees: all files of a case."""
    return _present(Attachment.case_id == case.id)


def for_the_office(exchange: Exchange) -> Select[Attachment]:
    """What a company sees: what it gave itself, and what the consulter agreed to give it."""
    own_or_approved = or_(Attachment.giver == "officer", Attachment.approved_at.is_not(None))
    return _present(and_(Attachment.exchange_id == exchange.id, own_or_approved))


def _present(which: ColumnElement[bool]) -> Select[Attachment]:
    return select(Attachment).where(which, Attachment.removed_at.is_(None)).order_by(Attachment.number)


def one_of(query: Select[Any], attachment_id: str) -> Any:
    """One of these; what is not among them is not there."""
    try:
        wanted = uuid.UUID(hex=attachment_id)
    except ValueError:
        abort(404)
    of = query.column_descriptions[0]["entity"]
    return one_or_404(query.where(of.id == wanted))


def cards_of(query: Select[Any], *, actor: Actor) -> list[Card]:
    """These, with their cards opened; what somebody was not given a key to is passed over."""
    cards = []
    for row in db().scalars(query).all():
        try:
            cards.append(card_of(row, actor=actor))
        except CannotOpen:
            # For the desk, a company's files may still wait for the seat's key to be handed on.
            continue
    return cards


def card_of(row: Attachment | PledgeEvidence, *, actor: Actor) -> Card:
    """One attachment with its card opened. Raises CannotOpen for whoever was not granted where it lies."""
    if row.sealed_card is None:
        raise CannotOpen
    key = actor.held.compartment_key(db().get_one(Compartment, row.compartment_id))
    said = json.loads(open_from(row, "sealed_card", key=key))
    return Card(
        row=row,
        key=bytes.fromhex(said["key"]),
        file_id=said["file"],
        part=said["part"],
        kind=FileKind(said["kind"]),
        about=said["about"],
        is_clean=said["clean"],
        has_preview=said["preview"],
        remarks=tuple(FileRemark(code) for code in said["remarks"]),
        charset=said["charset"],
    )


def count_of(query: Select[Attachment]) -> int:
    """How many there are, without opening any."""
    return db().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def room_in(case_id: uuid.UUID) -> tuple[int, int]:
    """How many files and how many bytes a case may still take."""
    policy = file_limits_at(now())
    originals = and_(Attachment.case_id == case_id, Attachment.removed_at.is_(None), Attachment.copy_of_id.is_(None))
    count, size = db().execute(select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(originals)).one()
    return max(0, policy.most_files - count), max(0, policy.most_bytes - int(size))


def content_of(card: Card) -> Iterator[bytes]:
    """A file's content piece by piece. Raises OSError when the store has it not, CannotOpen when it is not genuine."""
    return _from_store(card, card.row.stored_as, card.part)


def preview_of(card: Card) -> Iterator[bytes]:
    """A picture's preview, piece by piece; raises as content_of does."""
    return _from_store(card, name_of_preview(card.row.stored_as), "preview")


def _from_store(card: Card, name: str, part: str) -> Iterator[bytes]:
    source = files().open(name)
    pieces = opened_chunks(source, key=card.key, context=context_of_file(card.file_id, part))
    # The first piece is opened now, so that what does not open becomes a page and not half a file.
    try:
        first = next(pieces, b"")
    except BaseException:
        source.close()
        raise

    def give() -> Iterator[bytes]:
        with source:
            yield first
            yield from pieces

    return give()


def beginning_of_text(card: Card) -> tuple[str, bool]:
    """The beginning of a text as words, and whether there is more of it."""
    taken = b""
    pieces = content_of(card)
    for piece in pieces:
        taken += piece
        if len(taken) > TEXT_SHOWN:
            break
    pieces.close()  # type: ignore[attr-defined]  # It is a generator, and its file is to be closed now.
    return taken[:TEXT_SHOWN].decode(card.charset, "replace"), len(taken) > TEXT_SHOWN


def offered_to(case: Case) -> Sequence[Exchange]:
    """The companies to which a file of this case may be offered: those for which a copy is written or was sent."""
    wanted = (Exchange.case_id == case.id, Exchange.state.in_(("preparing", "routed")))
    return db().scalars(select(Exchange).where(*wanted).order_by(Exchange.id)).all()


def evidence_counts(application: CertificationApplication) -> dict[Pledge, int]:
    """How many files there are as evidence of each pledge, without opening any."""
    rows = db().execute(
        select(PledgeEvidence.pledge, func.count())
        .where(PledgeEvidence.application_id == application.id, PledgeEvidence.removed_at.is_(None))
        .group_by(PledgeEvidence.pledge)
    )
    return {pledge: int(count) for pledge, count in rows}


def unnamed_among(names: Sequence[str]) -> list[str]:
    """Which of these names of the store no present file has any more; a preview goes with its file."""
    of = {name: name.partition("-")[0] for name in names}
    live: set[str] = set()
    for table in (Attachment, PledgeEvidence):
        named = select(table.stored_as).where(table.stored_as.in_(of.values()), table.removed_at.is_(None))
        live.update(db().scalars(named))
    return [name for name in names if of[name] not in live]


def named_in_store() -> set[str]:
    """The names in the store of all files that are present."""
    named: set[str] = set()
    for table in (Attachment, PledgeEvidence):
        named.update(db().scalars(select(table.stored_as).where(table.removed_at.is_(None))))
    return named


def files_to_remove(*, most: int) -> list[str]:
    """The names in the store of files that nobody can open any more; those that wait longest come first."""
    waiting = select(FileToRemove.stored_as).order_by(FileToRemove.ordered_at, FileToRemove.id).limit(most)
    return list(db().scalars(waiting))


def names_in_store(stored_as: str) -> tuple[str, str]:
    """Under which names a file's bytes may lie: its own, and its preview's."""
    return stored_as, name_of_preview(stored_as)
