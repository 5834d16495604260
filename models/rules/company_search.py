"""How a company is found by what a person typed: any name it ever had, in kanji, kana or Latin letters (domain 1.6)."""

from __future__ import annotations

import re
import unicodedata

# Look-alike Cyrillic and Greek letters that scanned documents carry, and the Latin letter each stands for.
_LOOK_ALIKES = str.maketrans("асеорхуАВЕКМНОРСТХαοΑΒΕΗΙΚΜΝΟΡΤΧ", "aceopxyABEKMHOPCTXaoABEHIKMNOPTX")
_CYRILLIC_TAKUTO = str.maketrans({"т": "タ", "к": "ク"})
_LEGAL_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|公益社団法人|\(株\)|\(有\)|\(同\)|㈱|㈲"
    r"|カブシキガイシャ|ユウゲンガイシャ|ゴウドウガイシャ|\b(co|inc|ltd|llc|corp|corporation|k\.?k)\b\.?",
    re.IGNORECASE,
)
_NOT_LETTERS = re.compile(r"[\s\W_・ー]+")
_HIRAGANA = {ord("ぁ") + offset: ord("ァ") + offset for offset in range(0x56)}


def folded(words: str) -> str:
    """One spelling for all spellings: NFKC, look-alikes, katakana, lower case, without legal form, spaces and marks."""
    plain = unicodedata.normalize("NFKC", words).translate(_LOOK_ALIKES).translate(_CYRILLIC_TAKUTO)
    without_form = _LEGAL_FORMS.sub("", plain.translate(_HIRAGANA))
    return _NOT_LETTERS.sub("", without_form).casefold()


def search_key(*, name: str, kana: str, english: str) -> str:
    """What is kept for finding one name: its three spellings, folded and parted by a bar."""
    return "|".join(dict.fromkeys(filter(None, (folded(name), folded(kana), folded(english)))))
