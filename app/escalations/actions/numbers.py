"""Numbers of letters and files: one series a year, without a gap that anybody would have to explain."""

from __future__ import annotations

from sqlalchemy import select

from app.pipeline.clock import now
from app.pipeline.transaction import db
from models.letter_number import LetterNumber
from models.rules.working_days import in_japan


def next_letter_number(series: str) -> str:
    """The next number of a series, such as E1-2026-0001; two at once queue behind the row."""
    year = in_japan(now()).year
    found = db().scalar(
        select(LetterNumber).where(LetterNumber.series == series, LetterNumber.year == year).with_for_update()
    )
    if found is None:
        found = LetterNumber(series=series, year=year, last=0)
        db().add(found)
    found.last += 1
    db().flush()
    return f"{series}-{year}-{found.last:04d}"
