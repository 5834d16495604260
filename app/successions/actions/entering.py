"""A succession is entered by one person and confirmed by another; until its day either takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from app.certifications.queries import held_certification
from app.clocks.actions import meet_clocks
from app.people.queries import are_known, are_one_person, serving
from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.successions.queries import is_entered, standing_merger_of
from models.company import Company
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.membership import may_succeed
from models.rules.people import Role
from models.rules.permissions import Permission
from models.rules.succession import (
    SUCCESSION_LIFECYCLE,
    SuccessionAct,
    SuccessionKind,
    SuccessionRefusal,
    SuccessionState,
    refusal_of_day,
)
from models.site import Site
from models.succession import Succession
from models.succession_site import SuccessionSite


class SuccessionRefused(Exception):
    """It cannot be entered or done, for one of the reasons of the rules; nothing was done."""

    def __init__(self, refusal: SuccessionRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def why_not_entered(
    kind: SuccessionKind, predecessor: Company, successor: Company, effective_on: date
) -> SuccessionRefusal | None:
    """Why this cannot be entered; None when it can."""
    if predecessor.id == successor.id:
        return SuccessionRefusal.SAME_COMPANY
    if standing_merger_of(predecessor.id) is not None:
        return SuccessionRefusal.ABSORBED_BEFORE
    if standing_merger_of(successor.id) is not None:
        return SuccessionRefusal.SUCCESSOR_GOES
    if not may_succeed(successor.member_type):
        return SuccessionRefusal.AN_INDIVIDUAL
    if is_entered(kind, predecessor.id, successor.id, effective_on):
        return SuccessionRefusal.TWICE
    stretches = predecessor.stretches()
    return refusal_of_day(effective_on, today=today(), member_from=stretches[-1].first if stretches else None)


def enter_succession(
    kind: SuccessionKind,
    *,
    predecessor: Company,
    successor: Company,
    effective_on: date,
    sites: Iterable[Site] = (),
    actor: Actor,
) -> Succession:
    """Enter that one company follows another from a day on. Nothing follows from it until a second person confirms.

    Raises SuccessionRefused.
    """
    must_be_allowed(Permission.SUCCESSION_ENTER, actor=actor, standing=towards_company(actor, predecessor.id))
    refusal = why_not_entered(kind, predecessor, successor, effective_on)
    if refusal is not None:
        raise SuccessionRefused(refusal)
    if actor.id is None:
        raise TypeError("a person enters it, never the clock")
    succession = Succession(
        id=new_id(),
        kind=kind,
        state=SuccessionState.ENTERED,
        version=1,
        predecessor_id=predecessor.id,
        successor_id=successor.id,
        effective_on=effective_on,
        entered_by_id=actor.id,
        entered_at=now(),
    )
    db().add(succession)
    db().flush()
    if kind is not SuccessionKind.MERGER:
        own = [site for site in sites if site.company_id == predecessor.id]
        db().add_all(SuccessionSite(id=new_id(), succession_id=succession.id, site_id=site.id) for site in own)
    note_at_both(succession, "succession.enter", actor=actor)
    for person in serving(now(), Role.MANAGER, Role.HEAD):
        if person.id != actor.id:
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"succession:{succession.id.hex}")
    return succession


def confirm_succession(succession: Succession, *, actor: Actor) -> None:
    """The second person has looked at what follows; from its day on the clock does it."""
    if actor.id is None or are_one_person(actor.id, succession.entered_by_id):
        raise SuccessionRefused(SuccessionRefusal.SAME_PERSON)
    if not are_known(actor.id, succession.entered_by_id):
        raise SuccessionRefused(SuccessionRefusal.UNKNOWN_YET)
    act_on(succession, SuccessionAct.CONFIRM, sets={"confirmed_by_id": actor.id}, actor=actor)


def cancel_succession(succession: Succession, *, actor: Actor) -> None:
    """Entered by mistake: it is taken back before its day, and stays in the list as taken back."""
    act_on(succession, SuccessionAct.CANCEL, sets={"cancelled_by_id": actor.id}, actor=actor)


def confirm_scope(succession: Succession, *, actor: Actor) -> None:
    """The successor has said anew which sites its certification covers."""
    act_on(succession, SuccessionAct.CONFIRM_SCOPE, actor=actor)
    certification = held_certification(succession.successor_id)
    if certification is not None:
        meet_clocks(certification, [ClockKind.SCOPE_UPDATE])


def act_on(
    succession: Succession,
    act: SuccessionAct,
    *,
    sets: Mapping[str, object] | None = None,
    actor: Actor,
    **facts: Fact,
) -> None:
    """Do an act on a succession; it is told in the chain of the company before, and noted in the successor's.

    ``sets`` is what belongs to the new state and is stored in the same breath, because the database asks for both.
    """
    perform(
        SUCCESSION_LIFECYCLE,
        succession,
        act,
        actor=actor,
        standing=towards_company(actor, succession.predecessor_id),
        subject=of_company(succession.predecessor_id),
        facts={"succession_id": succession.id.hex, **facts},
    )
    for name, value in (sets or {}).items():
        setattr(succession, name, value)
    db().flush()
    noted: dict[str, Fact] = {"succession_id": succession.id.hex}
    record(of_company(succession.successor_id), "succession.follow", actor=actor, facts=noted)


def note_at_both(succession: Succession, name: str, *, actor: Actor) -> None:
    for company_id in (succession.predecessor_id, succession.successor_id):
        record(of_company(company_id), name, actor=actor, facts={"succession_id": succession.id.hex})
