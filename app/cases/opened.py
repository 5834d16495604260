"""A case opened for somebody of the desk who may read it; called only after the reading was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.absences.queries import absences_from
from app.cases.queries import code_behind, copies_of, exchanges_of
from app.cases.recalls import ReadBy, last_recall, read_proof, read_until_now, recall_that_waits
from app.clocks.queries import clocks_of
from app.companies.queries import name_on
from app.custody.queries import compartment_of_exchange, opened_statement
from app.mailbox.queries import Opinion, Said, conversation, opinions_on
from app.people.queries import name_of
from app.pipeline.clock import today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.responses.queries import (
    LoggedAction,
    OpenedReport,
    action_log,
    copy_text,
    extension_of,
    open_report,
    stage_now,
)
from app.responses.queries import reports_of as reports_by_number
from app.responses.queries.keyed import KeyedEntry, keyed_entries
from app.responses.queries.printed import OnPaper, copies_on_paper
from models.case import Case
from models.case_facet import CaseFacet
from models.clock import Clock
from models.company import Company
from models.compartment import Compartment
from models.desk_note import DeskNote
from models.exchange import Exchange
from models.extension import Extension
from models.forwarded_copy import ForwardedCopy
from models.person import Person
from models.recall import Recall
from models.rules.exchange_stage import ExchangeStage
from models.rules.labelled import Labelled
from models.rules.people import CompartmentKind, Role
from models.rules.proxy import proxy_acts
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.group_size import GroupSize
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.text_difference import Stretch, differences
from models.sealed import open_from

CODED: dict[str, type[Labelled]] = {
    "harassment_type": HarassmentType,
    "organisational_issue": OrganisationalIssue,
    "requested_help": RequestedHelp,
    "employment": Employment,
    "actor_relation": ActorRelation,
    "intake_route": IntakeRoute,
}


@dataclass(frozen=True, repr=False)
class Note:
    """A desk note, opened."""

    at: datetime
    by: str
    body: str
    mine: bool


@dataclass(frozen=True, repr=False)
class Version:
    """One version of a forwarded copy, opened."""

    copy: ForwardedCopy
    text: str
    opinions: tuple[Opinion, ...] = ()
    """What the consulter said of it."""
    before: str = ""
    """The text of the version before it."""

    @property
    def changes(self) -> tuple[Stretch, ...]:
        """What is different from the version before; nothing for the first."""
        return differences(self.before, self.text) if self.before else ()


@dataclass(frozen=True, repr=False)
class WithCompany:
    """What passes between the association and one company, opened."""

    exchange: Exchange
    company: Company
    company_name: str
    addressee: str
    stage: ExchangeStage | None
    versions: tuple[Version, ...]
    log: tuple[LoggedAction, ...]
    reports: tuple[OpenedReport, ...]
    extension: Extension | None
    extension_reason: str
    clocks: tuple[Clock, ...]
    papers: tuple[OnPaper, ...]
    """Which copies the company put on paper."""
    keyed: tuple[KeyedEntry, ...]
    """What the desk keyed in the company's stead."""
    may_be_keyed: bool
    away: tuple[tuple[str, date, date], ...]
    """Who of the company is away now or soon: the name, the first day and the last."""
    recall: Recall | None
    """A request to take the copy back that waits for its second person."""
    recalled: Recall | None
    read_by: tuple[ReadBy, ...]
    """Who of the company had opened the copy: when it was taken back, or, while that is asked, until now."""

    @property
    def newest(self) -> Version | None:
        return self.versions[-1] if self.versions else None


@dataclass(frozen=True, repr=False)
class Opened:
    """Everything of a case that its reader may open."""

    narrative: dict[str, Any]
    health: dict[str, Any] | None
    said: tuple[Said, ...]
    notes: tuple[Note, ...]
    with_companies: tuple[WithCompany, ...]


def narrative_of(case: Case, *, actor: Actor) -> dict[str, Any]:
    """What the consulter wrote. Raises CannotOpen for whoever was not granted it."""
    return opened_statement(case, CompartmentKind.NARRATIVE, actor=actor)


def group_size_in(narrative: dict[str, Any]) -> GroupSize | None:
    """How many people work the same shift, as the consulter answered; None when she did not."""
    answered = narrative.get("group_size")
    return GroupSize(answered) if answered else None


def health_of(case: Case, *, actor: Actor) -> dict[str, Any]:
    """How it hurts, in codes and words."""
    opened = opened_statement(case, CompartmentKind.HEALTH, actor=actor)
    return {"impacts": [Impact(code) for code in opened.get("impacts", [])], "text": opened.get("text", "")}


def identity_of(case: Case, *, actor: Actor) -> dict[str, Any]:
    """Name and contact; only a registered handler was granted these."""
    return opened_statement(case, CompartmentKind.IDENTITY, actor=actor)


def codes_of(case: Case) -> dict[str, tuple[Labelled, ...]]:
    """The coded facts that the desk goes by, read back from their tokens."""
    found: dict[str, list[Labelled]] = {field: [] for field in CODED}
    for one in db().scalars(select(CaseFacet).where(CaseFacet.case_id == case.id)):
        member = code_behind(one.field, one.token, CODED[one.field]) if one.field in CODED else None
        if isinstance(member, Labelled):
            found[one.field].append(member)
    channel = code_behind("channel", case.channel_token, Channel)
    ordered = {field: tuple(sorted(members, key=list(CODED[field]).index)) for field, members in found.items()}
    return {**ordered, "channel": (channel,) if isinstance(channel, Labelled) else ()}


def opened_case(case: Case, *, with_health: bool, actor: Actor) -> Opened:
    """Open a case for somebody who may read it."""
    return Opened(
        narrative=narrative_of(case, actor=actor),
        health=health_of(case, actor=actor) if with_health else None,
        said=tuple(conversation(case, actor=actor)),
        notes=tuple(notes_of(case, actor=actor)),
        with_companies=tuple(with_company(exchange, actor=actor) for exchange in exchanges_of(case)),
    )


def notes_of(case: Case, *, actor: Actor) -> list[Note]:
    """What the desk noted, oldest first."""
    rows = db().scalars(select(DeskNote).where(DeskNote.case_id == case.id).order_by(DeskNote.written_at)).all()
    return [
        Note(
            row.written_at,
            _writer(db().get_one(Person, row.person_id)),
            open_from(
                row,
                "sealed_text",
                key=actor.held.compartment_key(db().get_one(Compartment, row.compartment_id)),
            ),
            row.person_id == actor.id,
        )
        for row in rows
    ]


def _writer(person: Person) -> str:
    """Who noted something; whoever is not of the desk is told apart."""
    return f"{name_of(person)} ({label(person.role)})" if person.role is Role.ADVISER else name_of(person)


def with_company(exchange: Exchange, *, actor: Actor) -> WithCompany:
    """What passes with one company, opened for the desk."""
    company = db().get_one(Company, exchange.company_id)
    asked, recalled = recall_that_waits(exchange), last_recall(exchange)
    log = action_log(exchange, actor=actor)
    reports = [open_report(report, actor=actor) for report in reports_by_number(exchange)]
    extension = extension_of(exchange)
    reason = _extension_reason(exchange, extension, actor)
    return WithCompany(
        exchange=exchange,
        company=company,
        company_name=name_on(company, today()),
        addressee=name_of(db().get(Person, exchange.addressee_id)) if exchange.addressee_id else "",
        stage=stage_now(exchange) if exchange.state != "preparing" else None,
        versions=_versions(exchange, actor),
        log=tuple(log),
        reports=tuple(reports),
        extension=extension,
        extension_reason=reason,
        clocks=tuple(clocks_of(exchange.id)),
        papers=tuple(copies_on_paper(exchange)),
        keyed=tuple(keyed_entries(exchange)),
        may_be_keyed=exchange.state == "routed" and bool(proxy_acts(stage_now(exchange))),
        away=tuple(
            (name_of(db().get(Person, one.person_id)), one.starts_on, one.ends_on)
            for one in absences_from(exchange.company_id, today())
        ),
        recall=asked,
        recalled=recalled,
        read_by=tuple(read_until_now(exchange) if asked else read_proof(recalled) if recalled else ()),
    )


def _versions(exchange: Exchange, actor: Actor) -> tuple[Version, ...]:
    copies = copies_of(exchange)
    opinions, before, versions = opinions_on(copies, actor=actor), "", []
    for copy in copies:
        text = copy_text(copy, actor=actor)
        versions.append(Version(copy, text, opinions.get(copy.id, ()), before))
        before = text
    return tuple(versions)


def _extension_reason(exchange: Exchange, extension: Extension | None, actor: Actor) -> str:
    compartment = compartment_of_exchange(exchange, CompartmentKind.REPORT)
    if extension is None or compartment is None:
        return ""
    return open_from(extension, "sealed_reason", key=actor.held.compartment_key(compartment))
