"""Taking a copy back (domain 4.2, 6.1, 6.7, 7.19): by one while nothing was delivered, by two once a company has it.

How long a copy is held before it leaves: ``deadlines`` (SEND_HOLD). What follows where it was opened already: ``leak``.
"""

from models.rules.case_lifecycle import WITH_THE_COMPANY, CaseState
from models.rules.labelled import Labelled


class RecallAnswer(Labelled):
    """What became of a request to take a delivered copy back."""

    # fmt: off
    CONFIRMED = "confirmed", "取り消した",                 "Recalled"
    REFUSED   = "refused",   "取り消さないことにした",     "Not recalled"
    OVERTAKEN = "overtaken", "ほかの事情で終わった",       "Ended for another reason"
    # fmt: on


def may_be_recalled(case: CaseState, *, is_delivered: bool, is_acknowledged: bool) -> bool:
    """Whether a delivered copy may still be taken back: until the company has confirmed that it took the matter on."""
    return is_delivered and not is_acknowledged and case in WITH_THE_COMPANY
