"""The consulter says by telephone what a company may be told: the caller is verified, and her word keyed as hers."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.cases.actions.talking import keep_in_thread
from app.cases.queries import code_behind
from app.companies.queries import name_on
from app.consents.actions import Keyed
from app.consents.queries import consent_in_force
from app.consents.queries.words import words_of_keyed_consent
from app.mailbox.actions import set_consent
from app.mailbox.actions.one_company import set_consent_for
from app.mailbox.queries import receipt_is_valid
from app.phone_desk.actions.codes import note_the_asking
from app.phone_desk.queries import is_handler, receipt_of, words_are_of
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import today
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.case_facet import CaseFacet
from models.company import Company
from models.consent_entry import ConsentEntry
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.keyed_intake import ReadBack
from models.rules.known_by import KnownBy
from models.rules.permissions import Permission
from models.rules.spoken_consent import may_be_keyed, tells_more
from models.rules.taxonomy.intake_route import IntakeRoute


@dataclass(frozen=True, repr=False)
class Caller:
    """What the one who calls said to show who she is."""

    code: str = ""
    secret_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """What she said may be told: to all companies with the uses, or to one company."""

    level: ConsentLevel
    options: Collection[ConsentOption] = ()
    company_id: uuid.UUID | None = None


class NotKeyed(Exception):
    """What was said was not keyed, and why: not_verified, too_many_tries, or a reason of the rules."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def key_consent(case: Case, word: Word, caller: Caller, *, read_back: ReadBack, actor: Actor) -> ConsentEntry | None:
    """Key what the consulter said by telephone, as her own line of the ledger. None when nothing is different.

    Raises NotKeyed when the caller is not verified or the word needs more care; then nothing is changed.
    """
    must_be_allowed(Permission.CASE_KEY_CONSENT, actor=actor, standing=towards_case(actor, case))
    if actor.person is None:
        raise ValueError("a person hears and keys")
    check = _verified(case, caller, actor=actor)
    raises = _raises(case, word)
    allowed = may_be_keyed(raises=raises, read_back=read_back, route=_route_of(case))
    if not allowed:
        raise NotKeyed(allowed.reason)
    if word.company_id is not None and case.state is CaseState.AWAIT_CONSENT:
        # Her word for one company may also let the others' copies go, which she does on her own page.
        raise NotKeyed("waits_for_her_page")
    keyed = Keyed(actor.person.id, read_back, check)
    entry = (
        set_consent(case, word.level, word.options, keyed=keyed, actor=actor)
        if word.company_id is None
        else set_consent_for(case, word.company_id, word.level, keyed=keyed, actor=actor)
    )
    if entry is None:
        return None
    facts: dict[str, Fact] = {
        "consent_id": entry.id.hex,
        "read_back": read_back.value,
        "caller_check": check.value,
    }
    record(of_case(case), "consent.key_in", actor=actor, facts=facts)
    name = name_on(db().get_one(Company, word.company_id), today()) if word.company_id else None
    keep_in_thread(case, words_of_keyed_consent(entry, name), "note", actor=actor)
    return entry


def _verified(case: Case, caller: Caller, *, actor: Actor) -> KnownBy:
    if caller.code:
        receipt = receipt_of(caller.code)
        if receipt is not None and receipt.case_id == case.id and receipt_is_valid(receipt, case):
            return KnownBy.RECEIPT
        raise NotKeyed("not_verified")
    if caller.secret_words and is_handler(actor):
        if not note_the_asking(actor=actor):
            raise NotKeyed("too_many_tries")
        if words_are_of(case, caller.secret_words, actor=actor):
            return KnownBy.QUESTIONS
    raise NotKeyed("not_verified")


def _raises(case: Case, word: Word) -> bool:
    before = consent_in_force(case, company_id=word.company_id)
    options = before.options if word.company_id is not None else frozenset(word.options)
    return tells_more(before, word.level, options)


def _route_of(case: Case) -> IntakeRoute | None:
    kept = select(CaseFacet.token).where(CaseFacet.case_id == case.id, CaseFacet.field == "intake_route")
    found = code_behind("intake_route", db().scalar(kept), IntakeRoute)
    return found if isinstance(found, IntakeRoute) else None
