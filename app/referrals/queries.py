"""The places to turn to as they are today: what is shipped, with what the secretariat has put in its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from app.pipeline.clock import today
from app.pipeline.remembered import Remembered
from app.pipeline.transaction import db
from models.referral_row import ReferralRow
from models.rules.help_lines import CONSUMER_LINES, HELP_LINES, PUBLIC_DESKS, HelpLine, Seen
from models.rules.help_lines import crisis_lines as crisis_lines_of
from models.rules.referral import (
    NATIONAL_PLACES,
    PREFECTURE_PLACES,
    REGIONS,
    Amendment,
    added,
    amended,
    shipped,
)

_ROWS: Final = ReferralRow.__table__
_HOLD: Final = select(_ROWS).where(_ROWS.c.ended_at.is_(None)).order_by(_ROWS.c.valid_from)
# Rows are added and ended, and neither is ever undone: each change that was committed makes another version.
_VERSION: Final = select(
    func.count(), func.count(_ROWS.c.ended_at), func.max(_ROWS.c.entered_at), func.max(_ROWS.c.ended_at)
).select_from(_ROWS)


def amendments() -> tuple[Amendment, ...]:
    """The rows of the secretariat that nobody took back; they are read only after a change."""
    return REFERRALS.now()


def forget_amendments() -> None:
    """A row was changed in this transaction; from here on the rows are read again."""
    REFERRALS.forget()


def _read(connection: Connection) -> tuple[Amendment, ...]:
    by_key = {line.key: line for line in shipped()}
    rows = connection.execute(_HOLD)
    return tuple(Amendment(row.key, row.valid_from, _line_of(row, by_key.get(row.key))) for row in rows)


REFERRALS: Final = Remembered("referrals", _VERSION, _read)


def _line_of(row: Row[Any], stood_there: HelpLine | None) -> HelpLine | None:
    if not row.is_shown:
        return None
    line = stood_there or HelpLine(row.key, "", "", "", "", "", None)
    seen = Seen(row.checked_on, row.source) if row.checked_on and row.source else None
    return replace(
        line,
        number=row.number or "",
        ja=row.ja,
        en=row.en,
        when_ja=row.when_ja,
        when_en=row.when_en,
        seen=seen,
        prefecture=row.prefecture or "",
        find_ja=row.find_ja or "",
        find_en=row.find_en or "",
    )


def _today(lines: Iterable[HelpLine]) -> tuple[HelpLine, ...]:
    return amended(lines, amendments(), day=today())


def help_lines() -> tuple[HelpLine, ...]:
    """The numbers on the first page of the consultation."""
    return _today(HELP_LINES)


def crisis_lines() -> tuple[HelpLine, ...]:
    """The numbers for danger to life or body."""
    return crisis_lines_of(help_lines())


def consumer_lines() -> tuple[HelpLine, ...]:
    """Whom a consumer is shown who complains of a company."""
    return _today(CONSUMER_LINES)


def public_desks() -> tuple[HelpLine, ...]:
    """Where somebody turns whose company the association does not write to."""
    return _today(PUBLIC_DESKS)


def national_places() -> tuple[HelpLine, ...]:
    """The places for people of every prefecture."""
    own = (line for line in added(amendments(), day=today()) if not line.prefecture)
    return (*_today(NATIONAL_PLACES), *own)


def places_by_region() -> tuple[tuple[str, str, tuple[tuple[str, tuple[HelpLine, ...]], ...]], ...]:
    """Every region with its prefectures and their places, from north to south."""
    lines = (*_today(PREFECTURE_PLACES), *added(amendments(), day=today()))
    return tuple(
        (ja, en, tuple((name, tuple(line for line in lines if line.prefecture == name)) for name in names))
        for ja, en, names in REGIONS
    )


def every_place() -> tuple[HelpLine, ...]:
    """Each line that is shown anywhere today, once."""
    return (*_today(shipped()), *added(amendments(), day=today()))


def line_now(key: str) -> HelpLine | None:
    """The line of a key as it is today; what is not shown today is given as it was shipped, to be put back."""
    found = {line.key: line for line in (*shipped(), *every_place())}
    return found.get(key)


def rows_of(key: str) -> Sequence[ReferralRow]:
    """Every row there was for a key, the newest first."""
    return db().scalars(select(ReferralRow).where(ReferralRow.key == key).order_by(ReferralRow.entered_at.desc())).all()


def log(most: int = 100) -> Sequence[ReferralRow]:
    """Every row there was, what was changed last first."""
    newest = func.coalesce(ReferralRow.ended_at, ReferralRow.entered_at).desc()
    return db().scalars(select(ReferralRow).order_by(newest, ReferralRow.id).limit(most)).all()
