"""Formal requests (E1 to E4): drafted, issued under a number, served, answered, and annulled with a reason."""

from __future__ import annotations

import uuid

from sqlalchemy import delete

from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.clocks.queries import running_clock
from app.custody.actions import grant_to_seat
from app.custody.queries import compartment_of_file
from app.escalations.actions.files import expect_nothing_more
from app.escalations.actions.fulfilment import settle_by_the_facts
from app.escalations.issuing import issue_as_letter
from app.escalations.letter import CLOCKS_OF_STEP, Letter
from app.escalations.queries.asking import WhatIsAsked, no_longer_owed, what_to_ask
from app.escalations.queries.files import draft_of
from app.escalations.queries.letters import issuers_of, people_addressed, posts_addressed
from app.escalations.queries.two_persons import of_request
from app.joint_acts.actions import use_approval
from app.letters.actions import next_number
from app.pipeline.acting import ChangedMeanwhile, perform
from app.pipeline.audit import Fact, of_company_file, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.company import Company
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.formal_request import FormalRequest
from models.person import Person
from models.request_addressee import RequestAddressee
from models.request_answer import RequestAnswer
from models.request_matter import RequestMatter
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, file_act_for
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Step
from models.rules.joint_acts import JointKind
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, SeatKind
from models.rules.permissions import Permission
from models.rules.request_lifecycle import AnnulReason, RequestAct, RequestState, request_lifecycle
from models.rules.working_days import in_japan
from models.sealed import open_from, seal_into

BY_THE_SYSTEM = "system"
BY_POST = "registered_post"


def draft_request(file: CompanyFile, step: Step, *, text: str, actor: Actor) -> FormalRequest:
    """Write down the request that is due. It has no number, and the company hears nothing of it yet."""
    must_be_allowed(Permission.ESCALATION_DRAFT, actor=actor, standing=towards_company(actor, file.company_id))
    if file.next_step != step.code or draft_of(file) is not None:
        raise ChangedMeanwhile(of_company_file(file))
    compartment = _compartment(file)
    request = FormalRequest(
        id=uuid.uuid4(),
        company_file_id=file.id,
        compartment_id=compartment.id,
        step=step.code,
        state=RequestState.DRAFTED,
        version=1,
        drafted_by_id=_person(actor).id,
        drafted_at=now(),
    )
    seal_into(request, "sealed_matter", text, key=actor.held.compartment_key(compartment))
    db().add(request)
    _name_matters(request, what_to_ask(file))
    facts: dict[str, Fact] = {"request_id": request.id.hex, "step": step.code}
    record(of_company_file(file), "request.drafted", actor=actor, facts=facts)
    for person in issuers_of(step, at=now()):
        if person.id != actor.id:
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"draft:{request.id.hex}")
    return request


def revise_draft(request: FormalRequest, *, text: str, actor: Actor) -> None:
    """Write the draft anew; what it is about is what the company owes now."""
    file = file_of(request)
    _perform(request, RequestAct.DRAFT, actor=actor, step=request.step)
    seal_into(request, "sealed_matter", text, key=_key(request, actor))
    db().execute(delete(RequestMatter).where(RequestMatter.formal_request_id == request.id))
    _name_matters(request, what_to_ask(file))


def _name_matters(request: FormalRequest, asked: tuple[WhatIsAsked, ...]) -> None:
    for one in asked:
        db().add(
            RequestMatter(
                id=uuid.uuid4(),
                formal_request_id=request.id,
                exchange_id=one.exchange_id,
                survey_invitation_id=one.survey_invitation_id,
                duty=one.duty,
                owed_since=one.owed_since,
            )
        )
    db().flush()


def issue_request(request: FormalRequest, *, actor: Actor) -> None:
    """Issue a request under its number, and serve it through the system to those whom the ladder addresses.

    What was done since the draft was written is not asked for: then the draft is revised first.
    """
    file, step, at = file_of(request), Step(request.step), now()
    if file.next_step != step.code or no_longer_owed(request):
        raise ChangedMeanwhile(of_company_file(file))
    text = open_from(request, "sealed_matter", key=_key(request, actor))
    company = db().get_one(Company, file.company_id)
    day = in_japan(at).date()
    posts = posts_addressed(company.id, step, at=at)
    request.number = next_number(step.code)
    request.letter_digest = Letter(request.number, day, company.name_on(day).name, posts, text).digest()
    request.issued_by_id = _person(actor).id
    facts = {"step": step.code, "number": request.number, "letter_digest": request.letter_digest.hex()}
    _perform(request, RequestAct.ISSUE, actor=actor, **facts)
    _move_file(file, request, actor=actor)
    people = people_addressed(company.id, step, at=at)
    for person in people:
        db().add(RequestAddressee(id=uuid.uuid4(), formal_request_id=request.id, person_id=person.id))
    _let_the_company_read(request, company, actor=actor)
    if people:
        _serve(request, file, BY_THE_SYSTEM, actor=actor)
        for person in people:
            queue_mail(person, MailKind.LETTER, actor=actor, key=request.number)
    db().flush()
    issue_as_letter(request, text=text, posts=posts, actor=actor)


def _move_file(file: CompanyFile, request: FormalRequest, *, actor: Actor) -> None:
    perform(
        FILE_LIFECYCLE,
        file,
        file_act_for(Step(request.step)),
        actor=actor,
        standing=towards_company(actor, file.company_id),
        subject=of_company_file(file),
        facts={"request_id": request.id.hex},
    )
    file.is_open = True
    expect_nothing_more(file)


def _let_the_company_read(request: FormalRequest, company: Company, *, actor: Actor) -> None:
    """Until something is issued to it a company cannot open its file; a seat without a holder waits for one."""
    compartment = db().get_one(Compartment, request.compartment_id)
    secret = actor.held.compartment_secret(compartment)
    for seat in (SeatKind.COMPANY_OFFICE, SeatKind.COMPANY_REPRESENTATIVE):
        grant_to_seat(compartment, secret, seat, company_id=company.id)


def serve_request(request: FormalRequest, *, service: str, proof_reference: str, actor: Actor) -> None:
    """Enter by hand that a letter was served by post; its time begins, unless the system served it before."""
    file = file_of(request)
    must_be_allowed(Permission.ESCALATION_SERVE, actor=actor, standing=towards_company(actor, file.company_id))
    request.proof_reference = proof_reference
    if request.state is RequestState.ISSUED:
        _serve(request, file, service, actor=actor)
        settle_by_the_facts(request)
        return
    if request.state is not RequestState.SERVED:
        raise ChangedMeanwhile(of_company_file(file))
    request.version += 1
    facts: dict[str, Fact] = {"request_id": request.id.hex, "service": service}
    record(of_company_file(file), "request.served", actor=actor, facts=facts)


def _serve(request: FormalRequest, file: CompanyFile, service: str, *, actor: Actor) -> None:
    _perform(request, RequestAct.SERVE, actor=actor, service=service)
    request.service = service
    clocks = [start_clock(request, kind) for kind in CLOCKS_OF_STEP[Step(request.step)]]
    request.due_at = min(clock.due_at for clock in clocks)
    file.next_due_at = request.due_at


def answer_request(request: FormalRequest, text: str, *, actor: Actor) -> RequestAnswer:
    """A company answers in its own words. The words alone meet nothing, but they are the plan that E3 asks for."""
    file = file_of(request)
    answer = RequestAnswer(
        id=uuid.uuid4(),
        formal_request_id=request.id,
        compartment_id=request.compartment_id,
        person_id=_person(actor).id,
        answered_at=now(),
    )
    seal_into(answer, "sealed_text", text, key=_key(request, actor))
    _perform(request, RequestAct.ANSWER, actor=actor, answer_id=answer.id.hex)
    db().add(answer)
    if Step(request.step) is Step.E3 and request.state is RequestState.SERVED:
        _take_as_plan(request, file)
    for person in issuers_of(Step(request.step), at=now()):
        queue_mail(person, MailKind.UPDATE, actor=actor, key=f"answer:{answer.id.hex}")
    return answer


def _take_as_plan(request: FormalRequest, file: CompanyFile) -> None:
    """The plan is there in time; what is due next is its proof. A plan that comes late changes no date."""
    if request.due_at is None or now() > request.due_at:
        return
    meet_clocks(request, [ClockKind.REQUEST_E3])
    db().flush()
    proof = running_clock(request.id, ClockKind.REQUEST_E3_PROOF)
    if proof is not None:
        request.due_at = file.next_due_at = proof.due_at


def annul_request(request: FormalRequest, *, actor: Actor) -> None:
    """Take a request back, as one has asked and another approved: it stays on the counter sheet, and no longer counts.

    Raises JointRefused unless two persons agreed on it.
    """
    file = file_of(request)
    act = use_approval(JointKind.LADDER_RESET, subject=of_request(request), actor=actor)
    reason = AnnulReason(str(act.code))
    _perform(request, RequestAct.ANNUL, actor=actor, reason_code=reason.value, joint_id=act.id.hex)
    request.void_reason = reason.value
    stop_clocks(request)
    if file.next_step is None:
        file.next_due_at = None
    file.version += 1


def file_of(request: FormalRequest) -> CompanyFile:
    return db().get_one(CompanyFile, request.company_file_id)


def _compartment(file: CompanyFile) -> Compartment:
    compartment = compartment_of_file(file, CompartmentKind.COMPANY_FILE)
    if compartment is None:
        raise CannotOpen
    return compartment


def _key(request: FormalRequest, actor: Actor) -> bytes:
    return actor.held.compartment_key(db().get_one(Compartment, request.compartment_id))


def _person(actor: Actor) -> Person:
    if actor.person is None:
        raise ValueError("only a person writes letters")
    return actor.person


def _perform(request: FormalRequest, act: RequestAct, *, actor: Actor, **facts: str) -> None:
    file = file_of(request)
    perform(
        request_lifecycle(Step(request.step)),
        request,
        act,
        actor=actor,
        standing=towards_company(actor, file.company_id),
        subject=of_company_file(file),
        facts={"request_id": request.id.hex, **facts},
    )
