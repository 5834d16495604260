"""The consulter's word about one company: narrowed or widened for it alone, within her word for all."""

from __future__ import annotations

import uuid

from app.attachments.actions import take_back_from
from app.cases.actions import close_exchange
from app.cases.queries import named_companies
from app.consents.actions import Keyed, enter_line
from app.consents.queries import companies_in_question, consent_in_force
from app.incidents.actions import no_longer_counted
from app.mailbox.actions import (
    go_on_with_what_was_agreed,
    may_say,
    must_be_open,
    record_giving,
    take_back,
    tell_the_desk,
)
from app.mailbox.queries import live_copies, open_exchanges, told_above
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.identity import Actor
from app.pipeline.standing import OutOfReach
from models.case import Case
from models.consent_entry import ConsentEntry
from models.rules.case_lifecycle import CONSENT_MAY_BE_WITHDRAWN, CaseAct
from models.rules.consent import ConsentLevel, is_raised


def set_consent_for(
    case: Case, company_id: uuid.UUID, level: ConsentLevel, *, keyed: Keyed | None = None, actor: Actor
) -> ConsentEntry | None:
    """Say how much this one company may be told; None when nothing is different.

    Below what was put before the company, it is closed to it and to no other one. With nobody else left, the desk goes
    on with advice alone, as after any withdrawal.
    """
    may_say(case, actor=actor)
    must_be_open(case, CaseAct.WITHDRAW_CONSENT)
    if company_id not in {company.id for company in companies_in_question(case, named_companies(case).values())}:
        raise OutOfReach("not_her_company")
    general, before = consent_in_force(case), consent_in_force(case, company_id=company_id)
    if is_raised(general.level, level):
        raise OutOfReach("wider_than_for_all")
    if level is before.level:
        return None
    nothing = level is ConsentLevel.CN_0
    act = "withdrawn" if nothing else "raised" if is_raised(before.level, level) else "lowered"
    entry = enter_line(case, level=level, options=general.options, act=act, company_id=company_id, keyed=keyed)
    _bring_to_rest(case, entry, actor=actor)
    if nothing:
        facts: dict[str, Fact] = {"consent_id": entry.id.hex, "company_id": company_id.hex}
        record(of_case(case), "consent.withdraw", actor=actor, facts=facts)
    else:
        record_giving(case, entry, actor=actor)
    tell_the_desk(case, actor=actor, key=f"consent:{entry.id.hex}")
    return entry


def _bring_to_rest(case: Case, entry: ConsentEntry, *, actor: Actor) -> None:
    """What goes further than this line for its company is closed to it."""
    too_much = told_above(case, entry.level)
    still_open = open_exchanges(case)
    hers = next((one for one in still_open if one.company_id == entry.company_id and one.id in too_much), None)
    if hers is None:
        no_longer_counted(case)
        case.version += 1
        return
    told = {copy.exchange_id for copy in live_copies(case)}
    others = [one for one in still_open if one.id != hers.id and one.id in told]
    if not others and case.state in CONSENT_MAY_BE_WITHDRAWN:
        take_back(case, entry, actor=actor)
        return
    no_longer_counted(case)
    case.version += 1
    take_back_from([hers], actor=actor)
    close_exchange(case, hers, "consent_withdrawn", actor=actor)
    go_on_with_what_was_agreed(case, live_copies(case), actor=actor)
