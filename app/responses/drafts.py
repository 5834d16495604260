"""What is asked of drafts: whether one may be begun, and what it holds for whoever of the company acts now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.people.queries import name_of
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.responses.queries import stage_now
from crypto import CannotOpen
from models.compartment import Compartment
from models.draft import Draft
from models.exchange import Exchange
from models.person import Person
from models.rules.case_lifecycle import CaseAct
from models.rules.drafts import DraftKind
from models.rules.exchange_stage import WITH_THE_OFFICER, officers_acts
from models.sealed import open_answers


def draft_of(exchange: Exchange, kind: DraftKind) -> Draft | None:
    return db().scalar(select(Draft).where(Draft.exchange_id == exchange.id, Draft.kind == kind))


def must_know_the_draft(exchange: Exchange, kind: DraftKind, *, seen: int, actor: Actor) -> None:
    """Raises ChangedMeanwhile when a colleague saved a draft that the page did not show; one's own stops nobody."""
    there = draft_of(exchange, kind)
    if there is not None and there.person_id != actor.id and there.version != seen:
        raise ChangedMeanwhile(of_case(exchange.case_id))


def may_be_drafted(exchange: Exchange, kind: DraftKind) -> bool:
    """Whether there is something of this kind that the officer may send, and so begin to write."""
    stage = stage_now(exchange)
    if kind is DraftKind.REPLY:
        return stage in WITH_THE_OFFICER
    return CaseAct.SUBMIT_REPORT in officers_acts(stage)


@dataclass(frozen=True, repr=False)
class OpenedDraft:
    """What was begun, as it was typed; without answers when none of the keys at hand opens it any more."""

    kind: DraftKind
    version: int
    saved_at: datetime
    saved_by: str
    answers: Mapping[str, Sequence[str]] | None

    @property
    def posted(self) -> MultiDict[str, str] | None:
        """The answers as a browser would send them again, for the form of this kind."""
        if self.answers is None:
            return None
        return MultiDict(
            (f"{self.kind.value}-{field}", value) for field, values in self.answers.items() for value in values
        )


def opened_draft(exchange: Exchange, kind: DraftKind, *, actor: Actor) -> OpenedDraft | None:
    """The draft of a kind, for whoever of the company acts now."""
    draft = draft_of(exchange, kind)
    if draft is None:
        return None
    try:
        key = actor.held.compartment_key(db().get_one(Compartment, draft.compartment_id))
        answers = open_answers(draft, "sealed_answers", key=key)
    except CannotOpen:
        answers = None
    return OpenedDraft(kind, draft.version, draft.saved_at, name_of(db().get(Person, draft.person_id)), answers)
