"""What is done in escalations: reminders and due steps by the clock, numbered requests and the proposal by people."""

from app.escalations.actions.files import (
    freeze_file,
    inherit_ladder,
    propose,
    record_compliance,
    thaw_file,
)
from app.escalations.actions.fulfilment import (
    accept_as_met,
    note_fulfilled,
    note_survey_answered,
    record_late_compliance,
    wait_for_survey,
)
from app.escalations.actions.reminders import is_a_reminder_due, issue_due_reminders
from app.escalations.actions.requests import (
    annul_request,
    answer_request,
    draft_request,
    issue_request,
    revise_draft,
    serve_request,
)
from app.escalations.actions.steps import mark_due_unmet, open_due_steps, past_their_day
from app.escalations.actions.two_persons import ask_to_annul, name_grave_ground

__all__ = [
    "accept_as_met",
    "annul_request",
    "answer_request",
    "ask_to_annul",
    "draft_request",
    "freeze_file",
    "inherit_ladder",
    "is_a_reminder_due",
    "issue_due_reminders",
    "issue_request",
    "mark_due_unmet",
    "name_grave_ground",
    "note_fulfilled",
    "note_survey_answered",
    "open_due_steps",
    "past_their_day",
    "propose",
    "record_compliance",
    "record_late_compliance",
    "revise_draft",
    "serve_request",
    "thaw_file",
    "wait_for_survey",
]
