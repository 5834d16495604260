"""What we do with text that a person typed: what is tidied silently, what is refused, and how it is counted."""

import re
import unicodedata
from typing import Final

# These change the order in which letters are shown, so that a text can read differently from what is stored.
_BIDI_CONTROLS: Final = "\u202a-\u202e\u2066-\u2069"
# Invisible leftovers of copying: control characters except tab and newline, the byte order mark, noncharacters.
_LEFTOVERS: Final = "\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufdd0-\ufdef\ufffe\uffff"

_REMOVED: Final = re.compile(f"[{_BIDI_CONTROLS}{_LEFTOVERS}]")
_REFUSED: Final = re.compile("[\u0000\ud800-\udfff]")
_NEWLINES: Final = re.compile("\r\n|[\r\u0085\u2028\u2029]")


def has_unreadable(text: str) -> bool:
    """Whether the text holds NUL or half of a surrogate pair, which no keyboard makes and no store keeps faithfully."""
    return _REFUSED.search(text) is not None


def tidy(text: str, *, lines: bool) -> str:
    """The text with newlines made one kind, invisible characters removed and its ends trimmed.

    Emoji, half-width kana and rare kanji stay as typed. ``lines=False`` joins lines with a space.
    """
    text = _NEWLINES.sub("\n", _REFUSED.sub("", text))
    text = _REMOVED.sub("", text)
    if not lines:
        # Not by a pattern: one that looks for blanks before a line's end takes hours over a megabyte of blanks.
        text = " ".join(line.strip(" \t") for line in text.strip().split("\n"))
    return text.strip()


def as_keyed(text: str) -> str:
    """The text with full-width letters, digits and signs made half-width: for dates, numbers and mail addresses."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").replace("ー", "-").strip()
