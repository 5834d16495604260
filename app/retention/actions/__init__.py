"""What is done about what is past its term: it is ordered, its keys are destroyed, and its rows go."""

from __future__ import annotations

from app.retention.actions.before_its_time import EarlyRefused, ask_to_erase, erase_before_its_time
from app.retention.actions.erasing import finish, order_due, order_erasure
from app.retention.actions.holding import HoldRefused, lift_hold, review_hold, set_hold
from app.retention.actions.settling import due_settlements, settle_due

__all__ = [
    "EarlyRefused",
    "HoldRefused",
    "ask_to_erase",
    "due_settlements",
    "erase_before_its_time",
    "finish",
    "lift_hold",
    "order_due",
    "order_erasure",
    "review_hold",
    "set_hold",
    "settle_due",
]
