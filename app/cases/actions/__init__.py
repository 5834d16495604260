"""What the desk does with a case; each act is a sentence, and the files are grouped as the desk's day is."""

from __future__ import annotations

from app.cases.actions.approved import note_what_was_approved
from app.cases.actions.closing import (
    ask_to_close,
    close_case,
    conclude_without_answer,
    confirm_close,
    end_with_its_group,
    monitor,
    put_to_rest,
    refuse_close,
    reopen,
)
from app.cases.actions.copies import draft_copy, lay_out_what_is_sent, new_version, put_copy
from app.cases.actions.limits import passed_limits, tell_of_passed_limits
from app.cases.actions.linking import lift, link_what_follows
from app.cases.actions.recalling import confirm_recall, recall, refuse_recall
from app.cases.actions.resting import go_on_after, go_on_with_advice, triage_is_over
from app.cases.actions.reviewing import accept_report, begin_review, decide_extension, return_report
from app.cases.actions.sending import (
    Sending,
    arrange_sending,
    call_off_if_waiting,
    close_exchange,
    deliver_held,
    held_until,
    may_go_out,
    reroute,
    return_to_ready,
    return_to_triage,
    route_again,
)
from app.cases.actions.talking import (
    acknowledge_consultation,
    advise,
    ask_information,
    give_feedback,
    note_messages_read,
    to_the_consulter,
    write_message,
    write_note,
)
from app.cases.actions.triage import (
    NobodyOversees,
    assign,
    carry_exclusion,
    exclude,
    let_be_asked,
    open_triage,
    record_triage,
    resume_triage,
    somebody_oversees,
)
from app.cases.actions.unanswered import go_on_unanswered, unanswered

__all__ = [
    "NobodyOversees",
    "Sending",
    "accept_report",
    "acknowledge_consultation",
    "advise",
    "arrange_sending",
    "ask_information",
    "ask_to_close",
    "assign",
    "begin_review",
    "call_off_if_waiting",
    "carry_exclusion",
    "close_case",
    "close_exchange",
    "conclude_without_answer",
    "confirm_close",
    "confirm_recall",
    "decide_extension",
    "deliver_held",
    "draft_copy",
    "end_with_its_group",
    "exclude",
    "give_feedback",
    "go_on_after",
    "go_on_unanswered",
    "go_on_with_advice",
    "held_until",
    "lay_out_what_is_sent",
    "let_be_asked",
    "lift",
    "link_what_follows",
    "may_go_out",
    "monitor",
    "new_version",
    "note_messages_read",
    "note_what_was_approved",
    "open_triage",
    "passed_limits",
    "put_copy",
    "put_to_rest",
    "recall",
    "record_triage",
    "refuse_close",
    "refuse_recall",
    "reopen",
    "reroute",
    "resume_triage",
    "return_report",
    "return_to_ready",
    "return_to_triage",
    "route_again",
    "somebody_oversees",
    "tell_of_passed_limits",
    "to_the_consulter",
    "triage_is_over",
    "unanswered",
    "write_message",
    "write_note",
]
