"""How far companies may be told: raised, lowered or taken back by her, or keyed as her word."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from app.attachments.actions import take_back_from
from app.cases.actions import close_exchange
from app.cases.queries import exchanges_of, party_of
from app.clocks.actions import start_clock, stop_clocks
from app.consents.actions import Keyed, enter_line
from app.consents.queries import consent_in_force
from app.custody.actions import end_grants_to_companies
from app.incidents.actions import no_longer_counted
from app.mailbox.actions.saying import may_say, must_be_open, record_giving, tell_the_desk
from app.mailbox.queries import live_copies, open_exchanges, told_above
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.case import Case
from models.company import Company
from models.consent_entry import ConsentEntry
from models.rules.case_clocks import PROMISED
from models.rules.case_lifecycle import CONSENT_MAY_BE_WITHDRAWN, CaseAct
from models.rules.consent import Consent, ConsentLevel, ConsentOption, is_raised, may_address
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import Role


def set_consent(
    case: Case,
    level: ConsentLevel,
    options: Iterable[ConsentOption],
    *,
    keyed: Keyed | None = None,
    actor: Actor,
) -> ConsentEntry | None:
    """Raise or lower what a company may be told, herself or by telephone; None when nothing is different.

    A level below what was already put before a company takes that back, as a withdrawal does. So does taking back the
    word for the only company that is told; where others are told as well, it is closed to that one alone.
    """
    may_say(case, actor=actor)
    chosen, before = frozenset(options), consent_in_force(case)
    if level is before.level and chosen == before.options:
        return None
    too_much, not_theirs = told_above(case, level), _told_without_a_word(case, level, before.options - chosen)
    nobody_is_left = bool(not_theirs) and len(not_theirs) == len(open_exchanges(case))
    if case.state in CONSENT_MAY_BE_WITHDRAWN and (too_much or nobody_is_left):
        return _take_back_for_all(case, level=level, options=chosen, keyed=keyed, actor=actor)
    must_be_open(case, CaseAct.WITHDRAW_CONSENT)
    lowered = is_raised(level, before.level) or (level is before.level and not chosen - before.options)
    entry = enter_line(case, level=level, options=chosen, act="lowered" if lowered else "raised", keyed=keyed)
    case.consent_level = level
    case.version += 1
    for exchange in open_exchanges(case):
        if exchange.id in too_much | not_theirs:
            take_back_from([exchange], actor=actor)
            close_exchange(case, exchange, "consent_withdrawn", actor=actor)
    no_longer_counted(case)
    record_giving(case, entry, actor=actor)
    tell_the_desk(case, actor=actor, key=f"consent:{entry.id.hex}")
    return entry


def withdraw_consent(case: Case, *, actor: Actor) -> ConsentEntry:
    """Take the consent back: nothing more is told, and what a company was given is closed to it from this moment."""
    if case.state not in CONSENT_MAY_BE_WITHDRAWN:
        entry = set_consent(case, ConsentLevel.CN_0, (), actor=actor)
        if entry is None:
            raise NotAllowedNow("case", case.state, CaseAct.WITHDRAW_CONSENT)
        return entry
    return _take_back_for_all(case, level=ConsentLevel.CN_0, options=frozenset(), actor=actor)


def _take_back_for_all(
    case: Case,
    *,
    level: ConsentLevel,
    options: frozenset[ConsentOption],
    keyed: Keyed | None = None,
    actor: Actor,
) -> ConsentEntry:
    nothing = level is ConsentLevel.CN_0
    entry = enter_line(case, level=level, options=options, act="withdrawn" if nothing else "lowered", keyed=keyed)
    take_back(case, entry, actor=actor)
    case.consent_level = level
    return entry


def take_back(case: Case, entry: ConsentEntry, *, actor: Actor) -> None:
    """By this line of the ledger nobody may be told any more: what was told is closed, and what was arranged is off."""
    act = CaseAct.WITHDRAW_CONSENT if actor.role is Role.CONSULTER else CaseAct.KEY_CONSENT_BACK
    perform_on_case(case, act, actor=actor, facts={"consent_id": entry.id.hex})
    at = now()
    for copy in live_copies(case):
        copy.declined_at = at
    take_back_from(exchanges_of(case), actor=actor)
    for exchange in open_exchanges(case):
        if exchange.state == "routed":
            close_exchange(case, exchange, "consent_withdrawn", actor=actor)
        else:
            # Nothing was told yet: what was arranged is off, and a later copy begins where this one stood.
            # The company's seat was given the key when the sending was arranged, because the clock holds none.
            end_grants_to_companies(exchange, at=at)
            exchange.hold_until, exchange.arranged_by_id = None, None
    no_longer_counted(case)
    stop_clocks(case, but=PROMISED)
    start_clock(case, ClockKind.ADVICE)
    tell_the_desk(case, actor=actor, key=f"consent:{entry.id.hex}")


def _told_without_a_word(case: Case, level: ConsentLevel, taken_back: frozenset[ConsentOption]) -> set[uuid.UUID]:
    """The exchanges with companies that needed a word of their own, which is now taken back."""
    left = Consent(level, frozenset(ConsentOption) - taken_back)
    return {
        exchange.id
        for exchange in open_exchanges(case)
        if taken_back and not may_address(party_of(case, db().get_one(Company, exchange.company_id)), left)
    }
