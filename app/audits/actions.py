"""Drawing a sample: the seed stands in the record, committed, before anything is drawn by it."""

from __future__ import annotations

import secrets
from datetime import date

from app.audits.samples import could_be_drawn
from app.custody.actions import ASSOCIATION
from app.pipeline.audit import record
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.sampling import SEED_BYTES, SampleOf, digest_of_all


def draw_sample(what: SampleOf, first: date, last: date, *, size: int, actor: Actor) -> int:
    """Record the seed of a sample, and from how many it will be drawn. Returns its number in the association's record.

    The sample itself is drawn by whoever opens it, again each time: from the seed that this transaction has committed.
    """
    must_be_allowed(Permission.AUDIT_SAMPLE, actor=actor, standing=Standing.NONE)
    everything = could_be_drawn(what, first, last)
    entry = record(
        ASSOCIATION,
        "sample.draw",
        actor=actor,
        facts={
            "seed": secrets.token_hex(SEED_BYTES),
            "kind": what.code,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "size": size,
            "population": len(everything),
            "population_digest": digest_of_all(everything),
        },
    )
    return entry.number
