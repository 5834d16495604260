"""Putting the forwarded copy on paper (domain 4.2): only with a reason, numbered, and for a short while."""

from datetime import datetime, timedelta

from models.rules.labelled import Labelled

OPEN_FOR = timedelta(minutes=15)
"""So long the page to be printed opens under its number; afterwards a new reason and a new number are needed."""


class PrintReason(Labelled):
    """Why a screen is not enough."""

    # fmt: off
    MEETING = "meeting", "対応を決める会議で使う(終わったら回収する)", "For the meeting that decides, and collected afterwards"
    COUNSEL = "counsel", "弁護士など、守秘義務のある専門家に相談する", "To consult a lawyer or another professional bound to secrecy"
    FILING  = "filing",  "鍵のかかる場所で記録として保管する",           "To keep it on record under lock and key"
    READING = "reading", "画面では読みにくい人が読む",                   "For somebody who cannot read it well on a screen"
    # fmt: on


def is_open(printed_at: datetime, *, now: datetime) -> bool:
    """Whether the page of a printed copy still opens."""
    return printed_at <= now < printed_at + OPEN_FOR
