"""How the desk made sure that it is the consulter herself who speaks, writes or stands there, and nobody else.

Source: domain, 3.8 (raising the level needs her own act), 4.2 (lost code), 6.1 (withdrawal on request) and 7.17.
"""

from models.rules.labelled import Labelled


class KnownBy(Labelled):
    """How one who speaks for a case was found to be its consulter."""

    # fmt: off
    RECEIPT     = "receipt",     "受付コードを言っていただいた",           "She said her receipt code"
    QUESTIONS   = "questions",   "決めておいた合言葉を言っていただいた",   "She said the words that she had chosen"
    CALLED_BACK = "called_back", "聞いていた連絡先に、こちらから連絡した", "Called back at the contact she had left"
    IN_PERSON   = "in_person",   "前にも会った本人が来た",                 "She came herself, and was known"
    # fmt: on


# A word about consent may tell a company more: the page itself compares what the caller says with what is kept.
PROVED_AT_THE_PAGE = (KnownBy.RECEIPT, KnownBy.QUESTIONS)
# A withdrawal tells nobody anything: here the one who heard or read it answers for having made sure.
ANSWERED_FOR_BY_THE_DESK = (KnownBy.QUESTIONS, KnownBy.CALLED_BACK, KnownBy.IN_PERSON)
