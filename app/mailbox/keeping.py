"""Until when she can open her consultation and it is kept, and whether that is near; asked of what is over alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.mailbox.queries import receipt_until
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import Actor
from app.retention.queries import is_held, until_of
from models.case import Case
from models.rules.last_call import LastDays, is_last_call


@dataclass(frozen=True)
class Keeping:
    """What her page says of it."""

    opens: date | None
    kept: date | None
    is_held: bool
    is_last_call: bool


def keeping_of(case: Case, *, actor: Actor) -> Keeping | None:
    """None while the consultation goes on, and where no term runs yet."""
    if case.is_open or case.closed_at is None or actor.receipt is None:
        return None
    held, until = is_held(case), until_of(case)
    # What is held has no day: it is said that it stays, and not until when.
    kept = until - timedelta(days=1) if until is not None and not held else None
    days = LastDays(receipt_until(case).astimezone(TOKYO).date(), kept)
    return Keeping(days.earlier, days.kept, held, is_last_call(days, at=now()))
