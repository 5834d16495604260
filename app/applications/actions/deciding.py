"""What the board decided is recorded, and the certification follows."""

from __future__ import annotations

from datetime import date, timedelta

from app.applications.actions.steps import ApplicationRefused, Incomplete, act_on, person_of, tell
from app.applications.queries import (
    BEFORE_THE_BOARD,
    approval_of,
    certification_of_application,
    compartment_of,
    directors_for,
    marks_of,
    meeting_of,
)
from app.certifications.actions import note_status
from app.certifications.queries import certification_numbered
from app.people.queries import officers_of
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.resolutions.actions.numbering import RESOLUTION, next_number
from models.approval import Approval
from models.board_meeting import BoardMeeting
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.company import Company
from models.rules.approvals import ApprovalDecision, ApprovalRefusal, refusal_of_count
from models.rules.board import MeetingMode, start_of_day
from models.rules.certification_lifecycle import (
    CertificationAct,
    CertificationState,
    certification_policy_at,
    last_day,
)
from models.rules.lifecycle import NotAllowedNow
from models.rules.membership import MemberType
from models.rules.permissions import Permission
from models.rules.pledges import may_go_to_board
from models.sealed import seal_into

CERTIFICATE = "KC"
LONGEST_WAIT = timedelta(days=365)


def decide(
    application: CertificationApplication,
    decision: ApprovalDecision,
    *,
    votes_for: int,
    present: int,
    valid_from: date | None,
    reasons: str = "",
    actor: Actor,
) -> Approval:
    """Record what the board decided at its meeting; from there the certification follows.

    Raises ApplicationRefused when the count carries nothing, and Incomplete for a rejection without reasons or an
    approval of what is not confirmed.
    """
    standing = towards_company(actor, application.company_id)
    must_be_allowed(Permission.RESOLUTION_RECORD, actor=actor, standing=standing)
    certification, meeting = certification_of_application(application), meeting_of(application)
    if meeting is None or approval_of(application) is not None or certification.state not in BEFORE_THE_BOARD:
        raise NotAllowedNow("certification", certification.state, CertificationAct.CERTIFY)
    eligible = len(directors_for(application.company_id))
    _must_carry(meeting, votes_for=votes_for, present=present, eligible=eligible)
    approved = decision is ApprovalDecision.APPROVED
    if not approved and not reasons:
        raise Incomplete
    if approved and not may_go_to_board(marks_of(application)):
        # A renewal stays under review while it is on the agenda, and its reviewer may have found something since.
        raise Incomplete
    approval = Approval(
        id=new_id(),
        application_id=application.id,
        meeting_id=meeting.id,
        compartment_id=compartment_of(application).id,
        decision=decision,
        eligible=eligible,
        present=present,
        votes_for=votes_for,
        recorded_by_id=person_of(actor).id,
        resolved_at=now(),
    )
    if approved:
        approval.valid_from, approval.valid_to = _term(certification, valid_from)
        _must_be_a_member(certification, approval.valid_from)
    approval.number = next_number(RESOLUTION)
    if reasons:
        seal_into(approval, "sealed_reasons", reasons, key=actor.held.compartment_key(compartment_of(application)))
    db().add(approval)
    db().flush()
    (_approve if approved else _reject)(certification, approval, actor)
    application.ended_at = now()
    application.version += 1
    facts: dict[str, Fact] = {"approval_id": approval.id.hex, "decision": decision.value}
    record(of_company(application.company_id), "approval.record", actor=actor, facts=facts)
    tell(officers_of(application.company_id, at=now()), application, actor)
    return approval


def _must_carry(meeting: BoardMeeting, *, votes_for: int, present: int, eligible: int) -> None:
    if now() < meeting.held_at:
        raise ApplicationRefused(ApprovalRefusal.NOT_BEGUN)
    refusal = refusal_of_count(votes_for=votes_for, present=present, eligible=eligible, mode=MeetingMode(meeting.mode))
    if refusal is not None:
        raise ApplicationRefused(refusal)


def _must_be_a_member(certification: Certification, first: date) -> None:
    """A company may have left since its application, have said that it will leave, or be of another type."""
    company = db().get_one(Company, certification.company_id)
    day = today() if certification.number is not None else first
    if not company.is_member_on(day) or company.member_type is not MemberType.REGULAR:
        raise ApplicationRefused(ApprovalRefusal.NOT_A_MEMBER)


def _term(certification: Certification, valid_from: date | None) -> tuple[date, date]:
    """The term that the board gives: from the day it names, or for a renewal from the end of the present one."""
    if certification.valid_to is not None:
        first = certification.valid_to + timedelta(days=1)
    else:
        if valid_from is None:
            raise Incomplete
        first = valid_from
        if first < today():
            raise ApplicationRefused(ApprovalRefusal.TERM_TOO_EARLY)
        if first > today() + LONGEST_WAIT:
            raise ApplicationRefused(ApprovalRefusal.TERM_TOO_LATE)
    return first, last_day(first, certification_policy_at(start_of_day(first)))


def _approve(certification: Certification, approval: Approval, actor: Actor) -> None:
    first, last = approval.valid_from, approval.valid_to
    assert first is not None and last is not None  # noqa: S101, PT018 - an approval has its term
    facts: dict[str, Fact] = {"valid_from": first.isoformat(), "valid_to": last.isoformat()}
    if certification.number is None:
        certification.number = _certificate_number()
        certification.valid_from, certification.resolution_reference = first, approval.number
        certification.valid_to = last
        act_on(certification, CertificationAct.CERTIFY, actor, {"number": certification.number, **facts})
        note_status(certification, CertificationState.CERTIFIED, effective_at=start_of_day(first))
        return
    # The first day stays the day from which the company is certified without a break.
    certification.valid_to = last
    act_on(certification, CertificationAct.RENEW, actor, facts)


def _reject(certification: Certification, _approval: Approval, actor: Actor) -> None:
    was_held = certification.number is not None
    act_on(certification, CertificationAct.REJECT, actor)
    if was_held:
        note_status(certification, CertificationState.REJECTED, effective_at=now())


def _certificate_number() -> str:
    number = next_number(CERTIFICATE)
    while certification_numbered(number) is not None:
        number = next_number(CERTIFICATE)
    return number
