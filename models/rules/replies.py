"""How the desk's words reach somebody who does not come back to the screen: by telephone or by post, and until when.

Source: domain, 1.3 (call-back preference) and 7.39.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from types import MappingProxyType

from models.rules.labelled import Labelled
from models.rules.working_days import JST, Calendar


class ReplyWay(Labelled):
    """How the consulter wants to hear from the desk; the mailbox is open to her whichever she chose."""

    # fmt: off
    MAILBOX = "mailbox", "受付コードで入る画面",   "The mailbox, with the receipt code"
    CALL    = "call",    "電話での折り返し",       "A call back"
    POST    = "post",    "郵送",                   "Post"
    # fmt: on


class CallSlot(Labelled):
    """At what time of the day she may be called."""

    # fmt: off
    ANY       = "any",       "10時から17時のあいだならいつでも", "Any time between 10:00 and 17:00"
    MORNING   = "morning",   "10時から12時",                     "10:00 to 12:00"
    NOON      = "noon",      "12時から13時",                     "12:00 to 13:00"
    AFTERNOON = "afternoon", "13時から15時",                     "13:00 to 15:00"
    EVENING   = "evening",   "15時から17時",                     "15:00 to 17:00"
    # fmt: on


class ReplyResult(Labelled):
    """What became of a call or a letter."""

    # fmt: off
    REACHED   = "reached",   "本人と話せた",                       "Spoke with the person"
    NO_ANSWER = "no_answer", "出なかった・話せる状況ではなかった", "No answer, or not a moment to talk"
    POSTED    = "posted",    "投函した",                           "Posted"
    STOPPED   = "stopped",   "この方法での連絡をやめる",           "No more replies this way"
    # fmt: on


HOURS: Mapping[CallSlot, tuple[time, time]] = MappingProxyType(
    {
        CallSlot.ANY: (time(10), time(17)),
        CallSlot.MORNING: (time(10), time(12)),
        CallSlot.NOON: (time(12), time(13)),
        CallSlot.AFTERNOON: (time(13), time(15)),
        CallSlot.EVENING: (time(15), time(17)),
    }
)

# What may come of each way; NO_ANSWER alone leaves the task open.
RESULTS: Mapping[ReplyWay, tuple[ReplyResult, ...]] = MappingProxyType(
    {
        ReplyWay.CALL: (ReplyResult.REACHED, ReplyResult.NO_ANSWER, ReplyResult.STOPPED),
        ReplyWay.POST: (ReplyResult.POSTED, ReplyResult.STOPPED),
    }
)

# Working days, from the day on which the desk wrote. [P]
WITHIN: Mapping[ReplyWay, int] = MappingProxyType({ReplyWay.CALL: 1, ReplyWay.POST: 3})


def wished_hours(day: date, slot: CallSlot) -> tuple[datetime, datetime]:
    """From when until when she may be called on a day."""
    begins, ends = HOURS[slot]
    return datetime.combine(day, begins, JST), datetime.combine(day, ends, JST)


def due_after(way: ReplyWay, at: datetime, calendar: Calendar) -> datetime:
    """Until when what the desk wrote at a moment is to be told this way: the end of that day's desk hours."""
    return wished_hours(calendar.add_working_days(at, WITHIN[way]), CallSlot.ANY)[1]
