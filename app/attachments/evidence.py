"""Evidence of a pledge: a company's files for its application, received, examined and sealed as all files are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from sqlalchemy import Select, func, select

from app.applications.queries import (
    WRITABLE,
    application_within_reach,
    compartment_of,
    entries_of,
    state_of,
)
from app.attachments.actions import NoRoom, card_as_said, new_card
from app.attachments.queries import Card
from app.attachments.receiving import Kept
from app.people.queries import name_of
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import Fact, of_company, record, record_reading
from app.pipeline.clock import now
from app.pipeline.identity import Actor, Door
from app.pipeline.secrets import key_store
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.rulebook.queries import file_limits_at
from models.certification_application import CertificationApplication
from models.person import Person
from models.pledge_evidence import PledgeEvidence
from models.rules.attachments import FileRefusal
from models.rules.certification_lifecycle import CertificationAct
from models.rules.lifecycle import NotAllowedNow
from models.rules.permissions import Permission, decide
from models.rules.pledges import Pledge
from models.sealed import seal_into

EVIDENCE = "evidence"


@dataclass(frozen=True)
class EvidencePlace:
    """Where somebody stands before the files of one pledge: the company that gives them, or the reviewer."""

    application: CertificationApplication
    pledge: Pledge
    actor: Actor
    may_give: bool
    side: str = EVIDENCE
    door: Door = Door.STAFF
    layout: str = "layouts/desk.html"

    @property
    def query(self) -> Select[PledgeEvidence]:
        return (
            select(PledgeEvidence)
            .where(
                PledgeEvidence.application_id == self.application.id,
                PledgeEvidence.pledge == self.pledge,
                PledgeEvidence.removed_at.is_(None),
            )
            .order_by(PledgeEvidence.number)
        )

    @property
    def home(self) -> str:
        """The page above: the pledge while it is written, else the whole application."""
        if self.may_give:
            return url_for("applications.pledge", number=self.application.number, name=self.pledge.value)
        return url_for("applications.application", number=self.application.number, _anchor=self.pledge.value)

    def url(self, page: str, evidence: PledgeEvidence | None = None) -> str:
        values: dict[str, Any] = {"number": self.application.number, "name": self.pledge.value}
        if evidence is not None:
            values["attachment_id"] = evidence.id.hex
        return url_for(f"attachments.evidence_{page}", **values)

    def is_giver_of(self, _evidence: PledgeEvidence) -> bool:
        return self.may_give

    def room(self) -> tuple[int, int]:
        return _room_in(self.application)

    def by(self, card: Card) -> str:
        return name_of(db().get(Person, card.row.person_id))

    def note_list(self) -> None:
        """Record that what is said of the files is about to be read."""
        facts: dict[str, Fact] = {"application_id": self.application.id.hex}
        record_reading(of_company(self.application.company_id), "application.read", actor=self.actor, facts=facts)

    def note_opening(self, evidence: PledgeEvidence, part: str) -> None:
        """Record that a file is about to be opened."""
        facts: dict[str, Fact] = {"evidence_id": evidence.id.hex, "part": part}
        record_reading(of_company(self.application.company_id), "evidence.open", actor=self.actor, facts=facts)

    def note_refused(self, why: Sequence[FileRefusal]) -> None:
        for reason in why:
            facts: dict[str, Fact] = {"application_id": self.application.id.hex, "reason_code": reason.value}
            record(of_company(self.application.company_id), "evidence.refuse", actor=self.actor, facts=facts)

    def add(self, kept: Sequence[Kept], about: str) -> list[PledgeEvidence]:
        return add_evidence(self.application, self.pledge, kept, about, actor=self.actor)

    def remove(self, evidence: PledgeEvidence) -> None:
        remove_evidence(evidence, actor=self.actor)


def evidence_place(number: str, name: str, actor: Actor) -> EvidencePlace:
    """The files of a pledge, for whoever can open the application; nobody else learns that there are any."""
    application = application_within_reach(number, actor)
    try:
        pledge = Pledge(name)
    except ValueError:
        abort(404)
    if not actor.held.opens(compartment_of(application)):
        abort(404)
    standing = towards_company(actor, application.company_id)
    applies = bool(decide(Permission.CERTIFICATION_APPLY, role=actor.role, standing=standing))
    return EvidencePlace(application, pledge, actor, may_give=applies and _may_be_written(application))


def add_evidence(
    application: CertificationApplication, pledge: Pledge, kept: Sequence[Kept], about: str, *, actor: Actor
) -> list[PledgeEvidence]:
    """Put files with what a company says of a pledge, where it and the desk can open them. Raises NoRoom."""
    _must_be_written(application, actor)
    # One after the other: the number of a file, and how many there may be, are asked of the application as it is now.
    db().scalars(
        select(CertificationApplication.id).where(CertificationApplication.id == application.id).with_for_update()
    ).one()
    # Of an application whose key was destroyed meanwhile nothing is kept, whatever keys are still at hand.
    key_store().key(application.id)
    count, size = _room_in(application)
    if len(kept) > count or sum(one.size for one in kept) > size:
        raise NoRoom
    if actor.person is None:
        raise TypeError("a person gives evidence")
    compartment = compartment_of(application)
    highest = select(func.max(PledgeEvidence.number)).where(PledgeEvidence.application_id == application.id)
    number, added = (db().scalar(highest) or 0) + 1, []
    for place, one in enumerate(kept):
        evidence = PledgeEvidence(
            id=uuid.uuid4(),
            application_id=application.id,
            pledge=pledge,
            compartment_id=compartment.id,
            person_id=actor.person.id,
            number=number + place,
            stored_as=one.stored_as,
            size=one.size,
            added_at=now(),
        )
        said = card_as_said(new_card(evidence, one, about))
        seal_into(evidence, "sealed_card", said, key=actor.held.compartment_key(compartment))
        db().add(evidence)
        _record(evidence, "evidence.add", application, actor)
        added.append(evidence)
    _is_to_be_reviewed(application, pledge)
    return added


def remove_evidence(evidence: PledgeEvidence, *, actor: Actor) -> None:
    """Take a file away for good: its key goes now, and its bytes when the store is next looked through."""
    application = db().get_one(CertificationApplication, evidence.application_id)
    _must_be_written(application, actor)
    if evidence.removed_at is not None:
        raise ChangedMeanwhile(of_company(application.company_id))
    evidence.sealed_card, evidence.removed_at = None, now()
    _record(evidence, "evidence.remove", application, actor)
    _is_to_be_reviewed(application, evidence.pledge)


def _may_be_written(application: CertificationApplication) -> bool:
    return application.ended_at is None and state_of(application) in WRITABLE


def _must_be_written(application: CertificationApplication, actor: Actor) -> None:
    standing = towards_company(actor, application.company_id)
    must_be_allowed(Permission.CERTIFICATION_APPLY, actor=actor, standing=standing)
    if not _may_be_written(application):
        raise NotAllowedNow("certification", state_of(application), CertificationAct.SUBMIT)


def _is_to_be_reviewed(application: CertificationApplication, pledge: Pledge) -> None:
    """What the reviewer found was found without this file; what was asked to be corrected stays to be read."""
    entry = entries_of(application).get(pledge)
    if entry is not None:
        entry.mark, entry.marked_by_id = None, None


def _room_in(application: CertificationApplication) -> tuple[int, int]:
    policy = file_limits_at(now())
    present = select(func.count(), func.coalesce(func.sum(PledgeEvidence.size), 0)).where(
        PledgeEvidence.application_id == application.id, PledgeEvidence.removed_at.is_(None)
    )
    count, size = db().execute(present).one()
    return max(0, policy.most_files - count), max(0, policy.most_bytes - int(size))


def _record(evidence: PledgeEvidence, name: str, application: CertificationApplication, actor: Actor) -> None:
    facts: dict[str, Fact] = {
        "application_id": application.id.hex,
        "evidence_id": evidence.id.hex,
        "pledge": evidence.pledge.value,
    }
    record(of_company(application.company_id), name, actor=actor, facts=facts)
