"""A consultation withdrawn at the consulter's request: by telephone, letter or in person (domain section 6.1)."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from app.cases.actions import to_the_consulter
from app.consents.queries.told import cannot_undo
from app.incidents.queries import group_of
from app.mailbox.actions import end_by_withdrawal
from app.pipeline.acting import perform
from app.pipeline.audit import of_case
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from models.case import Case
from models.message import Message
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct
from models.rules.known_by import KnownBy
from models.rules.lifecycle import NotAllowedNow
from models.rules.permissions import Permission
from models.rules.withdrawal import AskedBy, TakenBack


def withdraw_on_request(case: Case, words: str, *, asked_by: AskedBy, known_by: KnownBy, actor: Actor) -> Message:
    """Withdraw a consultation because she asked for it; what she said, and what stays, lies in her mailbox.

    So whoever did not ask for it sees it there, and can say so.
    """
    if group_of(case) is not None:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.WITHDRAW_ON_REQUEST)
    row, standing = CASE_LIFECYCLE.row_for(case.state, CaseAct.WITHDRAW_ON_REQUEST), towards_case(actor, case)
    must_be_allowed(Permission(row.by), actor=actor, standing=standing)
    message = to_the_consulter(case, _told_to_her(case, words, asked_by), "note", actor=actor)
    perform(
        CASE_LIFECYCLE,
        case,
        CaseAct.WITHDRAW_ON_REQUEST,
        actor=actor,
        standing=standing,
        subject=of_case(case),
        facts={"message_id": message.id.hex, "asked_by": asked_by.value, "known_by": known_by.value},
    )
    end_by_withdrawal(case, actor=actor)
    return message


def _told_to_her(case: Case, words: str, asked_by: AskedBy) -> str:
    with force_locale("ja"):
        begins = _("%(way)sでお申し出をいただき、ご相談を取り下げました。", way=asked_by.ja)
        asked = _("お申し出の内容:%(words)s", words=words)
        doubts = _("お申し出にお心当たりがないときは、この画面からお知らせください。")
    parts = (begins, asked, cannot_undo(case, TakenBack.CONSULTATION, "ja").words, doubts)
    return "\n\n".join(parts)
