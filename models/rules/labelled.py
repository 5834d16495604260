"""An enumeration whose members carry a stable code and its words in Japanese and English."""

from enum import StrEnum
from typing import TYPE_CHECKING, Self


class Labelled(StrEnum):
    """A code with its words; the code is stored, the words are shown.

    Written as a table, one member a line::

        class Severity(Labelled):
            LOW  = "S1", "軽度", "Low"
            HIGH = "S3", "重大", "High"

    A member *is* its code (``Severity("S3") is Severity.HIGH``, and a column or an address takes it as it is).
    A subclass with more columns names them and takes them in ``__init__(self, code, ja, en, …)``.
    """

    _value_: str
    ja: str
    en: str

    def __new__(cls, code: str, ja: str = "", en: str = "", *_columns: object) -> Self:
        # The words have defaults only so that a type checker accepts the look-up Severity("S3").
        if not (code and ja and en):
            raise TypeError(f"{cls.__name__}: {code!r} needs a code, Japanese words and English words")
        member = str.__new__(cls, code)
        member._value_ = code
        member.ja = ja
        member.en = en
        return member

    if TYPE_CHECKING:

        @property
        def value(self) -> str: ...

    @property
    def code(self) -> str:
        """The stable code, which is stored and never translated."""
        return self._value_

    def label(self, locale: str) -> str:
        """The words for a locale such as ``ja``, ``en`` or ``en_GB``; Japanese, the source language, for any other."""
        return self.en if locale.lower().startswith("en") else self.ja
