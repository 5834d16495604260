"""Companies that follow one another: merged, split, or with a business sold, on a day that two people confirmed."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import select

from app.certifications.queries import held_certification
from app.clocks.queries import running_clock
from app.companies.actions import add_site
from app.operations.demo.timeline import Story
from app.operations.simulation.town import HEAD, MANAGER, Firm, Town, company_of, in_office, is_member, today
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db
from app.successions import actions as successions
from app.successions.actions.entering import why_not_entered
from app.successions.actions.handing_over import why_not_handed_over
from models.rules.deadlines import ClockKind
from models.rules.succession import SUCCESSION_LIFECYCLE, SuccessionAct, SuccessionKind
from models.site import Site
from models.succession import Succession

IN_A_YEAR = {SuccessionKind.MERGER: 0.02, SuccessionKind.SPLIT: 0.01, SuccessionKind.TRANSFER: 0.015}
TAKEN_BACK = 0.08
PLACES = ("第一センター", "第二センター")


def opens_places(firm: Firm) -> None:
    """The places at which a company's people work: what a split or a sale takes with it."""
    for place in PLACES:
        add_site(
            company_of(firm),
            name=f"模擬{firm.key[1:]}{place}",
            prefecture="東京都",
            address="東京都架空区一丁目",
            actor=THE_CLOCK,
        )


def is_followed(town: Town, firm: Firm, day: date, kind: SuccessionKind) -> Story:
    """A company goes up in another one, or hands a place over to it; some entries are taken back before their day."""
    yield in_office(day, firm.chance)
    successor = town.firms[firm.chance.randrange(len(town.firms))]
    if successor is firm or firm.company_id is None or not is_member(firm) or not is_member(successor):
        return
    on = today() + timedelta(days=firm.chance.randrange(5, 40))
    if why_not_entered(kind, company_of(firm), company_of(successor), on) is not None:
        return
    succession_id = successions.enter_succession(
        kind,
        predecessor=company_of(firm),
        successor=company_of(successor),
        effective_on=on,
        sites=() if kind is SuccessionKind.MERGER else _places_of(firm)[:1],
        actor=town.present(MANAGER),
    ).id
    yield in_office(today() + timedelta(days=1), firm.chance)
    successions.confirm_succession(_found(succession_id), actor=town.present(HEAD))
    if firm.happens(TAKEN_BACK):
        yield in_office(today() + timedelta(days=1), firm.chance)
        if SUCCESSION_LIFECYCLE.allows(_found(succession_id).state, SuccessionAct.CANCEL):
            successions.cancel_succession(_found(succession_id), actor=town.present(MANAGER))
        return
    yield in_office(on + timedelta(days=firm.chance.randrange(5, 15)), firm.chance)
    succession = _found(succession_id)
    may_hand_over = SUCCESSION_LIFECYCLE.allows(succession.state, SuccessionAct.HAND_OVER)
    if kind is SuccessionKind.MERGER and may_hand_over and why_not_handed_over(company_of(successor)) is None:
        successions.hand_over(succession, actor=town.present(MANAGER))
    held = held_certification(successor.id)
    asked = held is not None and running_clock(held.id, ClockKind.SCOPE_UPDATE) is not None
    if asked and SUCCESSION_LIFECYCLE.allows(succession.state, SuccessionAct.CONFIRM_SCOPE):
        successions.confirm_scope(succession, actor=town.present(MANAGER))


def _places_of(firm: Firm) -> list[Site]:
    return list(db().scalars(select(Site).where(Site.company_id == firm.id).order_by(Site.name)))


def _found(succession_id: uuid.UUID) -> Succession:
    return db().get_one(Succession, succession_id)
