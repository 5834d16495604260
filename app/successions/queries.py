"""What is asked of successions: who follows whom, whose name leads where, and what is entered."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, select

from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from models.company import Company
from models.exchange import Exchange
from models.rules.people import Role
from models.rules.succession import SuccessionKind, SuccessionState
from models.site import Site
from models.succession import Succession
from models.succession_site import SuccessionSite

IN_EFFECT = (SuccessionState.IN_EFFECT, SuccessionState.HANDED_OVER)
MOST_LISTED = 200


def absorbed() -> ColumnElement[bool]:
    """The filter for companies that a merger has ended."""
    return exists().where(Succession.predecessor_id == Company.id, _is_merger_in_effect())


def merger_that_ended(company_id: uuid.UUID) -> Succession | None:
    """The merger in effect by which a company ceased to exist."""
    return _merged_away.scalar(company_id)


@made_once
def _merged_away(company_id: uuid.UUID) -> Select[Succession]:
    return select(Succession).where(Succession.predecessor_id == company_id, _is_merger_in_effect())


def standing_company(company: Company) -> Company:
    """The company itself or, where it was absorbed, the one that stands today."""
    met = {company.id}
    while (merger := merger_that_ended(company.id)) is not None and merger.successor_id not in met:
        company = db().get_one(Company, merger.successor_id)
        met.add(company.id)
    return company


def mergers_into(company_ids: Iterable[uuid.UUID], *, on: date | None = None) -> dict[uuid.UUID, list[Succession]]:
    """By company, every merger in effect that led into it, also by way of another; of a past day those up to it."""
    wanted = list(company_ids)
    into: dict[uuid.UUID, list[Succession]] = {}
    # Hardly any company has absorbed another: one question finds that out.
    to_ask, asked = set(wanted), set[uuid.UUID]()
    while to_ask:
        found = _merged_into.scalars(to_ask, on or date.max).all()
        for merger in found:
            into.setdefault(merger.successor_id, []).append(merger)
        asked |= to_ask
        to_ask = {merger.predecessor_id for merger in found} - asked
    return {company_id: _all_into(company_id, into) for company_id in wanted}


@made_once
def _merged_into(successors: Collection[uuid.UUID], day: date) -> Select[Succession]:
    return (
        select(Succession)
        .where(_is_merger_in_effect(), Succession.successor_id.in_(successors), Succession.effective_on <= day)
        .order_by(Succession.effective_on, Succession.id)
    )


def predecessors_of(company_id: uuid.UUID) -> list[uuid.UUID]:
    """The companies that a company has absorbed, also by way of another."""
    return [merger.predecessor_id for merger in mergers_into([company_id])[company_id]]


def kin_of(company_id: uuid.UUID) -> set[uuid.UUID]:
    """A company with those that it has absorbed and the one that stands for it: one side, when interests are asked."""
    stands = standing_company(db().get_one(Company, company_id)).id
    return {company_id, stands, *predecessors_of(stands), *predecessors_of(company_id)}


def waits_for_hand_over(company_ids: Iterable[uuid.UUID], successor_id: uuid.UUID) -> bool:
    """Whether one of these was absorbed by a successor that nobody has verified as the one to turn to."""
    waiting = select(Succession.id).where(
        Succession.predecessor_id.in_(list(company_ids)),
        Succession.successor_id == successor_id,
        Succession.kind == SuccessionKind.MERGER,
        Succession.state == SuccessionState.IN_EFFECT,
    )
    return db().scalar(waiting.limit(1)) is not None


def listed_successions(actor: Actor) -> Sequence[Succession]:
    """The newest first; what has not come to its day is the secretariat's alone, for it may not be known outside."""
    query = select(Succession).order_by(Succession.effective_on.desc(), Succession.id).limit(MOST_LISTED)
    return db().scalars(query.where(visible_successions(actor))).all()


def visible_successions(actor: Actor) -> ColumnElement[bool]:
    """What somebody may see of them; a director sees what has taken effect."""
    if actor.role is Role.DIRECTOR:
        return Succession.state.in_(IN_EFFECT)
    return Succession.id.is_not(None)


def successions_of(company: Company, actor: Actor) -> Sequence[Succession]:
    """Those that a company is part of, on either side, and that still stand."""
    return (
        db()
        .scalars(
            select(Succession)
            .where(
                (Succession.predecessor_id == company.id) | (Succession.successor_id == company.id),
                Succession.state != SuccessionState.CANCELLED,
                visible_successions(actor),
            )
            .order_by(Succession.effective_on, Succession.id)
        )
        .all()
    )


def standing_merger_of(company_id: uuid.UUID) -> Succession | None:
    """The merger that ends a company, entered or in effect, and not taken back."""
    return db().scalar(
        select(Succession).where(
            Succession.predecessor_id == company_id,
            Succession.kind == SuccessionKind.MERGER,
            Succession.state != SuccessionState.CANCELLED,
        )
    )


def is_entered(kind: SuccessionKind, predecessor_id: uuid.UUID, successor_id: uuid.UUID, day: date) -> bool:
    found = select(Succession.id).where(
        Succession.kind == kind,
        Succession.predecessor_id == predecessor_id,
        Succession.successor_id == successor_id,
        Succession.effective_on == day,
        Succession.state != SuccessionState.CANCELLED,
    )
    return db().scalar(found) is not None


def sites_going_over(succession: Succession) -> Sequence[Site]:
    """All sites of a company that is absorbed, else those that were chosen."""
    query = select(Site).order_by(Site.name, Site.id)
    if succession.kind is SuccessionKind.MERGER:
        return db().scalars(query.where(Site.company_id == succession.predecessor_id)).all()
    chosen = select(SuccessionSite.site_id).where(SuccessionSite.succession_id == succession.id)
    return db().scalars(query.where(Site.id.in_(chosen))).all()


def open_matters(company_id: uuid.UUID) -> Sequence[Exchange]:
    """What is delivered to a company and not over."""
    query = select(Exchange).where(Exchange.company_id == company_id, Exchange.state == "routed").order_by(Exchange.id)
    return db().scalars(query).all()


def matters_waiting(succession: Succession) -> Sequence[Exchange]:
    """What lay with a company on the day of its merger and has not gone over."""
    query = select(Exchange).where(
        Exchange.succession_id == succession.id,
        Exchange.company_id == succession.predecessor_id,
        Exchange.state == "routed",
    )
    return db().scalars(query.order_by(Exchange.id)).all()


def _is_merger_in_effect() -> ColumnElement[bool]:
    return (Succession.kind == SuccessionKind.MERGER) & Succession.state.in_(IN_EFFECT)


def _all_into(company_id: uuid.UUID, into: dict[uuid.UUID, list[Succession]]) -> list[Succession]:
    found: list[Succession] = []
    to_follow = [company_id]
    while to_follow:
        for merger in into.get(to_follow.pop(), ()):
            if merger not in found:
                found.append(merger)
                to_follow.append(merger.predecessor_id)
    return found
