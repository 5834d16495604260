"""A text as the patterns read it: full-width, half-width and joined signs made one, every place known in the original."""

import unicodedata
from dataclasses import dataclass

_VOICED = "ﾞﾟ"


@dataclass(frozen=True, slots=True)
class Plain:
    """The text in one width, and for each of its signs where in the original it begins and ends."""

    text: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the plain text stands in the original."""
        return self.begins[start], self.ends[end - 1]


def plain(original: str) -> Plain:
    """Read a text in one width: ９ as 9, ｶﾞ as ガ, ㈱ as (株); ー, ～ and the signs of Japanese stay."""
    signs: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(original):
        length = 2 if original[at + 1 : at + 2] and original[at + 1] in _VOICED else 1
        for sign in unicodedata.normalize("NFKC", original[at : at + length]):
            signs.append(sign)
            begins.append(at)
            ends.append(at + length)
        at += length
    return Plain("".join(signs), tuple(begins), tuple(ends))
