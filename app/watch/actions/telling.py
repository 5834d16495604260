"""A consulter under watch tells of retaliation: a case of its own begins, grave from the start, linked to the first.

The first case's addressees are kept from it until she was asked: who was told first may be who took revenge.
"""

from __future__ import annotations

from sqlalchemy import select

from app.cases.actions import carry_exclusion, link_what_follows
from app.cases.queries import named_companies
from app.custody.queries import opened_statement
from app.intake.actions import Answers, NamedCompany, Receipted, Sent, secret_of, sent_before, submit_consultation
from app.mailbox.actions import tell_the_desk
from app.pipeline.identity import Actor
from app.pipeline.standing import OutOfReach, must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.watch.queries import told_before
from models.case import Case
from models.exclusion import Exclusion
from models.rules.case_links import CaseLinkKind
from models.rules.consent import Party
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.requested_help import RequestedHelp


def tell_of_retaliation(earlier: Case, text: str, *, sheet: str, actor: Actor) -> Receipted:
    """Begin the new case with her words; ``sheet`` names the page on which she wrote: sent twice, it is one case.

    Nothing is told to any company by it: what she allowed for the first case does not hold for this one.
    """
    must_be_allowed(Permission.MAILBOX_WRITE, actor=actor, standing=towards_case(actor, earlier))
    once = _once(sheet, text, actor=actor)
    receipted = submit_consultation(_answers(earlier, text, actor=actor), once=once)
    if receipted.sent is not Sent.STORED:
        return receipted
    case = db().get_one(Case, receipted.case_id)
    link_what_follows(case, earlier, CaseLinkKind.RETALIATION, actor=actor)
    kept_away = db().execute(
        select(Exclusion.person_id, Exclusion.declared_by).where(Exclusion.case_id == earlier.id).order_by(Exclusion.id)
    )
    for person_id, declared_by in kept_away.all():
        carry_exclusion(case, person_id, declared_by, actor=actor)
    for person_id in told_before(earlier):
        carry_exclusion(case, person_id, "asked_before", actor=actor)
    tell_the_desk(earlier, actor=actor, key=f"retaliation:{case.id.hex}")
    return receipted


def told_already(text: str, *, sheet: str, actor: Actor) -> Receipted | None:
    """What became of these words when they were sent from this sheet before."""
    return sent_before(_once(sheet, text, actor=actor))


def _once(sheet: str, text: str, *, actor: Actor) -> bytes:
    """The new receipt follows from this, bound to the earlier one: nobody else can ask for it again."""
    if actor.receipt is None:
        raise OutOfReach("not_a_consulter")
    return secret_of(f"{actor.receipt.id.hex}:{sheet}", (("retaliation", text),))


def _answers(earlier: Case, text: str, *, actor: Actor) -> Answers:
    """Her words, with who and where she is as she had written before; what happened then stays with the first case."""
    before = opened_statement(earlier, CompartmentKind.NARRATIVE, actor=actor)
    who = opened_statement(earlier, CompartmentKind.IDENTITY, actor=actor)
    companies = named_companies(earlier)

    def named(party: Party) -> NamedCompany:
        company = companies.get(party)
        return NamedCompany(str(before.get(party.value, "")), company.id if company else None)

    return Answers(
        text=text,
        org_issues=(OrganisationalIssue.RETALIATION,),
        requested=(RequestedHelp.NO_RETALIATION,),
        employment=Employment(before["employment"]) if before.get("employment") else None,
        employer=named(Party.EMPLOYER),
        workplace=named(Party.WORKPLACE),
        client=named(Party.CLIENT),
        site_code=str(before.get("site_code", "")),
        group_size=str(before.get("group_size", "")),
        keep_from=str(before.get("keep_from", "")),
        name=str(who.get("name", "")),
        contact=str(who.get("contact", "")),
    )
