"""When a text holds the words that somebody of the desk looks for: one spelling for all spellings, and every word.

Source: domain, 6.7 (reading the original text). A text is folded only while somebody who may read it looks through it;
what was folded is not kept.
"""

from __future__ import annotations

import unicodedata

LONGEST_WORDS = 100
MOST_WORDS = 8
AROUND = 18
"""How many signs of a text stand before and after what was found."""
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def folded(text: str) -> str:
    """NFKC, lower case, hiragana: ｶﾅ, カナ and かな are alike, and so are Ａ, A and a."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)


def words_in(typed: str) -> tuple[str, ...]:
    """The words to look for, each once, parted by blanks of any width."""
    return tuple(dict.fromkeys(folded(typed).split()))


def holds(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text holds every one of these folded words; no words are held by no text."""
    looked_through = folded(text)
    return bool(words) and all(word in looked_through for word in words)


def excerpt(text: str, words: tuple[str, ...]) -> str:
    """A few signs around the first of the words that the text holds; nothing when it holds none of them."""
    shown = " ".join(unicodedata.normalize("NFKC", text).split())
    # A letter may fold to two, so each folded sign remembers where it came from.
    signs = [(sign, place) for place, letter in enumerate(shown) for sign in folded(letter)]
    looked_through = "".join(sign for sign, _place in signs)
    places = [(found, len(word)) for word in words if (found := looked_through.find(word)) >= 0]
    if not places:
        return ""
    found, length = min(places)
    begins = max(0, signs[found][1] - AROUND)
    ends = min(len(shown), signs[found + length - 1][1] + 1 + AROUND)
    return ("…" if begins else "") + shown[begins:ends] + ("…" if ends < len(shown) else "")
