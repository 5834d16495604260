"""The desk tells a consulter how things stand while her matter lies with the company, as its progress clock asks."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from app.cases import actions as desk
from app.clocks.queries import running_clock
from app.operations.demo.stories import Telling
from app.operations.demo.timeline import Story, office_hour
from app.pipeline.clock import TOKYO, now
from models.rules.deadlines import ClockKind

AHEAD = timedelta(days=2)
LOOKS_AGAIN_AFTER = timedelta(days=5)
NOTES: dict[str, list[str]] = json.loads((Path(__file__).parent / "progress_notes.json").read_text(encoding="utf-8"))


def keeps_informed(telling: Telling, *, from_: datetime) -> Story:
    """A note shortly before each progress clock is due, in words that fit the state; until the case is over."""
    written = 0
    yield from_ + LOOKS_AGAIN_AFTER
    while telling.case_id is None or telling.case.is_open:
        clock = running_clock(telling.case_id, ClockKind.PROGRESS_NOTE) if telling.case_id else None
        notes = NOTES.get(telling.case.state.value) if clock else None
        if clock is None or not notes:
            yield now() + LOOKS_AGAIN_AFTER
            continue
        write_at = office_hour((clock.due_at - AHEAD).astimezone(TOKYO).date(), 15, 30)
        if write_at > now():
            # The clock may have been met by other words before then, and so it is looked at again.
            yield write_at
            continue
        desk.write_message(telling.case, notes[written % len(notes)], actor=telling.desk())
        written += 1
        yield now() + LOOKS_AGAIN_AFTER
