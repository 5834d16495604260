"""What is done with pledges: they are asked for and confirmed once a year, and the published policy is looked at."""

from __future__ import annotations

from app.pledges.actions.confirming import (
    Incomplete,
    confirm,
    follow_confirmations,
    is_a_confirmation_due,
    is_a_confirmation_to_be_reminded_of,
    remind_of_confirmations,
)
from app.pledges.actions.pages import keep_look, note_page, take_over_page

__all__ = [
    "Incomplete",
    "confirm",
    "follow_confirmations",
    "is_a_confirmation_due",
    "is_a_confirmation_to_be_reminded_of",
    "keep_look",
    "note_page",
    "remind_of_confirmations",
    "take_over_page",
]
