"""What the page of a company file shows: where it stands, what is owed, what was written, and who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.clocks.queries import calendar
from app.escalations.queries import (
    WhatIsAsked,
    counter_sheet,
    draft_of,
    last_request_followed,
    may_be_proposed,
    requests_of,
    was_let_off,
    what_to_ask,
)
from app.escalations.queries.files import newest_item_of
from app.escalations.queries.two_persons import ground_asked, is_mine_to_propose
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_company
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from models.board_item import BoardItem
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.joint_act import JointAct
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct, FileState
from models.rules.decision import Decision
from models.rules.escalation_ladder import CounterSheet, Step
from models.rules.people import SECRETARIAT, Role
from models.rules.permissions import Permission, decide, may_ever
from models.rules.request_lifecycle import RequestState, permission_to_issue

TONES = {
    FileState.CALM: "neutral",
    FileState.REQUESTING: "progress",
    FileState.IMPROVEMENT: "warning",
    FileState.PROPOSED: "danger",
    FileState.HEARING: "danger",
    FileState.DECIDED: "info",
    FileState.EFFECTIVE: "ended",
    FileState.COMPLIED: "success",
    FileState.FROZEN: "ended",
    RequestState.DRAFTED: "neutral",
    RequestState.ISSUED: "progress",
    RequestState.SERVED: "progress",
    RequestState.MET: "success",
    RequestState.UNMET: "danger",
    RequestState.VOID: "ended",
    RequestState.WAIVED: "ended",
}


@dataclass(frozen=True)
class RequestLine:
    """One request in the list of a file."""

    request: FormalRequest
    step: Step
    tone: str
    time_left: TimeLeft | None


@dataclass(frozen=True)
class FileView:
    """Everything that the page of a file shows; nothing that is sealed."""

    file: CompanyFile
    company_name: str
    tone: str
    requests: Sequence[RequestLine]
    asked: Sequence[WhatIsAsked]
    sheet: CounterSheet
    proposal: Decision
    named: JointAct | None
    """The grave ground that was named for the board, asked or approved."""
    item: BoardItem | None
    draft: FormalRequest | None
    next_step: Step | None
    issuers: Sequence[Role]
    may_draft: bool
    may_issue: bool
    may_propose: bool
    is_let_off: bool
    """Whether what was asked last ended by an exemption, and not by what the company did."""
    may_record_compliance: bool
    may_thaw: bool


def view_of(file: CompanyFile, actor: Actor) -> FileView:
    """The file as the one who asks may see it."""
    company = db().get_one(Company, file.company_id)
    step = Step(file.next_step) if file.next_step else None
    permission = Permission(permission_to_issue(step)) if step else None
    proposal = may_be_proposed(file)
    last = last_request_followed(file)
    complied = file.complied_at is not None and last is not None
    return FileView(
        file=file,
        company_name=company.name_on(today()).name,
        tone=TONES[file.state],
        requests=[_line(request) for request in requests_of(file) if request.state is not RequestState.DRAFTED],
        asked=what_to_ask(file),
        sheet=counter_sheet(file),
        proposal=proposal,
        named=ground_asked(file),
        item=newest_item_of(file) if may_ever(Permission.RESOLUTION_READ, actor.role) else None,
        draft=draft_of(file),
        next_step=step,
        issuers=[role for role in Role if role in SECRETARIAT and permission and may_ever(permission, role)],
        may_draft=step is not None and _may(actor, file, Permission.ESCALATION_DRAFT),
        may_issue=permission is not None and _may(actor, file, permission),
        may_propose=bool(proposal)
        and _may(actor, file, Permission.ESCALATION_PROPOSE)
        and is_mine_to_propose(file, actor),
        is_let_off=complied and last is not None and was_let_off(last),
        may_record_compliance=complied
        and FILE_LIFECYCLE.allows(file.state, FileAct.RECORD_COMPLIANCE)
        and _may(actor, file, Permission.ESCALATION_CONCLUDE),
        may_thaw=FILE_LIFECYCLE.allows(file.state, FileAct.THAW)
        and company.is_member_on(today())
        and _may(actor, file, Permission.ESCALATION_PROPOSE),
    )


def _may(actor: Actor, file: CompanyFile, permission: Permission) -> bool:
    return bool(decide(permission, role=actor.role, standing=towards_company(actor, file.company_id)))


def _line(request: FormalRequest) -> RequestLine:
    waits = request.state is RequestState.SERVED and request.due_at is not None
    left = time_left(request.due_at, at=now(), calendar=calendar()) if waits and request.due_at else None
    return RequestLine(request, Step(request.step), TONES[request.state], left)
