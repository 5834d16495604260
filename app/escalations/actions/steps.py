"""The ladder by the clock: it opens the step that people may take, marks unmet what nobody met, and issues nothing."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select

from app.clocks.actions import stop_clocks
from app.clocks.queries import calendar
from app.escalations.actions.files import expect_nothing_more, freeze_file, open_file
from app.escalations.actions.fulfilment import settle_by_the_facts
from app.escalations.queries.asking import what_to_ask
from app.escalations.queries.duties import companies_that_owe, has_ladder, owed_while_bound
from app.escalations.queries.facts import companies_that_did_something, requests_done_of
from app.escalations.queries.files import file_of_company, latest_request, newest_item_of
from app.escalations.queries.history import BEFORE_THE_BOARD_NOW, is_taken_back, ladder_history
from app.escalations.queries.letters import issuers_of
from app.escalations.queries.waiting import companies_that_wait, has_open_matters, is_member_on
from app.pipeline.acting import perform
from app.pipeline.audit import of_company_file
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK
from app.pipeline.made_once import made_once
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.rules.company_file_lifecycle import FileState
from models.rules.escalation_ladder import REQUESTS, Step, next_step
from models.rules.mail_kinds import MailKind
from models.rules.people import Standing
from models.rules.request_lifecycle import RequestAct, RequestState, request_lifecycle
from models.rules.working_days import in_japan

# While these last, the end of the membership freezes the file.
FOLLOWED = (FileState.REQUESTING, FileState.IMPROVEMENT, FileState.PROPOSED, FileState.HEARING, FileState.DECIDED)


def open_due_steps() -> int:
    """Open for people the step that is due in each company file, or close one that is due no more; returns how many.

    A file of a company that left the association is frozen first. Two processes never take the same company.
    """
    at = now()
    wanted = companies_that_owe(at) | set(_followed.scalars(in_japan(at).date()))
    wanted -= companies_that_wait(wanted, at)
    did_something = set(companies_that_did_something.scalars())
    taken = _taken(wanted | did_something)
    return one_by_one(
        taken,
        lambda company: _open_step(company, at, did_something=company.id in did_something),
        work="open_due_steps",
    )


@made_once
def _followed(day: date) -> Select[uuid.UUID]:
    """The companies whose file may change by itself: something of a letter is open, or a step, or they left.

    What lies before the board waits for people, while they stay.
    """
    moves = and_(
        CompanyFile.state.in_([state for state in FOLLOWED if state not in BEFORE_THE_BOARD_NOW]), has_open_matters()
    )
    return (
        select(CompanyFile.company_id)
        .join(Company, Company.id == CompanyFile.company_id)
        .where(
            or_(
                CompanyFile.next_step.is_not(None),
                and_(CompanyFile.state.in_(FOLLOWED), or_(moves, ~is_member_on(day))),
            )
        )
    )


def past_their_day(at: Moment) -> Select[FormalRequest, uuid.UUID]:
    """The served requests whose day has passed, each with its company; none while its file is frozen."""
    return (
        select(FormalRequest, CompanyFile.company_id)
        .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
        .where(
            FormalRequest.state == RequestState.SERVED,
            FormalRequest.due_at < at,
            CompanyFile.state != FileState.FROZEN,
        )
    )


def mark_due_unmet() -> int:
    """Mark each served request unmet whose day passed with something of it undone, and open the step that follows.

    What the records show to be done is settled first, so that nobody is counted who did it in time. A request whose
    consultation was taken back is left to a person. Returns how many became unmet.
    """
    at = now()
    found = [
        (request.id, company_id) for request, company_id in db().execute(past_their_day(at).order_by(FormalRequest.id))
    ]
    marked: list[uuid.UUID] = []

    def of_company(company: Company) -> None:
        own = [one for one, company_id in found if company_id == company.id]
        unmet = [one for one in own if _mark_unmet(db().get_one(FormalRequest, one))]
        _open_step(company, at)
        marked.extend(unmet)

    one_by_one(_taken({company_id for _request, company_id in found}), of_company, work="mark_due_unmet")
    return len(marked)


def _taken(company_ids: set[uuid.UUID]) -> list[Company]:
    """These companies, less those that another process is at."""
    if not company_ids:
        return []
    return list(_locked.scalars(company_ids))


@made_once
def _locked(company_ids: Collection[uuid.UUID]) -> Select[Company]:
    asked = select(Company).where(Company.id.in_(company_ids)).order_by(Company.id)
    return asked.with_for_update(skip_locked=True, of=Company)


def _mark_unmet(request: FormalRequest) -> bool:
    if settle_by_the_facts(request) or request.state is not RequestState.SERVED:
        return False
    if is_taken_back(request):
        return False
    perform(
        request_lifecycle(Step(request.step)),
        request,
        RequestAct.MARK_UNMET,
        actor=THE_CLOCK,
        standing=Standing.NONE,
        subject=of_company_file(db().get_one(CompanyFile, request.company_file_id)),
        facts={"request_id": request.id.hex, "step": request.step},
    )
    stop_clocks(request)
    return True


def _open_step(company: Company, at: datetime, *, did_something: bool = True) -> bool:
    file = file_of_company(company.id)
    if file is not None and not company.is_member_on(in_japan(at).date()):
        return freeze_file(file, reason_code="membership_ended", actor=THE_CLOCK) or _close_step(file)
    if file is not None and (file.state in BEFORE_THE_BOARD_NOW or file.state is FileState.FROZEN):
        return False
    if file is not None and did_something:
        _settle_what_is_done(file)
    step = None if file is not None and _still_has_time(file, at) else _step_due(company, file, at)
    if step is None:
        return _close_step(file)
    if file is None:
        file = open_file(company)
    if file.next_step == step.code:
        return False
    file.next_step, file.next_step_opened_at, file.next_due_at = step.code, at, at
    file.version += 1
    for person in issuers_of(step, at=at):
        queue_mail(person, MailKind.UPDATE, actor=THE_CLOCK, key=f"{file.id.hex}:{step.code}:{at.isoformat()}")
    return True


def _still_has_time(file: CompanyFile, at: datetime) -> bool:
    """Whether the request that was served last is not due yet: whatever else is owed, no step opens before."""
    last = latest_request(file)
    if last is None or last.state is not RequestState.SERVED or last.due_at is None or at > last.due_at:
        return False
    return newest_item_of(file) is None


def _settle_what_is_done(file: CompanyFile) -> None:
    """Note what the records show to be done, such as an officer who was appointed, on the day on which it was."""
    for request in requests_done_of(file):
        settle_by_the_facts(request)


def _step_due(company: Company, file: CompanyFile | None, at: datetime) -> Step | None:
    """The formal request that is due now, while there is something to ask for.

    Reminders are the other action's, and what the board does is the board's.
    """
    if not has_ladder(company, at):
        return None
    owed = owed_while_bound(company, at=at)
    step = next_step(ladder_history(file, company, owed=owed), now=at, calendar=calendar())
    if step not in REQUESTS:
        return None
    # What an unmet request asked for may have been taken back since, and a request that asks for nothing is none.
    return step if file is None or what_to_ask(file, owed=owed) else None


def _close_step(file: CompanyFile | None) -> bool:
    """The company did what it owed before anybody wrote: the step is due no more."""
    if file is None or file.next_step is None:
        return False
    expect_nothing_more(file)
    file.version += 1
    return True
