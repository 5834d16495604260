"""What a bulk export tells of each case: what its row and its facets say; no compartment is opened."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app.cases.queries import code_behind, outcome_of, severity_of
from app.joint_acts.queries import Described, describes
from app.pipeline.audit import Subject
from app.pipeline.clock import TOKYO
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import ja_date, label
from models.case import Case
from models.case_facet import CaseFacet
from models.exchange import Exchange
from models.joint_act import JointAct
from models.rules.board import start_of_day
from models.rules.bulk_export import ExportScope
from models.rules.joint_acts import JointKind
from models.rules.labelled import Labelled
from models.rules.permissions import Permission
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.requested_help import RequestedHelp

AT_ONCE = 500
FACETS: dict[str, type[Labelled]] = {
    "harassment_type": HarassmentType,
    "actor_relation": ActorRelation,
    "organisational_issue": OrganisationalIssue,
    "requested_help": RequestedHelp,
    "employment": Employment,
    "intake_route": IntakeRoute,
}
NOTHING = ""


@dataclass(frozen=True)
class Companies:
    """With how many companies it was, and when first of each."""

    count: int
    routed_at: datetime | None
    acknowledged_at: datetime | None
    reported_at: datetime | None


NO_COMPANY = Companies(0, None, None, None)


def exports_of(actor: Actor) -> Subject:
    """What somebody may ask for is her own: another one's approval is of no use to her."""
    if actor.person is None:
        raise TypeError("a person asks for an export, never the clock")
    return Subject("export", actor.person.id)


def in_scope(scope: ExportScope, actor: Actor) -> Select[Case]:
    """The cases of the scope that this person may open, also with a reason; none from which she is kept."""
    return select(Case).where(
        visible_cases(actor, Permission.CASE_SEARCH),
        Case.received_at >= start_of_day(scope.first),
        Case.received_at < start_of_day(scope.last + timedelta(days=1)),
    )


def how_many(scope: ExportScope, actor: Actor) -> int:
    """Of how many cases the file would be."""
    return db().scalar(select(func.count()).select_from(in_scope(scope, actor).subquery())) or 0


def header() -> list[str]:
    """The names of the columns."""
    return [
        _("相談の番号"), _("受け付けた日"), _("状態"), _("緊急"), _("重大さ"), _("伝えてよい範囲"), _("経路"),
        _("行為の種類"), _("相手"), _("会社の問題"), _("望むこと"), _("働き方"), _("知ったきっかけ"),
        _("伝えた会社の数"), _("最初に転送した日"), _("最初に受領した日"), _("最初に報告した日"),
        _("結果"), _("終わった日"),
    ]  # fmt: skip


def lines(scope: ExportScope, actor: Actor) -> Iterator[list[object]]:
    """One line for each case, in the order of arrival."""
    found = db().scalars(in_scope(scope, actor).order_by(Case.received_at, Case.id)).all()
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        ids = [case.id for case in some]
        facets, companies = _facets_of(ids), _companies_of(ids)
        for case in some:
            yield _line(case, facets[case.id], companies.get(case.id, NO_COMPANY))


def _line(case: Case, facets: dict[str, list[Labelled]], companies: Companies) -> list[object]:
    channel = code_behind("channel", case.channel_token, Channel)
    return [
        case.number,
        _day(case.received_at),
        _words(case.state),
        _("はい") if case.is_crisis else NOTHING,
        _words(severity_of(case)),
        _words(case.consent_level),
        _words(channel if isinstance(channel, Labelled) else None),
        *("・".join(_words(one) for one in facets[field]) for field in FACETS),
        companies.count,
        _day(companies.routed_at),
        _day(companies.acknowledged_at),
        _day(companies.reported_at),
        _words(outcome_of(case.outcome_token)),
        _day(case.closed_at),
    ]


def _facets_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, list[Labelled]]]:
    found: dict[uuid.UUID, dict[str, list[Labelled]]] = defaultdict(lambda: defaultdict(list))
    wanted = select(CaseFacet).where(CaseFacet.case_id.in_(ids), CaseFacet.field.in_(FACETS))
    for one in db().scalars(wanted):
        member = code_behind(one.field, one.token, FACETS[one.field])
        if isinstance(member, Labelled):
            found[one.case_id][one.field].append(member)
    for of_case in found.values():
        for field, members in of_case.items():
            members.sort(key=list(FACETS[field]).index)
    return found


def _companies_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, Companies]:
    first: list[Any] = [func.min(moment) for moment in (Exchange.acknowledged_at, Exchange.reported_at)]
    told = (
        select(Exchange.case_id, func.count(), func.min(Exchange.routed_at), *first)
        .where(Exchange.case_id.in_(ids), Exchange.routed_at.is_not(None))
        .group_by(Exchange.case_id)
    )
    return {case_id: Companies(*rest) for case_id, *rest in db().execute(told)}


def _day(moment: datetime | None) -> str:
    return moment.astimezone(TOKYO).date().isoformat() if moment is not None else NOTHING


def _words(member: Labelled | None) -> str:
    return str(label(member)) if member is not None else NOTHING


@describes(JointKind.BULK_EXPORT)
def _exporting(act: JointAct) -> Described:
    if act.code is None:
        return Described("")
    scope = ExportScope.read(act.code)
    words = _("%(first)sから%(last)sまでに受け付けた相談", first=ja_date(scope.first), last=ja_date(scope.last))
    return Described(words, partial(url_for, "exports.make"))
