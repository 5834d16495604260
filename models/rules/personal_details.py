"""What in a text looks like somebody's name, number or address: a hint for people, who decide (domain 4.2 and 7.36)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.rules.labelled import Labelled

MASK = "●●"


class Detail(Labelled):
    """A kind of detail by which somebody could be found."""

    # fmt: off
    MAIL    = "mail",    "メールアドレス", "Mail address"
    PHONE   = "phone",   "電話番号",       "Telephone number"
    POSTAL  = "postal",  "郵便番号",       "Postal code"
    ADDRESS = "address", "住所",           "Address"
    NAME    = "name",    "お名前",         "Name"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Found:
    """One place in a text, and what it looks like."""

    kind: Detail
    start: int
    end: int


_DASH = r"[-‐‑‒–—―−ー－ ]?"
_PATTERNS: tuple[tuple[Detail, re.Pattern[str]], ...] = (
    (
        Detail.MAIL,
        re.compile(r"(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(?:[.．][A-Za-z0-9-]{1,63}){1,4}"),
    ),
    (Detail.POSTAL, re.compile(r"(?<!\d)〒\s?\d{3}[-－]?\d{4}(?!\d)|(?<![\d-])\d{3}-\d{4}(?![\d-])")),
    (Detail.PHONE, re.compile(rf"(?<!\d)[0０]\d{{1,4}}[(（]?{_DASH}\d{{1,4}}[)）]?{_DASH}\d{{3,4}}(?!\d)")),
    (
        Detail.ADDRESS,
        re.compile(
            r"(?:(?:北海道|東京都|京都府|大阪府|[一-龠]{2,3}県)[^\s、。]{0,12}?|(?<![一-龠])[一-龠]{1,5}(?:市|区|町|村))"
            r"[一-龠ぁ-んァ-ヶー]{0,10}[0-9０-９一二三四五六七八九十]{1,4}(?:丁目|番地|番|[-－])[0-9０-９番地号丁目の－-]{0,12}"
        ),
    ),
    (
        Detail.NAME,
        re.compile(
            r"(?<![一-龠々])(?!お客|皆|神|仏|奥|何|誰|殿|王|客|相手|店|担当|上司|先方)[一-龠々]{1,5}(?:様|さま|さん|氏)(?!々|子)"
        ),
    ),
)


def details_in(text: str) -> tuple[Found, ...]:
    """Every place that looks like a detail, in the order of the text; of two that overlap the one that begins first."""
    places = sorted(_all(text), key=lambda found: (found.start, -found.end))
    kept: list[Found] = []
    for place in places:
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return tuple(kept)


def masked(text: str) -> str:
    """The text with everything that looks like a detail covered; the original is left as it is."""
    for place in reversed(details_in(text)):
        text = text[: place.start] + MASK + text[place.end :]
    return text


# A pattern is tried only on a text that holds what it cannot do without: most texts hold none of it.
_NEEDS = {
    Detail.MAIL: re.compile("[@＠]"),
    Detail.PHONE: re.compile("[0０]"),
    Detail.POSTAL: re.compile("[0-9]"),
    Detail.ADDRESS: re.compile("丁目|番|[-－]"),
    Detail.NAME: re.compile("様|さま|さん|氏"),
}


def _all(text: str) -> Iterator[Found]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text) if _NEEDS[kind].search(text) else ():
            yield Found(kind, match.start(), match.end())
