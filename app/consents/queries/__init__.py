"""What is asked of the ledger, by everyone who asks: routing, the pages, the files and the statistics."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from app.successions.queries import predecessors_of
from models.attachment import Attachment
from models.case import Case
from models.company import Company
from models.consent_entry import ConsentEntry
from models.exchange import Exchange
from models.provision import Provision
from models.rules import consent_ledger
from models.rules.consent import Consent, ConsentLevel, ConsentOption
from models.succession import Succession


def lines_of(case: Case) -> Sequence[ConsentEntry]:
    """The ledger of a case, oldest first."""
    return _lines.scalars(case.id).all()


@made_once
def _lines(case_id: uuid.UUID) -> Select[ConsentEntry]:
    return select(ConsentEntry).where(ConsentEntry.case_id == case_id).order_by(ConsentEntry.number)


def consent_in_force(case: Case, *, company_id: uuid.UUID | None = None) -> Consent:
    """What the consulter allows now: her word for this company as far as her word for all reaches, and the options."""
    lines = lines_of(case)
    # A group of consultations has no consulter: what it may tell was set when it was formed, and whether somebody is
    # one of its numbers, her own ledger says.
    return consent_ledger.in_force(lines, word_about(lines, company_id)) if lines else Consent(case.consent_level)


def word_about(lines: Sequence[ConsentEntry], company_id: uuid.UUID | None) -> uuid.UUID | None:
    """The company that her word about this one was given for: what she said of one that was absorbed still holds."""
    if company_id is None or any(line.company_id == company_id for line in lines):
        return company_id
    before = [line.company_id for line in lines if line.company_id is not None]
    absorbed = set(predecessors_of(company_id)) if before else set()
    return next((one for one in reversed(before) if one in absorbed), company_id)


@cache
def may_be_told_now() -> ColumnElement[bool]:
    """The filter for exchanges whose company the ledger lets be told something: by the word for all, and for itself.

    It is always the same one, and is asked for every company that is followed: it is put together once.
    """
    about = select(ConsentEntry.level).where(ConsentEntry.case_id == Exchange.case_id).correlate(Exchange)
    newest = about.order_by(ConsentEntry.number.desc()).limit(1)
    for_all = newest.where(ConsentEntry.company_id.is_(None)).scalar_subquery()
    before = select(Succession.predecessor_id).where(Succession.id == Exchange.succession_id).correlate(Exchange)
    of_it = or_(ConsentEntry.company_id == Exchange.company_id, ConsentEntry.company_id == before.scalar_subquery())
    for_it = newest.where(of_it).scalar_subquery()
    # A group of consultations has no ledger of its own.
    of_a_group = select(Case.consent_level).where(Case.id == Exchange.case_id, ~about.exists()).correlate(Exchange)
    general = func.coalesce(for_all, of_a_group.scalar_subquery())
    return and_(general != ConsentLevel.CN_0, or_(for_it.is_(None), for_it != ConsentLevel.CN_0))


def ledgers_of(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ConsentEntry]]:
    """The ledgers of many cases, read at once."""
    found: defaultdict[uuid.UUID, list[ConsentEntry]] = defaultdict(list)
    for line in db().scalars(select(ConsentEntry).where(ConsentEntry.case_id.in_(list(case_ids)))):
        found[line.case_id].append(line)
    return found


def who_allow(rule: Callable[[frozenset[ConsentOption]], bool], case_ids: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """In which of these cases what the consulter allows now satisfies this rule."""
    ledgers = ledgers_of(case_ids)
    return frozenset(case_id for case_id, lines in ledgers.items() if rule(consent_ledger.in_force(lines).options))


def provisions_of(case: Case) -> Sequence[Provision]:
    """What was provided to companies, oldest first."""
    return db().scalars(select(Provision).where(Provision.case_id == case.id).order_by(Provision.number)).all()


def files_given_with(exchange: Exchange) -> Sequence[Attachment]:
    """The files that lie with a company's copy because the consulter agreed."""
    return (
        db()
        .scalars(
            select(Attachment)
            .where(
                Attachment.exchange_id == exchange.id,
                Attachment.approved_at.is_not(None),
                Attachment.removed_at.is_(None),
            )
            .order_by(Attachment.number)
        )
        .all()
    )


def companies_in_question(case: Case, named: Iterable[Company]) -> list[Company]:
    """Whom her word may be about: the companies that she named, and those that something was prepared for."""
    addressed = db().scalars(
        select(Company)
        .join(Exchange, Exchange.company_id == Company.id)
        .where(Exchange.case_id == case.id)
        .order_by(Exchange.id)
    )
    return list({company.id: company for company in (*named, *addressed)}.values())
