"""Codes are called otherwise, taken out of offer and back into it, and mails are worded anew."""

from __future__ import annotations

from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.rulebook.actions.changing import begin, end, enter, may_be_taken_back, record_change
from app.rulebook.queries import begins_on, mail_wording_of
from app.rulebook.word_rows import value_of_mail, value_of_wording
from app.rulebook.words import why_not_back, why_not_offer, why_not_words
from models.rule_change import RuleChange
from models.rules.editable_codes import CodeWording, Offer
from models.rules.mail_words import MailWording, refusal_of_mail
from models.rules.rule_change import RuleKind

WORDS = frozenset({RuleKind.LABEL, RuleKind.OFFER, RuleKind.MAIL})


def call_code(new: CodeWording, *, reason: str, actor: Actor) -> RuleChange:
    """Let a code be called otherwise from a day on; it means what it meant, wherever it was chosen."""
    begin(actor)
    if why_not_words(new):
        raise ChangedMeanwhile
    return _enter(RuleKind.LABEL, new.code.value, value_of_wording(new), new, reason=reason, actor=actor)


def offer_code(new: Offer, *, reason: str, actor: Actor) -> RuleChange:
    """Take a code out of offer, or back into it, from a day on; what was chosen keeps it."""
    begin(actor)
    if why_not_offer(new):
        raise ChangedMeanwhile
    return _enter(RuleKind.OFFER, new.code.value, {"offered": new.offered}, new, reason=reason, actor=actor)


def reword_mail(new: MailWording, *, reason: str, actor: Actor) -> RuleChange:
    """Let a kind of mail read otherwise from a day on."""
    begin(actor)
    taken = begins_on(RuleKind.MAIL, new.kind.code, new.valid_from)
    if refusal_of_mail(new, today=today(), taken=taken, before=mail_wording_of(new.kind, new.valid_from)):
        raise ChangedMeanwhile
    return _enter(RuleKind.MAIL, new.kind.code, value_of_mail(new), new, reason=reason, actor=actor)


def take_back_words(change: RuleChange, *, actor: Actor) -> bool:
    """Take back a change of words that has not begun yet; False for one that has."""
    begin(actor)
    if not may_be_taken_back(change, WORDS):
        return False
    if why_not_back(change):
        raise ChangedMeanwhile
    end(change, actor=actor)
    return True


def _enter(
    kind: RuleKind,
    key: str,
    value: dict[str, str] | dict[str, bool],
    new: CodeWording | Offer | MailWording,
    *,
    reason: str,
    actor: Actor,
) -> RuleChange:
    change = enter(kind, key, value, valid_from=new.valid_from, reason=reason, actor=actor, at=now())
    record_change(change, actor)
    return change
