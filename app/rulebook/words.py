"""What stands in the way of a change of words, and how many open cases carry a code."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, exists, func, select

from app.pipeline.clock import today
from app.pipeline.identity import Actor
from app.pipeline.secrets import facets
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.workers_words import shipped_wordings
from app.rulebook.queries import begins_on, rulebook
from app.rulebook.word_rows import offer_in, wording_in
from models.case import Case
from models.case_facet import CaseFacet
from models.rule_change import RuleChange
from models.rules.editable_codes import (
    CodeList,
    CodeRefusal,
    CodeWording,
    Offer,
    alike_on_some_day,
    codes_on,
    list_of,
    refusal_of_offer,
    refusal_of_words,
    too_few_on_some_day,
)
from models.rules.labelled import Labelled
from models.rules.permissions import Permission
from models.rules.rule_change import DayRefusal, RuleKind

SEALED = frozenset({CodeList.IMPACT, CodeList.ACTION, CodeList.PERMISSION})
"""Lists whose answers lie where nobody counts: under seal, or in each case's own ledger."""


def called_on(code: Labelled, day: date) -> CodeWording:
    """How a code is called on a day, by the rows that are entered now or as shipped."""
    return codes_on(day, rulebook().labels, ()).wordings.get(code) or shipped_wordings(list_of(code))[code]


def is_offered_on(code: Labelled, day: date) -> bool:
    """Whether forms offer a code on a day, by the rows that are entered now."""
    return code not in codes_on(day, (), rulebook().offers).withdrawn


def why_not_words(new: CodeWording) -> DayRefusal | CodeRefusal | None:
    """Why a code cannot be called so."""
    taken = begins_on(RuleKind.LABEL, new.code.value, new.valid_from)
    shipped = shipped_wordings(list_of(new.code))
    return refusal_of_words(new, today=today(), taken=taken, rows=rulebook().labels, shipped=shipped)


def why_not_offer(new: Offer) -> DayRefusal | CodeRefusal | None:
    """Why a code cannot be taken out of offer, or back into it."""
    taken = begins_on(RuleKind.OFFER, new.code.value, new.valid_from)
    return refusal_of_offer(new, today=today(), taken=taken, rows=rulebook().offers)


def why_not_back(change: RuleChange) -> CodeRefusal | None:
    """Why a change that has not begun cannot be taken back: without it another one would no longer fit."""
    if change.kind is RuleKind.LABEL and (wording := wording_in(change)):
        left = [row for row in rulebook().labels if row != wording]
        alike = alike_on_some_day(left, today=today(), shipped=shipped_wordings(list_of(wording.code)))
        return CodeRefusal.SAME_AS_ANOTHER if alike else None
    if change.kind is RuleKind.OFFER and (offer := offer_in(change)):
        kept = [row for row in rulebook().offers if row != offer]
        return CodeRefusal.TOO_FEW if too_few_on_some_day(kept, list_of(offer.code), today=today()) else None
    return None


def open_cases_with(code: Labelled, actor: Actor) -> int | None:
    """How many open cases carry a code, of those that this person may see listed; None where nobody counts."""
    codes = list_of(code)
    if codes in SEALED:
        return None
    carries = select(func.count()).select_from(Case).where(Case.is_open, visible_cases(actor, Permission.CASE_LIST))
    return db().scalar(carries.where(_carries(codes, code))) or 0


def _carries(codes: CodeList, code: Labelled) -> ColumnElement[bool]:
    if codes is CodeList.CONSENT:
        return Case.consent_level == code
    tokens = facets(codes.value, code.value)
    columns = {
        CodeList.CHANNEL: Case.channel_token,
        CodeList.SEVERITY: Case.severity_token,
        CodeList.OUTCOME: Case.closing_outcome_token,
    }
    if codes in columns:
        return columns[codes].in_(tokens)
    return exists().where(CaseFacet.case_id == Case.id, CaseFacet.field == codes.value, CaseFacet.token.in_(tokens))
