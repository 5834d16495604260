"""What is done with groups: they gather, their copy is made and approved, all in them hear, they end together."""

from __future__ import annotations

from app.incidents.actions.copying import (
    TooFew,
    approve_group_copy,
    draft_group_copy,
    no_longer_counted,
    say,
    stop_counting,
)
from app.incidents.actions.gathering import due_gatherings, form_by_hand, gather, take_out
from app.incidents.actions.telling import acknowledgement, answer_members, end_together, tell_members

__all__ = [
    "TooFew",
    "acknowledgement",
    "answer_members",
    "approve_group_copy",
    "draft_group_copy",
    "due_gatherings",
    "end_together",
    "form_by_hand",
    "gather",
    "no_longer_counted",
    "say",
    "stop_counting",
    "take_out",
    "tell_members",
]
