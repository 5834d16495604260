"""What is done about what is past its term: it is ordered, its keys are destroyed, and its rows go."""

from __future__ import annotations

from app.retention.actions.erasing import finish, order_due, order_erasure
from app.retention.actions.settling import settle_due

__all__ = ["finish", "order_due", "order_erasure", "settle_due"]
