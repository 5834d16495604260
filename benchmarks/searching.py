"""What a search in words costs: processor time for a thousand cases, beside the bare opening of what it opens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from app.cases.narrowing import Wanted, narrowed
from app.cases.searching import look_through
from app.pipeline.clock import FixedClock, WallClock, use_clock
from app.pipeline.identity import Actor
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db
from app.pipeline.unlocking import compartment_context, grant_context
from benchmarks.installation import Installation, let_go
from crypto import content_key, open_box
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.rules.people import CompartmentKind
from models.rules.text_search import words_in
from models.sealed import open_answers
from models.statement import Statement
from tests.support.present import present

WORDS = words_in("どこにも書かれていない言葉")
PER = 1000


@dataclass(frozen=True)
class Searched:
    """Seconds of processor time for a thousand cases: the search, and the floor."""

    cases: int
    search: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.search / self.floor


def search_costs(installation: Installation) -> Searched:
    """Search every consultation of an installation for a word that none holds, as its counselor does."""
    app = installation.app()
    with app.app_context():
        use_clock(app, FixedClock(WallClock().now()))
        cases = _everything()
        search = _spent(_everything) / cases * PER
        floor, opened = _floor(present("counselor"))
    let_go(app)
    return Searched(cases, search, floor / opened * PER)


def _everything() -> int:
    """One search to the very end, in as many steps as it takes; how many cases it opened."""
    actor, opened, after = present("counselor"), 0, None
    reach = narrowed(actor, Wanted(), with_reason=False, opens=True)
    while True:
        found = look_through(WORDS, reach, actor=actor, after=after, with_messages=False)
        opened += found.opened
        db().rollback()
        after = found.next
        if after is None:
            return opened


def _floor(actor: Actor) -> tuple[float, int]:
    """Nothing but opening: the grant that this person holds, and the text; everything was fetched before."""
    rows = db().execute(
        select(Compartment, Statement, CompartmentGrant)
        .join(Statement, Statement.compartment_id == Compartment.id)
        .join(CompartmentGrant, CompartmentGrant.compartment_id == Compartment.id)
        .where(
            Compartment.kind == CompartmentKind.NARRATIVE,
            CompartmentGrant.seat_epoch_id.in_(actor.held.held_epoch_ids()),
        )
        .limit(PER)
    )
    fetched = [(compartment, statement, grant) for compartment, statement, grant in rows]
    shreds = key_store().keys([compartment.subject_id for compartment, _statement, _grant in fetched])
    private = {one: actor.held.epoch_key(one) for one in actor.held.held_epoch_ids()}

    def open_all() -> None:
        for compartment, statement, grant in fetched:
            key = private[grant.seat_epoch_id] if grant.seat_epoch_id else actor.held.private_key
            secret = open_box(key, grant.sealed_key, context=grant_context(grant.id))
            shred, context = shreds[compartment.subject_id], compartment_context(compartment)
            open_answers(statement, "sealed", key=content_key(secret, shred_key=shred, context=context))

    return _spent(open_all), len(fetched)


def _spent(work: Callable[[], object]) -> float:
    """Seconds of processor time of this process, the least of three."""
    least = []
    for _ in range(3):
        began = time.process_time()
        work()
        least.append(time.process_time() - began)
    return min(least)
