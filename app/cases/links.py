"""Which cases have to do with a case, as far as the one who asks may open them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, not_, or_, select
from sqlalchemy import case as sql_case

from app.people.queries import name_of
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import current_language, label
from app.presentation.typed_text import as_keyed
from models.case import Case
from models.case_link import CaseLink
from models.compartment import Compartment
from models.person import Person
from models.rules.case_links import MADE_BY_THE_DESK, CaseLinkKind, words_from_the_other
from models.rules.permissions import Permission
from models.sealed import open_from


@dataclass(frozen=True, repr=False)
class Linked:
    """A link as one of its two cases shows it, opened."""

    link: CaseLink
    other: Case
    words: str
    reason: str | None
    """None at the case to which it leads: it is read where it was written, so that its reading is recorded there."""
    by: str

    @property
    def may_end(self) -> bool:
        return self.link.kind in MADE_BY_THE_DESK


def openable_case(number: str, *, actor: Actor) -> Case | None:
    """The case of this number, for whoever may open it; one that is out of reach is as one that never was."""
    typed = as_keyed(number).strip().upper()
    found: Case | None = db().scalar(
        select(Case).where(Case.number == typed, visible_cases(actor, Permission.CASE_READ))
    )
    return found


def linked_to(case: Case, *, actor: Actor) -> list[Linked]:
    """The links of a case that lead to cases which this person may open as well, the newest first."""
    links = db().scalars(
        select(CaseLink)
        .where(
            _touches(case), CaseLink.ended_at.is_(None), _other_end(case, visible_cases(actor, Permission.CASE_READ))
        )
        .order_by(CaseLink.linked_at.desc(), CaseLink.id)
    )
    return [_shown(link, case, actor) for link in links]


def links_out_of_reach(case: Case, *, actor: Actor) -> Sequence[uuid.UUID]:
    """The links of a case, ended ones too, to a case that this person may not open: nothing tells of them."""
    out_of_reach = not_(visible_cases(actor, Permission.CASE_READ))
    return db().scalars(select(CaseLink.id).where(_touches(case), _other_end(case, out_of_reach))).all()


def kinds_of(case: Case) -> Sequence[CaseLinkKind]:
    """What this case was said to be to others: the kinds alone, which tell of no other case."""
    standing = select(CaseLink.kind).where(CaseLink.case_id == case.id, CaseLink.ended_at.is_(None))
    return db().scalars(standing).all()


def tell_of_retaliation(case_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of these cases, those that tell of retaliation for an earlier one."""
    standing = select(CaseLink.case_id).where(
        CaseLink.case_id.in_(case_ids), CaseLink.kind == CaseLinkKind.RETALIATION, CaseLink.ended_at.is_(None)
    )
    return set(db().scalars(standing))


def was_merged(case: Case) -> bool:
    """Whether a case has gone up in another one; it never begins again."""
    standing = select(CaseLink.id).where(CaseLink.case_id == case.id, CaseLink.kind == CaseLinkKind.MERGED)
    return db().scalar(standing.limit(1)) is not None


def link_of(case: Case, link_id: uuid.UUID, *, actor: Actor) -> Linked | None:
    """One standing link of a case, for whoever may open both its cases."""
    return next((one for one in linked_to(case, actor=actor) if one.link.id == link_id), None)


def _touches(case: Case) -> ColumnElement[bool]:
    return or_(CaseLink.case_id == case.id, CaseLink.other_case_id == case.id)


def _other_end(case: Case, holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """That something holds of the case at a link's other end; asked of each link, of which a case has few."""
    at_the_other_end = sql_case((CaseLink.case_id == case.id, CaseLink.other_case_id), else_=CaseLink.case_id)
    return exists().where(Case.id == at_the_other_end, holds)


def _shown(link: CaseLink, case: Case, actor: Actor) -> Linked:
    here = link.case_id == case.id
    other = db().get_one(Case, link.other_case_id if here else link.case_id)
    reason = "" if here else None
    if here and link.compartment_id is not None:
        compartment = db().get_one(Compartment, link.compartment_id)
        reason = open_from(link, "sealed_reason", key=actor.held.compartment_key(compartment))
    return Linked(
        link=link,
        other=other,
        words=label(link.kind) if here else words_from_the_other(link.kind, current_language()),
        reason=reason,
        by=name_of(db().get(Person, link.linked_by_id)) if link.linked_by_id else "",
    )
