"""What an officer does with what was forwarded, and what follows when her post changes hands."""

from __future__ import annotations

from app.responses.actions.answering import (
    ExtensionRefused,
    acknowledge,
    ask_extension,
    log_action,
    notice_search,
    open_exchange,
    record_response,
    reply_to_worker,
    submit_report,
)
from app.responses.actions.drafts import discard_draft, forget_drafts, save_draft
from app.responses.actions.keying import Told, key_acknowledgement, key_extension, key_report
from app.responses.actions.passing_on import pass_on, restart_report_clock
from app.responses.actions.printing import print_copy

__all__ = [
    "ExtensionRefused",
    "Told",
    "acknowledge",
    "ask_extension",
    "discard_draft",
    "forget_drafts",
    "key_acknowledgement",
    "key_extension",
    "key_report",
    "log_action",
    "notice_search",
    "open_exchange",
    "pass_on",
    "print_copy",
    "record_response",
    "reply_to_worker",
    "restart_report_clock",
    "save_draft",
    "submit_report",
]
