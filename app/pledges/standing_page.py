"""One company's page: the nine pledges with their state, what shows it, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.applications.queries import sheet_of, words_of
from app.clocks.queries import calendar, running_clock
from app.companies.queries import relations_of
from app.escalations.queries import file_of_company
from app.people.queries import officers_of
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_company
from app.pledges.counts import CountsOfCompany, counts_of
from app.pledges.forms import PolicyPageForm
from app.pledges.queries import (
    SaidOf,
    confirmations_of,
    is_looking_on,
    last_confirmed,
    latest_check,
    opened,
    present_confirmation,
    said_in,
    said_on,
)
from app.presentation.due import TimeLeft, time_left
from app.presentation.filters import ja_date, ja_datetime, label
from app.surveys.queries import awaited_of, newest_of, standing_in
from models.certification_application import CertificationApplication
from models.clock import Clock
from models.company import Company
from models.company_file import CompanyFile
from models.rules.company_file_lifecycle import FileState
from models.rules.deadlines import ClockKind
from models.rules.people import COMPANY, SECRETARIAT, Role
from models.rules.permissions import Permission, decide
from models.rules.pledge_standing import (
    TONE,
    PledgeState,
    Post,
    StandingFacts,
    Survey,
    standing_of,
    told_to_a_company,
)
from models.rules.pledges import SHEETS, Pledge
from models.rules.policy_page import PageFound

Shown = tuple[str, str]


@dataclass(frozen=True, repr=False)
class Line:
    """One pledge as its reader sees it."""

    pledge: Pledge
    state: PledgeState
    evidence: tuple[Shown, ...]
    said: SaidOf | None

    @property
    def tone(self) -> str:
        return TONE[self.state]


@dataclass(frozen=True)
class Due:
    """A deadline of the company itself that runs."""

    clock: Clock
    left: TimeLeft


def standing_page(company: Company, actor: Actor, *, page_form: PolicyPageForm | None = None) -> dict[str, Any]:
    """Everything that this reader may know of how a company stands."""
    counts = counts_of(company.id, actor=actor)
    file = file_of_company(company.id)
    confirmation, said_last = present_confirmation(company.id), last_confirmed(company.id)
    said = opened(said_last, actor=actor) if said_last is not None and _reads_words(actor) else {}
    facts = _facts(company, actor, counts, file)
    evidence = _evidence(company, facts, counts)
    standing = towards_company(actor, company.id)
    return {
        "company": company,
        "name": company.name_on(today()),
        "lines": [Line(one, standing_of(one, facts), evidence.get(one, ()), said.get(one)) for one in Pledge],
        "confirmation": confirmation,
        "before": [one for one in confirmations_of(company.id) if not one.is_awaited],
        "due": _due(company),
        "confirms": bool(decide(Permission.PLEDGE_CONFIRM, role=actor.role, standing=standing)),
        "is_company": actor.role in COMPANY,
        "tells_counts": actor.role in COMPANY | SECRETARIAT,
        "file": file if file is not None and actor.role in SECRETARIAT else None,
        "page_form": page_form or _page_form(company, actor),
        "form_with_errors": page_form,
        "looks_at_pages": is_looking_on(),
        "at": now(),
    }


def shown_answers(application: CertificationApplication | None, *, actor: Actor) -> dict[Pledge, list[Shown]]:
    """What a company wrote of each pledge in its application, in words."""
    if application is None:
        return {}
    written = {one.pledge: one for one in sheet_of(application, actor=actor)}
    return {
        pledge: [
            (str(label(one.question)), words_of(one, found.answers.get(one.question.code, "")))
            for one in SHEETS[pledge].asks
        ]
        for pledge, found in written.items()
    }


def _page_form(company: Company, actor: Actor) -> PolicyPageForm | None:
    """For whoever keeps the register of companies."""
    if not decide(Permission.COMPANY_MANAGE, role=actor.role, standing=towards_company(actor, company.id)):
        return None
    return PolicyPageForm(formdata=None, data={"address": company.policy_url, "planned_on": company.policy_planned_on})


def _reads_words(actor: Actor) -> bool:
    return actor.role in COMPANY | SECRETARIAT


def _facts(company: Company, actor: Actor, counts: CountsOfCompany, file: CompanyFile | None) -> StandingFacts:
    at, said_last = now(), last_confirmed(company.id)
    looked = latest_check(company)
    awaited = running_clock(company.id, ClockKind.PLEDGE_CONFIRMATION)
    rows = said_in(said_last) if said_last is not None else {}
    return StandingFacts(
        today=today(),
        said_on=said_on(company.id),
        confirmation_overdue=awaited is not None and awaited.due_at < at,
        keeping={pledge: row.keeping for pledge, row in rows.items()},
        post=_post(company),
        has_policy_page=bool(company.policy_url),
        policy_planned_on=company.policy_planned_on,
        page_is_there=None if looked is None else looked.found is PageFound.THERE,
        has_desk=bool(company.inside_desk),
        kept=counts.kept,
        forwarded=counts.forwarded,
        survey=_survey(company),
        has_relations=bool(relations_of(company)),
        file=_file_state(company, file, actor),
    )


def _file_state(company: Company, file: CompanyFile | None, actor: Actor) -> FileState | None:
    """Where the ladder stands; whoever neither works with it nor is its company is not told."""
    if not decide(Permission.ESCALATION_READ, role=actor.role, standing=towards_company(actor, company.id)):
        return None
    state = file.state if file is not None else FileState.CALM
    return told_to_a_company(state) if actor.role in COMPANY else state


def _post(company: Company) -> Post:
    people = officers_of(company.id, at=now())
    officers = [person for person in people if person.role is Role.OFFICER]
    return Post(
        registered=bool(officers),
        verified=any(person.verified_at is not None for person in officers),
        deputy=any(person.role is Role.DEPUTY and person.verified_at is not None for person in people),
    )


def _due(company: Company) -> list[Due]:
    found = (running_clock(company.id, kind) for kind in (ClockKind.PLEDGE_CONFIRMATION, ClockKind.VACANCY))
    running = [*(clock for clock in found if clock is not None), *awaited_of(company.id)]
    return [Due(clock, time_left(clock.due_at, at=now(), calendar=calendar())) for clock in running]


def _evidence(company: Company, facts: StandingFacts, counts: CountsOfCompany) -> dict[Pledge, tuple[Shown, ...]]:
    """What shows it, for the pledges of which something is known beside the words of the company."""
    found: dict[Pledge, tuple[Shown, ...]] = {
        Pledge.GUIDELINE: ((str(_("九つを最後に確認した日")), ja_date(facts.said_on) if facts.said_on else ""),),
        Pledge.POLICY: _policy(company),
        Pledge.DESK: ((str(_("社内の相談窓口")), company.inside_desk or ""),),
        Pledge.SURVEY: _survey_evidence(company),
        Pledge.OUTSOURCING: _relations(company),
    }
    if counts.forwarded is not None:
        found[Pledge.RESPONSE] = tuple(
            (
                str(_("%(deadline)s(この12か月)", deadline=label(one.kind))),
                str(_("期限まで %(n)s件、遅れ %(late)s件", n=one.in_time, late=one.late)),
            )
            for one in counts.timings
        )
        found[Pledge.REPORT] = (
            (str(_("対応中")), str(_("%(n)s件", n=counts.forwarded.under_way))),
            (str(_("期限超過")), str(_("%(n)s件", n=counts.forwarded.overdue))),
            (str(_("報告済(この12か月)")), str(_("%(n)s件", n=counts.forwarded.reported))),
        )
    return found


def _policy(company: Company) -> tuple[Shown, ...]:
    found = [(str(_("公表しているページ")), company.policy_url or "")]
    if company.policy_planned_on is not None:
        found.append((str(_("公表する予定の日")), ja_date(company.policy_planned_on, weekday=True)))
    looked = latest_check(company)
    if looked is not None:
        words = _("%(at)s %(found)s", at=ja_datetime(looked.checked_at), found=label(looked.found))
        found.append((str(_("ページの確認")), str(words)))
    return tuple(found)


def _survey(company: Company) -> Survey | None:
    found = newest_of(company.id)
    return None if found is None else standing_in(found[1], found[0])


def _survey_evidence(company: Company) -> tuple[Shown, ...]:
    found = newest_of(company.id)
    if found is None:
        return ()
    survey, invitation = found
    answered = ja_date(invitation.answered_on) if invitation.answered_on else ""
    return (
        (str(_("いちばん新しい調査")), survey.title),
        (str(_("締切の日")), ja_date(survey.closes_on, weekday=True)),
        (str(_("回答した日")), answered),
    )


def _relations(company: Company) -> tuple[Shown, ...]:
    day = today()
    related = relations_of(company)
    now_related = [one for one in related if one.relation.valid_to is None or one.relation.valid_to >= day]
    clients = sum(one.is_client for one in now_related)
    return (
        (str(_("登録した委託元")), str(_("%(n)s社", n=clients))),
        (str(_("登録した受託先")), str(_("%(n)s社", n=len(now_related) - clients))),
    )
