"""Review: the desk checks a company's report, sends it back with what is missing, or accepts it."""

from __future__ import annotations

from app.cases.queries import exchanges_of, reports_of
from app.clocks.actions import counting, meet_clocks, start_clock, stop_clocks
from app.clocks.queries import running_clock
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.responses.actions import restart_report_clock
from app.rulebook.queries import deadlines_at
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.extension import Extension
from models.person import Person
from models.report import Report
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.deadlines import ClockKind, extended_due, extension_allowed
from models.rules.decision import Decision
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.permissions import Permission
from models.sealed import seal_into


def begin_review(case: Case, *, actor: Actor) -> Report:
    """Begin to check the report that came."""
    report = report_to_review(case)
    if report is None:
        raise ChangedMeanwhile(of_case(case))
    _perform(case, CaseAct.BEGIN_REVIEW, report, actor=actor)
    report.reviewed_by_id = actor.id
    if running_clock(case.id, ClockKind.REVIEW) is None:
        start_clock(case, ClockKind.REVIEW, from_=report.submitted_at)
    return report


def report_to_review(case: Case) -> Report | None:
    """The newest report that nobody has answered yet; after the consulter's objection, the accepted one once more."""
    standing = [
        report for exchange in exchanges_of(case) for report in reports_of(exchange) if report.returned_at is None
    ]
    waiting = [report for report in standing if report.accepted_at is None]
    looked_at = waiting or (standing if case.state is CaseState.REVIEW else [])
    return max(looked_at, key=lambda report: report.submitted_at, default=None)


def return_report(case: Case, report: Report, reason: str, *, actor: Actor) -> None:
    """Send a report back and say what is missing."""
    exchange = _exchange_of(case, report)
    if exchange.state != "routed":
        # The consulter took her consent back meanwhile: the company is asked for nothing more.
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.RETURN_REPORT)
    _perform(case, CaseAct.RETURN_REPORT, report, actor=actor)
    key = actor.held.compartment_key(db().get_one(Compartment, report.compartment_id))
    seal_into(report, "sealed_return_reason", reason, key=key)
    report.returned_at, report.reviewed_by_id = now(), actor.id
    # A consulter who is not satisfied may have shown that what was accepted is not enough after all.
    report.accepted_at = exchange.accepted_at = exchange.reported_at = None
    exchange.version += 1
    meet_clocks(case, [ClockKind.REVIEW])
    restart_report_clock(exchange)
    _tell_the_company(exchange, f"returned:{report.id.hex}", actor=actor)


def accept_report(case: Case, report: Report, *, actor: Actor) -> None:
    """Accept a report; the consulter is told its result next."""
    exchange = _exchange_of(case, report)
    _perform(case, CaseAct.ACCEPT_REPORT, report, actor=actor)
    report.accepted_at, report.reviewed_by_id = now(), actor.id
    exchange.accepted_at = now()
    exchange.version += 1
    meet_clocks(exchange, [ClockKind.FINAL_REPORT])
    stop_clocks(exchange)
    meet_clocks(case, [ClockKind.REVIEW])
    stop_clocks(case, [ClockKind.PROGRESS_NOTE])
    start_clock(case, ClockKind.FEEDBACK)
    _tell_the_company(exchange, f"accepted:{report.id.hex}", actor=actor)


def may_extend(extension: Extension) -> Decision:
    """Whether the rules let an officer have the time that was asked for."""
    exchange = db().get_one(Exchange, extension.exchange_id)
    clock = running_clock(exchange.id, ClockKind.FINAL_REPORT)
    return extension_allowed(
        granted=int(extension.granted is True),
        asked_at=extension.asked_at,
        due_at=clock.due_at if clock else extension.asked_at,
        reason_given=bool(extension.sealed_reason),
        business_days=extension.working_days,
        policy=deadlines_at(extension.asked_at),
    )


def decide_extension(case: Case, extension: Extension, granted: bool, *, actor: Actor) -> None:  # noqa: FBT001 - the answer itself
    """Give an officer more time for the final report, or do not."""
    must_be_allowed(Permission.REPORT_REVIEW, actor=actor, standing=towards_case(actor, case))
    exchange = db().get_one(Exchange, extension.exchange_id)
    clock = running_clock(exchange.id, ClockKind.FINAL_REPORT)
    if exchange.case_id != case.id or extension.decided_at is not None or (granted and not may_extend(extension)):
        raise ChangedMeanwhile(of_case(case))
    extension.decided_at, extension.decided_by_id, extension.granted = now(), actor.id, granted
    if granted and clock is not None:
        counted_by, closures = counting(exchange, ClockKind.FINAL_REPORT, now())
        new = extended_due(
            clock.due_at,
            business_days=extension.working_days,
            # What the company's closures added to the time before counts towards their limit.
            calendar=counted_by.with_company_closures(closures, after=clock.started_at),
            policy=deadlines_at(clock.started_at),
        )
        extension.new_due_at = new.due_at
        start_clock(exchange, ClockKind.FINAL_REPORT, due_date=new)
    exchange.version += 1
    event = "extension.grant" if granted else "extension.refuse"
    record(of_case(case), event, actor=actor, facts={"extension_id": extension.id.hex})
    _tell_the_company(exchange, f"extension:{extension.id.hex}", actor=actor)


def _perform(case: Case, act: CaseAct, report: Report, *, actor: Actor) -> None:
    perform_on_case(case, act, actor=actor, facts={"report_id": report.id.hex})


def _exchange_of(case: Case, report: Report) -> Exchange:
    exchange = db().get_one(Exchange, report.exchange_id)
    answered = report.returned_at is not None or (report.accepted_at is not None and case.state is not CaseState.REVIEW)
    if exchange.case_id != case.id or answered:
        raise ChangedMeanwhile(of_case(case))
    return exchange


def _tell_the_company(exchange: Exchange, occasion: str, *, actor: Actor) -> None:
    person = db().get(Person, exchange.addressee_id) if exchange.addressee_id else None
    if person is not None and person.serves_at(now()):
        queue_mail(person, MailKind.UPDATE, actor=actor, key=occasion)
