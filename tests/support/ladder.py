"""A company's file on its way up the ladder, driven by the sweep and by the people who take its steps."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, g
from sqlalchemy import select

from app.clocks.queries import calendar
from app.escalations.actions import (
    annul_request,
    ask_to_annul,
    draft_request,
    issue_due_reminders,
    issue_request,
    mark_due_unmet,
    open_due_steps,
    propose,
)
from app.escalations.queries import draft_of, file_of_company, requests_of
from app.joint_acts.actions import approve
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.remembered import OF_REQUEST
from app.pipeline.transaction import db
from models.board_item import BoardItem
from models.clock import Clock
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import REQUESTS, Step
from models.rules.people import Role
from models.rules.reminders import reminders_for
from models.rules.request_lifecycle import AnnulReason
from tests.support.beginnings import taken_once
from tests.support.present import company as company_of
from tests.support.present import present
from tests.support.road import done

LETTER = "相談への対応についてのお願いです。期日までにご報告ください。"
GROUNDS = "再三の求めに応じないため、取消の審査を求めます。"
BECAUSE = "記録を確かめたところ、日付が違っていたため。"
ISSUER = {Step.E1: Role.MANAGER, Step.E2: Role.MANAGER, Step.E3: Role.HEAD, Step.E4: Role.HEAD}


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment on the clock of Japan."""
    return datetime(year, month, day, hour, minute, tzinfo=TOKYO)


def move_to(moment: datetime) -> None:
    """Set the clock of the test's application."""
    clock = current_app.extensions["kikite_clock"]
    if not isinstance(clock, FixedClock):
        raise TypeError("only a test's clock is moved")
    clock.move(to=moment)
    g.pop(OF_REQUEST, None)


@taken_once
def swept(moment: datetime | None = None) -> None:
    """Everything that the clock does for escalations, each piece of work in its own transaction."""
    if moment is not None:
        move_to(moment)
    for work in (issue_due_reminders, open_due_steps, mark_due_unmet):
        done(work)
        db().expire_all()


def file_of(company: str = "alpha") -> CompanyFile:
    """The company's file as it is now."""
    db().expire_all()
    found = file_of_company(company_of(company).id)
    if found is None:
        raise LookupError(f"{company} has no file")
    return found


def newest(file: CompanyFile) -> FormalRequest:
    """The request that was written last."""
    return requests_of(file)[-1]


@taken_once
def annulled(request: FormalRequest, *, reason: AnnulReason = AnnulReason.WRONG_FACTS) -> None:
    """Two persons take a request out of the count."""
    act = done(lambda: ask_to_annul(request, reason=reason, because=BECAUSE, actor=present("manager")))
    done(lambda: approve(act, actor=present("head")))
    done(lambda: annul_request(request, actor=present("manager")))


@taken_once
def drafted(file: CompanyFile, *, by: str = "counselor") -> FormalRequest:
    """The step that is open is drafted."""
    step = Step(str(file.next_step))
    return done(lambda: draft_request(file, step, text=LETTER, actor=present(by)))


@taken_once
def issued(file: CompanyFile) -> FormalRequest:
    """The step that is open is drafted by the desk and issued by whoever may."""
    request = draft_of(file) or drafted(file)
    done(lambda: issue_request(request, actor=present(ISSUER[Step(request.step)].value)))
    return request


def just_after(moment: datetime | None) -> datetime:
    """The first moment at which something that was due then is overdue."""
    if moment is None:
        raise ValueError("nothing is due")
    return moment.replace(second=moment.second + 1 if moment.second < 59 else 59, microsecond=999)


@taken_once
def silent_through(last: Step, *, company: str = "alpha") -> CompanyFile:
    """A company to which something was routed, and which lets every request pass up to this one, this one included."""
    move_to(max(now(), _when_e1_opens(company)))
    swept()
    file = file_of(company)
    for step in REQUESTS[: REQUESTS.index(last) + 1]:
        if file.next_step != step.code:
            raise AssertionError(f"{step.code} is not open, but {file.next_step}")
        request = issued(file)
        swept(just_after(request.due_at))
        file = file_of(company)
    return file


def _when_e1_opens(company: str) -> datetime:
    due = (
        db()
        .scalars(
            select(Clock.due_at)
            .join(Exchange, Exchange.id == Clock.subject_id)
            .where(Exchange.company_id == company_of(company).id, Clock.kind == ClockKind.OFFICER_ACK)
        )
        .first()
    )
    if due is None:
        raise LookupError(f"nothing was routed to {company}")
    return just_after(reminders_for(due, calendar())[-1].at)


@taken_once
def proposed(file: CompanyFile) -> BoardItem:
    """The head has put the file before the board."""
    return done(lambda: propose(file, grounds=GROUNDS, actor=present("head")))
