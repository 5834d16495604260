"""Numbers to call when the desk is not enough: dated, few, and to be verified by the association before it opens.

Source: domain, 2.2 and 7.35. A number that changes is a new row with its own day; check each row on every release.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One number: whom one reaches, when, and since when we have known it to be so."""

    number: str
    ja: str
    en: str
    when_ja: str
    when_en: str
    as_of: date
    crisis: bool = True
    """Shown at once when words of danger were written; the others are shown among further places to turn to."""

    def label(self, locale: str) -> str:
        """Whom one reaches."""
        return self.en if locale.lower().startswith("en") else self.ja

    def when(self, locale: str) -> str:
        """When one reaches them."""
        return self.when_en if locale.lower().startswith("en") else self.when_ja


_CHECKED = date(2026, 10, 1)

# fmt: off
HELP_LINES: tuple[HelpLine, ...] = (
    HelpLine("110",          "警察(事件・いま危険があるとき)", "Police, emergency", "24時間", "24 hours", _CHECKED),
    HelpLine("119",          "救急・消防", "Ambulance and fire", "24時間", "24 hours", _CHECKED),
    HelpLine("0120-279-338", "よりそいホットライン(どんな悩みでも)", "Yorisoi Hotline, any worry, several languages",
             "24時間・通話料無料", "24 hours, free of charge", _CHECKED),
    HelpLine("0120-783-556", "いのちの電話(消えたい気持ちのとき)", "Inochi no Denwa, when you feel like disappearing",
             "毎日16時から21時・通話料無料", "every day 16:00 to 21:00, free of charge", _CHECKED),
    HelpLine("#9110",        "警察相談専用電話(急ぎではない相談)", "Police consultation, not urgent",
             "平日の日中", "weekdays in the daytime", _CHECKED, crisis=False),
)

# Where somebody turns whose company the association does not write to (domain, 7.10).
PUBLIC_DESKS: tuple[HelpLine, ...] = (
    HelpLine("0120-811-610", "労働条件相談ほっとライン(働き方・職場のこと)", "Hotline on working conditions",
             "平日17時から22時、土日祝9時から21時・通話料無料", "weekdays 17:00 to 22:00, weekends 9:00 to 21:00, free of charge",
             _CHECKED, crisis=False),
    HelpLine("0570-003-110", "みんなの人権110番(嫌がらせ・差別)", "Human rights line, harassment and discrimination",
             "平日8時30分から17時15分", "weekdays 8:30 to 17:15", _CHECKED, crisis=False),
)

# Whom a consumer is shown who complains of a company; no worker is sent there.
CONSUMER_LINES: tuple[HelpLine, ...] = (
    HelpLine("188",          "消費者ホットライン(お近くの消費生活センター)", "Consumer hotline, the nearest consumer center",
             "自治体により異なります", "depends on the municipality", _CHECKED, crisis=False),
    HelpLine("#9110",        "警察相談専用電話(急ぎではない相談)", "Police consultation, not urgent",
             "平日の日中", "weekdays in the daytime", _CHECKED, crisis=False),
)
# fmt: on


def crisis_lines(lines: Iterable[HelpLine] = HELP_LINES) -> tuple[HelpLine, ...]:
    """The numbers for danger to life or body, in the order in which they are shown."""
    return tuple(line for line in lines if line.crisis)
