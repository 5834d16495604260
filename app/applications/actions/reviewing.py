"""The secretariat reviews an application pledge by pledge, returns it or puts it before the board."""

from __future__ import annotations

from app.applications.actions.steps import ApplicationRefused, Incomplete, act_on, note_down, person_of, tell
from app.applications.queries import (
    BEFORE_THE_BOARD,
    IN_REVIEW,
    certification_of_application,
    compartment_of,
    directors_for,
    entry_of,
    marks_of,
    state_of,
)
from app.people.queries import officers_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.pledges.actions import take_over_page
from models.board_meeting import BoardMeeting
from models.certification_application import CertificationApplication
from models.company import Company
from models.rules.approvals import ApprovalRefusal
from models.rules.certification_lifecycle import (
    CertificationAct,
)
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.permissions import Permission
from models.rules.pledges import Pledge, ReviewMark, may_go_to_board, may_return
from models.sealed import open_answers, seal_into


def begin_review(application: CertificationApplication, *, actor: Actor) -> None:
    """The secretariat takes a first application up; a renewal is under review from its filing on."""
    act_on(certification_of_application(application), CertificationAct.BEGIN_REVIEW, actor)
    application.version += 1


def review_pledge(
    application: CertificationApplication, pledge: Pledge, mark: ReviewMark, note: str, *, actor: Actor
) -> None:
    """What the reviewer found about one pledge; what is to be corrected says what."""
    standing = towards_company(actor, application.company_id)
    must_be_allowed(Permission.CERTIFICATION_REVIEW, actor=actor, standing=standing)
    entry = entry_of(application, pledge)
    if state_of(application) not in IN_REVIEW or entry is None:
        raise NotAllowedNow("certification", state_of(application), CertificationAct.RETURN_FOR_CORRECTION)
    if mark is ReviewMark.NOT_MET and not note:
        raise Incomplete
    key = actor.held.compartment_key(compartment_of(application))
    entry.mark, entry.marked_by_id, entry.sealed_note = mark, person_of(actor).id, None
    if note:
        seal_into(entry, "sealed_note", note, key=key)
    if pledge is Pledge.POLICY and mark is ReviewMark.MET:
        answers = open_answers(entry, "sealed_answers", key=key)
        take_over_page(db().get_one(Company, application.company_id), answers, actor=actor)
    application.version += 1
    note_down(application, "pledge.review", actor, {"pledge": pledge.value, "mark": mark.value})


def return_for_correction(application: CertificationApplication, *, actor: Actor) -> None:
    """Give the application back with what is to be corrected. Raises Incomplete when nothing is."""
    if not may_return(marks_of(application)):
        raise Incomplete
    act_on(certification_of_application(application), CertificationAct.RETURN_FOR_CORRECTION, actor)
    application.returned_at = now()
    application.meeting_id = None
    application.version += 1
    tell(officers_of(application.company_id, at=now()), application, actor)


def put_before_board(application: CertificationApplication, meeting: BoardMeeting, *, actor: Actor) -> None:
    """Put an application on a meeting's agenda, once all is confirmed; or again after one that decided nothing."""
    standing = towards_company(actor, application.company_id)
    must_be_allowed(Permission.CERTIFICATION_PROPOSE, actor=actor, standing=standing)
    if not may_go_to_board(marks_of(application)):
        raise Incomplete
    if meeting.held_at <= now():
        raise ApplicationRefused(ApprovalRefusal.MEETING_OVER)
    certification = certification_of_application(application)
    if certification.state not in BEFORE_THE_BOARD:
        act_on(certification, CertificationAct.PUT_TO_BOARD, actor)
    application.meeting_id, application.agenda_at = meeting.id, now()
    application.version += 1
    note_down(application, "application.put_on_agenda", actor, {"meeting_id": meeting.id.hex})
    tell(directors_for(application.company_id), application, actor, kind=MailKind.BOARD)
