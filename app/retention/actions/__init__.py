"""What is done about what is past its term: it is ordered, its keys are destroyed, and its rows go."""

from __future__ import annotations

from app.retention.actions.erasing import finish, order_due, order_erasure
from app.retention.actions.holding import HoldRefused, lift_hold, review_hold, set_hold
from app.retention.actions.settling import settle_due

__all__ = [
    "HoldRefused",
    "finish",
    "lift_hold",
    "order_due",
    "order_erasure",
    "review_hold",
    "set_hold",
    "settle_due",
]
