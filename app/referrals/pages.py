"""What the pages of the places show: lines made ready, so that the templates decide nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.people.queries import name_of
from app.pipeline.clock import today
from app.pipeline.transaction import db
from app.referrals.forms import PlaceForm
from app.referrals.queries import places_by_region
from models.person import Person
from models.referral_row import ReferralRow
from models.rules.help_lines import HelpLine, Seen
from models.rules.referral import is_to_be_checked


@dataclass(frozen=True)
class LogLine:
    """One row there was: what it said, from when, by whom and why, and whether it still holds."""

    id: uuid.UUID
    entered_at: datetime
    ended_at: datetime | None
    place: str
    number: str
    is_shown: bool
    valid_from: date
    who: str
    reason: str


def log_lines(rows: Iterable[ReferralRow]) -> list[LogLine]:
    """The rows as a table shows them."""
    return [
        LogLine(
            row.id,
            row.entered_at,
            row.ended_at,
            row.ja,
            row.number or "",
            row.is_shown,
            row.valid_from,
            name_of(db().get(Person, row.entered_by_id)),
            row.reason,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class PrefectureLine:
    """One prefecture as the desk looks after it: its places, and how many of them still have no checked number."""

    name: str
    places: tuple[HelpLine, ...]
    waiting: int


def regions_for_the_desk() -> list[tuple[str, str, list[PrefectureLine]]]:
    """Every region with its prefectures."""
    return [
        (
            ja,
            en,
            [
                PrefectureLine(name, places, sum(is_to_be_checked(one, today=today()) for one in places))
                for name, places in prefectures
            ],
        )
        for ja, en, prefectures in places_by_region()
    ]


def preview_of(form: PlaceForm) -> HelpLine:
    """The place as a consulter will read it."""
    words = form.words()
    seen = Seen(words.checked_on, words.source) if words.checked_on else None
    return HelpLine(
        "preview",
        words.number,
        words.ja,
        words.en or words.ja,
        words.when_ja,
        words.when_en or words.when_ja,
        seen,
        prefecture=words.prefecture,
        find_ja=words.find_ja,
        find_en=words.find_en or words.find_ja,
    )
