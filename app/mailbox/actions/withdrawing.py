"""Withdrawing the consultation as a whole."""

from __future__ import annotations

from app.advisers.actions.ending import end_accesses_to
from app.attachments.actions import take_back_from
from app.cases.actions import close_exchange
from app.cases.queries import exchanges_of
from app.clocks.actions import stop_clocks
from app.incidents.actions import no_longer_counted
from app.mailbox.actions.saying import say, tell_the_desk
from app.mailbox.queries import open_exchanges
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.identity import Actor
from models.case import Case
from models.rules.case_lifecycle import CaseAct


def withdraw(case: Case, text: str = "", *, actor: Actor) -> None:
    """Withdraw the consultation as a whole. What a company has read stays read; nothing further is told to it."""
    if text:
        say(case, text, purpose="note", actor=actor)
    perform_on_case(case, CaseAct.WITHDRAW, actor=actor)
    end_by_withdrawal(case, actor=actor)
    tell_the_desk(case, actor=actor, key=f"withdrawn:{case.id.hex}:{case.version}")


def end_by_withdrawal(case: Case, *, actor: Actor) -> None:
    """What follows from a withdrawal, whoever entered it: nothing runs, and no company or adviser has anything open."""
    stop_clocks(case)
    end_accesses_to(case, actor=actor)
    take_back_from(exchanges_of(case), actor=actor)
    for exchange in open_exchanges(case):
        close_exchange(case, exchange, "withdrawn", actor=actor)
    no_longer_counted(case)
