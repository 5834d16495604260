"""What the one present may do with a case now: the lifecycle's rows that the policy allows, as links and buttons."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.cases.queries import exchanges_of, goes_again, held_facts, latest_copy
from app.cases.recalls import is_recallable
from app.incidents.queries import group_of
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_case
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.case import Case
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.rules.case_lifecycle import CASE_LIFECYCLE, WITH_THE_COMPANY, CaseAct, CaseState
from models.rules.company_file_lifecycle import follows_silence
from models.rules.lifecycle import Row
from models.rules.permissions import Permission, decide

A = CaseAct
# The page on which an act is done, and the acts that are one button.
PAGES = {
    A.RECORD_TRIAGE: "cases.triage",
    A.ASK_INFORMATION: "cases.ask",
    A.ADVISE: "cases.advise_",
    A.ASK_CONSENT: "cases.pick_company",
    A.OFFER_COPY: "cases.pick_company",
    A.REVISE_COPY: "cases.pick_company",
    A.REOPEN_COPY: "cases.pick_company",
    A.GIVE_FEEDBACK: "cases.feedback",
    A.PUT_OUT_OF_SCOPE: "cases.close",
    A.CLOSE_WITHOUT_CONSENT: "cases.close",
    A.CLOSE: "cases.close",
    A.WITHDRAW_ON_REQUEST: "cases.withdraw",
    A.REOPEN: "cases.reopen_",
    A.RETURN_REPORT: "cases.review",
    A.ACCEPT_REPORT: "cases.review",
}
BUTTONS = {
    A.OPEN_TRIAGE: "cases.open_triage_",
    A.RESUME_TRIAGE: "cases.resume",
    A.RETURN_TO_READY: "cases.to_ready",
    A.RETURN_TO_TRIAGE: "cases.to_triage",
    A.BEGIN_REVIEW: "cases.begin_review_",
    A.MONITOR: "cases.monitor_",
}
WITH_A_COMPANY = {
    A.ROUTE: "cases.send",
    A.ROUTE_AGAIN: "cases.send",
    A.REROUTE: "cases.reroute_",
    A.RECALL: "cases.recall_",
}
LEADS = frozenset({A.OPEN_TRIAGE, A.ASK_CONSENT, A.ROUTE, A.ROUTE_AGAIN, A.BEGIN_REVIEW, A.GIVE_FEEDBACK})
# Nobody reads a mailbox of the group itself: what is told, put and ended for all of them is done on the group's page.
DONE_ON_THE_GROUPS_PAGE = frozenset(
    {
        *(A.ASK_INFORMATION, A.ADVISE, A.ASK_CONSENT, A.OFFER_COPY, A.REVISE_COPY, A.REOPEN_COPY),
        *(A.GIVE_FEEDBACK, A.CLOSE, A.PUT_OUT_OF_SCOPE, A.RECORD_TRIAGE, A.WITHDRAW_ON_REQUEST),
    }
)
STYLES = ("primary", "secondary", "danger")
TAKES_BACK = frozenset({A.RECALL, A.WITHDRAW_ON_REQUEST, A.CLOSE_WITHOUT_CONSENT, A.PUT_OUT_OF_SCOPE})


@dataclass(frozen=True)
class Offer:
    """One thing that may be done: a link to its page, or a button that does it."""

    words: str
    url: str
    style: str
    is_button: bool = False


def actions_for(case: Case, actor: Actor) -> tuple[Row[CaseState, CaseAct], ...]:
    """The rows of the lifecycle that lead on from here, that this actor may take, and for which nothing is missing."""
    standing, held = towards_case(actor, case), held_facts(case)
    return tuple(
        row
        for row in CASE_LIFECYCLE.acts_from(case.state)
        if decide(Permission(row.by), role=actor.role, standing=standing) and not row.missing(held)
    )


def offers_for(case: Case, actor: Actor) -> list[Offer]:
    """What the page of a case offers, in the order of the lifecycle."""
    offers: list[Offer] = []
    pages_shown: set[str] = set()
    of_a_group = group_of(case) is not None
    for row in actions_for(case, actor):
        act = row.act
        if of_a_group and act in DONE_ON_THE_GROUPS_PAGE:
            continue
        style = "primary" if act in LEADS else "danger" if act in TAKES_BACK else "secondary"
        if act in BUTTONS:
            offers.append(Offer(label(act), url_for(BUTTONS[act], number=case.number), style, is_button=True))
        elif act in PAGES and PAGES[act] not in pages_shown:
            pages_shown.add(PAGES[act])
            offers.append(Offer(_words(act), url_for(PAGES[act], number=case.number), style))
        elif act in WITH_A_COMPANY:
            offers += _with_companies(case, act, style)
        elif act is A.CONCLUDE_WITHOUT_ANSWER:
            offers += _conclusions(case)
    if case.state in WITH_THE_COMPANY and decide(
        Permission.CASE_ROUTE, role=actor.role, standing=towards_case(actor, case)
    ):
        # The case is with one company already, and another one's copy is ready to go.
        offers += _with_companies(case, A.ROUTE, "primary")
    if case.state is not CaseState.ROUTED and decide(
        Permission.CASE_RECALL, role=actor.role, standing=towards_case(actor, case)
    ):
        # One company has answered already, and another one that was told has not.
        offers += _with_companies(case, A.RECALL, "danger")
    # What leads on comes first, what takes back or ends comes last; within these the lifecycle's own order holds.
    return sorted(offers, key=lambda offer: STYLES.index(offer.style))


def _words(act: CaseAct) -> str:
    return _("報告を確認する") if PAGES[act] == "cases.review" else label(act)


def _with_companies(case: Case, act: CaseAct, style: str) -> list[Offer]:
    offers = []
    for exchange in exchanges_of(case):
        if _fits(case, exchange, act):
            url = url_for(WITH_A_COMPANY[act], number=case.number, reference=exchange.reference)
            offers.append(Offer(label(act), url, style))
    return offers


def _conclusions(case: Case) -> list[Offer]:
    """A company's silence is concluded where it is followed: in an open company file."""
    companies = [exchange.company_id for exchange in exchanges_of(case) if exchange.state == "routed"]
    known = db().scalars(select(CompanyFile).where(CompanyFile.company_id.in_(companies))).all()
    files = [file for file in known if follows_silence(file.state, is_open=file.is_open)]
    words = label(A.CONCLUDE_WITHOUT_ANSWER)
    return [
        Offer(words, url_for("cases.conclude", number=case.number, file_id=file.id.hex), "danger", is_button=True)
        for file in files
    ]


def _fits(case: Case, exchange: Exchange, act: CaseAct) -> bool:
    if act is A.RECALL:
        return is_recallable(case, exchange)
    if act is A.REROUTE:
        return exchange.state == "routed"
    copy = latest_copy(exchange)
    approved = copy is not None and copy.approved_at is not None and copy.declined_at is None
    if exchange.state != "preparing" or exchange.hold_until is not None or not approved:
        return False
    return act is A.ROUTE_AGAIN if goes_again(case, exchange) else act is A.ROUTE
