"""A consultation withdrawn at the consulter's request: by telephone, letter or in person (domain section 6.1)."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from app.cases.actions import to_the_consulter
from app.cases.queries import ASKED_TO_WITHDRAW, WithdrawalAsked, gravest_of, withdrawal_asked_for
from app.consents.queries.told import cannot_undo
from app.incidents.queries import group_of
from app.mailbox.actions import end_by_withdrawal
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.identity import Actor
from app.pipeline.secrets import facet
from app.pipeline.standing import must_be_allowed, towards_case
from models.case import Case
from models.message import Message
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, closing_needs_second_person
from models.rules.known_by import KnownBy
from models.rules.lifecycle import NotAllowedNow
from models.rules.permissions import Permission
from models.rules.taxonomy.outcome import Outcome
from models.rules.withdrawal import AskedBy, TakenBack


def withdraw_on_request(case: Case, words: str, *, asked_by: AskedBy, known_by: KnownBy, actor: Actor) -> bool:
    """Withdraw a consultation because she asked for it, or ask a second person to. Returns whether it is withdrawn.

    What she said, and what stays, lies in her mailbox: whoever did not ask for it sees it there, and can say so.
    """
    if group_of(case) is not None:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.WITHDRAW_ON_REQUEST)
    row, standing = CASE_LIFECYCLE.row_for(case.state, CaseAct.WITHDRAW_ON_REQUEST), towards_case(actor, case)
    must_be_allowed(Permission(row.by), actor=actor, standing=standing)
    if closing_needs_second_person(gravest_of(case)):
        _ask_to_withdraw(case, words, asked_by=asked_by, known_by=known_by, actor=actor)
        return False
    message = to_the_consulter(case, _told_to_her(case, asked_by, words), "note", actor=actor)
    _withdraw(case, CaseAct.WITHDRAW_ON_REQUEST, message, WithdrawalAsked(message.id, asked_by, known_by), actor=actor)
    return True


def confirm_withdrawal(case: Case, *, actor: Actor) -> None:
    """Agree, as the second person, to a withdrawal that another one heard her ask for."""
    asked = _waiting(case, actor)
    message = to_the_consulter(case, _told_to_her(case, asked.asked_by), "note", actor=actor)
    _withdraw(case, CaseAct.CONFIRM_WITHDRAWAL, message, asked, actor=actor)


def refuse_withdrawal(case: Case, *, actor: Actor) -> None:
    """Do not agree: the case goes on, and she is told so and how she withdraws it herself."""
    _waiting(case, actor)
    with force_locale("ja"):
        words = _(
            "取下げのお申し出は、ご本人からと確かめられなかったため、まだ取り下げていません。ご相談は続いています。"
            "取下げをお望みのときは、この画面の「相談を取り下げる」から取り下げられます。"
        )
    message = to_the_consulter(case, words, "note", actor=actor)
    case.closing_asked_by_id = case.closing_outcome_token = None
    case.version += 1
    record(of_case(case), "case.refuse_withdrawal", actor=actor, facts={"message_id": message.id.hex})


def _ask_to_withdraw(case: Case, words: str, *, asked_by: AskedBy, known_by: KnownBy, actor: Actor) -> None:
    with force_locale("ja"):
        begins = _("%(way)sで、取下げのお申し出をいただきました。", way=asked_by.ja)
        waits = _("もう一人の担当者が確かめてから取り下げます。それまでは、これまでどおりご相談を続けます。")
    text = "\n\n".join((begins, _as_she_said(words), waits, _doubts()))
    message = to_the_consulter(case, text, "note", actor=actor)
    case.closing_asked_by_id = actor.id
    case.closing_outcome_token = facet("outcome", Outcome.WITHDRAWN.value)
    case.version += 1
    heard: dict[str, Fact] = {
        "message_id": message.id.hex,
        "asked_by": asked_by.value,
        "known_by": known_by.value,
    }
    record(of_case(case), ASKED_TO_WITHDRAW, actor=actor, facts=heard)


def _waiting(case: Case, actor: Actor) -> WithdrawalAsked:
    must_be_allowed(Permission.CASE_SECOND_CLOSE, actor=actor, standing=towards_case(actor, case))
    asked = withdrawal_asked_for(case)
    if asked is None:
        raise ChangedMeanwhile(of_case(case))
    if case.closing_asked_by_id == actor.id:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.CONFIRM_WITHDRAWAL)
    return asked


def _withdraw(case: Case, act: CaseAct, message: Message, asked: WithdrawalAsked, *, actor: Actor) -> None:
    perform_on_case(
        case,
        act,
        actor=actor,
        facts={"message_id": message.id.hex, "asked_by": asked.asked_by.value, "known_by": asked.known_by.value},
    )
    end_by_withdrawal(case, actor=actor)


def _told_to_her(case: Case, asked_by: AskedBy, words: str = "") -> str:
    with force_locale("ja"):
        begins = _("%(way)sでお申し出をいただき、ご相談を取り下げました。", way=asked_by.ja)
    parts = (begins, _as_she_said(words) if words else "", cannot_undo(case, TakenBack.CONSULTATION, "ja").words)
    return "\n\n".join(part for part in (*parts, _doubts()) if part)


def _as_she_said(words: str) -> str:
    with force_locale("ja"):
        return str(_("お申し出の内容:%(words)s", words=words))


def _doubts() -> str:
    with force_locale("ja"):
        return str(_("お申し出にお心当たりがないときは、この画面からお知らせください。"))
