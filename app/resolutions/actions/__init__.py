"""What is done before the board: the proposal and hearing, the meeting and vote, the decision and its effect."""

from app.resolutions.actions.decisions import notify, re_examine, record_resolution
from app.resolutions.actions.effects import due_effects, raise_objection, take_due_effects
from app.resolutions.actions.hearings import (
    end_with_membership,
    open_item,
    record_silences,
    serve_notice,
    submit_explanation,
    unexplained,
)
from app.resolutions.actions.meetings import (
    assemble_packet,
    call_meeting,
    cast_vote,
    declare_interest,
    number_minutes,
    open_vote,
    put_on_agenda,
)

__all__ = [
    "assemble_packet",
    "call_meeting",
    "cast_vote",
    "declare_interest",
    "due_effects",
    "end_with_membership",
    "notify",
    "number_minutes",
    "open_item",
    "open_vote",
    "put_on_agenda",
    "raise_objection",
    "re_examine",
    "record_resolution",
    "record_silences",
    "serve_notice",
    "submit_explanation",
    "take_due_effects",
    "unexplained",
]
