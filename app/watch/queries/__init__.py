"""What is asked of a watch: whether one runs, what was asked and answered, and by which versions of the act."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, or_, select

from app.cases.queries import code_behind
from app.incidents.queries import case_of, membership_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import facets
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from models.case import Case
from models.check_in import CheckIn
from models.incident_group import IncidentGroup
from models.provision import Provision
from models.retaliation_watch import RetaliationWatch
from models.rules.permissions import Permission
from models.rules.retaliation_watch import ASKS_FOR_A_LOOK, CheckInAnswer
from models.rules.whistleblower_act import ACT_RULES, ActRules, act_rules_between

MOST_SHOWN = 200


@dataclass(frozen=True)
class Asked:
    """One question, and what was answered to it."""

    check_in: CheckIn
    answer: CheckInAnswer | None

    @property
    def asks_for_a_look(self) -> bool:
        """Whether somebody of the desk has still to look at the answer."""
        return self.answer in ASKS_FOR_A_LOOK and self.check_in.seen_at is None


@dataclass(frozen=True)
class WatchLine:
    """One watch on the list: its case, and the newest question."""

    watch: RetaliationWatch
    case: Case
    newest: Asked | None


def watch_of(case_id: uuid.UUID) -> RetaliationWatch | None:
    """The watch of a case, running or over."""
    return db().scalar(select(RetaliationWatch).where(RetaliationWatch.case_id == case_id))


def is_watched(case: Case) -> bool:
    """Whether the watch of a case still runs."""
    watch = watch_of(case.id)
    return watch is not None and watch.ended_at is None


def told_before(case: Case) -> list[uuid.UUID]:
    """To whom of the companies a case was told, by itself or among the numbers of a group."""
    member = membership_of(case)
    cases = [case.id, case_of(db().get_one(IncidentGroup, member.group_id)).id] if member is not None else [case.id]
    return sorted(set(db().scalars(select(Provision.person_id).where(Provision.case_id.in_(cases)))))


def asked_of(case_id: uuid.UUID) -> list[Asked]:
    """Every question of a case's watch, oldest first."""
    rows = db().scalars(select(CheckIn).where(CheckIn.case_id == case_id).order_by(CheckIn.asked_at, CheckIn.id))
    return [Asked(row, _answer_of(row)) for row in rows]


def open_question(case_id: uuid.UUID) -> CheckIn | None:
    """The newest question, while it has no answer; an older one is asked no more."""
    newest = db().scalar(
        select(CheckIn).where(CheckIn.case_id == case_id).order_by(CheckIn.asked_at.desc(), CheckIn.id).limit(1)
    )
    return newest if newest is not None and newest.answered_at is None else None


@dataclass(frozen=True)
class Watched:
    """What the page of a case shows of its watch and of the act."""

    watch: RetaliationWatch | None
    asked: tuple[Asked, ...]
    versions: tuple[ActRules, ...]
    rule_now: ActRules | None
    """The version that the running watch goes by."""


def watched(of: Case) -> Watched:
    """The watch of a case with its questions, and the versions of the act that the case touches."""
    watch = watch_of(of.id)
    rule = next((one for one in ACT_RULES if watch is not None and one.version == watch.act_version), None)
    return Watched(watch, tuple(asked_of(of.id)), act_versions(of, watch), rule)


def act_versions(of: Case, watch: RetaliationWatch | None) -> tuple[ActRules, ...]:
    """The versions of the act that are in force at some time between the beginning of a case and the end of its watch.

    Without a watch, until now.
    """
    return act_rules_between(of.received_at, _last_moment(watch))


def _last_moment(watch: RetaliationWatch | None) -> datetime:
    return max(watch.ends_at, now()) if watch is not None and watch.ended_at is None else now()


def answers_to_look_at() -> ColumnElement[bool]:
    """The filter for answers that somebody of the desk has still to look at."""
    tokens = [token for answer in ASKS_FOR_A_LOOK for token in facets("check_in", answer.value)]
    return and_(CheckIn.seen_at.is_(None), CheckIn.answer_token.in_(tokens))


def watched_and_worried(case_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of these cases, those with an answer that nobody of the desk has looked at."""
    return set(db().scalars(select(CheckIn.case_id).where(CheckIn.case_id.in_(case_ids), answers_to_look_at())))


def watch_lines(actor: Actor) -> list[WatchLine]:
    """The watches that one may see: what needs a look first, then by their end."""
    needs_a_look = exists().where(CheckIn.watch_id == RetaliationWatch.id, answers_to_look_at())
    # Asked of each watch, of which there are few: never of each case.
    within_reach = exists().where(Case.id == RetaliationWatch.case_id, visible_cases(actor, Permission.CASE_LIST))
    watches = db().scalars(
        select(RetaliationWatch)
        .where(or_(RetaliationWatch.ended_at.is_(None), needs_a_look), within_reach)
        .order_by(case((needs_a_look, 0), else_=1), RetaliationWatch.ends_at, RetaliationWatch.id)
        .limit(MOST_SHOWN)
    )
    found = watches.all()
    cases = {of.id: of for of in db().scalars(select(Case).where(Case.id.in_([watch.case_id for watch in found])))}
    newest = _newest_of([watch.id for watch in found])
    return [WatchLine(watch, cases[watch.case_id], newest.get(watch.id)) for watch in found]


def _newest_of(watch_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Asked]:
    """The question that the list shows: one that needs a look before any other, else the newest."""
    found: dict[uuid.UUID, Asked] = {}
    for row in db().scalars(select(CheckIn).where(CheckIn.watch_id.in_(watch_ids)).order_by(CheckIn.asked_at)):
        asked = Asked(row, _answer_of(row))
        before = found.get(row.watch_id)
        if before is None or not before.asks_for_a_look or asked.asks_for_a_look:
            found[row.watch_id] = asked
    return found


def _answer_of(check_in: CheckIn) -> CheckInAnswer | None:
    found = code_behind("check_in", check_in.answer_token, CheckInAnswer)
    return found if isinstance(found, CheckInAnswer) else None
