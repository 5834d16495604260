"""How a receipt code is read out over the telephone, sign by sign, so that no two can be mistaken for each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# fmt: off
READINGS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "0": ("数字のゼロ", "zero"),   "1": ("数字のいち", "one"),    "2": ("数字のに", "two"),     "3": ("数字のさん", "three"),
    "4": ("数字のよん", "four"),   "5": ("数字のご", "five"),     "6": ("数字のろく", "six"),   "7": ("数字のなな", "seven"),
    "8": ("数字のはち", "eight"),  "9": ("数字のきゅう", "nine"),
    "A": ("アメリカのエー", "Alfa"),        "B": ("ブラジルのビー", "Bravo"),     "C": ("チャイナのシー", "Charlie"),
    "D": ("デンマークのディー", "Delta"),   "E": ("イギリスのイー", "Echo"),      "F": ("フランスのエフ", "Foxtrot"),
    "G": ("ゴルフのジー", "Golf"),          "H": ("ホンコンのエイチ", "Hotel"),   "J": ("ジャパンのジェイ", "Juliett"),
    "K": ("キングのケー", "Kilo"),          "M": ("メキシコのエム", "Mike"),      "N": ("ノルウェーのエヌ", "November"),
    "P": ("パリのピー", "Papa"),            "Q": ("クイーンのキュー", "Quebec"),  "R": ("ローマのアール", "Romeo"),
    "S": ("スペインのエス", "Sierra"),      "T": ("トウキョウのティー", "Tango"), "V": ("ビクトリーのブイ", "Victor"),
    "W": ("ワシントンのダブリュー", "Whiskey"), "X": ("エックス線のエックス", "X-ray"), "Y": ("ヨコハマのワイ", "Yankee"),
    "Z": ("ゼブラのゼット", "Zulu"),
})
# fmt: on


def spoken(code: str, locale: str) -> list[tuple[str, list[str]]]:
    """Each group of a code with the readings of its signs."""
    place = 1 if locale.lower().startswith("en") else 0
    return [(group, [READINGS[sign][place] for sign in group]) for group in code.split("-")]
