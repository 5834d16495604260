"""The numbers of the board's notices and resolutions, each series without a gap."""

from __future__ import annotations

from sqlalchemy import select

from app.pipeline.clock import now
from app.pipeline.transaction import db
from models.letter_number import LetterNumber
from models.rules.working_days import in_japan

HEARING_NOTICE = "KBN"
RESOLUTION = "KRS"
DECISION_NOTICE = "KDN"


def next_number(series: str) -> str:
    """The next number of a series in this year, such as KBN-2026-0003."""
    year = in_japan(now()).year
    last = db().scalar(
        select(LetterNumber).where(LetterNumber.series == series, LetterNumber.year == year).with_for_update()
    )
    if last is None:
        last = LetterNumber(series=series, year=year, last=0)
        db().add(last)
    last.last += 1
    return f"{series}-{year}-{last.last:04d}"
