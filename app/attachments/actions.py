"""What is done with files: added, taken away again, offered to a company, approved or declined, and erased."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, update

from app.attachments.queries import Card, card_of, room_in
from app.attachments.receiving import Kept
from app.clocks.actions import start_clock
from app.clocks.queries import running_clock
from app.consents.actions import record_file
from app.consents.queries import consent_in_force
from app.custody.queries import compartment_of_case, compartment_of_exchange
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import key_store
from app.pipeline.standing import OutOfReach, must_be_allowed, towards_case, towards_exchange
from app.pipeline.transaction import db
from app.responses.actions import notice_search
from app.responses.queries import stage_now
from crypto import CannotOpen
from models.attachment import Attachment
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.file_to_remove import FileToRemove
from models.person import Person
from models.pledge_evidence import PledgeEvidence
from models.rules.attachments import FileRefusal
from models.rules.case_lifecycle import CaseAct
from models.rules.consent import DEFAULT
from models.rules.deadlines import ClockKind
from models.rules.exchange_stage import WITH_THE_OFFICER
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.people import COMPANY, CompartmentKind, Role
from models.rules.permissions import Permission
from models.sealed import seal_into

OPEN_EXCHANGES = ("preparing", "routed")


class NoRoom(Exception):
    """The consultation holds as many files as it may."""


def add_to_case(case: Case, kept: Sequence[Kept], about: str, *, actor: Actor) -> list[Attachment]:
    """Put files with the account, where the consulter and the desk can open them. Raises NoRoom."""
    is_hers = actor.role is Role.CONSULTER
    permission = Permission.MAILBOX_WRITE if is_hers else Permission.CASE_ATTACH
    must_be_allowed(permission, actor=actor, standing=towards_case(actor, case))
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        raise CannotOpen
    added = _add(case, narrative, kept, about, giver="consulter" if is_hers else "desk", actor=actor)
    if is_hers and added:
        _tell_the_desk(case, added[-1], actor=actor)
    return added


def add_to_report(exchange: Exchange, kept: Sequence[Kept], about: str, *, actor: Actor) -> list[Attachment]:
    """Put a company's files with its report, where its office and the desk can open them. Raises NoRoom."""
    must_be_allowed(Permission.RESPONSE_REPORT, actor=actor, standing=towards_exchange(actor, exchange))
    _must_lie_with_the_office(exchange)
    report = compartment_of_exchange(exchange, CompartmentKind.REPORT)
    if report is None:
        raise CannotOpen
    case = db().get_one(Case, exchange.case_id)
    notice_search(exchange, [about], actor=actor)
    return _add(case, report, kept, about, giver="officer", exchange=exchange, actor=actor)


def note_refused(case: Case, why: Sequence[FileRefusal], *, actor: Actor) -> None:
    """Record that files were not taken, and why."""
    for reason in why:
        record(of_case(case), "attachment.refuse", actor=actor, facts={"reason_code": reason.value})


def remove(attachment: Attachment, *, actor: Actor) -> None:
    """Take a file away for good: its key goes now, its bytes at the clock's next turn. Only whoever gave it may."""
    case = db().get_one(Case, attachment.case_id)
    _must_be_its_giver(attachment, case, actor=actor)
    if attachment.removed_at is not None:
        raise ChangedMeanwhile(of_case(case))
    # What waits for her word goes along; what a company was already given stays with it, as all that it has read does.
    waiting = select(Attachment).where(
        Attachment.copy_of_id == attachment.id, Attachment.removed_at.is_(None), Attachment.approved_at.is_(None)
    )
    for one in (attachment, *db().scalars(waiting).all()):
        _forget(one)
        record(of_case(case), "attachment.remove", actor=actor, facts={"attachment_id": one.id.hex})


def offer(original: Attachment, exchange: Exchange, *, actor: Actor) -> Attachment:
    """Ask the consulter whether a company may be given this file, as it is. Nobody outside sees it until she agrees."""
    case = db().get_one(Case, original.case_id)
    must_be_allowed(Permission.CASE_PREPARE_COPY, actor=actor, standing=towards_case(actor, case))
    card = card_of(original, actor=actor)
    is_with_the_account = original.copy_of_id is None and original.giver != "officer"
    if exchange.case_id != case.id or not is_with_the_account or not card.is_clean:
        raise OutOfReach("not_to_be_offered")
    if exchange.state not in OPEN_EXCHANGES or not _may_be_told(case, exchange):
        raise NotAllowedNow("case", case.state, CaseAct.ASK_CONSENT)
    if _is_offered(original, exchange):
        raise ChangedMeanwhile(of_case(case))
    copy = Attachment(
        id=uuid.uuid4(),
        case_id=case.id,
        compartment_id=original.compartment_id,
        exchange_id=exchange.id,
        giver="desk",
        person_id=actor.id,
        number=_next_number(case),
        stored_as=original.stored_as,
        size=original.size,
        added_at=now(),
        copy_of_id=original.id,
        offered_at=now(),
    )
    _seal_card(copy, card, actor=actor)
    db().add(copy)
    facts = {"attachment_id": copy.id.hex, "exchange_id": exchange.id.hex}
    record(of_case(case), "attachment.offer", actor=actor, facts=dict(facts))
    return copy


def approve(copy: Attachment, *, actor: Actor) -> None:
    """The consulter agrees: from now on the file lies with the forwarded copy, whose key the company is given."""
    case, exchange = _offered_in(copy, actor=actor)
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    if forwarded is None or exchange.state not in OPEN_EXCHANGES or not _may_be_told(case, exchange):
        raise ChangedMeanwhile(of_case(case))
    card = card_of(copy, actor=actor)
    copy.compartment_id, copy.approved_at = forwarded.id, now()
    # What the giver said of it was said to the desk alone.
    _seal_card(copy, card, about="", actor=actor)
    facts = {"attachment_id": copy.id.hex, "exchange_id": exchange.id.hex}
    record(of_case(case), "attachment.approve", actor=actor, facts=dict(facts))
    if exchange.state == "routed":
        record_file(exchange, copy, actor=actor)
    _tell_whoever_is_in_charge(case, key=f"file:{copy.id.hex}", actor=actor)


def decline(copy: Attachment, *, actor: Actor) -> None:
    """The consulter does not want the company to have it."""
    case, exchange = _offered_in(copy, actor=actor)
    copy.declined_at = now()
    _forget(copy)
    facts = {"attachment_id": copy.id.hex, "exchange_id": exchange.id.hex}
    record(of_case(case), "attachment.decline", actor=actor, facts=dict(facts))
    _tell_whoever_is_in_charge(case, key=f"file:{copy.id.hex}", actor=actor)


def take_back_from(exchanges: Iterable[Exchange], *, actor: Actor) -> None:
    """Take back what these companies were to be given, or were given: a later consent is asked for anew.

    Called where the consulter takes her word back, by whoever does that for her; what was read stays read.
    """
    for exchange in exchanges:
        copies = select(Attachment).where(
            Attachment.exchange_id == exchange.id, Attachment.copy_of_id.is_not(None), Attachment.removed_at.is_(None)
        )
        for copy in db().scalars(copies).all():
            _forget(copy)
            facts = {"attachment_id": copy.id.hex, "exchange_id": exchange.id.hex}
            record(of_case(exchange.case_id), "attachment.decline", actor=actor, facts=dict(facts))


def erase_files(case: Case) -> None:
    """Forget all files of a case that was erased and put them on the list of what is removed; called by the clock."""
    present = select(Attachment).where(Attachment.case_id == case.id, Attachment.removed_at.is_(None))
    for attachment in db().scalars(present).all():
        _forget(attachment, is_erasure=True)


def forget_evidence(application_ids: Iterable[uuid.UUID]) -> None:
    """Forget the files of applications whose keys were destroyed; called by the clock."""
    present = select(PledgeEvidence).where(
        PledgeEvidence.application_id.in_(list(application_ids)), PledgeEvidence.removed_at.is_(None)
    )
    for evidence in db().scalars(present).all():
        evidence.sealed_card, evidence.removed_at = None, now()


def note_removed(names: Sequence[str]) -> int:
    """Take files that are gone from the store off the list; of an erased case, the record tells how many they were."""
    rows = db().scalars(select(FileToRemove).where(FileToRemove.stored_as.in_(names)).with_for_update()).all()
    cases = db().scalars(select(Case).where(Case.id.in_({row.case_id for row in rows})).order_by(Case.id))

    def note(case: Case) -> bool:
        of_it = [row for row in rows if row.case_id == case.id]
        for row in of_it:
            db().delete(row)
        if count := sum(row.is_erasure for row in of_it):
            record(of_case(case), "attachment.erase", actor=THE_CLOCK, facts={"files": count})
        return True

    return one_by_one(cases, note, work="remove_files")


def put_last(names: Sequence[str]) -> None:
    """Let what could not be removed wait behind all others."""
    db().execute(update(FileToRemove).where(FileToRemove.stored_as.in_(names)).values(ordered_at=now()))


def _add(
    case: Case,
    compartment: Compartment,
    kept: Sequence[Kept],
    about: str,
    *,
    giver: str,
    exchange: Exchange | None = None,
    actor: Actor,
) -> list[Attachment]:
    # One after the other: the number of a file, and how many there may be, are asked of the case as it is now.
    db().scalars(select(Case.id).where(Case.id == case.id).with_for_update()).one()
    # Of a case that was erased meanwhile nothing is kept, whatever keys are still at hand.
    key_store().key(case.id)
    count, size = room_in(case.id)
    if len(kept) > count or sum(one.size for one in kept) > size:
        raise NoRoom
    number, added = _next_number(case), []
    for place, one in enumerate(kept):
        attachment = Attachment(
            id=uuid.uuid4(),
            case_id=case.id,
            compartment_id=compartment.id,
            exchange_id=exchange.id if exchange else None,
            giver=giver,
            person_id=actor.id if actor.person else None,
            number=number + place,
            stored_as=one.stored_as,
            size=one.size,
            added_at=now(),
        )
        _seal_card(attachment, new_card(attachment, one, about), actor=actor)
        db().add(attachment)
        record(of_case(case), "attachment.add", actor=actor, facts={"attachment_id": attachment.id.hex})
        added.append(attachment)
    return added


def new_card(attachment: Attachment | PledgeEvidence, kept: Kept, about: str) -> Card:
    """What is kept of a file that was just taken."""
    found = kept.findings
    return Card(
        row=attachment,
        key=kept.key,
        file_id=kept.id.hex,
        part=kept.part,
        kind=found.kind,
        about=about,
        is_clean=found.is_clean,
        has_preview=found.has_preview,
        remarks=found.remarks,
        charset=found.charset,
    )


def _seal_card(attachment: Attachment, card: Card, *, about: str | None = None, actor: Actor) -> None:
    key = actor.held.compartment_key(db().get_one(Compartment, attachment.compartment_id))
    seal_into(attachment, "sealed_card", card_as_said(card, about=about), key=key)


def card_as_said(card: Card, *, about: str | None = None) -> str:
    """A card as it is sealed."""
    said = {
        "key": card.key.hex(),
        "file": card.file_id,
        "part": card.part,
        "kind": card.kind.value,
        "about": card.about if about is None else about,
        "clean": card.is_clean,
        "preview": card.has_preview,
        "remarks": [remark.value for remark in card.remarks],
        "charset": card.charset,
    }
    return json.dumps(said, ensure_ascii=False)


def _next_number(case: Case) -> int:
    highest = db().scalar(select(func.max(Attachment.number)).where(Attachment.case_id == case.id))
    return (highest or 0) + 1


def _may_be_told(case: Case, exchange: Exchange) -> bool:
    return consent_in_force(case, company_id=exchange.company_id).level is not DEFAULT


def _forget(attachment: Attachment, *, is_erasure: bool = False) -> None:
    """Its key goes at once; its bytes are put on the list when no other row has them any more."""
    attachment.sealed_card, attachment.removed_at = None, now()
    name = attachment.stored_as
    present = select(Attachment.id).where(Attachment.stored_as == name, Attachment.removed_at.is_(None))
    if db().scalar(present.limit(1)) is not None:
        return
    ordered = {"case_id": attachment.case_id, "ordered_at": now(), "is_erasure": is_erasure}
    db().add(FileToRemove(id=uuid.uuid4(), stored_as=name, **ordered))


def _is_offered(original: Attachment, exchange: Exchange) -> bool:
    there = select(Attachment.id).where(
        Attachment.copy_of_id == original.id, Attachment.exchange_id == exchange.id, Attachment.removed_at.is_(None)
    )
    return db().scalar(there.limit(1)) is not None


def _offered_in(copy: Attachment, *, actor: Actor) -> tuple[Case, Exchange]:
    """The case and exchange of a file that waits for her word."""
    case = db().get_one(Case, copy.case_id)
    must_be_allowed(Permission.MAILBOX_CONSENT, actor=actor, standing=towards_case(actor, case))
    if copy.offered_at is None or copy.approved_at is not None or copy.removed_at is not None:
        raise ChangedMeanwhile(of_case(case))
    return case, db().get_one(Exchange, copy.exchange_id)


def _must_be_its_giver(attachment: Attachment, case: Case, *, actor: Actor) -> None:
    if actor.role in COMPANY:
        exchange = db().get_one(Exchange, attachment.exchange_id)
        must_be_allowed(Permission.RESPONSE_REPORT, actor=actor, standing=towards_exchange(actor, exchange))
        _must_lie_with_the_office(exchange)
        giver = "officer"
    else:
        is_hers = actor.role is Role.CONSULTER
        permission = Permission.MAILBOX_WRITE if is_hers else Permission.CASE_ATTACH
        must_be_allowed(permission, actor=actor, standing=towards_case(actor, case))
        giver = "consulter" if is_hers else "desk"
    if attachment.giver != giver or attachment.approved_at is not None:
        raise OutOfReach("not_the_giver")


def _must_lie_with_the_office(exchange: Exchange) -> None:
    stage = stage_now(exchange)
    if stage not in WITH_THE_OFFICER:
        raise NotAllowedNow("exchange", stage, CaseAct.SUBMIT_REPORT)


def _tell_the_desk(case: Case, attachment: Attachment, *, actor: Actor) -> None:
    """A file is answered by a human word as a message is, within the same term."""
    if case.is_open and running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER) is None:
        start_clock(case, ClockKind.ACKNOWLEDGE_CONSULTER)
    _tell_whoever_is_in_charge(case, key=f"file:{attachment.id.hex}", actor=actor)


def _tell_whoever_is_in_charge(case: Case, *, key: str, actor: Actor) -> None:
    counselor = db().get(Person, case.assignee_id) if case.assignee_id else None
    if counselor is not None and counselor.serves_at(now()):
        queue_mail(counselor, MailKind.UPDATE, actor=actor, key=key)
