"""When a receipt code is lost: the questions that were agreed beforehand, and when their answers are enough.

Source: domain, 4.2 (duplicate submission, lost code) and 7.17. The person may set up to two questions when she sends.
The answers lie sealed with her name, where only the registered handlers' keys reach, and are compared there and shown
to nobody. Because they are sealed, and not hashed, no slow hash stands on the road of whoever sends a consultation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from models.rules.labelled import Labelled


class KnowledgeQuestion(Labelled):
    """What may be asked; the list is the same for everybody, so that asking tells nothing of anyone."""

    # fmt: off
    WORD    = "word",    "自分で決めた合言葉",                   "A password of your own choosing"
    PLACE   = "place",   "子どものころ、よく遊んだ場所",         "Where you often played as a child"
    TEACHER = "teacher", "心に残っている先生の名字",             "The surname of a teacher you remember"
    BOOK    = "book",    "くり返し読んだ本、観た映画の題名",     "A book or film you returned to again and again"
    DISH    = "dish",    "子どものころ、苦手だった食べ物",       "A dish you disliked as a child"
    SONG    = "song",    "元気を出したいときに聴く曲",           "A song you listen to when you need strength"
    # fmt: on


MOST_QUESTIONS = 2
LEAST_SIGNS_OF_ONE = 2
LEAST_SIGNS_TOGETHER = 8
"""Of all answers together, after folding: what a colleague could not guess in the few tries that there are."""

# Whoever asks says about when she sent it; a stranger who fishes needs to know that as well.
LONGEST_PERIOD = timedelta(days=31)

# Tries, counted from the record itself, after which nothing is compared any more until the oldest are a day old.
MOST_TRIES_OF_ONE_PERSON = 5
MOST_TRIES_OF_THE_DESK = 15
COUNTED_FOR = timedelta(hours=24)

_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = 0x60


def folded_answer(typed: str) -> str:
    """An answer as it is compared: width, case, kana, spaces and signs make no difference."""
    plain = unicodedata.normalize("NFKC", typed).casefold()
    letters = (sign for sign in plain if sign.isalnum() or sign == "ー")
    return "".join(chr(ord(sign) - _TO_HIRAGANA) if ord(sign) in _KATAKANA else sign for sign in letters)


def is_too_short(answer: str) -> bool:
    """Whether one answer says too little to be compared at all."""
    return len(folded_answer(answer)) < LEAST_SIGNS_OF_ONE


def are_enough(answers: Iterable[str]) -> bool:
    """Whether answers are hard enough to guess, all together."""
    return sum(len(folded_answer(answer)) for answer in answers) >= LEAST_SIGNS_TOGETHER


def may_still_try(*, by_this_person: int, by_the_desk: int) -> bool:
    """Whether there were few enough tries lately."""
    return by_this_person < MOST_TRIES_OF_ONE_PERSON and by_the_desk < MOST_TRIES_OF_THE_DESK
