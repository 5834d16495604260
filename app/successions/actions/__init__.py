"""What is done with successions: entered by one, confirmed by another, put into effect by the clock, handed over."""

from app.successions.actions.effect import due_successions, follow_successions
from app.successions.actions.entering import (
    SuccessionRefused,
    cancel_succession,
    confirm_scope,
    confirm_succession,
    enter_succession,
)
from app.successions.actions.handing_over import hand_over

__all__ = [
    "SuccessionRefused",
    "cancel_succession",
    "confirm_scope",
    "confirm_succession",
    "due_successions",
    "enter_succession",
    "follow_successions",
    "hand_over",
]
