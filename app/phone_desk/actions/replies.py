"""Calls and letters to somebody who does not come back to the screen: opened when there is something to tell."""

from __future__ import annotations

import uuid
from datetime import datetime

from app.clocks.queries import calendar
from app.phone_desk.queries import open_task, reply_way_of
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.reply_task import ReplyTask
from models.rules.permissions import Permission
from models.rules.replies import RESULTS, ReplyResult, ReplyWay, due_after


def first_task(case: Case, way: ReplyWay, first_call: tuple[datetime, datetime] | None) -> ReplyTask | None:
    """The first call or letter of a consultation that is being keyed, for whoever stores it with the case itself."""
    return None if way is ReplyWay.MAILBOX else _task(case, way, first_call)


def open_reply(case: Case, *, actor: Actor) -> ReplyTask | None:
    """What the desk wrote is to be told by telephone or post, where she chose that; one open task tells all of it."""
    way = reply_way_of(case)
    if way is ReplyWay.MAILBOX or open_task(case) is not None:
        return None
    task = _task(case, way, None)
    db().add(task)
    record(of_case(case), "reply.open", actor=actor, facts={"task_id": task.id.hex, "way": way.value})
    return task


def record_reply(task: ReplyTask, result: ReplyResult, *, actor: Actor) -> None:
    """Say what became of a call or a letter; a call that nobody took is due again on the next working day."""
    case = db().get_one(Case, task.case_id)
    must_be_allowed(Permission.REPLY_RECORD, actor=actor, standing=towards_case(actor, case))
    if result not in RESULTS[task.way] or actor.person is None:
        raise ValueError("this does not come of that way")
    task.version += 1
    if result is ReplyResult.NO_ANSWER:
        task.tries += 1
        task.not_before, task.due_at = now(), due_after(task.way, now(), calendar())
        record(of_case(case), "reply.try", actor=actor, facts={"task_id": task.id.hex})
        return
    task.ended_at, task.ended_by_id, task.result = now(), actor.person.id, result
    record(of_case(case), "reply.end", actor=actor, facts={"task_id": task.id.hex, "result": result.value})


def _task(case: Case, way: ReplyWay, wished: tuple[datetime, datetime] | None) -> ReplyTask:
    at = now()
    not_before, due_at = wished or (at, due_after(way, at, calendar()))
    return ReplyTask(
        id=uuid.uuid4(),
        case_id=case.id,
        way=way,
        opened_at=at,
        not_before=not_before,
        due_at=due_at,
        tries=0,
        version=1,
    )
