"""What happens when a consultation is sent: it is sealed first, stored as a whole or not at all, and receipted."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from sqlalchemy import Select, select

from app.clocks.actions import first_clocks
from app.consents.actions import codes_of
from app.custody.actions import first_grants
from app.custody.queries import present_epochs
from app.duty.actions import alarm_the_desk
from app.intake.answers import Answers, NamedCompany
from app.intake.carried import is_sheet, new_sheet, secret_of
from app.phone_desk.actions import first_task
from app.pipeline.audit import Fact, first_record, of_case
from app.pipeline.clock import now
from app.pipeline.database import DatabaseBusy
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id, new_number
from app.pipeline.made_once import made_once
from app.pipeline.secrets import facet, key_store
from app.pipeline.together import store_whole
from app.pipeline.transaction import AlreadyThere, db, store_new
from app.pipeline.unlocking import Keys, compartment_context, receipt_key_context
from app.rulebook.queries import consent_text_version
from crypto import (
    KeyPair,
    content_key,
    earlier_receipt_code,
    lock_with_key,
    new_key,
    new_keypair,
    receipt_code,
    receipt_keys,
)
from models.base import Base
from models.case import Case
from models.case_facet import CaseFacet
from models.compartment import Compartment
from models.consent_entry import ConsentEntry
from models.keyed_intake import KeyedIntake
from models.receipt import Receipt
from models.recovery_answers import RecoveryAnswers
from models.rules.case_lifecycle import CASE_LIFECYCLE
from models.rules.deadlines import ClockKind
from models.rules.keyed_intake import ReadBack, may_be_told_at_intake
from models.rules.people import CompartmentKind, Role
from models.rules.replies import ReplyWay
from models.rules.site_code import read_site_code
from models.sealed import seal_answers_into
from models.statement import Statement

__all__ = [
    "Answers",
    "Keyed",
    "NamedCompany",
    "Receipted",
    "SealedConsultation",
    "Sent",
    "is_sheet",
    "new_case_number",
    "new_sheet",
    "seal_consultation",
    "secret_of",
    "sent_before",
    "store_consultation",
    "submit_consultation",
]

MOST_DRAWS = 5
"""How often a case number is drawn again when another case has it; twice in a row has never been seen."""
SHOWN_AGAIN_FOR = timedelta(minutes=10)


class Sent(Enum):
    """What became of a sending."""

    STORED = "stored"
    ALREADY = "already"
    """The same check page was sent twice: one case, and the same receipt again."""
    TOO_LATE_TO_SHOW = "too_late_to_show"


@dataclass(frozen=True, repr=False)
class Receipted:
    """The receipt that is shown once, and whether the words of danger were found."""

    sent: Sent
    code: str
    is_crisis: bool
    case_id: uuid.UUID


def new_case_number() -> str:
    """What a case is called by; it says nothing of when, where or how many."""
    return new_number("K")


@dataclass(frozen=True, repr=False)
class SealedConsultation:
    """A consultation with everything that is stored of it, sealed, before it is: it can be stored and nothing else."""

    receipted: Receipted
    """What is shown once it is stored."""
    case: Case
    rows: list[Base]
    actor: Actor
    once: bytes


@dataclass(frozen=True)
class Keyed:
    """That somebody of the desk keyed the words: who, when what they came from had arrived, how they were confirmed."""

    by: Actor
    arrived_on: date
    read_back: ReadBack


def submit_consultation(answers: Answers, *, once: bytes, keyed: Keyed | None = None) -> Receipted:
    """Store a consultation with its receipt. ``once`` is the check page's own secret: sent twice, it is one case.

    What the desk keyed is sealed in the same way: whoever keyed it holds no more keys to it than the desk's seat has.
    """
    return store_consultation(seal_consultation(answers, once=once, keyed=keyed))


def seal_consultation(answers: Answers, *, once: bytes, keyed: Keyed | None = None) -> SealedConsultation:
    """Make everything that is stored of a consultation, before the pen is taken, so that many can send at once."""
    code, at = receipt_code(once), now()
    keys = receipt_keys(code)
    case_id, shred = key_store().take(at=at)
    case = _new_case(case_id, answers, at)
    pair = new_keypair()
    receipt = Receipt(id=new_id(), case_id=case.id, locator=keys.locator, public_key=pair.public, created_at=at)
    receipt.locked_private_key = lock_with_key(pair.private, key=keys.key, context=receipt_key_context(receipt.id))
    rows: list[Base] = [
        case,
        receipt,
        *_sealed_parts(case, receipt, pair, answers, shred),
        *_coded(case, answers, keyed, at),
    ]
    if keyed is not None:
        rows += _of_the_desk(case, answers, keyed, at)
        actor = keyed.by
    else:
        actor = Actor(Role.CONSULTER, Keys(pair.private, receipt_id=receipt.id), receipt=receipt)
    facts: dict[str, Fact] = {
        "receipt_id": receipt.id.hex,
        "consent_id": next(row.id.hex for row in rows if isinstance(row, ConsentEntry)),
        "statement_digest": _digest(row for row in rows if isinstance(row, Statement)),
    }
    rows += first_record(of_case(case), "case.key_in" if keyed else "case.submit", actor=actor, facts=facts)
    rows += first_clocks(case, (ClockKind.ACKNOWLEDGE_CONSULTER, ClockKind.ACKNOWLEDGE_OUTER, ClockKind.TRIAGE))
    return SealedConsultation(Receipted(Sent.STORED, code, case.is_crisis, case.id), case, rows, actor, once)


def store_consultation(sealed: SealedConsultation, *, is_all: bool = False) -> Receipted:
    """Take the pen and store all of it; what is given is the sealed one's own receipt unless it was sent before.

    When ``is_all`` that is done here, it is stored for good with those that others send at the same moment.
    """
    case = sealed.case
    # The desk is alarmed in the same transaction or not at all.
    store = store_whole if is_all and not case.is_crisis else store_new
    before = _store(case, sealed.rows, sealed.once, store)
    if before is not None:
        return before
    if case.is_crisis:
        alarm_the_desk(case, actor=sealed.actor)
    return sealed.receipted


def sent_before(once: bytes) -> Receipted | None:
    """What became of an earlier sending of the same check page, if there was one."""
    # It may have been sent while codes had six groups.
    codes = {receipt_keys(code).locator: code for code in (receipt_code(once), earlier_receipt_code(once))}
    receipt = _receipts.scalar(tuple(codes))
    if receipt is None:
        return None
    code = codes[receipt.locator]
    case = db().get_one(Case, receipt.case_id)
    fresh = now() - receipt.created_at <= SHOWN_AGAIN_FOR
    return Receipted(Sent.ALREADY if fresh else Sent.TOO_LATE_TO_SHOW, code if fresh else "", case.is_crisis, case.id)


@made_once
def _receipts(locators: Sequence[bytes]) -> Select[Receipt]:
    return select(Receipt).where(Receipt.locator.in_(locators))


def _store(case: Case, rows: list[Base], once: bytes, store: Callable[[list[Base]], None]) -> Receipted | None:
    """Store what is new; None when it was, or what the same page's other sending had stored a moment before."""
    for _draw in range(MOST_DRAWS):
        try:
            store(rows)
        except AlreadyThere:
            before = sent_before(once)
            if before is not None:
                return before
            case.number = new_case_number()
        else:
            return None
    raise DatabaseBusy


def _new_case(case_id: uuid.UUID, answers: Answers, at: datetime) -> Case:
    return Case(
        id=case_id,
        number=new_case_number(),
        state=CASE_LIFECYCLE.begins,
        is_open=True,
        is_crisis=answers.shows_danger,
        version=1,
        received_at=at,
        consent_level=answers.consent,
        channel_token=facet("channel", answers.channel.value) if answers.channel else None,
        employer_token=_company_token(answers.employer),
        workplace_token=_company_token(answers.workplace),
        client_token=_company_token(answers.client),
    )


def _digest(statements: Iterable[Statement]) -> str:
    """What was stored, as ciphertext, so that a later exchange of it shows in the record."""
    return hashlib.sha256(b"".join(statement.sealed for statement in statements)).hexdigest()


def _company_token(named: NamedCompany) -> bytes | None:
    return facet("company", named.company_id.hex) if named.company_id else None


def _sealed_parts(case: Case, receipt: Receipt, pair: KeyPair, answers: Answers, shred: bytes) -> list[Base]:
    parts: list[Base] = []
    epochs = present_epochs()
    for kind, written in (
        (CompartmentKind.NARRATIVE, answers.narrative()),
        (CompartmentKind.HEALTH, answers.health()),
        (CompartmentKind.IDENTITY, answers.identity()),
    ):
        compartment = Compartment(id=new_id(), kind=kind, case_id=case.id, created_at=case.received_at)
        bound_to, secret = shred, new_key()
        if kind is CompartmentKind.IDENTITY:
            # A name can be erased before the rest is.
            compartment.id, bound_to = key_store().take(at=case.received_at)
            compartment.has_own_key = True
        statement = Statement(id=new_id(), case_id=case.id, compartment_id=compartment.id)
        key = content_key(secret, shred_key=bound_to, context=compartment_context(compartment))
        seal_answers_into(statement, "sealed", written, key=key)
        if kind is CompartmentKind.IDENTITY and answers.secret_words:
            parts.append(_for_a_lost_code(case, compartment, answers, key))
        grants = first_grants(compartment, secret, receipt=receipt, receipt_key=pair.private, epochs=epochs)
        parts += [compartment, statement, *grants]
    return parts


def _for_a_lost_code(case: Case, compartment: Compartment, answers: Answers, key: bytes) -> RecoveryAnswers:
    """Sealed and not hashed: only the handlers' keys reach it, and no slow hash keeps her waiting here."""
    kept = RecoveryAnswers(id=new_id(), case_id=case.id, compartment_id=compartment.id, set_at=case.received_at)
    seal_answers_into(kept, "sealed_answers", answers.recovery(), key=key)
    return kept


def _of_the_desk(case: Case, answers: Answers, keyed: Keyed, at: datetime) -> list[Base]:
    """What is kept of a consultation that was keyed: by whom, and the first call or letter that is due."""
    if keyed.by.person is None:
        raise ValueError("a person keys what was heard or read")
    if not may_be_told_at_intake(answers.route, answers.consent):
        raise ValueError("nobody consents for somebody else")
    kept = KeyedIntake(
        id=new_id(),
        case_id=case.id,
        keyed_by_id=keyed.by.person.id,
        keyed_at=at,
        arrived_on=keyed.arrived_on,
        read_back=keyed.read_back,
    )
    task = first_task(case, answers.reply.way, answers.reply.first_call)
    return [kept, task] if task else [kept]


def _coded(case: Case, answers: Answers, keyed: Keyed | None, at: datetime) -> list[Base]:
    coded: list[tuple[str, str]] = [
        *(("harassment_type", kind.value) for kind in answers.types),
        *(("organisational_issue", issue.value) for issue in answers.org_issues),
        *(("requested_help", help_.value) for help_ in answers.requested),
        ("intake_route", answers.route.value),
    ]
    if answers.employment:
        coded.append(("employment", answers.employment.value))
    if answers.actor:
        coded.append(("actor_relation", answers.actor.value))
    if site := read_site_code(answers.site_code):
        coded.append(("site", site))
    if answers.reply.way is not ReplyWay.MAILBOX:
        coded.append(("reply_way", answers.reply.way.value))
    consent = ConsentEntry(
        id=new_id(),
        case_id=case.id,
        number=1,
        level=answers.consent,
        options=codes_of(answers.options),
        act="given",
        text_version=consent_text_version(),
        given_at=at,
        keyed_by_id=keyed.by.person.id if keyed and keyed.by.person else None,
        read_back=keyed.read_back if keyed else None,
    )
    facets = [CaseFacet(id=new_id(), case_id=case.id, field=field, token=facet(field, value)) for field, value in coded]
    return [consent, *facets]
