"""What the telephone desk does, by what it is about: replies, receipt codes, consumers."""

from __future__ import annotations

from app.phone_desk.actions.codes import Handed, confirm_repeated, issue_again, note_the_asking
from app.phone_desk.actions.complaints import count_complaint
from app.phone_desk.actions.replies import first_task, open_reply, record_reply

__all__ = [
    "Handed",
    "confirm_repeated",
    "count_complaint",
    "first_task",
    "issue_again",
    "note_the_asking",
    "open_reply",
    "record_reply",
]
