"""Like companies side by side: what was done at each step of the ladder, when and by whom, and what stands out."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import median

from flask_babel import gettext as _
from sqlalchemy import select

from app.companies.queries import name_on
from app.escalations.queries import may_be_proposed, what_to_ask
from app.escalations.queries.history import BEFORE_THE_BOARD_NOW, entries_of, settled_or_exempted
from app.people.queries import name_of
from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.audit_record import AuditRecord
from models.board_item import BoardItem
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.person import Person
from models.request_matter import RequestMatter
from models.resolution import Resolution
from models.rules.company_duties import GROUND_OF_DUTY
from models.rules.company_file_lifecycle import FileState
from models.rules.escalation_ladder import Ground, LadderHistory, ProposalRefusal, Step, begins_with
from models.rules.like_treatment import (
    Difference,
    Outcome,
    Treatment,
    differences,
    likeness_policy_at,
    step_before,
    threshold_reached_at,
)
from models.rules.request_lifecycle import AnnulReason, RequestState
from models.rules.working_days import add_months, in_japan


@dataclass(frozen=True)
class ComparedLine:
    """One company at one step as the page shows it; no letter and no consultation is in it."""

    company: Company
    company_name: str
    treatment: Treatment
    taken_at: datetime | None
    decided_by: str
    why: str
    """Why it was taken back, or not put before the board, and what the board decided."""
    stands_out: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Likes:
    """Companies that stand alike at a step."""

    grounds: str
    lines: tuple[ComparedLine, ...]
    middle: int | None
    """The median of the days until the step was taken; None when nobody took it yet."""


def compared(step: Step) -> list[Likes]:
    """Every company that came to a step in the time that is compared, beside those that stand as it does."""
    lines = _Requests().at(step) if step is not Step.E5 else _proposals()
    alike: dict[object, list[ComparedLine]] = defaultdict(list)
    for line in lines:
        alike[line.treatment.like].append(line)
    return sorted((_likes(group) for group in alike.values()), key=lambda one: one.grounds)


def compared_since() -> datetime:
    """How far back the comparison looks."""
    at = in_japan(now())
    return datetime.combine(add_months(at.date(), -likeness_policy_at(at).months), at.timetz())


def _likes(lines: Sequence[ComparedLine]) -> Likes:
    among = [line.treatment for line in lines]
    policy = likeness_policy_at(now())
    shown = [ComparedLine(**{**vars(line), "stands_out": differences(line.treatment, among, policy)}) for line in lines]
    shown.sort(key=lambda line: (not line.stands_out, line.company_name, line.treatment.reference))
    taken = [one.waited_days for one in among if one.outcome is not Outcome.NOT_YET]
    grounds = sorted(label(ground) for ground in among[0].grounds)
    return Likes("、".join(grounds), tuple(shown), round(median(taken)) if taken else None)


class _Requests:
    """The formal requests of every company, read once."""

    @cached_property
    def of_files(self) -> dict[uuid.UUID, list[FormalRequest]]:
        issued = select(FormalRequest).where(FormalRequest.issued_at.is_not(None)).order_by(FormalRequest.issued_at)
        found: dict[uuid.UUID, list[FormalRequest]] = defaultdict(list)
        for request in db().scalars(issued):
            found[request.company_file_id].append(request)
        return found

    @cached_property
    def matters(self) -> dict[uuid.UUID, list[RequestMatter]]:
        found: dict[uuid.UUID, list[RequestMatter]] = defaultdict(list)
        for matter in db().scalars(select(RequestMatter)):
            found[matter.formal_request_id].append(matter)
        return found

    def at(self, step: Step) -> Iterable[ComparedLine]:
        """A line for each request of this step, and for each company whose file waits for one."""
        since, owners = compared_since(), _owners()
        wanted = [
            request
            for requests in self.of_files.values()
            for request in requests
            if request.step == step.code and request.issued_at and request.issued_at >= since
        ]
        settled, exempted = settled_or_exempted(wanted)
        annulled = _annulled_by()
        for request in wanted:
            _file, company = owners[request.company_file_id]
            why = [label(AnnulReason(request.void_reason)), annulled.get(request.id, "")] if request.void_reason else []
            outcome = _outcome(request, settled.get(request.id) or request.met_at, is_exempt=request.id in exempted)
            treatment = self._of_request(request, step, outcome)
            yield _line(company, treatment, request.issued_at, request.issued_by_id, " ".join(filter(None, why)))
        for file, company in owners.values():
            if file.next_step == step.code and file.next_step_opened_at is not None:
                waits = _days(file.next_step_opened_at, now())
                grounds = frozenset(GROUND_OF_DUTY[one.duty] for one in what_to_ask(file))
                yield _line(company, Treatment(file.number, step, grounds, Outcome.NOT_YET, waits))

    def _of_request(self, request: FormalRequest, step: Step, outcome: Outcome) -> Treatment:
        issued_at = request.issued_at or now()
        matters = self.matters[request.id]
        grounds = frozenset(GROUND_OF_DUTY[matter.duty] for matter in matters)
        before = [
            one
            for one in self.of_files[request.company_file_id]
            if one.issued_at and one.issued_at < issued_at and one.state is not RequestState.VOID
        ]
        follows = next((one for one in reversed(before) if step_before(step) and one.step == step_before(step)), None)
        opened_at = min((matter.owed_since for matter in matters), default=issued_at)
        if follows is not None and follows.due_at is not None:
            opened_at = max(opened_at, follows.due_at)
        return Treatment(
            reference=request.number or "",
            step=step,
            grounds=grounds,
            outcome=outcome,
            waited_days=_days(opened_at, issued_at),
            given_days=_days(request.served_at, request.due_at) if request.served_at and request.due_at else None,
            skipped=step_before(step) is not None and follows is None and not _begins_here(grounds, step),
        )


def _begins_here(grounds: Iterable[Ground], step: Step) -> bool:
    return any(begins_with(ground) is step for ground in grounds)


def _outcome(request: FormalRequest, settled_at: datetime | None, *, is_exempt: bool) -> Outcome:
    if request.state is RequestState.VOID:
        return Outcome.RESET
    if is_exempt:
        return Outcome.EXEMPTED
    if settled_at is not None:
        return Outcome.MET if request.due_at is None or settled_at <= request.due_at else Outcome.MET_LATE
    return Outcome.UNMET if request.state is RequestState.UNMET else Outcome.RUNNING


def _proposals() -> Iterable[ComparedLine]:
    """Every company that the head could have proposed, or did: how long it took, or why not."""
    requests, since = _Requests(), compared_since()
    items: dict[uuid.UUID, list[BoardItem]] = defaultdict(list)
    first_items = select(BoardItem).where(BoardItem.follows_id.is_(None)).order_by(BoardItem.proposed_at)
    for proposed in db().scalars(first_items):
        items[proposed.company_file_id].append(proposed)
    for file, company in _owners().values():
        entries = entries_of(requests.of_files.get(file.id, []))
        reached = threshold_reached_at(LadderHistory(tuple(entries)))
        of_file = items[file.id]
        item = next((one for one in of_file if reached is None or one.proposed_at >= reached), None)
        item = item or (of_file[-1] if of_file else None)
        at = item.proposed_at if item else reached
        if at is not None and at >= since:
            yield _proposal(file, company, reached, item)


def _proposal(file: CompanyFile, company: Company, reached: datetime | None, item: BoardItem | None) -> ComparedLine:
    def treated(outcome: Outcome, until: datetime) -> Treatment:
        waited = _days(reached, until) if reached is not None else 0
        return Treatment(file.number, Step.E5, frozenset(), outcome, waited, skipped=reached is None or reached > until)

    if item is not None:
        treatment = treated(Outcome.PROPOSED, item.proposed_at)
        return _line(company, treatment, item.proposed_at, item.proposed_by_id, _decided(item))
    decision = may_be_proposed(file)
    if decision.allowed:
        return _line(company, treated(Outcome.NOT_YET, now()))
    ended = file.state in (FileState.FROZEN, FileState.COMPLIED) or file.state in BEFORE_THE_BOARD_NOW
    return _line(
        company,
        treated(Outcome.ENDED, file.closed_at or now()),
        why=label(file.state) if ended else label(ProposalRefusal(decision.reason)),
    )


def _decided(item: BoardItem) -> str:
    option = db().scalar(select(Resolution.option).where(Resolution.board_item_id == item.id))
    if option is None or item.decided_at is None:
        return str(_("理事会の決議はまだありません"))
    days = _days(item.proposed_at, item.decided_at)
    return str(_("理事会: %(option)s(付議から%(days)s日)", option=label(option), days=days))


def _line(
    company: Company,
    treatment: Treatment,
    taken_at: datetime | None = None,
    by: uuid.UUID | None = None,
    why: str = "",
) -> ComparedLine:
    return ComparedLine(company, name_on(company, today()), treatment, taken_at, _named(by), why)


def _named(person_id: uuid.UUID | None) -> str:
    person = db().get(Person, person_id) if person_id else None
    return f"{name_of(person)} {label(person.role)}" if person else ""


def _owners() -> dict[uuid.UUID, tuple[CompanyFile, Company]]:
    rows = db().execute(select(CompanyFile, Company).join(Company, Company.id == CompanyFile.company_id))
    return {file.id: (file, company) for file, company in rows}


def _annulled_by() -> dict[uuid.UUID, str]:
    """Who took each request back, as the record says."""
    records = db().execute(
        select(AuditRecord.facts, AuditRecord.actor_id).where(
            AuditRecord.subject_kind == "company", AuditRecord.name == "request.annulled"
        )
    )
    return {uuid.UUID(hex=json.loads(facts)["request_id"]): _named(actor_id) for facts, actor_id in records}


def _days(start: datetime, end: datetime) -> int:
    return max(0, (in_japan(end).date() - in_japan(start).date()).days)
