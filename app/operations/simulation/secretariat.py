"""What the secretariat finds on its desk each working morning, and takes up; and how a company takes its letters."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select

from app.certifications.actions import confirm_stop_use
from app.certifications.queries import open_stop_use, waits_until_day
from app.escalations import actions as ladder
from app.escalations.queries import latest_request, may_be_proposed, open_item_of, what_to_ask
from app.escalations.queries.files import draft_of
from app.joint_acts.actions import approve
from app.operations.demo.timeline import Story
from app.operations.simulation import applying, boardroom, workers
from app.operations.simulation.founding import appoint_officer
from app.operations.simulation.members import hand_on_what_waits, serves
from app.operations.simulation.town import (
    COUNSELORS,
    HEAD,
    MANAGER,
    Firm,
    Temper,
    Town,
    after,
    in_office,
    is_member,
    today,
)
from app.pipeline.clock import now
from app.pipeline.first_look import Waiting
from app.pipeline.transaction import db
from app.pledges.actions.confirming import confirm
from app.pledges.queries import AWAITED
from app.responses.queries import in_hand_of_company
from models.base import UtcMoment
from models.board_item import BoardItem
from models.case import Case
from models.certification import Certification
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.pledge_confirmation import PledgeConfirmation
from models.rules.case_lifecycle import CaseState
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct, FileState
from models.rules.escalation_ladder import Step
from models.rules.pledge_confirmation import Keeping
from models.rules.pledges import Pledge
from models.rules.request_lifecycle import AnnulReason, RequestState
from models.waiting_grant import WaitingGrant

LETTER = "お願いした事項について、期限までにご対応ください。"
PROPOSAL = "再三の要請に応じていないため、理事会に付議します。"
PLAN = "計画を作り、順に実施します。"
ISSUERS = {Step.E1: MANAGER, Step.E2: MANAGER, Step.E3: HEAD, Step.E4: HEAD}
DRAFTERS = {Step.E1: COUNSELORS[0], Step.E2: COUNSELORS[1], Step.E3: MANAGER, Step.E4: MANAGER}
RENEWS = {Temper.PROMPT: 0.94, Temper.LATE: 0.9, Temper.SILENT: 0.8}
APPLIES_AGAIN = 0.6
CONFIRMS = {Temper.PROMPT: 0.98, Temper.LATE: 0.7, Temper.SILENT: 0.5}
STAYS_SILENT = 0.65

# What waits of each kind: its id, its company, by what it is ordered beside that, and what makes it a new thing.
_STEPS_OPEN = select(
    CompanyFile.id,
    CompanyFile.company_id,
    CompanyFile.number.label("place"),
    CompanyFile.next_step,
    CompanyFile.next_step_opened_at,
).where(CompanyFile.next_step.is_not(None))
_UNMET = (
    select(FormalRequest.id, CompanyFile.company_id, FormalRequest.number.label("place"), FormalRequest.company_file_id)
    .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
    .where(
        FormalRequest.state == RequestState.UNMET,
        FormalRequest.step.in_((Step.E3.code, Step.E4.code)),
        CompanyFile.state.in_((FileState.REQUESTING, FileState.IMPROVEMENT)),
    )
)
_COMPLIED = select(
    CompanyFile.id, CompanyFile.company_id, CompanyFile.number.label("place"), CompanyFile.complied_at
).where(CompanyFile.complied_at.is_not(None), CompanyFile.state.in_((FileState.REQUESTING, FileState.IMPROVEMENT)))
_MOOT = (
    select(FormalRequest.id)
    .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
    .where(
        FormalRequest.state == RequestState.SERVED,
        FormalRequest.due_at < bindparam("before", type_=UtcMoment()),
        CompanyFile.state != FileState.FROZEN,
    )
)
_REPORTED = (
    select(Case.id, Exchange.company_id, Case.received_at.label("place"), Exchange.reported_at)
    .join(Exchange, Exchange.case_id == Case.id)
    .where(Case.state == CaseState.REPORTED)
)
_RENEWALS = select(
    Certification.id, Certification.company_id, Certification.number.label("place"), Certification.valid_to
).where(Certification.state == CertificationState.RENEWAL_OPEN)
_CONFIRMATIONS = select(
    PledgeConfirmation.id, PledgeConfirmation.company_id, PledgeConfirmation.asked_at.label("place")
).where(AWAITED)
_ENDED = select(
    Certification.id,
    Certification.company_id,
    func.coalesce(Certification.number, "without").label("place"),
    Certification.version,
).where(Certification.state.in_((CertificationState.EXPIRED, CertificationState.REVOKED, CertificationState.REJECTED)))


def morning(town: Town) -> None:
    """Look at what waits, and let somebody take up each thing once."""
    if db().scalar(select(exists().where(WaitingGrant.done_at.is_(None)))):
        hand_on_what_waits(town)
    for look in (_steps_that_opened, _files_that_may_be_proposed, _compliance_to_record, _requests_without_matter):
        look(town)
    for look in (_reports_that_came, _renewals_that_opened, _confirmations_asked_for, _certifications_that_ended):
        look(town)


def _steps_that_opened(town: Town) -> None:
    for file in _new(town, "step", _STEPS_OPEN):
        town.tell(_issues(town, file.id, Step(str(file.next_step))))


def _new(town: Town, what: str, found: Waiting) -> list[Row[*tuple[Any, ...]]]:
    """The rows that were not seen before, by the company's key and what else a row is ordered by.

    Ids are drawn anew each time, and what happens shall be the same each time. Nearly all of them were seen before:
    they are looked through by what tells them apart.
    """
    rows = [row for row in db().execute(found) if town.first_time(what, row.id, *row[3:])]
    return sorted(rows, key=lambda row: (town.firm_of(row.company_id).key, row.place))


def _issues(town: Town, file_id: uuid.UUID, step: Step) -> Story:
    """Draft and issue the step that is open, by whoever the rules name; by post where nobody is there to read it."""
    firm = town.firm_of(db().get_one(CompanyFile, file_id).company_id)
    yield after(firm.chance.randrange(1, 4))
    file = db().get_one(CompanyFile, file_id)
    if file.next_step != step.code or draft_of(file) is not None:
        return
    if not what_to_ask(file):
        _nothing_is_owed_any_more(town, file)
        return
    request = ladder.draft_request(file, step, text=LETTER, actor=town.present(DRAFTERS[step]))
    ladder.issue_request(request, actor=town.present(ISSUERS[step]))
    request_id = request.id
    if request.state is RequestState.ISSUED or step is Step.E4:
        yield after(2)
        request = db().get_one(FormalRequest, request_id)
        if request.state in (RequestState.ISSUED, RequestState.SERVED):
            proof = f"{request_id.int % 10**11:011d}"
            ladder.serve_request(request, service="registered_post", proof_reference=proof, actor=town.present(HEAD))
    _take_it_in(firm, step)
    town.tell(_answers(town, firm, request_id, step))


def _nothing_is_owed_any_more(town: Town, file: CompanyFile) -> None:
    """What an unmet request asked for was taken back by the worker: it is annulled, and nothing follows it."""
    last = latest_request(file)
    if last is not None and last.state is RequestState.UNMET:
        _annul(town, last)


def _annul(town: Town, request: FormalRequest) -> None:
    """Nobody takes a request out of the count alone: the manager asks, the head looks at it and agrees."""
    because = "もとの相談が取り下げられたため。"
    act = ladder.ask_to_annul(request, reason=AnnulReason.MATTER_ENDED, because=because, actor=town.present(MANAGER))
    approve(act, actor=town.present(HEAD))
    ladder.annul_request(request, actor=town.present(MANAGER))


def _take_it_in(firm: Firm, step: Step) -> None:
    """At which letter the company gives in is decided by its temper, anew for each round of the ladder."""
    if firm.gives_in_at is not None and step is not Step.E1:
        return
    if firm.temper is Temper.PROMPT:
        firm.gives_in_at = step
    elif firm.temper is Temper.LATE:
        firm.gives_in_at = firm.chance.choice((Step.E1, Step.E1, Step.E2, Step.E2, Step.E3, Step.E4, Step.E6))
    else:
        firm.gives_in_at = Step.E10 if firm.happens(STAYS_SILENT) else firm.chance.choice((Step.E4, Step.E6))


def _answers(town: Town, firm: Firm, request_id: uuid.UUID, step: Step) -> Story:
    """A company that gives in does so in time or late; another says nothing, or only that it has a plan."""
    if firm.gives_in_at is None:
        return
    gives_in = _STEPS.index(step) >= _STEPS.index(firm.gives_in_at)
    if not gives_in:
        if firm.happens(0.25):
            yield after(firm.chance.randrange(2, 8))
            _say(town, firm, request_id)
        return
    yield after(firm.chance.randrange(1, 4) if firm.happens(0.6) else firm.chance.randrange(6, 14))
    _say(town, firm, request_id)
    yield from gives_in_now(town, firm)


_STEPS = tuple(Step)


def _say(town: Town, firm: Firm, request_id: uuid.UUID) -> None:
    request = db().get_one(FormalRequest, request_id)
    if request.state in (RequestState.SERVED, RequestState.UNMET):
        representative = town.present(firm.representative)
        ladder.answer_request(request, PLAN, actor=representative)


def gives_in_now(town: Town, firm: Firm) -> Story:
    """The company appoints whoever is missing, and reports on everything that lies with it."""
    if is_member(firm) and not serves(town, firm):
        appoint_officer(town, firm)
    _confirm(town, firm)
    while not workers.does_what_it_owes(town, firm):
        yield after(1)
    firm.gives_in_at = None


def _files_that_may_be_proposed(town: Town) -> None:
    """The head looks at the files with an unmet request for improvement, once for each that became unmet."""
    for request in _new(town, "unmet", _UNMET):
        town.tell(_proposes(town, request.company_file_id))


def _proposes(town: Town, file_id: uuid.UUID) -> Story:
    """The head puts the file before the board and serves the notice; the company explains, gives in, or is silent."""
    firm = town.firm_of(db().get_one(CompanyFile, file_id).company_id)
    yield after(firm.chance.randrange(2, 9))
    file = db().get_one(CompanyFile, file_id)
    if not may_be_proposed(file):
        return
    item_id = ladder.propose(file, grounds=PROPOSAL, actor=town.present(HEAD)).id
    yield after(1)
    item = db().get_one(BoardItem, item_id)
    if item.state != "proposed" or not FILE_LIFECYCLE.allows(
        db().get_one(CompanyFile, file_id).state, FileAct.SERVE_HEARING_NOTICE
    ):
        return
    boardroom.serve(town, item)
    town.tell(boardroom.explains(town, firm, item_id))
    if firm.gives_in_at is Step.E6:
        yield after(firm.chance.randrange(2, 12))
        yield from gives_in_now(town, firm)


def _compliance_to_record(town: Town) -> None:
    for file in _new(town, "complied", _COMPLIED):
        town.tell(_records_compliance(town, file.id))


def _records_compliance(town: Town, file_id: uuid.UUID) -> Story:
    yield after(1)
    file = db().get_one(CompanyFile, file_id)
    may_record = file.complied_at is not None and FILE_LIFECYCLE.allows(file.state, FileAct.RECORD_COMPLIANCE)
    if may_record and open_item_of(file) is None:
        ladder.record_compliance(file, actor=town.present(MANAGER))


def _requests_without_matter(town: Town) -> None:
    """A request whose consultation was taken back stays served after its day: a person annuls it."""
    left = db().scalars(_MOOT, {"before": now() - timedelta(days=1)}).all()
    for request_id in left:
        if town.first_time("moot", request_id):
            _annul(town, db().get_one(FormalRequest, request_id))


def _reports_that_came(town: Town) -> None:
    for case in _new(town, "report", _REPORTED):
        town.tell(workers.is_reviewed(town, town.firm_of(case.company_id), case.id))


def _renewals_that_opened(town: Town) -> None:
    for certification in sorted(_new(town, "renewal", _RENEWALS), key=lambda row: str(row.place)):
        firm = town.firm_of(certification.company_id)
        if firm.happens(RENEWS[firm.temper]):
            at = in_office(today() + timedelta(days=firm.chance.randrange(3, 110)), firm.chance)
            town.tell(applying.renews(town, firm, at))


def _confirmations_asked_for(town: Town) -> None:
    """Once a year a company says of each pledge how it keeps it; some wait until a letter asks for it."""
    for confirmation in _new(town, "confirmation", _CONFIRMATIONS):
        firm = town.firm_of(confirmation.company_id)
        if firm.happens(CONFIRMS[firm.temper]):
            town.tell(_confirms(town, firm))


def _confirms(town: Town, firm: Firm) -> Story:
    yield after(firm.chance.randrange(2, 15))
    _confirm(town, firm)


def _confirm(town: Town, firm: Firm) -> None:
    awaited = db().scalar(select(PledgeConfirmation).where(PledgeConfirmation.company_id == firm.id, AWAITED))
    if awaited is not None and is_member(firm):
        said = dict.fromkeys(Pledge, (Keeping.KEPT, ""))
        confirm(awaited, said, actor=town.present(firm.representative))


def _certifications_that_ended(town: Town) -> None:
    for ended in _new(town, "ended", _ENDED):
        firm = town.firm_of(ended.company_id)
        certification = db().get_one(Certification, ended.id)
        if certification.state is CertificationState.REVOKED:
            _follow_a_revocation(town, firm, certification)
        elif firm.happens(APPLIES_AGAIN):
            at = in_office(today() + timedelta(days=firm.chance.randrange(20, 200)), firm.chance)
            town.tell(applying.applies(town, firm, at))


def _follow_a_revocation(town: Town, firm: Firm, certification: Certification) -> None:
    town.tell(_stops_using_the_mark(town, firm, certification.id))
    file = db().scalar(
        select(CompanyFile)
        .where(CompanyFile.company_id == firm.id, CompanyFile.state == FileState.EFFECTIVE)
        .order_by(CompanyFile.closed_at.desc())
    )
    if file is not None:
        for exchange in sorted(in_hand_of_company(firm.id), key=lambda one: one.routed_at or now()):
            town.tell(workers.ends_without_an_answer(town, firm, exchange.case_id, file.id))
        town.tell(boardroom.is_thought_over(town, firm, file.id))
    free = waits_until_day(firm.id)
    if free is not None and firm.happens(APPLIES_AGAIN):
        at = in_office(free + timedelta(days=firm.chance.randrange(10, 60)), firm.chance)
        town.tell(applying.applies(town, firm, at))


def _stops_using_the_mark(town: Town, firm: Firm, certification_id: uuid.UUID) -> Story:
    yield after(firm.chance.randrange(3, 25))
    certification = db().get_one(Certification, certification_id)
    for task in sorted(open_stop_use([certification]).get(certification_id, []), key=lambda one: one.place):
        if firm.happens(0.9):
            confirm_stop_use(task, actor=town.present(firm.representative))
