"""A watch begins when a company is told, begins anew with each telling, asks by the clock, and ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select

from app.clocks.queries import calendar
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.first_look import Code, Moment, Reasons, code_by_rule
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.one_by_one import one_by_one
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_of
from models.case import Case
from models.check_in import CheckIn
from models.retaliation_watch import RetaliationWatch
from models.rules.deadlines import ClockKind
from models.rules.permissions import Permission
from models.rules.retaliation_watch import WatchEnd, due_asking, next_asking, watch_end

AT_A_TIME = 200


def note_disclosure(case: Case, *, actor: Actor) -> RetaliationWatch:
    """A company was told just now: the watch of the case runs from here, whatever ran before."""
    at = now()
    end = _end_by_the_rules_of(at, disclosed_at=at)
    watch = db().scalar(select(RetaliationWatch).where(RetaliationWatch.case_id == case.id))
    is_new = watch is None
    if watch is None:
        watch = RetaliationWatch(id=new_id(), case_id=case.id)
        db().add(watch)
    asking = next_asking(at, now=at)
    watch.disclosed_at, watch.ends_at, watch.ended_at = at, end.ends_at, None
    watch.policy_version, watch.act_version = end.policy_version, end.act_version
    watch.next_check_at = asking.at if asking else None
    record(of_case(case), "watch.begin" if is_new else "watch.prolong", actor=actor, facts={"watch_id": watch.id.hex})
    return watch


def keep_watch() -> int:
    """Follow the rules of today, ask what is due and end what is over; called by the clock. Returns how many."""
    rules = _rules_of_now()
    waiting = (
        _waiting_watches(now(), act=rules.act_version, policy=rules.policy_version)
        .order_by(RetaliationWatch.ends_at, RetaliationWatch.id)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    return one_by_one(db().scalars(waiting).all(), _keep, work="keep_watch")


def due_watches(at: Moment) -> Reasons:
    """The watches for which something is due, by the rules of the look."""
    act = code_by_rule(lambda: _rules_of_now().act_version)
    return (_waiting_watches(at, act=act, policy=code_by_rule(lambda: _rules_of_now().policy_version)),)


def _waiting_watches(at: Moment, *, act: Code, policy: Code) -> Select[RetaliationWatch]:
    """The watches that ask or end by now, and those that run by other rules than these."""
    return select(RetaliationWatch).where(
        RetaliationWatch.ended_at.is_(None),
        or_(
            RetaliationWatch.next_check_at <= at,
            RetaliationWatch.ends_at <= at,
            RetaliationWatch.act_version != act,
            RetaliationWatch.policy_version != policy,
        ),
    )


def see_answer(check_in: CheckIn, *, actor: Actor) -> None:
    """Say that an answer was seen; it stays with whoever said so first."""
    case = db().get_one(Case, check_in.case_id)
    must_be_allowed(Permission.CASE_NOTE, actor=actor, standing=towards_case(actor, case))
    if check_in.answered_at is None or check_in.seen_at is not None:
        return
    check_in.seen_at = now()
    record(of_case(case), "watch.see", actor=actor, facts={"check_in_id": check_in.id.hex})


def _keep(watch: RetaliationWatch) -> bool:
    _follow_the_rules(watch)
    at = now()
    if watch.next_check_at is not None and watch.next_check_at <= at:
        _ask(watch)
    if watch.ends_at <= at:
        watch.ended_at, watch.next_check_at = at, None
        record(of_case(watch.case_id), "watch.end", actor=THE_CLOCK, facts={"watch_id": watch.id.hex})
    return True


def _rules_of_now() -> WatchEnd:
    return _end_by_the_rules_of(now(), disclosed_at=now())


def _end_by_the_rules_of(at: datetime, *, disclosed_at: datetime) -> WatchEnd:
    """Only what is changed of this very term moves a watch, and not what is changed of another."""
    policies = deadlines_of(ClockKind.RETALIATION_WATCH)
    return watch_end(disclosed_at, now=at, calendar=calendar(), policies=policies)


def _follow_the_rules(watch: RetaliationWatch) -> None:
    """From its first day a new version of a rule holds for what runs; what was promised is never made shorter by it."""
    end = _end_by_the_rules_of(now(), disclosed_at=watch.disclosed_at)
    if (end.policy_version, end.act_version) == (watch.policy_version, watch.act_version):
        return
    watch.ends_at = max(watch.ends_at, end.ends_at)
    watch.policy_version, watch.act_version = end.policy_version, end.act_version
    facts = {"watch_id": watch.id.hex, "version": f"{end.policy_version}+{end.act_version}"}
    record(of_case(watch.case_id), "watch.follow_rules", actor=THE_CLOCK, facts=dict(facts))


def _ask(watch: RetaliationWatch) -> None:
    at = now()
    asking, coming = due_asking(watch.disclosed_at, now=at), next_asking(watch.disclosed_at, now=at)
    watch.next_check_at = coming.at if coming else None
    if asking is None:
        return
    check_in = CheckIn(id=new_id(), watch_id=watch.id, case_id=watch.case_id, months=asking.months, asked_at=at)
    db().add(check_in)
    record(of_case(watch.case_id), "watch.ask", actor=THE_CLOCK, facts={"check_in_id": check_in.id.hex})
