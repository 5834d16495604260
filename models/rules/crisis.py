"""Words and answers that put a consultation first in the list at once: danger to life or body (domain 3.3 and 7.35)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from models.rules.taxonomy.impact import Impact

# Raised too often rather than too seldom: a counselor looks and lowers it; nothing else follows from it.
WORDS_OF_DANGER = (
    "死にたい", "しにたい", "死んでしまいたい", "消えたい", "きえたい", "消えてしまいたい", "いなくなりたい", "自殺", "生きていたくない",
    "生きるのがつらい", "生きる意味", "飛び降り", "首を吊", "命を絶", "殺す", "殺される", "殺してやる", "ぶっ殺", "刺してやる",
    "刺される", "火をつけ", "爆破", "待ち伏せ", "家に来る", "家まで来", "suicide", "kill myself", "kill you",
)


def hints_at_danger(texts: Iterable[str], impacts: Iterable[Impact]) -> bool:
    """Whether somebody should look at this before everything else; a hint for people, never a judgement."""
    if Impact.SUICIDAL_THOUGHTS in set(impacts):
        return True
    plain = unicodedata.normalize("NFKC", " ".join(texts)).casefold()
    return any(word in plain for word in WORDS_OF_DANGER)
