"""Numbers to call when the desk is not enough: few, and each with what is known of it and what is not (domain 2.2, 7.35).

A row is checked when somebody read its number and its hours on a page of those who answer it; the row says when and
where. Until then it is not yet checked, the row says what is missing, and the desk's page of numbers names it as one
to be checked before anybody is served. What was read for the rows below were stored copies of the pages named.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.rules.labelled import Labelled


class Knowledge(Labelled):
    """How well a row is known."""

    # fmt: off
    CHECKED = "checked", "確かめました",         "Checked"
    NOT_YET = "not_yet", "まだ確かめていません", "Not yet checked"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Seen:
    """Number and hours were read on a page of those who answer, on a day."""

    on: date
    source: str


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One place to call: whom one reaches, when, and where that was read, or what of it nobody has read yet."""

    key: str
    number: str
    ja: str
    en: str
    when_ja: str
    when_en: str
    seen: Seen | None
    missing_ja: str = ""
    missing_en: str = ""
    """What is to be looked up, for the desk."""
    crisis: bool = False
    """Shown at once when words of danger were written; the others are shown among further places to turn to."""
    prefecture: str = ""
    """Where it is for the people of one prefecture alone."""
    find_ja: str = ""
    find_en: str = ""
    """How somebody finds the number, where nobody has read one: a number is never guessed."""

    @property
    def knowledge(self) -> Knowledge:
        """Whether the row was read where it comes from."""
        return Knowledge.CHECKED if self.seen else Knowledge.NOT_YET

    def label(self, locale: str) -> str:
        """Whom one reaches."""
        return self.en if locale.lower().startswith("en") else self.ja

    def when(self, locale: str) -> str:
        """When one reaches them."""
        return self.when_en if locale.lower().startswith("en") else self.when_ja

    def find(self, locale: str) -> str:
        """How to find the number."""
        return self.find_en if locale.lower().startswith("en") else self.find_ja

    def missing(self, locale: str) -> str:
        """What is still to be looked up."""
        return self.missing_en if locale.lower().startswith("en") else self.missing_ja


_READ = date(2026, 11, 27)

# fmt: off
_POLICE_CONSULTATION = HelpLine(
    "police-consultation", "#9110", "警察相談専用電話(急ぎではない相談)", "Police consultation, not urgent",
    "平日の日中", "weekdays in the daytime",
    None, "番号は警察庁のページ(npa.go.jp/goiken/)にあります。受付時間は都道府県の警察で異なり、読めていません。",
    "The number stands on a page of the police (npa.go.jp/goiken/); the hours differ by prefecture and were not read.",
)

HELP_LINES: tuple[HelpLine, ...] = (
    HelpLine("police", "110", "警察(事件・いま危険があるとき)", "Police, emergency", "24時間", "24 hours",
             Seen(_READ, "npa.go.jp/goiken/"), crisis=True),
    HelpLine("ambulance", "119", "救急・消防", "Ambulance and fire", "24時間", "24 hours",
             Seen(_READ, "tfd.metro.tokyo.lg.jp/camp/2022/202210/camp2.html"), crisis=True),
    HelpLine("yorisoi", "0120-279-338", "よりそいホットライン(どんな悩みでも)", "Yorisoi Hotline, any worry, several languages",
             "24時間・通話料無料", "24 hours, free of charge",
             None, "番号も受付時間も、運営する団体のページでは読めていません。岩手・宮城・福島は別の番号といわれます。",
             "Neither number nor hours were read on a page of those who run it; three prefectures are said to have another number.",
             crisis=True),
    HelpLine("inochi", "0120-783-556", "いのちの電話(消えたい気持ちのとき)", "Inochi no Denwa, when you feel like disappearing",
             "毎日16時から21時・通話料無料", "every day 16:00 to 21:00, free of charge",
             None, "番号は加盟する団体のページにありますが、毎日の受付時間は読めていません。",
             "The number stands on a page of a member body; the daily hours were not read.", crisis=True),
    _POLICE_CONSULTATION,
)

# Where somebody turns whose company the association does not write to (domain, 7.10).
PUBLIC_DESKS: tuple[HelpLine, ...] = (
    HelpLine("working-conditions", "0120-811-610", "労働条件相談ほっとライン(働き方・職場のこと)", "Hotline on working conditions",
             "平日17時から22時、土日祝9時から21時・通話料無料", "weekdays 17:00 to 22:00, weekends 9:00 to 21:00, free of charge",
             None, "番号は厚生労働省の2014年のページにありますが、いまの受付時間は読めていません。",
             "The number stands on a page of the ministry of 2014; the hours of today were not read."),
    HelpLine("human-rights", "0570-003-110", "みんなの人権110番(嫌がらせ・差別)", "Human rights line, harassment and discrimination",
             "平日8時30分から17時15分", "weekdays 8:30 to 17:15",
             Seen(_READ, "moj.go.jp/JINKEN/jinken20.html")),
)

# Whom a consumer is shown who complains of a company; no worker is sent there.
CONSUMER_LINES: tuple[HelpLine, ...] = (
    HelpLine("consumers", "188", "消費者ホットライン(お近くの消費生活センター)", "Consumer hotline, the nearest consumer center",
             "自治体により異なります", "depends on the municipality",
             Seen(_READ, "gov-online.go.jp/useful/article/201807/1.html")),
    _POLICE_CONSULTATION,
)
# fmt: on


def crisis_lines(lines: Iterable[HelpLine] = HELP_LINES) -> tuple[HelpLine, ...]:
    """The numbers for danger to life or body, in the order in which they are shown."""
    return tuple(line for line in lines if line.crisis)


def every_line() -> tuple[HelpLine, ...]:
    """Each number of the whole country once."""
    return tuple({line.key: line for line in (*HELP_LINES, *PUBLIC_DESKS, *CONSUMER_LINES)}.values())
