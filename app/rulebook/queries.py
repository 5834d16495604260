"""What is asked of the rulebook: the rules in force, read once for each request and built anew only after a change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import Connection, func, select

from app.pipeline.clock import today
from app.pipeline.remembered import Remembered
from app.pipeline.transaction import db
from app.presentation.filters import current_language
from app.rulebook.word_rows import mail_in, offer_in, wording_in
from models.rule_change import RuleChange
from models.rules.amendable import amended_deadlines, amended_files
from models.rules.attachments import ATTACHMENT_POLICIES, AttachmentPolicy, attachment_policy_at
from models.rules.consent import TEXT_VERSION
from models.rules.deadlines import DEADLINE_POLICIES, ClockKind, DeadlinePolicy, policy_at
from models.rules.editable_codes import CodeList, CodesOn, CodeWording, Offer, codes_on, list_of
from models.rules.editable_texts import EditableText, Wording, wording_on
from models.rules.mail_kinds import MailKind
from models.rules.mail_words import MailWording, mail_wording_on
from models.rules.rule_change import Amended, ClosureSort, RuleKind
from models.rules.working_days import Calendar, Closure

_ROWS = RuleChange.__table__
_IN_FORCE = (
    select(_ROWS.c.kind, _ROWS.c.key, _ROWS.c.value, _ROWS.c.valid_from)
    .where(_ROWS.c.ended_at.is_(None), _ROWS.c.kind != RuleKind.RECOMPUTE)
    .order_by(_ROWS.c.valid_from)
)
# Rows are added and ended, and neither is ever undone: each change that was committed makes another version.
_VERSION = select(
    func.count(), func.count(_ROWS.c.ended_at), func.max(_ROWS.c.entered_at), func.max(_ROWS.c.ended_at)
).where(_ROWS.c.kind != RuleKind.RECOMPUTE)
_NEWEST_CLOSURE = select(func.max(_ROWS.c.entered_at), func.max(_ROWS.c.ended_at)).where(
    _ROWS.c.kind == RuleKind.CLOSURE
)

KEPT_CODES: Final = "kikite_codes_of_a_day"
WITHOUT_CHANGES: Final = "japan"
MOST_DAYS: Final = 2_000
"""Of how many days the words are kept at hand; old cases are shown with the words of their own day."""
_STAMP: Final = "%y%m%d%H%M%S%f"


@dataclass(frozen=True)
class Rulebook:
    """The rules in force, as plain values."""

    calendar: Calendar
    amended: tuple[Amended, ...]
    deadlines: tuple[DeadlinePolicy, ...]
    files: tuple[AttachmentPolicy, ...]
    wordings: tuple[Wording, ...]
    labels: tuple[CodeWording, ...]
    offers: tuple[Offer, ...]
    mails: tuple[MailWording, ...]


def deadlines_at(moment: datetime) -> DeadlinePolicy:
    """How long each clock is that starts at a moment."""
    return policy_at(moment, rulebook().deadlines)


def deadlines_of(kind: ClockKind) -> tuple[DeadlinePolicy, ...]:
    """The rows of the deadlines that differ for one kind, for what follows its rule from day to day."""
    own = (row for row in rulebook().amended if row.key.partition(":")[0] == kind.code)
    return amended_deadlines(DEADLINE_POLICIES, own)


def deadlines_by_version() -> dict[str, DeadlinePolicy]:
    """The row behind each version that a clock was stored with."""
    return {row.version: row for row in (*DEADLINE_POLICIES, *rulebook().deadlines)}


def file_limits_at(moment: datetime) -> AttachmentPolicy:
    """What is taken of files at a moment."""
    return attachment_policy_at(moment, rulebook().files)


def text_in_force(text: EditableText) -> str:
    """The words of today in the language of the page, the same for everybody who reads them."""
    return wording_of(text, today()).words(current_language())


def wording_of(text: EditableText, day: date) -> Wording:
    """How a text reads on a day, by the rows that are entered now."""
    return wording_on(text, day, rulebook().wordings)


def codes_of_day(day: date) -> CodesOn:
    """How the codes are called on a day and which are offered; worked out once for a day and a state of the rules."""
    rules = rulebook()
    known: dict[date, CodesOn]
    of_rules, known = current_app.extensions.get(KEPT_CODES, (None, {}))
    if of_rules is not rules or len(known) > MOST_DAYS:
        known = {}
        current_app.extensions[KEPT_CODES] = (rules, known)
    if day not in known:
        known[day] = codes_on(day, rules.labels, rules.offers)
    return known[day]


def mail_wording_of(kind: MailKind, day: date) -> MailWording:
    """How a kind of mail reads on a day, by the rows that are entered now."""
    return mail_wording_on(kind, day, rulebook().mails)


def consent_text_version() -> str:
    """Which words of consent are shown today: the shipped ones, or those since the day of the newest change of them."""
    of_consent = {CodeList.CONSENT, CodeList.PERMISSION}
    wordings = codes_of_day(today()).wordings.values()
    changed = [one.valid_from for one in wordings if list_of(one.code) in of_consent]
    return f"{TEXT_VERSION}+{max(changed):%Y%m%d}" if changed else TEXT_VERSION


def rulebook() -> Rulebook:
    """The rules in force; the rows themselves are read only after a change."""
    return RULEBOOK.now()


def forget_rulebook() -> None:
    """A rule was changed in this transaction; from here on the rows are read."""
    RULEBOOK.forget()


def changes_of(kinds: Iterable[RuleKind], key: str) -> Sequence[RuleChange]:
    """Every change of something that was entered, those taken back too, the newest day first."""
    wanted = select(RuleChange).where(RuleChange.kind.in_(kinds), RuleChange.key == key)
    return db().scalars(wanted.order_by(RuleChange.valid_from.desc(), RuleChange.entered_at.desc())).all()


def begins_on(kind: RuleKind, key: str, day: date) -> bool:
    """Whether a change of this kind begins on that very day."""
    return any(one.valid_from == day and one.ended_at is None for one in changes_of((kind,), key))


def _built(connection: Connection) -> Rulebook:
    rows = connection.execute(_IN_FORCE).all()
    of_clocks = _amended(rows, RuleKind.DEADLINE)
    return Rulebook(
        calendar=_calendar(
            calendar_version(_closures_changed_at(connection)), [row for row in rows if row.kind is RuleKind.CLOSURE]
        ),
        amended=tuple(of_clocks),
        deadlines=amended_deadlines(DEADLINE_POLICIES, of_clocks),
        files=amended_files(ATTACHMENT_POLICIES, _amended(rows, RuleKind.LIMIT)),
        wordings=tuple(_wording(row) for row in rows if row.kind is RuleKind.TEXT),
        labels=tuple(wording for row in rows if row.kind is RuleKind.LABEL and (wording := wording_in(row))),
        offers=tuple(offer for row in rows if row.kind is RuleKind.OFFER and (offer := offer_in(row))),
        mails=tuple(mail_in(row) for row in rows if row.kind is RuleKind.MAIL),
    )


RULEBOOK: Final = Remembered("rulebook", _VERSION, _built)


def _amended(rows: Sequence[Any], kind: RuleKind) -> list[Amended]:
    return [Amended(row.key, int(json.loads(row.value)["amount"]), row.valid_from) for row in rows if row.kind is kind]


def _wording(row: Any) -> Wording:
    value = json.loads(row.value)
    return Wording(EditableText(row.key), row.valid_from, value["ja"], value["en"])


def _closures_changed_at(connection: Connection) -> datetime | None:
    moments = connection.execute(_NEWEST_CLOSURE).one()
    return max((moment for moment in moments if moment), default=None)


def next_closure_change(at: datetime) -> datetime:
    """The moment that a change of the closure days is stored with: each is later than the one before, whatever the
    clock of the machine says, so that no two calendars share a version.
    """
    newest = _closures_changed_at(db().connection())
    return at if newest is None or newest < at else newest + timedelta(microseconds=1)


def calendar_version(changed_at: datetime | None) -> str:
    """The name of a calendar: when a closure day was last entered or taken back, to the microsecond, in UTC."""
    return f"{WITHOUT_CHANGES}+{changed_at:{_STAMP}}" if changed_at else WITHOUT_CHANGES


def with_days(calendar: Calendar, days: Iterable[date], *, sort: ClosureSort, ja: str, en: str) -> Calendar:
    """A calendar with days entered: closed, or no longer holidays."""
    if sort is ClosureSort.MOVED_AWAY:
        return replace(calendar, moved_away=calendar.moved_away | set(days))
    return replace(calendar, closures=(*calendar.closures, *(Closure(day, ja, en) for day in days)))


def _calendar(version: str, rows: Iterable[Any]) -> Calendar:
    """The calendar of these rows."""
    calendar = Calendar(version)
    for row in rows:
        value = json.loads(row.value)
        sort = ClosureSort(value["sort"])
        calendar = with_days(calendar, [row.valid_from], sort=sort, ja=value["ja"], en=value["en"])
    return calendar


def calendars_by_version(versions: Iterable[str]) -> dict[str, Calendar]:
    """The calendar behind each version that a clock was stored with; a version that nobody knows is left out."""
    rows = db().scalars(select(RuleChange).where(RuleChange.kind == RuleKind.CLOSURE).order_by(RuleChange.key)).all()
    found = {}
    for version in set(versions):
        moment = _moment_of(version)
        if version == WITHOUT_CHANGES:
            found[version] = Calendar(version)
        elif moment is not None:
            known = [row for row in rows if row.entered_at <= moment and (not row.ended_at or row.ended_at > moment)]
            found[version] = _calendar(version, known)
    return found


def _moment_of(version: str) -> datetime | None:
    """When a calendar became what its version names; versions of the first months name it to the second."""
    _japan, _plus, stamp = version.partition("+")
    for form, more in ((_STAMP, timedelta()), ("%Y-%m-%dT%H%M%S", timedelta(microseconds=999_999))):
        try:
            return datetime.strptime(f"{stamp}+0000", f"{form}%z") + more
        except ValueError:
            continue
    return None


def closures_from(day: date) -> Sequence[RuleChange]:
    """The closure days from a day on that hold, the next first."""
    return (
        db()
        .scalars(
            select(RuleChange)
            .where(RuleChange.kind == RuleKind.CLOSURE, RuleChange.ended_at.is_(None), RuleChange.valid_from >= day)
            .order_by(RuleChange.valid_from)
        )
        .all()
    )


def log(most: int = 200) -> Sequence[RuleChange]:
    """Every change there was, the newest first."""
    newest = func.coalesce(RuleChange.ended_at, RuleChange.entered_at).desc()
    return db().scalars(select(RuleChange).order_by(newest, RuleChange.id).limit(most)).all()
