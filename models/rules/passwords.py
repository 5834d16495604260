"""What a password must be: long, not among those that many people use, and not made of what others know of its owner.

Source: ASVS 5.0, 6.2: any signs in any mixture, no forced change. How many guesses a password withstands is estimated
elsewhere (app/sign_in/strength.py), from lists of leaked passwords and common words; how many it must withstand stands here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.lost_code import folded_answer

LONGEST_PASSWORD = 128


class Weakness(Labelled):
    """Why a password is refused."""

    # fmt: off
    COMMON = "common", "多くの人が使っている言葉や並び", "What many people use"
    OWN    = "own",    "本人の名前やアドレス",           "The owner's name or address"
    OURS   = "ours",   "このサービスの名前",             "The name of this service"
    # fmt: on


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """What a new password must withstand from a day on, until a later row takes over."""

    version: str
    valid_from: date
    shortest: int
    least_guesses: int


# A change is a new row with its own day; a row that has been in force is never edited. A password that was chosen under
# an earlier row stays good.
# fmt: off
PASSWORD_RULES: tuple[PasswordRule, ...] = (
    #            version    valid from         shortest  guesses it withstands
    PasswordRule("2025-10", date(2025, 10, 1), 12,       100_000_000),
)

# What anybody would try first at this door. Compared after folding, so that width, case and kana make no difference.
OUR_WORDS = ("kikite", "ききて", "聞き手", "聴き手")
# fmt: on

# Shorter pieces stand in too many words by chance. A name of two signs is a name where it is written in kanji or kana.
_SHORTEST_PIECE, _SHORTEST_LATIN_PIECE = 2, 4
_BETWEEN_PIECES = re.compile(r"[\W_]+")


def password_rule_at(moment: datetime, rules: Iterable[PasswordRule] = PASSWORD_RULES) -> PasswordRule:
    """The row in force at a moment."""
    return row_at(moment, rules)


def own_words(*, name: str, mail: str) -> frozenset[str]:
    """What others know of somebody, in pieces: the name, the address before the sign, and the names of its domain."""
    before, _, domain = mail.partition("@")
    whole = [name, before, *domain.split(".")[:-1]]
    pieces = [piece for text in whole for piece in (text, *_BETWEEN_PIECES.split(unicodedata.normalize("NFKC", text)))]
    folded = {folded_answer(piece) for piece in pieces}
    return frozenset(piece for piece in folded if _counts(piece))


def made_of(password: str, *, own: Iterable[str]) -> Weakness | None:
    """Whether a password holds a word that stands to reason: the service's, or one of its owner's."""
    folded = folded_answer(password)
    if any(folded_answer(word) in folded for word in OUR_WORDS):
        return Weakness.OURS
    return Weakness.OWN if any(word in folded for word in own) else None


def _counts(piece: str) -> bool:
    return len(piece) >= (_SHORTEST_LATIN_PIECE if piece.isascii() else _SHORTEST_PIECE)
