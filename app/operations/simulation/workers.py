"""A worker writes, the desk forwards it, and the company answers in time, late, or only when letters come."""

from __future__ import annotations

import uuid
from datetime import date

from app.cases import actions as desk
from app.escalations.queries import file_of_company
from app.intake.actions import Answers, NamedCompany, submit_consultation
from app.mailbox import actions as mailbox
from app.operations.demo.timeline import Story
from app.operations.simulation.town import (
    COUNSELORS,
    MANAGER,
    Firm,
    Temper,
    Town,
    after,
    company_of,
    in_office,
    is_member,
    today,
)
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from app.responses import actions as office
from app.responses.queries import compartment_for, in_hand_of_company, stage_now
from crypto import new_receipt_secret
from models.case import Case
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.rules.case_lifecycle import CaseState
from models.rules.company_file_lifecycle import FileState
from models.rules.consent import ConsentLevel
from models.rules.exchange_stage import WITH_THE_OFFICER, ExchangeStage
from models.rules.people import CompartmentKind, Role
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity

TEXT = "長い時間怒鳴られましたが、交代してもらえませんでした。"
COPY = "長時間の暴言があり、交代の申し出が受け入れられなかったとのことです。"
REPORT = {
    "fact_check": "録音を確認し、暴言が続いていたことを確かめました。",
    "care": "本人と面談し、休暇を取れるようにしました。",
    "measures_customer": "次回から上席が対応し、警告します。",
    "prevention": "交代の基準を改め、全員に周知しました。",
    "privacy_no_retaliation": "知る人を限り、不利益な取扱いをしないことを周知しました。",
    "actions": [CompanyAction.HEARD_WORKER.value, CompanyAction.RULE_CHANGE.value],
    "rule_applied": "基本方針 第3条",
}
TOLD = "会社は録音を確かめ、交代の基準を改めました。"
ANSWERS_IN_TIME = {Temper.PROMPT: 0.97, Temper.LATE: 0.4, Temper.SILENT: 0.1}
TAKES_BACK = 0.04
GIVES_UP_AFTER = 90


def writes(town: Town, firm: Firm, day: date) -> Story:
    """One consultation, until it lies with the company or is advised on by the desk alone."""
    yield in_office(day, firm.chance)
    if firm.company_id is None:
        return
    counselor = COUNSELORS[firm.chance.randrange(len(COUNSELORS))]
    case_id, worker = _write(firm)
    yield after(1)
    desk.open_triage(_case(case_id), actor=town.present(counselor))
    desk.record_triage(
        _case(case_id),
        severity=Severity.MODERATE,
        types=(HarassmentType.ABUSE,),
        org_issues=(OrganisationalIssue.NO_SUPPORT,),
        is_crisis=False,
        actor=town.present(counselor),
    )
    if not is_member(firm):
        desk.advise(_case(case_id), TOLD, actor=town.present(counselor))
        yield after(5)
        desk.close_case(_case(case_id), Outcome.ADVICE, actor=town.present(counselor))
        return
    copy = desk.draft_copy(
        _case(case_id), company_of(firm), text=COPY, level=ConsentLevel.CN_2, actor=town.present(counselor)
    )
    copy_id, exchange_id = copy.id, copy.exchange_id
    desk.put_copy(_case(case_id), copy, actor=town.present(counselor))
    yield after(1)
    mailbox.approve_copy(_case(case_id), db().get_one(ForwardedCopy, copy_id), actor=worker)
    desk.arrange_sending(_case(case_id), _exchange(exchange_id), consulter_agrees=True, actor=town.present(counselor))
    for _day in range(5):
        yield after(1)
        if _case(case_id).state is CaseState.ROUTED:
            break
    else:
        return
    town.tell(_is_answered(town, firm, exchange_id))
    town.tell(_has_patience(firm, case_id, exchange_id, worker))


def _write(firm: Firm) -> tuple[uuid.UUID, Actor]:
    name = company_of(firm).name_on(today()).name
    sent = submit_consultation(
        Answers(
            text=TEXT,
            channel=Channel.INBOUND_CALL,
            consent=ConsentLevel.CN_2,
            workplace=NamedCompany(name, firm.id),
        ),
        once=new_receipt_secret(),
    )
    entered = mailbox.enter(sent.code)
    if entered is None:
        raise RuntimeError("a receipt that was just given does not open")
    return sent.case_id, Actor(
        Role.CONSULTER, Keys(entered.private_key, receipt_id=entered.receipt.id), receipt=entered.receipt
    )


def _is_answered(town: Town, firm: Firm, exchange_id: uuid.UUID) -> Story:
    """What the company does of itself, before any letter."""
    yield after(firm.chance.randrange(1, 3))
    in_time = firm.happens(ANSWERS_IN_TIME[firm.temper])
    if in_time or firm.happens(0.5):
        _acknowledge(town, _exchange(exchange_id))
    if not in_time:
        return
    yield after(firm.chance.randrange(3, 9))
    while not _report(town, _exchange(exchange_id)):
        yield after(1)


def _acknowledge(town: Town, exchange: Exchange) -> None:
    if exchange.state == "routed" and stage_now(exchange) is ExchangeStage.NEW:
        office.acknowledge(exchange, actor=town.present(_addressee(town, exchange)))


def _report(town: Town, exchange: Exchange) -> bool:
    """Hand the report in; False while the successor of an officer still waits for somebody to hand on the keys."""
    if exchange.state != "routed":
        return True
    _acknowledge(town, exchange)
    if stage_now(exchange) not in WITH_THE_OFFICER:
        return True
    officer = town.present(_addressee(town, exchange))
    if not officer.held.opens(compartment_for(exchange, CompartmentKind.REPORT)):
        return False
    office.submit_report(exchange, REPORT, actor=officer)
    return True


def does_what_it_owes(town: Town, firm: Firm) -> bool:
    """The company reports on all that lies with it; False while it cannot open some of it yet."""
    done = [_report(town, exchange) for exchange in in_hand_of_company(firm.id)]
    return all(done)


def _addressee(town: Town, exchange: Exchange) -> str:
    if exchange.addressee_id is None:
        raise LookupError("what lies with a company lies with somebody")
    return town.login_of(exchange.addressee_id)


def _has_patience(firm: Firm, case_id: uuid.UUID, exchange_id: uuid.UUID, worker: Actor) -> Story:
    """She waits; some take their consent back, and where nobody can be asked any more, she gives up."""
    takes_back = firm.happens(TAKES_BACK)
    yield after(firm.chance.randrange(2, 40) if takes_back else GIVES_UP_AFTER)
    if takes_back and _exchange(exchange_id).state == "routed":
        mailbox.withdraw_consent(_case(case_id), actor=worker)
        return
    while _case(case_id).is_open:
        file = file_of_company(firm.id)
        if not is_member(firm) or file is None or file.state is FileState.FROZEN:
            mailbox.withdraw(_case(case_id), actor=worker)
            return
        yield after(60)


def is_reviewed(town: Town, firm: Firm, case_id: uuid.UUID) -> Story:
    """The desk reads a report that came; a poor one goes back, and a second time, which is a ground by itself."""
    yield after(firm.chance.randrange(1, 4))
    case = _case(case_id)
    if case.state is not CaseState.REPORTED:
        return
    counselor = town.login_of(case.assignee_id) if case.assignee_id else COUNSELORS[0]
    report = desk.begin_review(case, actor=town.present(counselor))
    if firm.temper is not Temper.PROMPT and firm.happens(0.15):
        desk.return_report(case, report, reason="対応の内容が書かれていません。", actor=town.present(counselor))
        exchange_id = report.exchange_id
        yield after(firm.chance.randrange(2, 8))
        if firm.temper is Temper.LATE:
            _report(town, _exchange(exchange_id))
        return
    desk.accept_report(case, report, actor=town.present(counselor))
    yield after(2)
    yield from _is_told_and_closed(town, case_id, counselor, Outcome.IMPROVED)


def ends_without_an_answer(town: Town, firm: Firm, case_id: uuid.UUID, file_id: uuid.UUID) -> Story:
    """After a revocation the desk concludes what the company never answered."""
    from models.company_file import CompanyFile  # noqa: PLC0415

    yield after(firm.chance.randrange(2, 8))
    case = _case(case_id)
    if not any(one.case_id == case_id for one in in_hand_of_company(firm.id)) or case.state not in WAITING:
        return
    desk.conclude_without_answer(case, db().get_one(CompanyFile, file_id), actor=town.present(MANAGER))
    yield after(1)
    counselor = town.login_of(case.assignee_id) if case.assignee_id else COUNSELORS[0]
    yield from _is_told_and_closed(town, case_id, counselor, Outcome.NO_ANSWER)


WAITING = (CaseState.ROUTED, CaseState.ACKED, CaseState.IN_ACTION, CaseState.RESPONDED)


def _is_told_and_closed(town: Town, case_id: uuid.UUID, counselor: str, outcome: Outcome) -> Story:
    if _case(case_id).state is not CaseState.FEEDBACK:
        return
    desk.give_feedback(_case(case_id), TOLD, actor=town.present(counselor))
    yield after(10)
    if _case(case_id).state is not CaseState.FEEDBACK:
        return
    if not desk.close_case(_case(case_id), outcome, actor=town.present(counselor)):
        yield after(1)
        desk.confirm_close(_case(case_id), actor=town.present(MANAGER))


def _case(case_id: uuid.UUID) -> Case:
    return db().get_one(Case, case_id)


def _exchange(exchange_id: uuid.UUID) -> Exchange:
    return db().get_one(Exchange, exchange_id)
