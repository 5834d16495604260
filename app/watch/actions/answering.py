"""The consulter answers how she is treated since; her words go to the desk as a message does."""

from __future__ import annotations

from app.mailbox.actions import write
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import facet
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.check_in import CheckIn
from models.person import Person
from models.rules.mail_kinds import MailKind
from models.rules.permissions import Permission
from models.rules.retaliation_watch import ASKS_FOR_A_LOOK, CheckInAnswer


def answer_check_in(check_in: CheckIn, answer: CheckInAnswer, words: str = "", *, actor: Actor) -> None:
    """Answer one question of the watch, once; what she adds in words is sealed with the conversation."""
    case = db().get_one(Case, check_in.case_id)
    must_be_allowed(Permission.MAILBOX_WRITE, actor=actor, standing=towards_case(actor, case))
    if check_in.answered_at is not None:
        raise ChangedMeanwhile(of_case(case))
    check_in.answered_at, check_in.answer_token = now(), facet("check_in", answer.value)
    record(of_case(case), "watch.answer", actor=actor, facts={"check_in_id": check_in.id.hex})
    if words:
        check_in.message_id = write(case, words, actor=actor).id
    elif answer in ASKS_FOR_A_LOOK:
        _tell_who_is_in_charge(case, check_in, actor=actor)


def _tell_who_is_in_charge(case: Case, check_in: CheckIn, *, actor: Actor) -> None:
    counselor = db().get(Person, case.assignee_id) if case.assignee_id else None
    if counselor is not None and counselor.serves_at(now()):
        queue_mail(counselor, MailKind.UPDATE, actor=actor, key=f"check-in:{check_in.id.hex}")
