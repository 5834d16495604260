"""The lines that are added: to the ledger, and to the record of what was provided. None is ever changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.cases.queries import latest_copy
from app.consents.queries import files_given_with, lines_of, word_about
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.rulebook.queries import consent_text_version
from models.attachment import Attachment
from models.case import Case
from models.consent_entry import ConsentEntry
from models.exchange import Exchange
from models.provision import Provision
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.consent_ledger import provided_on
from models.rules.keyed_intake import ReadBack
from models.rules.known_by import KnownBy


@dataclass(frozen=True)
class Keyed:
    """Who of the desk keyed what the consulter said, how it was confirmed, and how she was found to be herself."""

    by_id: uuid.UUID
    read_back: ReadBack
    check: KnownBy


def enter_line(
    case: Case,
    *,
    level: ConsentLevel,
    options: Iterable[ConsentOption],
    act: str,
    company_id: uuid.UUID | None = None,
    keyed: Keyed | None = None,
) -> ConsentEntry:
    """The consulter's own word, as the next line of her ledger; keyed by the desk or given by herself."""
    # Whoever writes in the ledger waits for the other one who does, so that no two lines have one number.
    db().execute(select(Case.id).where(Case.id == case.id).with_for_update())
    entry = ConsentEntry(
        id=uuid.uuid4(),
        case_id=case.id,
        number=_next(ConsentEntry, case),
        company_id=company_id,
        level=level,
        options=codes_of(options),
        act=act,
        text_version=consent_text_version(),
        given_at=now(),
        keyed_by_id=keyed.by_id if keyed else None,
        read_back=keyed.read_back if keyed else None,
        caller_check=keyed.check if keyed else None,
    )
    db().add(entry)
    db().flush()
    return entry


def codes_of(options: Iterable[ConsentOption]) -> str:
    """The options as a line names them."""
    chosen = frozenset(options)
    return " ".join(option.value for option in ConsentOption if option in chosen)


def record_delivery(exchange: Exchange, people: Sequence[uuid.UUID], *, actor: Actor) -> None:
    """A copy was delivered just now, and with it the files that she had agreed to."""
    copy = latest_copy(exchange)
    if copy is None or copy.approved_at is None:
        raise RuntimeError("nothing is delivered without an approved copy")
    by = exchange.arranged_by_id or actor.id
    for person_id in people:
        _provide(exchange, person_id, by=by, copy_id=copy.id, level=copy.level, actor=actor)
        for file in files_given_with(exchange):
            _provide(exchange, person_id, by=by, attachment_id=file.id, actor=actor)


def record_file(exchange: Exchange, file: Attachment, *, actor: Actor) -> None:
    """She agreed to a file when the copy was with the company already: it lies there from this moment."""
    _provide(exchange, exchange.addressee_id, by=file.person_id, attachment_id=file.id, actor=actor)


def _provide(
    exchange: Exchange,
    person_id: uuid.UUID | None,
    *,
    by: uuid.UUID | None,
    copy_id: uuid.UUID | None = None,
    attachment_id: uuid.UUID | None = None,
    level: ConsentLevel | None = None,
    actor: Actor,
) -> None:
    case = db().get_one(Case, exchange.case_id)
    lines = lines_of(case)
    consent = provided_on(lines, word_about(lines, exchange.company_id))
    if consent is None and lines:
        raise RuntimeError("nothing is provided without a consent")
    line = Provision(
        id=uuid.uuid4(),
        case_id=case.id,
        number=_next(Provision, case),
        exchange_id=exchange.id,
        company_id=exchange.company_id,
        person_id=person_id,
        via=exchange.via,
        copy_id=copy_id,
        attachment_id=attachment_id,
        level=level or (consent.level if consent else case.consent_level),
        consent_id=consent.id if consent else None,
        provided_by_id=by,
        provided_at=now(),
    )
    db().add(line)
    db().flush()
    facts = {"provision_id": line.id.hex, "consent_id": consent.id.hex if consent else None}
    record(of_case(case), "provision.record", actor=actor, facts=dict(facts))


def _next(table: type[ConsentEntry | Provision], case: Case) -> int:
    return (db().scalar(select(func.max(table.number)).where(table.case_id == case.id)) or 0) + 1
