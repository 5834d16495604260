"""The road of a consultation, driven by the actions themselves; each step commits, and says where the case then is.

Every function is called inside an application context. The people are those of tests/support/world.py: ``counselor``
takes the case, ``manager`` is the second person, and the company's own people act for it. What is given an exchange
brings it forward from wherever it is; what is given none begins at the beginning. What many tests begin with is taken
once and then put back: see tests/support/beginnings.py.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import current_app, g
from sqlalchemy import select

from app.cases.actions import (
    Sending,
    accept_report,
    arrange_sending,
    begin_review,
    confirm_close,
    confirm_recall,
    deliver_held,
    draft_copy,
    give_feedback,
    open_triage,
    put_copy,
    recall,
    record_triage,
)
from app.cases.actions import close_case as ask_or_close
from app.cases.queries import exchanges_of, latest_copy, reports_of
from app.intake.actions import submit_consultation
from app.intake.answers import Answers, NamedCompany
from app.mailbox.actions import approve_copy
from app.pipeline.clock import FixedClock, now
from app.pipeline.remembered import CHANGING, OF_REQUEST
from app.pipeline.transaction import db, has_changed, transaction
from app.responses.actions import acknowledge, log_action, submit_report
from app.responses.queries import stage_now
from models.case import Case
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.report import Report
from models.rules.consent import ConsentLevel
from models.rules.desk_reasons import RecallReason
from models.rules.exchange_stage import WITH_THE_OFFICER, ExchangeStage
from models.rules.people import Role
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.support.beginnings import taken_once
from tests.support.first_look import begins_by_the_clock
from tests.support.present import company as company_of
from tests.support.present import consulter, person, present

WRITTEN = "夜勤の終わりに、同じお客様から二時間続けて怒鳴られ、上司に代わってもらえませんでした。"
FORWARDED = "夜間の電話で長時間の暴言があり、交代の申し出が受け入れられなかったとのことです。"
REPORT = {
    "fact_check": "録音を確認し、暴言が続いていたことを確かめました。",
    "care": "本人と面談し、休暇を取れるようにしました。",
    "measures_customer": "次回から上席が対応し、警告します。",
    "prevention": "交代の基準を改め、全員に周知しました。",
    "privacy_no_retaliation": "知る人を限り、不利益な取扱いをしないことを周知しました。",
    "actions": [CompanyAction.HEARD_WORKER.value, CompanyAction.RULE_CHANGE.value],
    "rule_applied": "基本方針 第3条",
}
TOLD = "会社は録音を確かめ、交代の基準を改めました。ご不満な点があればお知らせください。"

Result = TypeVar("Result")


def done(act: Callable[[], Result]) -> Result:
    """Do something in a transaction of its own, as a request or a command would, and begin the next with fresh eyes."""
    for kept in (OF_REQUEST, CHANGING):
        g.pop(kept, None)
    would_begin = begins_by_the_clock(act)
    with transaction():
        came = act()
        assert would_begin or not (came or has_changed()), "the clock would have passed over what was due"
        return came


def case_of(case: Case) -> Case:
    """The case as it is now."""
    db().expire_all()
    return db().get_one(Case, case.id)


@taken_once
def submitted(
    *, consent: ConsentLevel = ConsentLevel.CN_2, company: str | None = "alpha", **answers: Any
) -> tuple[Case, str]:
    """Somebody wrote; the workplace is this company. Returns the case and the receipt's code."""
    answers.setdefault("text", WRITTEN)
    answers.setdefault("channel", Channel.INBOUND_CALL)
    if company is not None:
        found = company_of(company)
        answers.setdefault("workplace", NamedCompany(found.name_on(now().date()).name, found.id))
    receipted = submit_consultation(Answers(consent=consent, **answers), once=secrets.token_bytes(16))
    return _ended(receipted.case_id), receipted.code


def _ended(case_id: uuid.UUID) -> Case:
    # Intake takes the pen itself, after sealing; the request that calls it ends the transaction, as this does.
    with transaction():
        pass
    return db().get_one(Case, case_id)


@taken_once
def triaged(
    *,
    severity: Severity = Severity.MODERATE,
    types: tuple[HarassmentType, ...] = (HarassmentType.ABUSE,),
    org_issues: tuple[OrganisationalIssue, ...] = (OrganisationalIssue.NO_SUPPORT,),
    is_crisis: bool = False,
    by: str = "counselor",
    **answers: Any,
) -> tuple[Case, str]:
    """A counselor has taken the case and weighed it."""
    case, code = submitted(**answers)

    def act() -> None:
        actor = present(by)
        open_triage(case, actor=actor)
        record_triage(case, severity=severity, types=types, org_issues=org_issues, is_crisis=is_crisis, actor=actor)

    done(act)
    return case, code


def copied(
    case: Case,
    company: str = "alpha",
    *,
    text: str = FORWARDED,
    level: ConsentLevel = ConsentLevel.CN_2,
    by: str = "counselor",
) -> ForwardedCopy:
    """A copy for this company lies before the consulter."""

    def act() -> ForwardedCopy:
        actor = present(by)
        copy = draft_copy(case, company_of(company), text=text, level=level, actor=actor)
        put_copy(case, copy, actor=actor)
        return copy

    return done(act)


def approved(case: Case, code: str, copy: ForwardedCopy | None = None) -> ForwardedCopy:
    """The consulter has read the copy and agrees; without one, it is prepared for alpha first."""
    shown = copy or copied(case)
    done(lambda: approve_copy(case, shown, comment="", actor=consulter(code)))
    return shown


@taken_once
def routed(
    case: Case | None = None, code: str = "", *, company: str = "alpha", by: str = "counselor", **answers: Any
) -> Exchange:
    """The copy has reached the company. Begins at the beginning when no case is given."""
    if case is None:
        case, code = triaged(company=company, by=by, **answers)
    the_case = case
    if not code:
        raise ValueError("the consulter's code is needed for her approval")
    # Ids are random, and so is the order of exchanges: of several that are approved, this company's goes first.
    approved_ones = [one for one in exchanges_of(case) if _is_approved(one)]
    approved_ones.sort(key=lambda one: one.company_id != company_of(company).id)
    exchange = approved_ones[0] if approved_ones else None
    if exchange is None:
        copy = approved(case, code, copied(case, company, by=by))
        exchange = db().get_one(Exchange, copy.exchange_id)
    the_exchange = exchange
    became = done(lambda: arrange_sending(the_case, the_exchange, consulter_agrees=True, actor=present(by)))
    if became is Sending.WAITS:
        let_hours_pass(25)
        done(deliver_held)
    return the_exchange


def exchange_at(reference: str) -> Exchange:
    """What was forwarded under the number that the company sees."""
    return db().scalars(select(Exchange).where(Exchange.reference == reference)).one()


def case_at(reference: str) -> Case:
    """The case that was forwarded under this number."""
    return db().get_one(Case, exchange_at(reference).case_id)


def recalled(exchange: Exchange, reason: RecallReason = RecallReason.WRONG_COMPANY) -> Exchange:
    """The copy was taken back after it was delivered: the counselor asked, and the manager agreed."""
    case = db().get_one(Case, exchange.case_id)
    done(lambda: recall(case_of(case), exchange, reason, actor=present("counselor")))
    done(lambda: confirm_recall(case_of(case), exchange, actor=present("manager")))
    return exchange


def _is_approved(exchange: Exchange) -> bool:
    copy = latest_copy(exchange)
    return copy is not None and copy.approved_at is not None and exchange.state == "preparing"


def let_hours_pass(hours: float) -> None:
    """Move the clock of the test's application on."""
    clock = current_app.extensions["kikite_clock"]
    if not isinstance(clock, FixedClock):
        raise TypeError("only a test's clock is moved")
    clock.move(to=clock.now() + timedelta(hours=hours))
    for kept in (OF_REQUEST, CHANGING):
        g.pop(kept, None)


def officer_of(exchange: Exchange) -> str:
    """The key of whoever was addressed, for present()."""
    for key in ("alpha", "beta", "gamma", "delta", "epsilon"):
        if company_of(key).id == exchange.company_id:
            role = Role(exchange.via or Role.OFFICER.value)
            return f"{key}_{role.value}"
    raise LookupError("no company of the test's association")


@taken_once
def acknowledged(exchange: Exchange | None = None, **answers: Any) -> Exchange:
    """The officer has confirmed receipt."""
    found = exchange or routed(**answers)
    if stage_now(found) is ExchangeStage.NEW:
        done(lambda: acknowledge(found, actor=present(officer_of(found))))
    return found


@taken_once
def in_action(exchange: Exchange | None = None, **answers: Any) -> Exchange:
    """The officer has logged a first action."""
    found = acknowledged(exchange, **answers)
    if stage_now(found) is not ExchangeStage.ACKED:
        return found
    done(
        lambda: log_action(
            found,
            action=CompanyAction.HEARD_WORKER,
            note="本人から話を聞きました。",
            done_on=now().date(),
            actor=present(officer_of(found)),
        )
    )
    return found


@taken_once
def reported(exchange: Exchange | None = None, *, blocks: dict[str, Any] | None = None, **answers: Any) -> Exchange:
    """The officer has handed in the report."""
    found = in_action(exchange, **answers)
    if stage_now(found) in WITH_THE_OFFICER:
        done(lambda: submit_report(found, blocks or REPORT, actor=present(officer_of(found))))
    return found


def newest_copy(case: Case) -> ForwardedCopy:
    """The copy as it was last written, of the company that was first thought of."""
    copy = latest_copy(exchanges_of(case)[0])
    if copy is None:
        raise LookupError("nothing was written yet")
    return copy


def newest_report(exchange: Exchange) -> Report:
    """The report as it was last handed in."""
    return reports_of(exchange)[-1]


@taken_once
def accepted(exchange: Exchange | None = None, *, by: str = "counselor", **answers: Any) -> Exchange:
    """The desk has accepted the report."""
    found = reported(exchange, **answers) if exchange else reported(by=by, **answers)
    case = db().get_one(Case, found.case_id)

    if stage_now(found) is not ExchangeStage.REPORTED:
        return found

    def act() -> None:
        actor = present(by)
        accept_report(case, begin_review(case, actor=actor), actor=actor)

    done(act)
    return found


@taken_once
def fed_back(exchange: Exchange | None = None, *, by: str = "counselor", **answers: Any) -> Exchange:
    """The consulter was told the result."""
    found = accepted(exchange, by=by, **answers)
    case = db().get_one(Case, found.case_id)
    done(lambda: give_feedback(case, TOLD, actor=present(by)))
    return found


@taken_once
def closed(exchange: Exchange | None = None, *, by: str = "counselor", **answers: Any) -> Exchange:
    """The desk has closed the case; the manager is the second person where one is needed."""
    found = fed_back(exchange, by=by, **answers)
    case = db().get_one(Case, found.case_id)
    if not done(lambda: ask_or_close(case, Outcome.IMPROVED, actor=present(by))):
        done(lambda: confirm_close(case, actor=present("manager")))
    return found


def assignee(case: Case) -> str:
    """Which of the desk's people has the case."""
    keys = ("counselor", "second_counselor", "third_counselor", "manager", "head")
    return next(key for key in keys if person(key).id == case.assignee_id)
