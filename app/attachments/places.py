"""The three places where files are given and opened: the mailbox, the desk's case, and the office's exchange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, url_for
from sqlalchemy import Select

from app.attachments import queries
from app.attachments.actions import add_to_case, add_to_report, note_refused, remove
from app.attachments.receiving import Kept
from app.custody.queries import compartment_of_exchange
from app.mailbox.queries import own_case
from app.pipeline.audit import Fact, of_case, record_reading
from app.pipeline.identity import Actor, Door
from app.pipeline.standing import towards_case, towards_exchange
from app.pipeline.transaction import db
from app.responses.queries import approved_copy, stage_now
from models.attachment import Attachment
from models.case import Case
from models.exchange import Exchange
from models.rules.attachments import FileRefusal
from models.rules.desk_reasons import ReadingReason
from models.rules.exchange_stage import WITH_THE_OFFICER
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission, decide, needs_reason

OWN, DESK, OFFICE = "own", "desk", "office"
GIVER = {OWN: "consulter", DESK: "desk", OFFICE: "officer"}
ASSIGNED = "assigned"


@dataclass(frozen=True)
class Place:
    """Where somebody stands before the files of one case."""

    side: str
    case: Case
    actor: Actor
    query: Select[Attachment]
    may_give: bool
    exchange: Exchange | None = None
    reason: str = ASSIGNED
    """Why a case that is somebody else's is read."""
    address: dict[str, str] = field(default_factory=dict)

    @property
    def door(self) -> Door:
        return Door.MAILBOX if self.side == OWN else Door.STAFF

    @property
    def layout(self) -> str:
        return "layouts/public.html" if self.side == OWN else "layouts/desk.html"

    @property
    def home(self) -> str:
        """The page above."""
        if self.side == OWN:
            return url_for("mailbox.read")
        if self.exchange is not None:
            return url_for("responses.exchange", reference=self.exchange.reference)
        return url_for("cases.case", number=self.case.number, reason=self._asked_reason)

    def url(self, page: str, attachment: Attachment | None = None) -> str:
        """The address of a page about files, or about one of them."""
        values: dict[str, Any] = dict(self.address)
        if attachment is not None:
            values["attachment_id"] = attachment.id.hex
        if self._asked_reason:
            values["reason"] = self._asked_reason
        return url_for(f"attachments.{self.side}_{page}", **values)

    @property
    def _asked_reason(self) -> str | None:
        return self.reason if self.reason != ASSIGNED else None

    def is_giver_of(self, attachment: Attachment) -> bool:
        return attachment.giver == GIVER[self.side] and attachment.approved_at is None

    def note_list(self) -> None:
        """Record that what is said of the files is about to be read; a consulter's own reading is nobody's business."""
        if self.side == DESK:
            facts: dict[str, Fact] = {"compartment": CompartmentKind.NARRATIVE.value, "reason_code": self.reason}
            record_reading(of_case(self.case), "case.read", actor=self.actor, facts=facts)
        elif self.exchange is not None:
            copy = approved_copy(self.exchange)
            seen: dict[str, Fact] = {"copy_id": copy.id.hex if copy else None}
            record_reading(of_case(self.case), "copy.view", actor=self.actor, facts=seen)

    def note_opening(self, attachment: Attachment, part: str) -> None:
        """Record that a file is about to be opened."""
        facts: dict[str, Fact] = {
            "attachment_id": attachment.id.hex,
            "part": part,
            "reason_code": self.reason if self.side == DESK else None,
        }
        record_reading(of_case(self.case), "attachment.open", actor=self.actor, facts=facts)

    def room(self) -> tuple[int, int]:
        """How many files and bytes there is room for."""
        return queries.room_in(self.case.id)

    def note_refused(self, why: Sequence[FileRefusal]) -> None:
        note_refused(self.case, why, actor=self.actor)

    def remove(self, attachment: Attachment) -> None:
        remove(attachment, actor=self.actor)

    def add(self, kept: Sequence[Kept], about: str) -> list[Attachment]:
        """Give files here."""
        if self.exchange is not None:
            return add_to_report(self.exchange, kept, about, actor=self.actor)
        return add_to_case(self.case, kept, about, actor=self.actor)


def own_place(actor: Actor, permission: Permission) -> Place:
    """A consulter before her own files."""
    case = own_case(actor, permission)
    return Place(OWN, case, actor, queries.for_the_consulter(case), may_give=True)


def desk_place(number: str, actor: Actor, permission: Permission, *, reason: str | None = None) -> Place:
    """Somebody of the desk before a case's files. Whoever needs a reason for reading the case needs it here."""
    case = queries.case_by_number(number, actor, permission)
    standing = towards_case(actor, case)
    asked = ASSIGNED
    if needs_reason(Permission.CASE_READ, role=actor.role, standing=standing):
        if reason not in {one.value for one in ReadingReason}:
            abort(404)
        asked = reason or ASSIGNED
    may_give = bool(decide(Permission.CASE_ATTACH, role=actor.role, standing=standing))
    address = {"number": case.number}
    return Place(DESK, case, actor, queries.for_the_desk(case), may_give=may_give, reason=asked, address=address)


def office_place(reference: str, actor: Actor, permission: Permission) -> Place:
    """An officer before the files of what was forwarded; not before it was opened, and not after it is closed."""
    exchange = queries.exchange_by_reference(reference, actor, permission)
    report = compartment_of_exchange(exchange, CompartmentKind.REPORT)
    if exchange.state == "closed" or exchange.opened_at is None or report is None:
        abort(404)
    standing = towards_exchange(actor, exchange)
    may_report = bool(decide(Permission.RESPONSE_REPORT, role=actor.role, standing=standing))
    return Place(
        OFFICE,
        db().get_one(Case, exchange.case_id),
        actor,
        queries.for_the_office(exchange),
        may_give=may_report and stage_now(exchange) in WITH_THE_OFFICER,
        exchange=exchange,
        address={"reference": exchange.reference},
    )
