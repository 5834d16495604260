"""Telling somebody because life or body is at risk: what the second person may say, and what became of it (domain, 2.4, 3.8).

110, 119 and the lines that the worker is shown: ``help_lines``. Words that sound an alarm at the desk: ``crisis_alarm``.
"""

from models.rules.labelled import Labelled


class EmergencyAnswer(Labelled):
    """The second person's decision; only the first of the two lets anything be told."""

    # fmt: off
    AGREED  = "agreed",  "二人で確かめ、最小限を伝えることにした", "Two people decided to tell the minimum"
    REFUSED = "refused", "伝えないことにした",           "Decided not to tell"
    # fmt: on


class EmergencyOutcome(Labelled):
    """What became of it after two people had agreed."""

    # fmt: off
    TOLD        = "told",        "伝えた",                             "It was told"
    NOT_REACHED = "not_reached", "連絡がつかず、伝えられなかった",     "Nobody was reached, so it was not told"
    NOT_NEEDED  = "not_needed",  "危険がなくなり、伝えずにすんだ",     "The danger passed, so it was not told"
    # fmt: on
