"""A place to turn to is entered by a dated row, and taken back; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.custody.actions import ASSOCIATION
from app.pipeline.audit import record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from app.referrals.queries import amendments, forget_amendments
from models.referral_row import ReferralRow
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.referral import NEVER_CHANGED, leaves_nobody_to_call, may_enter


@dataclass(frozen=True)
class PlaceWords:
    """What a row says of a place."""

    prefecture: str
    ja: str
    en: str
    number: str
    when_ja: str
    when_en: str
    find_ja: str
    find_en: str
    checked_on: date | None
    source: str
    is_shown: bool = True


def enter_place(words: PlaceWords, *, key: str | None, valid_from: date, reason: str, actor: Actor) -> ReferralRow:
    """From a day on this is what stands for the place; a row for the same day gives way to this one."""
    _must_be_allowed(actor)
    if key in NEVER_CHANGED:
        raise ValueError("110 and 119 are not changed")
    decision = may_enter(
        number=words.number,
        find=words.find_ja,
        checked_on=words.checked_on,
        source=words.source,
        valid_from=valid_from,
        today=today(),
    )
    if not decision.allowed:
        raise ValueError("such a row cannot be entered; the form says why")
    if not words.is_shown and key is not None and leaves_nobody_to_call(key, amendments(), day=valid_from):
        raise ValueError("somebody in danger would have nobody to call but 110 and 119")
    key = key or f"own-{new_id().hex}"
    same_day = select(ReferralRow).where(
        ReferralRow.key == key, ReferralRow.valid_from == valid_from, ReferralRow.ended_at.is_(None)
    )
    for earlier in db().scalars(same_day).all():
        _end(earlier, actor)
    row = ReferralRow(
        id=new_id(),
        key=key,
        prefecture=words.prefecture or None,
        is_shown=words.is_shown,
        ja=words.ja,
        en=words.en or words.ja,
        number=words.number or None,
        when_ja=words.when_ja,
        when_en=words.when_en or words.when_ja,
        find_ja=words.find_ja or None,
        find_en=words.find_en or words.find_ja or None,
        checked_on=words.checked_on,
        source=words.source or None,
        valid_from=valid_from,
        reason=reason,
        entered_by_id=actor.id,
        entered_at=now(),
    )
    db().add(row)
    _changed(row, "referral.enter", actor)
    return row


def take_back(row: ReferralRow, *, actor: Actor) -> None:
    """What stood there before stands there again."""
    _must_be_allowed(actor)
    if row.ended_at is None:
        _end(row, actor)


def _end(row: ReferralRow, actor: Actor) -> None:
    row.ended_at, row.ended_by_id = now(), actor.id
    _changed(row, "referral.end", actor)


def _changed(row: ReferralRow, event: str, actor: Actor) -> None:
    db().flush()
    forget_amendments()
    record(ASSOCIATION, event, actor=actor, facts={"desk_key": row.key, "day": row.valid_from.isoformat()})


def _must_be_allowed(actor: Actor) -> None:
    must_be_allowed(Permission.RULEBOOK_CHANGE, actor=actor, standing=Standing.NONE)
    if actor.id is None:
        raise ValueError("a person changes what consulters are shown, never the clock")
