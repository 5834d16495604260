"""How each fictional consultation goes: the consulter, the desk and the officer act in turn, up to a given state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cases import actions as desk
from app.intake.actions import Answers, Keyed, NamedCompany, submit_consultation
from app.mailbox import actions as mailbox
from app.operations.association import Association
from app.operations.demo.timeline import Story, later, office_hour
from app.pipeline.clock import TOKYO
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from app.responses import actions as office
from crypto import new_receipt_secret
from models.case import Case
from models.company import Company
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.report import Report
from models.rules.case_lifecycle import CaseState
from models.rules.consent import DEFAULT, ConsentLevel, consent_from_code
from models.rules.desk_reasons import RecallReason
from models.rules.keyed_intake import WAYS_IN, may_be_told_at_intake
from models.rules.people import Role
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.response_method import ResponseMethod
from models.rules.taxonomy.severity import Severity

S = CaseState
BLOCKS = ("fact_check", "care", "measures_customer", "prevention", "privacy_no_retaliation")


@dataclass(frozen=True)
class Silence:
    """What the company leaves undone, from when it acts after all, or when the matter is concluded without it."""

    duty: str
    ends_on: date | None = None
    concluded_on: date | None = None


@dataclass
class Telling:
    """One consultation with its texts, and who acts in it."""

    association: Association
    item: Mapping[str, Any]
    reply: Mapping[str, Any]
    counselor: str
    second: str = "manager@kikite.example"
    silence: Silence | None = None
    case_id: Any = None
    exchange_id: Any = None
    consulter: Actor | None = None

    @property
    def goal(self) -> CaseState:
        return CaseState(self.item["demo"]["state"])

    @property
    def case(self) -> Case:
        return db().get_one(Case, self.case_id)

    @property
    def exchange(self) -> Exchange:
        return db().get_one(Exchange, self.exchange_id)

    def is_there(self) -> bool:
        return self.case.state is self.goal

    def desk(self) -> Actor:
        return self.association.present(self.counselor)

    def worker(self) -> Actor:
        if self.consulter is None:
            raise RuntimeError("the consultation was not sent yet")
        return self.consulter

    def officer(self) -> Actor:
        """Whoever the exchange is addressed to."""
        addressee = self.exchange.addressee_id
        login = next(login for login, person in self.association.people.items() if person.id == addressee)
        return self.association.present(login)


def answers_of(item: Mapping[str, Any], association: Association) -> Answers:
    """The form as this worker would fill it in."""
    facts = item["facts"]
    consent = consent_from_code(facts.get("consent"))
    keys = item["demo"]["companies"]

    def named(which: str) -> NamedCompany:
        company = association.companies.get(keys.get(which) or "")
        return NamedCompany(facts.get(f"{which}_hint") or "", company.id if company else None)

    route = IntakeRoute(f"IC-{facts.get('intake') or 'WEB'}")
    return Answers(
        text=item["text"],
        channel=Channel(item["channel"]),
        types=tuple(HarassmentType(code) for code in item["types"]),
        actor=ActorRelation(facts["actor"]) if facts.get("actor") else None,
        org_issues=tuple(OrganisationalIssue(code) for code in facts.get("org_issues", ())),
        impacts=tuple(Impact(code) for code in facts.get("impact", ())),
        requested=tuple(RequestedHelp(code) for code in facts.get("requested", ())),
        employment=Employment(facts["employment"]) if facts.get("employment") else None,
        employer=named("employer"),
        workplace=named("workplace"),
        client=named("client"),
        consent=consent.level if may_be_told_at_intake(route, consent.level) else DEFAULT,
        options=tuple(sorted(consent.options)),
        route=route,
    )


def _keyed(telling: Telling, answers: Answers, at: datetime) -> Keyed | None:
    """That a counselor keyed what came by telephone, letter or another way than the web."""
    way = WAYS_IN.get(answers.route)
    return None if way is None else Keyed(telling.desk(), at.astimezone(TOKYO).date(), way.read_backs[0])


def story_of(telling: Telling, *, sent_at: datetime, routed_on: date | None = None) -> Story:
    """A consultation from its sending to the state that it shall have reached today."""
    yield sent_at
    answers = answers_of(telling.item, telling.association)
    sent = submit_consultation(answers, once=new_receipt_secret(), keyed=_keyed(telling, answers, sent_at))
    telling.case_id = sent.case_id
    entered = mailbox.enter(sent.code)
    if entered is None:
        raise RuntimeError("a receipt that was just given does not open")
    keys = Keys(entered.private_key, receipt_id=entered.receipt.id)
    telling.consulter = Actor(Role.CONSULTER, keys, receipt=entered.receipt)
    if telling.goal is S.RECEIVED:
        return
    at = later(sent_at, working_days=1, minutes=37)
    yield office_hour(at.date(), 10, 20)
    desk.open_triage(telling.case, actor=telling.desk())
    desk.write_message(telling.case, telling.reply["desk_acknowledgement"], actor=telling.desk())
    if telling.is_there():
        return
    yield later(at, minutes=90)
    if telling.goal is S.NEED_INFO:
        desk.ask_information(telling.case, telling.reply["desk_acknowledgement"], actor=telling.desk())
        return
    _record_triage(telling)
    if telling.goal is S.WITHDRAWN:
        yield later(at, working_days=2)
        mailbox.withdraw(telling.case, actor=telling.worker())
        return
    if "forwarded_copy" not in telling.reply or telling.item["demo"]["companies"].get("workplace") is None:
        yield from _advice(telling, at)
        return
    yield from _with_the_company(telling, at, routed_on)


def _record_triage(telling: Telling) -> None:
    desk.record_triage(
        telling.case,
        severity=Severity(telling.item["severity"]),
        types=tuple(HarassmentType(code) for code in telling.item["types"]),
        org_issues=tuple(OrganisationalIssue(code) for code in telling.item["facts"].get("org_issues", ())),
        is_crisis=telling.case.is_crisis,
        actor=telling.desk(),
    )


def _advice(telling: Telling, at: datetime) -> Story:
    yield later(at, working_days=1)
    words = telling.reply.get("advice") or telling.reply["feedback"]
    desk.advise(telling.case, words, actor=telling.desk())
    if telling.is_there():
        return
    yield later(at, working_days=2)
    mailbox.write(telling.case, telling.reply["worker_followup"], actor=telling.worker())
    yield later(at, working_days=3)
    yield from _close(telling, later(at, working_days=4))


def _with_the_company(telling: Telling, at: datetime, routed_on: date | None) -> Story:
    known = telling.association.companies[telling.item["demo"]["companies"]["workplace"]]
    company = db().get_one(Company, known.id)
    level = consent_from_code(telling.item["facts"].get("consent")).level
    asked = level if level is not ConsentLevel.CN_0 else ConsentLevel.CN_2
    yield later(at, working_days=1)
    copy = desk.draft_copy(
        telling.case, company, text=telling.reply["forwarded_copy"], level=asked, actor=telling.desk()
    )
    copy_id, telling.exchange_id = copy.id, copy.exchange_id
    desk.put_copy(telling.case, copy, actor=telling.desk())
    if telling.is_there():
        return
    goes_at = office_hour(routed_on, 11, 10) if routed_on else later(at, working_days=3)
    yield max(goes_at - timedelta(hours=26), later(at, working_days=1, minutes=200))
    mailbox.approve_copy(telling.case, db().get_one(ForwardedCopy, copy_id), actor=telling.worker())
    if telling.is_there():
        return
    yield max(goes_at, later(at, working_days=1, minutes=240))
    desk.arrange_sending(telling.case, telling.exchange, actor=telling.desk())
    while telling.case.state is not S.ROUTED:
        at = later(at, working_days=1)
        yield max(at, goes_at + timedelta(hours=25))
    yield from _after_routing(telling, telling.case.routed_at or goes_at)


def _after_routing(telling: Telling, routed_at: datetime) -> Story:
    at = later(routed_at.astimezone(TOKYO), working_days=1)
    if telling.goal is S.ROUTED:
        return
    silence = telling.silence
    if silence is not None and silence.concluded_on is not None:
        yield from _concluded_without_the_company(telling, office_hour(silence.concluded_on, 15))
        return
    at = _resumed(silence, at, "acknowledge", "vacancy")
    yield at
    if telling.goal is S.REROUTE:
        desk.reroute(telling.case, telling.exchange, reason_code="resigned", actor=telling.desk())
        return
    if telling.goal is S.RECALLED:
        desk.recall(telling.case, telling.exchange, RecallReason.WRONG_COMPANY, actor=telling.desk())
        yield later(at, minutes=50)
        desk.confirm_recall(telling.case, telling.exchange, actor=telling.association.present(telling.second))
        return
    office.open_exchange(telling.exchange, actor=telling.officer())
    office.acknowledge(telling.exchange, actor=telling.officer())
    if telling.is_there():
        return
    yield from _the_officer_acts(telling, at)


def _resumed(silence: Silence | None, at: datetime, *duties: str) -> datetime:
    """When the company does this: at once, or when its silence on this very duty ends."""
    if silence is None or silence.duty not in duties or silence.ends_on is None:
        return at
    return office_hour(silence.ends_on, 13)


def _concluded_without_the_company(telling: Telling, at: datetime) -> Story:
    yield at
    company_id = telling.exchange.company_id
    file = db().scalars(select(CompanyFile).where(CompanyFile.company_id == company_id)).first()
    if file is None:
        raise RuntimeError("a company that never answered has a file")
    desk.conclude_without_answer(telling.case, file, actor=telling.association.present(telling.second))
    yield later(at, minutes=40)
    desk.give_feedback(telling.case, telling.reply["feedback"], actor=telling.desk())
    yield from _close(telling, later(at, working_days=5))


def _the_officer_acts(telling: Telling, at: datetime) -> Story:
    at = _resumed(telling.silence, at, "initial_report")
    pace = 0 if telling.silence is not None and telling.silence.ends_on is not None else 2
    for number, entry in enumerate(telling.reply["officer_actions"], start=1):
        at = later(at, working_days=pace, minutes=9)
        yield at
        office.log_action(
            telling.exchange,
            action=CompanyAction(entry["code"]),
            note=entry["note"],
            done_on=at.date(),
            actor=telling.officer(),
        )
        if telling.is_there() and number == len(telling.reply["officer_actions"]):
            return
    yield later(at, working_days=pace // 2, minutes=11)
    office.reply_to_worker(telling.exchange, telling.reply["officer_reply"], actor=telling.officer())
    office.record_response(
        telling.exchange, how=next(iter(ResponseMethod)), note="", actor=telling.officer(), done_on=at.date()
    )
    if telling.is_there():
        return
    yield later(at, working_days=pace, minutes=30)
    report = _report(telling)
    if telling.is_there():
        return
    yield from _the_desk_reviews(telling, later(at, working_days=5), report.id)


def _report(telling: Telling) -> Report:
    blocks: dict[str, Any] = {block: telling.reply["report"][block] for block in BLOCKS}
    blocks["actions"] = [entry["code"] for entry in telling.reply["officer_actions"]]
    blocks["rule_applied"] = "yes"
    return office.submit_report(telling.exchange, blocks, actor=telling.officer())


def _the_desk_reviews(telling: Telling, at: datetime, report_id: Any) -> Story:
    yield at
    desk.begin_review(telling.case, actor=telling.desk())
    if telling.is_there():
        return
    returned = telling.reply.get("returned_report")
    if returned:
        report = db().get_one(Report, report_id)
        desk.return_report(telling.case, report, reason=returned["return_reason"], actor=telling.desk())
        yield later(at, working_days=2)
        report_id = _report(telling).id
        yield later(at, working_days=3)
        desk.begin_review(telling.case, actor=telling.desk())
    yield later(at, working_days=4)
    desk.accept_report(telling.case, db().get_one(Report, report_id), actor=telling.desk())
    yield later(at, working_days=5)
    desk.give_feedback(telling.case, telling.reply["feedback"], actor=telling.desk())
    if telling.is_there():
        return
    yield from _the_result(telling, later(at, working_days=7))


def _the_result(telling: Telling, at: datetime) -> Story:
    yield at
    mailbox.write(telling.case, telling.reply["worker_followup"], actor=telling.worker())
    if telling.goal is S.MONITOR:
        desk.monitor(telling.case, actor=telling.desk())
        return
    if telling.reply["outcome"] == Outcome.RESOLVED.value:
        mailbox.accept_result(telling.case, actor=telling.worker())
        return
    yield from _close(telling, later(at, working_days=1))


def _close(telling: Telling, at: datetime) -> Story:
    yield at
    desk.close_case(telling.case, Outcome(telling.reply["outcome"]), actor=telling.desk())
    if telling.case.state is not S.CLOSED:
        yield later(at, minutes=50)
        desk.confirm_close(telling.case, actor=telling.association.present(telling.second))


def addressees(association: Association, company: str, at: datetime) -> list[str]:
    """Who may act for a company: the officer, else the deputy, else the representative."""
    for role in (Role.OFFICER, Role.DEPUTY, Role.REPRESENTATIVE):
        found = association.of(company, role, at=at)
        if found:
            return found
    return []
