"""What is done with certifications: they are entered, put into effect and ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, delete, select

from app.certifications.certificates import issue_certificate as issue_certificate  # noqa: PLC0414 - the slice's door
from app.certifications.queries import (
    effects_of_revocations,
    publication_about,
    waits_until_day,
    was_renewal_filed_in_time,
)
from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.clocks.queries import calendar
from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import TOKYO, now, today
from app.pipeline.first_look import Day
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_at
from models.board_item import BoardItem
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company import Company
from models.publication import Publication
from models.resolution import Resolution
from models.rules.board import StopUsePlace, start_of_day
from models.rules.certification_lifecycle import (
    CERTIFICATION_LIFECYCLE,
    HELD,
    CertificationAct,
    CertificationState,
    certification_policy_at,
    is_during_procedure,
    last_day,
    may_expire,
)
from models.rules.deadlines import ClockKind, due
from models.rules.lifecycle import NotAllowedNow
from models.rules.permissions import Permission
from models.rules.succession import MergerCase
from models.stop_use_task import StopUseTask


def enter_pre_certified(
    company: Company, *, number: str, valid_from: date, valid_to: date, actor: Actor
) -> Certification:
    """Enter a certification that the board gave before this system began (事前認定)."""
    return _enter(company, number=number, valid_from=valid_from, valid_to=valid_to, reference=None, actor=actor)


def enter_certified(
    company: Company, *, number: str, valid_from: date, resolution_reference: str, actor: Actor
) -> Certification:
    """Enter a certification from the board's resolution; the term follows from the scheme's policy of that day."""
    valid_to = last_day(valid_from, certification_policy_at(start_of_day(valid_from)))
    return _enter(
        company, number=number, valid_from=valid_from, valid_to=valid_to, reference=resolution_reference, actor=actor
    )


def note_status(
    certification: Certification,
    state: CertificationState,
    *,
    effective_at: datetime,
    resolution_id: uuid.UUID | None = None,
) -> None:
    """Say from which moment a certification has a state; the public list is read from these lines."""
    db().add(
        CertificationStatus(
            id=uuid.uuid4(),
            certification_id=certification.id,
            state=state,
            effective_at=effective_at,
            recorded_at=now(),
            resolution_id=resolution_id,
        )
    )


def begin_procedure(certification: Certification, item: BoardItem, *, actor: Actor) -> None:
    """The board has the matter (E5). It is not public: no line of the public list is written."""
    _act(certification, CertificationAct.BEGIN_REVOCATION_PROCEDURE, actor, {"board_item_id": item.id.hex})


def end_procedure(certification: Certification, resolution: Resolution, *, actor: Actor) -> None:
    """The board decided something other than revocation; the company is certified as before."""
    if certification.state is CertificationState.REVOCATION_PROC:
        facts = {"resolution_id": resolution.id.hex}
        _act(certification, CertificationAct.END_PROCEDURE_WITHOUT_REVOCATION, actor, facts)


def schedule_revocation(
    certification: Certification, resolution: Resolution, *, effect_at: datetime, actor: Actor
) -> None:
    """Write down from which moment it is revoked, and what is then published; the clock does the rest by itself."""
    note_status(certification, CertificationState.REVOKED, effective_at=effect_at, resolution_id=resolution.id)
    publication = Publication(
        id=uuid.uuid4(),
        certification_id=certification.id,
        resolution_id=resolution.id,
        published_from=effect_at,
        expires_at=due(
            ClockKind.PUBLICATION, from_=effect_at, calendar=calendar(), policy=deadlines_at(effect_at)
        ).due_at,
    )
    db().add(publication)
    record(
        of_company(certification.company_id),
        "publication.add",
        actor=actor,
        facts={"publication_id": publication.id.hex},
    )


def cancel_revocation(certification: Certification, resolution: Resolution, *, actor: Actor) -> None:
    """The board takes the matter up again before its day: what was written down for that day is taken out."""
    db().execute(
        delete(CertificationStatus).where(
            CertificationStatus.certification_id == certification.id,
            CertificationStatus.resolution_id == resolution.id,
            CertificationStatus.effective_at > now(),
        )
    )
    _withdraw_publication(certification, resolution, actor)


def revoke(certification: Certification, resolution: Resolution) -> None:
    """The day has come: the state follows, and the company is told where to stop using the mark."""
    if certification.state is not CertificationState.REVOCATION_PROC:
        return
    _act(certification, CertificationAct.REVOKE, THE_CLOCK, {"resolution_id": resolution.id.hex})
    clock = start_clock(certification, ClockKind.STOP_USE, from_=resolution.effect_at)
    for place in StopUsePlace:
        _open_stop_use(certification, place, due_at=clock.due_at)


def reinstate(
    certification: Certification, resolution: Resolution, *, reversed_resolution: Resolution, actor: Actor
) -> None:
    """The board took its revocation back: the original number stands again, and what was published is withdrawn.

    What had ended in another way meanwhile, with the membership or the term, stays ended so and is no longer revoked.
    """
    stands = certification.state
    if stands is CertificationState.REVOKED:
        stands = CertificationState.REINSTATED
        _act(certification, CertificationAct.REINSTATE, actor, {"resolution_id": resolution.id.hex})
    note_status(certification, stands, effective_at=now(), resolution_id=resolution.id)
    _withdraw_publication(certification, reversed_resolution, actor)
    stop_clocks(certification, [ClockKind.STOP_USE])


def confirm_stop_use(task: StopUseTask, *, actor: Actor) -> None:
    """The company says that the mark is gone from a place."""
    certification = db().get_one(Certification, task.certification_id)
    standing = towards_company(actor, certification.company_id)
    must_be_allowed(Permission.ESCALATION_ANSWER, actor=actor, standing=standing)
    if task.confirmed_at is not None:
        return
    task.confirmed_at, task.confirmed_by_id = now(), actor.id
    record(of_company(certification.company_id), "stop_use.confirm", actor=actor, facts={"task_id": task.id.hex})
    db().flush()
    open_tasks = select(StopUseTask.id).where(
        StopUseTask.certification_id == certification.id, StopUseTask.confirmed_at.is_(None)
    )
    if db().scalar(open_tasks.limit(1)) is None:
        meet_clocks(certification, [ClockKind.STOP_USE])


def terms_over(day: Day) -> Select[Certification]:
    """The certifications that are held, and whose last day is over."""
    return select(Certification).where(Certification.state.in_(HELD), Certification.valid_to < day)


def expire_due() -> int:
    """End every certification whose term is over and whose renewal was not filed in time. Returns how many."""
    day = today()
    over = terms_over(day).order_by(Certification.valid_to, Certification.id).with_for_update(skip_locked=True)
    return one_by_one(db().scalars(over).all(), lambda one: _expire(one, day), work="expire_due")


def _expire(certification: Certification, day: date) -> bool:
    last = certification.valid_to
    filed = was_renewal_filed_in_time(certification)
    if last is None or not may_expire(certification.state, on=day, valid_to=last, renewal_filed=filed):
        return False
    _end(certification, CertificationAct.EXPIRE, THE_CLOCK, {"valid_to": last.isoformat()}, on=last)
    note_status(certification, CertificationState.EXPIRED, effective_at=start_of_day(last + timedelta(days=1)))
    return True


def lapse_with_membership(certification: Certification, *, left_on: date, actor: Actor) -> None:
    """The company is no member any more, and with that no longer certified.

    A revocation that the board has decided stands all the same, from its day on: nobody leaves to be spared its
    publication, or the time to wait before applying again. A term that had not begun yet ends as it begins.
    """
    _end(certification, CertificationAct.LAPSE_WITH_MEMBERSHIP, actor, {}, on=left_on)
    ended_at = _from_its_first_day(certification, start_of_day(left_on + timedelta(days=1)))
    note_status(certification, CertificationState.LAPSED_MEMBERSHIP, effective_at=ended_at)
    stop_clocks(certification)


def _from_its_first_day(certification: Certification, moment: datetime) -> datetime:
    """A line before the first day of a term that had not begun would be overtaken by the line of that day."""
    first = certification.valid_from
    return moment if first is None else max(moment, start_of_day(first))


def withdraw_certification(certification: Certification, *, actor: Actor) -> None:
    """The company gives its certification back (辞退); while the board has the matter, it waits as after a revocation.

    A revocation that the board has decided stands all the same, as when the membership ends.
    """
    facts = {"during_procedure": is_during_procedure(certification.state)}
    _end(certification, CertificationAct.WITHDRAW, actor, facts, on=today())
    ended_at = _from_its_first_day(certification, now())
    note_status(certification, CertificationState.WITHDRAWN, effective_at=ended_at)
    stop_clocks(certification)


def transfer_certification(
    certification: Certification, *, successor: Company, merger_case: MergerCase, day: date, actor: Actor
) -> None:
    """The company was absorbed: its certification ends with the day, and what the board decided of it stands (6.5)."""
    facts = {"successor_company_id": successor.id.hex, "merger_case": merger_case.value}
    _end(certification, CertificationAct.TRANSFER, actor, facts, on=day)
    ended_at = _from_its_first_day(certification, start_of_day(day))
    note_status(certification, CertificationState.TRANSFERRED, effective_at=ended_at)
    stop_clocks(certification)


def _enter(
    company: Company, *, number: str, valid_from: date, valid_to: date, reference: str | None, actor: Actor
) -> Certification:
    if waits_until_day(company.id) is not None:
        # The board revoked, and the time that a company then waits is not cut short by whoever keeps the register.
        raise NotAllowedNow(CERTIFICATION_LIFECYCLE.name, CertificationState.REVOKED, CertificationAct.ENTER)
    certification = Certification(
        id=uuid.uuid4(),
        company_id=company.id,
        state=CERTIFICATION_LIFECYCLE.begins,
        version=1,
        number=number,
        is_pre_certified=reference is None,
        valid_from=valid_from,
        valid_to=valid_to,
        resolution_reference=reference,
    )
    db().add(certification)
    db().flush()
    facts = {"number": number, "valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat()}
    _act(certification, CertificationAct.ENTER, actor, facts)
    note_status(certification, CertificationState.CERTIFIED, effective_at=datetime.combine(valid_from, time(), TOKYO))
    return certification


def _open_stop_use(certification: Certification, place: StopUsePlace, *, due_at: datetime) -> None:
    task = db().scalar(
        select(StopUseTask).where(StopUseTask.certification_id == certification.id, StopUseTask.place == place.value)
    )
    if task is None:
        task = StopUseTask(id=uuid.uuid4(), certification_id=certification.id, place=place.value)
        db().add(task)
    task.opened_at, task.due_at = now(), due_at
    task.confirmed_at, task.confirmed_by_id = None, None
    record(of_company(certification.company_id), "stop_use.open", actor=THE_CLOCK, facts={"task_id": task.id.hex})


def _withdraw_publication(certification: Certification, resolution: Resolution, actor: Actor) -> None:
    publication = publication_about(resolution.id)
    if publication is not None and publication.withdrawn_at is None:
        publication.withdrawn_at = now()
        facts = {"publication_id": publication.id.hex}
        record(of_company(certification.company_id), "publication.withdraw", actor=actor, facts=dict(facts))


def _end(
    certification: Certification, act: CertificationAct, actor: Actor, facts: Mapping[str, Fact], *, on: date
) -> None:
    """End it; whoever leaves while the board has the matter is marked so, and waits from that day on (6.4).

    Once the board has decided, the wait is that of the decision, and ends with it when the board takes it back.
    """
    in_procedure = is_during_procedure(certification.state) and not effects_of_revocations(
        Certification.id == certification.id
    )
    _act(certification, act, actor, facts)
    if in_procedure:
        certification.ended_in_procedure_on = on


def _act(certification: Certification, act: CertificationAct, actor: Actor, facts: Mapping[str, Fact]) -> None:
    given: dict[str, Fact] = dict(facts)
    perform(
        CERTIFICATION_LIFECYCLE,
        certification,
        act,
        actor=actor,
        standing=towards_company(actor, certification.company_id),
        subject=of_company(certification.company_id),
        facts=given,
    )
