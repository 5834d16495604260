"""What is asked of retention: until when a case is kept, what holds it, and what is due now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.cases.queries import outcome_of
from app.pipeline.clock import TOKYO, now, today
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.secrets import facets
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import ja_date
from models.adviser_access import AdviserAccess
from models.case import Case
from models.case_link import CaseLink
from models.compartment import Compartment
from models.erasure import Erasure
from models.legal_hold import LegalHold
from models.rules.case_links import CaseLinkKind
from models.rules.erasure import ErasedPart
from models.rules.holds import rest_began
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.rules.retention import (
    RETENTION,
    DataKind,
    EndedCase,
    RetentionRule,
    case_kept_until,
    kept_until,
    latest_start_over,
    rule_on,
)
from models.rules.taxonomy.outcome import KEPT_SHORTER

ENDING = (DataKind.SHORT_CASE, DataKind.CASE_CONTENT, DataKind.IDENTITY)
"""The kinds of data whose terms end with an erasure."""
KEPT_AND_OVER = and_(Case.erased_at.is_(None), Case.closed_at.is_not(None))


@dataclass(frozen=True)
class Due:
    """One part of a case whose term is over, and the kind of data whose rule says so."""

    case: Case
    part: ErasedPart
    rule: DataKind


def goes_on_in(case: Case) -> Case | None:
    """The case in which this one went up at last; None where it went up in none."""
    led = select(CaseLink.other_case_id).where(CaseLink.kind == CaseLinkKind.MERGED)
    found, seen = case, {case.id}
    while (other := db().scalar(led.where(CaseLink.case_id == found.id).limit(1))) is not None and other not in seen:
        seen.add(other)
        found = db().get_one(Case, other)
    return found if found.id != case.id else None


def went_up_in(case: Case) -> list[Case]:
    """The cases whose thread goes on in this one, over however many steps: they go when it goes (7.18)."""
    found: dict[uuid.UUID, Case] = {}
    waiting = [case.id]
    while waiting:
        rows = db().scalars(
            select(Case)
            .join(CaseLink, CaseLink.case_id == Case.id)
            .where(CaseLink.kind == CaseLinkKind.MERGED, CaseLink.other_case_id.in_(waiting))
        )
        waiting = []
        for one in rows:
            if one.id != case.id and one.id not in found:
                found[one.id] = one
                waiting.append(one.id)
    return list(found.values())


def as_ended(case: Case) -> EndedCase:
    """When a case was closed and how; what was withdrawn waits for the desk to close it, and no term runs before."""
    closed_on = case.closed_at.astimezone(TOKYO).date() if case.closed_at else None
    return EndedCase(closed_on, outcome_of(case.outcome_token))


def until_of(case: Case) -> date | None:
    """The first day on which its content is due; None while no term has begun."""
    goes_on = goes_on_in(case)
    return case_kept_until(as_ended(case), went_up_in=as_ended(goes_on) if goes_on is not None else None)


def kept_in_words(case: Case, *, actor: Actor) -> str:
    """For whoever may not open what a case went up in, no day: it would tell when that one ended."""
    goes_on = goes_on_in(case)
    if goes_on is not None and not _may_be_opened(goes_on, actor):
        return str(_("まとめた先の相談と同じ日まで"))
    until = until_of(case)
    if until is not None:
        return str(_("%(day)sまで", day=ja_date(until - timedelta(days=1), weekday=True)))
    return str(_("まとめた先の相談が終わってから決まります")) if goes_on is not None else ""


def _may_be_opened(case: Case, actor: Actor) -> bool:
    reach = select(Case.id).where(Case.id == case.id, visible_cases(actor, Permission.CASE_READ))
    return db().scalar(reach) is not None


def identity_until_of(case: Case) -> date | None:
    """The first day on which its name is due, by the name's own rule and with the content at the latest."""
    ended = as_ended(goes_on_in(case) or case).closed_on
    content = until_of(case)
    if ended is None or content is None:
        return None
    own = kept_until(rule_on(DataKind.IDENTITY, ended), ended)
    return content if own is None else min(own, content)


def hold_on(case: Case) -> LegalHold | None:
    """The hold that lasts on this very case."""
    return db().scalar(select(LegalHold).where(LegalHold.case_id == case.id, LegalHold.lifted_at.is_(None)))


def holds_on(case: Case) -> Sequence[LegalHold]:
    """Every hold that there ever was on this very case, the newest first."""
    return (
        db()
        .scalars(select(LegalHold).where(LegalHold.case_id == case.id).order_by(LegalHold.set_at.desc(), LegalHold.id))
        .all()
    )


def version_of_holds(case: Case) -> int:
    """How often anything was done with holds on this case: what a page of it carries, so that a later act is seen."""
    return db().scalar(select(func.max(LegalHold.version)).where(LegalHold.case_id == case.id)) or 0


def content_goes(case: Case) -> bool:
    """Whether it was ordered that the whole content goes, so that nothing stops it any more."""
    ordered = select(Erasure.id).where(Erasure.case_id == case.id, Erasure.part == ErasedPart.CONTENT)
    return db().scalar(ordered.limit(1)) is not None


def is_held(case: Case) -> bool:
    """Whether a hold lasts on it, or on any that is one thread with it."""
    return _is_any_held(case, LegalHold.lifted_at.is_(None))


def rests(case: Case) -> bool:
    """Whether a hold lasts, or was lifted so lately that the clock lets nothing of its thread go yet."""
    return _is_any_held(case, or_(LegalHold.lifted_at.is_(None), LegalHold.lifted_at > rest_began(now())))


def _is_any_held(case: Case, so: ColumnElement[bool]) -> bool:
    thread = goes_on_in(case) or case
    ids = [thread.id, *(one.id for one in went_up_in(thread))]
    return db().scalar(select(LegalHold.id).where(LegalHold.case_id.in_(ids), so).limit(1)) is not None


def name_is_going(case: Case) -> bool:
    """Whether it was ordered that its name goes, and that is not done yet."""
    ordered = select(Erasure.id).where(
        Erasure.case_id == case.id, Erasure.part == ErasedPart.IDENTITY, Erasure.done_at.is_(None)
    )
    return db().scalar(ordered.limit(1)) is not None


def erasures_of(case: Case) -> Sequence[Erasure]:
    """What of it was erased, or is being."""
    return db().scalars(select(Erasure).where(Erasure.case_id == case.id).order_by(Erasure.ordered_at)).all()


def keys_of(case_id: uuid.UUID, part: ErasedPart) -> list[uuid.UUID]:
    """The shred keys under which this part of a case lies; what was sealed before names had one has only the case's."""
    own = select(Compartment.id).where(Compartment.case_id == case_id, Compartment.has_own_key)
    if part is ErasedPart.IDENTITY:
        return list(db().scalars(own.where(Compartment.kind == CompartmentKind.IDENTITY)))
    shown = select(AdviserAccess.key_id).where(AdviserAccess.case_id == case_id, AdviserAccess.key_id.is_not(None))
    return [case_id, *db().scalars(own), *(key for key in db().scalars(shown) if key is not None)]


def due_for_erasure(*, most: int) -> list[Due]:
    """What is past its term and neither held nor ordered yet, the oldest first; rows are kept for this transaction."""
    found: list[Due] = []
    for part, query in ((ErasedPart.CONTENT, _content_due(today())), (ErasedPart.IDENTITY, _identity_due(today()))):
        rows = query.order_by(Case.closed_at, Case.id).limit(most - len(found)).with_for_update(skip_locked=True)
        taken = {due.case.id for due in found}
        for case in db().scalars(rows).all():
            until = until_of(case) if part is ErasedPart.CONTENT else identity_until_of(case)
            if case.id not in taken and until is not None and until <= today() and not rests(case):
                kind = as_ended(case).kind if part is ErasedPart.CONTENT else DataKind.IDENTITY
                found.append(Due(case, part, kind))
        if len(found) >= most:
            break
    return found


@made_once
def _over_before(before: datetime) -> Select[uuid.UUID]:
    return select(Case.id).where(KEPT_AND_OVER, Case.closed_at < before).limit(1)


def is_anything_due() -> bool:
    """Whether anything may be past its term: asked at every turn of the clock, and mostly answered by an index."""
    # No term ends before the shortest of all would: while nothing is that old, no rule has to be asked.
    terms = (rule.months for kind in ENDING for rule, _until in _rows_of(kind) if rule.months is not None)
    latest = latest_start_over(min(terms), today())
    if _over_before.scalar(beginning_of(latest + timedelta(days=1))) is None:
        return False
    return any(db().scalar(query.limit(1)) is not None for query in (_content_due(today()), _identity_due(today())))


def _content_due(day: date) -> Select[Case]:
    kinds = (DataKind.SHORT_CASE, DataKind.CASE_CONTENT)
    over = or_(*(and_(content_of_kind(kind), term_over(kind, day)) for kind in kinds))
    return kept_alone(ErasedPart.CONTENT).where(over, ~_was_lifted_lately())


def content_of_kind(kind: DataKind) -> ColumnElement[bool]:
    """Cases whose content is kept by the shorter of the two terms, or by the longer."""
    short = Case.outcome_token.in_([token for outcome in KEPT_SHORTER for token in facets("outcome", outcome.value)])
    return short if kind is DataKind.SHORT_CASE else or_(Case.outcome_token.is_(None), ~short)


def _identity_due(day: date) -> Select[Case]:
    return kept_alone(ErasedPart.IDENTITY).where(term_over(DataKind.IDENTITY, day), ~_was_lifted_lately())


def _was_lifted_lately() -> ColumnElement[bool]:
    lately = LegalHold.lifted_at > rest_began(now())
    went_up = and_(CaseLink.kind == CaseLinkKind.MERGED, CaseLink.other_case_id == Case.id)
    return or_(
        exists().where(LegalHold.case_id == Case.id, lately),
        exists().where(went_up, CaseLink.case_id == LegalHold.case_id, lately),
    )


def kept_alone(part: ErasedPart) -> Select[Case]:
    """Cases that are over, not held, not ordered yet, and that went up in no other: those go with that one."""
    source = CaseLink.kind == CaseLinkKind.MERGED
    held = exists().where(LegalHold.case_id == Case.id, LegalHold.lifted_at.is_(None))
    held_there = exists().where(
        source, CaseLink.other_case_id == Case.id, CaseLink.case_id == LegalHold.case_id, LegalHold.lifted_at.is_(None)
    )
    parts = (ErasedPart.CONTENT, part)
    ordered = exists().where(Erasure.case_id == Case.id, Erasure.part.in_(parts))
    merged = exists().where(source, CaseLink.case_id == Case.id)
    return select(Case).where(KEPT_AND_OVER, ~held, ~held_there, ~ordered, ~merged)


def term_over(kind: DataKind, day: date) -> ColumnElement[bool]:
    """Whether the term of a kind is over on a day, by whichever of its dated rows held when it began."""
    return or_(*(_began_within(rule, until, day) for rule, until in _rows_of(kind) if rule.months is not None))


def _rows_of(kind: DataKind, rules: Iterable[RetentionRule] = RETENTION) -> Iterator[tuple[RetentionRule, date | None]]:
    rows = sorted((rule for rule in rules if rule.kind is kind), key=lambda rule: rule.since)
    for rule, following in zip(rows, [*rows[1:], None], strict=True):
        yield rule, following.since if following else None


def _began_within(rule: RetentionRule, until: date | None, day: date) -> ColumnElement[bool]:
    latest = latest_start_over(rule.months or 0, day)
    if until is not None:
        latest = min(latest, until - timedelta(days=1))
    return and_(Case.closed_at >= beginning_of(rule.since), Case.closed_at < beginning_of(latest + timedelta(days=1)))


def beginning_of(day: date) -> datetime:
    """The first moment of a day in Japan."""
    return datetime.combine(day, time(0), TOKYO)
