"""Company files: opened by the clock, put before the board by the head, ended by people, frozen with the membership."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import or_, select

from app.clocks.actions import start_clock, stop_clocks
from app.custody.actions import make_compartment
from app.escalations.queries.duties import has_ladder
from app.escalations.queries.files import file_of_company, is_revocation_decided, open_item_of, requests_of
from app.escalations.queries.history import counter_sheet, entries_of, was_let_off
from app.escalations.queries.inherited import inherited_requests, last_request_followed
from app.escalations.queries.letters import matters_of
from app.escalations.queries.two_persons import approved_ground, may_be_proposed, of_request
from app.joint_acts.actions import use_approval
from app.letters.actions import next_number
from app.pipeline.acting import ChangedMeanwhile, perform
from app.pipeline.audit import of_company_file, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.secrets import key_store
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.resolutions.actions import end_with_membership, open_item
from models.board_item import BoardItem
from models.clock import Clock
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.joint_act import JointAct
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct, FileState
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import threshold_met
from models.rules.joint_acts import JointKind
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.rules.request_lifecycle import RequestState

SERIES = "F"


def open_file(company: Company) -> CompanyFile:
    """A company's file, with a compartment that only the desk can open until something is issued to the company.

    The clock opens it too: sealing to the desk's seat needs nobody's private key.
    """
    file = CompanyFile(
        id=uuid.uuid4(),
        company_id=company.id,
        number=next_number(SERIES),
        state=FileState.CALM,
        opened_at=now(),
        version=1,
    )
    key_store().make(file.id, at=now())
    db().add(file)
    db().flush()
    make_compartment(CompartmentKind.COMPANY_FILE, company_file=file)
    db().flush()
    return file


def propose(file: CompanyFile, *, grounds: str, actor: Actor) -> BoardItem:
    """Put a file before the board (E5). The threshold allows it; a person does it, and nothing else ever does.

    Below the threshold a grave ground on which two persons agreed allows it. Raises JointRefused where the one who
    proposes is not the one who agreed to it.
    """
    must_be_allowed(Permission.ESCALATION_PROPOSE, actor=actor, standing=towards_company(actor, file.company_id))
    if not may_be_proposed(file):
        # The page offered it, so something changed since: the company complied, or somebody proposed already.
        raise ChangedMeanwhile(of_company_file(file))
    ground = _used_ground(file, actor)
    item = open_item(file, grounds=grounds, actor=actor)
    if file.state is not FileState.PROPOSED:
        _perform(file, FileAct.PROPOSE_TO_BOARD, actor=actor, board_item_id=item.id.hex)
    if ground is not None:
        facts = {"board_item_id": item.id.hex, "joint_id": ground.id.hex, "reason_code": ground.code}
        record(of_company_file(file), "file.grave_ground", actor=actor, facts=dict(facts))
    expect_nothing_more(file)
    return item


def _used_ground(file: CompanyFile, actor: Actor) -> JointAct | None:
    """What two persons agreed on, where the file goes before the board by that alone; used up by this proposal.

    Raises JointRefused where it is not the one who approved that proposes.
    """
    act = approved_ground(file)
    request = last_request_followed(file)
    if act is None or request is None or threshold_met(counter_sheet(file)):
        return None
    return use_approval(JointKind.GRAVE_GROUND, subject=of_request(request), actor=actor)


def record_compliance(file: CompanyFile, *, actor: Actor) -> None:
    """Record that the company complied: it ends the file before the board has it, and is shown as late after that."""
    last = last_request_followed(file)
    if last is None or file.complied_at is None:
        raise ChangedMeanwhile(of_company_file(file))
    complied_at = file.complied_at
    _perform(file, FileAct.RECORD_COMPLIANCE, actor=actor, request_id=last.id.hex)
    # The company complied when it did what was asked, not when somebody wrote it down.
    file.complied_at = complied_at
    file.is_open = file.closed_at is None
    if file.closed_at is not None:
        expect_nothing_more(file)


def freeze_file(file: CompanyFile, *, reason_code: str, actor: Actor) -> bool:
    """Freeze a file whose company left: it is kept, nothing in it falls due, and a return finds it again.

    What lies before the board ends undecided: with the membership the certification lapses, and nothing is left to
    revoke. A revocation that the board has decided is not kept back: its day comes, and only the board takes it back.
    """
    if not FILE_LIFECYCLE.allows(file.state, FileAct.FREEZE) or is_revocation_decided(file):
        return False
    item = open_item_of(file)
    _perform(file, FileAct.FREEZE, actor=actor, reason_code=reason_code)
    file.is_open = False
    expect_nothing_more(file)
    if item is not None:
        end_with_membership(item, actor=actor)
    for request in requests_of(file):
        if request.state is RequestState.SERVED:
            stop_clocks(request)
    return True


def inherit_ladder(company: Company, succession_id: uuid.UUID) -> None:
    """What an absorbed company left undone is followed in its successor's file, where the pledges bind that one too."""
    if not has_ladder(company, now()) or not inherited_requests(company.id):
        return
    file = file_of_company(company.id) or open_file(company)
    _perform(file, FileAct.INHERIT, actor=THE_CLOCK, succession_id=succession_id.hex)
    file.is_open = file.closed_at is None


def thaw_file(file: CompanyFile, *, reason_code: str, actor: Actor) -> None:
    """Take a frozen file up again; what waited for an answer when it froze is given its whole time anew."""
    frozen_at = file.closed_at
    _perform(file, FileAct.THAW, actor=actor, reason_code=reason_code)
    file.is_open = True
    for request in requests_of(file):
        if request.state is RequestState.SERVED and frozen_at is not None:
            _give_time_anew(request, frozen_at)
            file.next_due_at = request.due_at


def _give_time_anew(request: FormalRequest, frozen_at: datetime) -> None:
    stopped_then = or_(Clock.stopped_at.is_(None), Clock.stopped_at >= frozen_at)
    kinds = db().scalars(select(Clock.kind).where(Clock.subject_id == request.id, Clock.met_at.is_(None), stopped_then))
    clocks = [start_clock(request, ClockKind(kind)) for kind in kinds.all()]
    request.due_at = min((clock.due_at for clock in clocks), default=request.due_at)


def expect_nothing_more(file: CompanyFile) -> None:
    """No step is open, and nothing is awaited: the ladder rests."""
    file.next_step = file.next_step_opened_at = file.next_due_at = None


def note_compliance(file: CompanyFile) -> bool:
    """Stop the ladder when the company did all that was asked of it last; an item before the board shows it as late.

    What was asked of it last may also have ended by an exemption: nothing is owed any more, and the file can be closed.
    To the board that is no compliance.

    The file itself is closed by a person, who looks at it.
    """
    last = last_request_followed(file)
    done_at = _settled_at(last) if last is not None else None
    if last is None or done_at is None or file.state is FileState.COMPLIED:
        return False
    item = open_item_of(file)
    if item is not None and was_let_off(last):
        return False
    file.complied_at = done_at
    file.version += 1
    if item is None:
        expect_nothing_more(file)
    elif item.late_compliance_at is None:
        item.late_compliance_at = done_at
        # A director whose page does not show it is told before the vote counts.
        item.version += 1
    return True


def note_owed_again(file: CompanyFile) -> None:
    """What a company was noted to have done, or to be let off, was a mistake: until it is closed its file says so."""
    last = last_request_followed(file)
    if file.complied_at is None or file.state is FileState.COMPLIED or last is None or _settled_at(last) is not None:
        return
    file.complied_at = None
    file.version += 1
    item = open_item_of(file)
    if item is not None and item.late_compliance_at is not None:
        item.late_compliance_at = None
        item.version += 1


def _settled_at(request: FormalRequest) -> datetime | None:
    """When all that a request asked was done, or the company was let off it."""
    if not was_let_off(request):
        return entries_of([request])[0].met_at
    return max(matter.settled_at or now() for matter, _exchange in matters_of(request))


def _perform(file: CompanyFile, act: FileAct, *, actor: Actor, **facts: str) -> None:
    perform(
        FILE_LIFECYCLE,
        file,
        act,
        actor=actor,
        standing=towards_company(actor, file.company_id),
        subject=of_company_file(file),
        facts=facts,
    )
