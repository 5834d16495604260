"""What a consulter does after returning with the receipt: writing, deciding what a company may be told, ending it."""

from __future__ import annotations

from app.mailbox.actions.consenting import set_consent, take_back, withdraw_consent
from app.mailbox.actions.copies import approve_copy, ask_for_change, decline_copy, go_on_with_what_was_agreed
from app.mailbox.actions.entering import Entered, enter
from app.mailbox.actions.results import accept_result, say_not_satisfied
from app.mailbox.actions.saying import may_say, must_be_open, record_giving, tell_the_desk
from app.mailbox.actions.talking import answer, wish_erasure, write
from app.mailbox.actions.withdrawing import end_by_withdrawal, withdraw

__all__ = [
    "Entered",
    "accept_result",
    "answer",
    "approve_copy",
    "ask_for_change",
    "decline_copy",
    "end_by_withdrawal",
    "enter",
    "go_on_with_what_was_agreed",
    "may_say",
    "must_be_open",
    "record_giving",
    "say_not_satisfied",
    "set_consent",
    "take_back",
    "tell_the_desk",
    "wish_erasure",
    "withdraw",
    "withdraw_consent",
    "write",
]
