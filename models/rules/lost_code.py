"""When a receipt code is lost: the words of her own that somebody chose beforehand, and what makes one hard to guess.

Source: domain, 4.2 (duplicate submission, lost code) and 7.17; ASVS 5.0, 6.4.2: a secret that she made up, and nothing of
her life, which colleagues and family know. She may choose up to two words when she sends. They lie sealed with her name,
where only the registered handlers' keys reach, and are compared there and shown to nobody. Because they are sealed, and
not hashed, no slow hash stands on the road of whoever sends a consultation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from models.rules.labelled import Labelled


class WeakWord(Labelled):
    """Why a word is refused."""

    # fmt: off
    SHORT  = "short",  "短い言葉",                     "A short word"
    DIGITS = "digits", "数字や日付だけの言葉",         "Digits or a date alone"
    OWN    = "own",    "会社や本人の名前",             "The name of a company or her own"
    COMMON = "common", "多くの人が思いつく言葉や並び", "What many people think of"
    # fmt: on


LEAST_SIGNS = 8
"""Of one word, after folding: what a colleague could not guess in the few tries that there are."""
LEAST_DIFFERENT_SIGNS = 4
SHORTEST_PART = 2
"""Of a name that is looked for; one sign stands in too many words by chance."""
_BETWEEN_PARTS = re.compile(r"[\s・、,/@.]+")

# What stands in a date besides digits: signs of year, month and day, eras, and what is said of a birthday.
_OF_A_DATE = re.compile(r"明治|大正|昭和|平成|令和|誕生日|生まれ|うまれ|[年月日生〇一二三四五六七八九十百千]|^[mtshr](?=\d)")

# Tried first by whoever guesses, compared after folding. Other names of the day are given by whoever asks.
# fmt: off
COMMON_WORDS = frozenset({
    "あいことば", "ぱすわーど", "ひみつのあいことば", "わたしのあいことば", "ひらけごま", "やまといえばかわ", "やまかわ",
    "ありがとうございます", "ありがとうございました", "よろしくおねがいします", "よろしくお願いします", "おつかれさまです",
    "お疲れ様です", "おつかれさまでした", "お疲れ様でした", "おはようございます", "こんにちは", "こんばんは", "おせわになっております",
    "お世話になっております", "かすたまーはらすめんと", "かすたまはらすめんと", "かすはら", "こーるせんたー", "こんたくとせんたー",
    "うけつけこーど", "受付こーど", "そうだんまどぐち", "相談窓口", "わかりません", "分かりません", "とくになし", "特になし",
    "なまえ", "password", "passphrase", "secretword", "mysecret", "iloveyou", "letmein", "welcome", "sunshine", "princess", "football",
    "baseball", "superman", "trustno", "opensesame", "happybirthday", "thankyou", "callcenter", "contactcenter", "customerharassment",
})
RUNS = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "あかさたなはまやらわ",
    "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
# fmt: on

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


def weakness_of(word: str, *, names: Iterable[str]) -> WeakWord | None:
    """Why a word is easy to guess for somebody who knows where she works, or None."""
    folded = folded_answer(word)
    if len(folded) < LEAST_SIGNS:
        return WeakWord.SHORT
    if not re.sub(r"\d", "", _OF_A_DATE.sub("", folded)):
        return WeakWord.DIGITS
    if _is_made_of(folded, names):
        return WeakWord.OWN
    letters = re.sub(r"^\d+|\d+$", "", folded)
    is_a_run = any(letters in line or letters[::-1] in line for line in RUNS)
    if letters in COMMON_WORDS or is_a_run or len(set(folded)) < LEAST_DIFFERENT_SIGNS:
        return WeakWord.COMMON
    return None


def _is_made_of(folded: str, names: Iterable[str]) -> bool:
    """Whether a word is part of a name, or too little of it is left without the names and their parts."""
    typed = list(names)
    pieces = {folded_answer(piece) for name in typed for piece in (name, *_BETWEEN_PARTS.split(name))}
    left = folded
    for piece in sorted((piece for piece in pieces if len(piece) >= SHORTEST_PART), key=len, reverse=True):
        if folded in piece:
            return True
        left = left.replace(piece, "")
    return left != folded and len(left) < LEAST_SIGNS


def may_still_try(*, by_this_person: int, by_the_desk: int) -> bool:
    """Whether there were few enough tries lately."""
    return by_this_person < MOST_TRIES_OF_ONE_PERSON and by_the_desk < MOST_TRIES_OF_THE_DESK
