"""Other places to turn to in each prefecture: what is shipped, and how a dated row of the secretariat takes its place.

Source: domain, 2.2. What is shipped for a prefecture names its desks and how they are found, and no number: none was
read where it comes from. The secretariat enters numbers as it reads them; each row says when and where that was.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.decision import ALLOWED, Decision, refused
from models.rules.help_lines import HELP_LINES, PUBLIC_DESKS, HelpLine, crisis_lines, every_line
from models.rules.labelled import Labelled
from models.rules.prefectures import PREFECTURES

NEVER_CHANGED = frozenset({"police", "ambulance"})
"""110 and 119 stand in law; nobody takes them off a page by mistake."""

STALE_AFTER = timedelta(days=365)
"""A number that was last looked up longer ago is looked up again."""

FURTHEST_AHEAD = timedelta(days=366)
_A_NUMBER = re.compile(r"[#0-9][0-9-]{1,14}")

# fmt: off
REGIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("北海道・東北", "Hokkaido and Tohoku", PREFECTURES[0:7]),
    ("関東",         "Kanto",               PREFECTURES[7:14]),
    ("中部",         "Chubu",               PREFECTURES[14:23]),
    ("近畿",         "Kinki",               PREFECTURES[23:30]),
    ("中国・四国",   "Chugoku and Shikoku", PREFECTURES[30:39]),
    ("九州・沖縄",   "Kyushu and Okinawa",  PREFECTURES[39:47]),
)
# fmt: on


def _desks_of(number: int, prefecture: str) -> tuple[HelpLine, HelpLine]:
    bureau = f"{prefecture if prefecture == '北海道' else prefecture[:-1]}労働局"
    return (
        HelpLine(
            f"labour-bureau-{number:02}",
            "",
            f"{bureau}の総合労働相談コーナー(職場のこと)",
            f"General labour consultation corner, {bureau}",
            "",
            "",
            None,
            "番号と受付時間を、労働局のページで読んで登録してください。",
            "Read number and hours on the bureau's page, and enter them.",
            prefecture=prefecture,
            find_ja=f"「{bureau} 総合労働相談コーナー」で検索すると、お近くのコーナーが見つかります。無料で相談できます。",
            find_en=f"Search for 「{bureau} 総合労働相談コーナー」 to find the nearest corner. It is free of charge.",
        ),
        HelpLine(
            f"prefecture-{number:02}",
            "",
            f"{prefecture}の労働相談の窓口",
            f"Labour consultation desk of {prefecture}",
            "",
            "",
            None,
            "窓口の名前、番号、受付時間を、都道府県のページで読んで登録してください。",
            "Read name, number and hours on the prefecture's page, and enter them.",
            prefecture=prefecture,
            find_ja=f"「{prefecture} 労働相談」で検索すると、窓口の名前と電話番号が見つかります。",
            find_en=f"Search for 「{prefecture} 労働相談」 to find its name and number.",
        ),
    )


NATIONAL_PLACES: tuple[HelpLine, ...] = (
    *PUBLIC_DESKS,
    HelpLine(
        "kokoro-no-mimi",
        "",
        "働く人の「こころの耳」相談(心の不調・つかれ)",
        "Kokoro no Mimi, for the minds of people who work",
        "",
        "",
        None,
        "厚生労働省のページ(kokoro.mhlw.go.jp/tel-soudan/)はありますが、番号と受付時間は読めていません。",
        "There is a page of the ministry (kokoro.mhlw.go.jp/tel-soudan/); number and hours were not read.",
        find_ja="「こころの耳 電話相談」で検索すると、厚生労働省のページに電話番号と受付時間があります。",
        find_en="Search for 「こころの耳 電話相談」: number and hours are on the ministry's page.",
    ),
)

PREFECTURE_PLACES: tuple[HelpLine, ...] = tuple(
    desk for number, prefecture in enumerate(PREFECTURES, 1) for desk in _desks_of(number, prefecture)
)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a row of the secretariat puts in a line's place from a day on; nothing, where the line is not shown."""

    key: str
    valid_from: date
    line: HelpLine | None


def shipped() -> tuple[HelpLine, ...]:
    """Every line that comes with the software, once."""
    return tuple({line.key: line for line in (*every_line(), *NATIONAL_PLACES, *PREFECTURE_PLACES)}.values())


def amended(lines: Iterable[HelpLine], amendments: Iterable[Amendment], *, day: date) -> tuple[HelpLine, ...]:
    """The lines as they are on a day: of the rows that hold by then, the last one counts."""
    latest: dict[str, HelpLine | None] = {}
    for one in sorted(amendments, key=lambda row: row.valid_from):
        if one.valid_from <= day:
            latest[one.key] = one.line
    found = (latest.get(line.key, line) for line in lines)
    return tuple(line for line in found if line is not None)


def added(amendments: Iterable[Amendment], *, day: date) -> tuple[HelpLine, ...]:
    """The lines of a day that only the secretariat knows."""
    known = {line.key for line in shipped()}
    new = [one for one in amendments if one.key not in known]
    keys = list(dict.fromkeys(one.key for one in new))
    places = [HelpLine(key, "", "", "", "", "", None) for key in keys]
    return tuple(line for line in amended(places, new, day=day) if line.ja)


class ReferralRefusal(Labelled):
    """Why a row cannot be entered."""

    # fmt: off
    NO_NUMBER   = "no_number",   "電話番号か、見つけ方のどちらかを入力してください。",                           "Enter a number, or how to find it."
    BAD_NUMBER  = "bad_number",  "電話番号は、数字とハイフンで入力してください(例: 03-1234-5678、#9110)。",     "Enter the number in digits and hyphens."
    HALF_SEEN   = "half_seen",   "確かめた日と、確かめたページの両方を入力してください。まだなら、両方とも空けてください。", "Enter both the day and the page, or neither."
    NOT_YET     = "not_yet",     "確かめた日は、今日か、それより前の日にしてください。",                         "The day of the check must not lie ahead."
    LONG_AGO    = "long_ago",    "確かめてから1年を過ぎています。もう一度確かめてから登録してください。",         "It was checked over a year ago. Check again first."
    OVER        = "over",        "使い始める日は、今日か、それより後の日にしてください。",                       "The first day must not be over."
    TOO_FAR     = "too_far",     "使い始める日が先すぎます。1年先までの日付を入力してください。",                 "The first day is more than a year ahead."
    LAST_LINE   = "last_line",   "この窓口を隠すと、命や体に危険のある方に出す窓口が、110番と119番のほかに一つも出なくなります。", "Without this line nothing but 110 and 119 would be shown to somebody whose life or body is in danger."
    # fmt: on


def leaves_nobody_to_call(key: str, amendments: Iterable[Amendment], *, day: date) -> bool:
    """Whether hiding a line from a day on would leave whoever is in danger with 110 and 119 alone, then or later."""
    known = tuple(amendments)
    last = max([day, *(one.valid_from for one in known)])
    shown = [line.key for line in crisis_lines(amended(HELP_LINES, known, day=last)) if line.key not in NEVER_CHANGED]
    is_one = key in {line.key for line in crisis_lines()}
    return is_one and not set(shown) - {key}


def is_to_be_checked(line: HelpLine, *, today: date) -> bool:
    """Whether somebody of the association has to look it up: never read, or read too long ago. 110 and 119 stay."""
    return line.key not in NEVER_CHANGED and (line.seen is None or line.seen.on < today - STALE_AFTER)


def is_a_number(text: str) -> bool:
    """Whether this can be dialled: digits and hyphens, or a short number with its sign."""
    return _A_NUMBER.fullmatch(text) is not None


def may_enter(
    *, number: str, find: str, checked_on: date | None, source: str, valid_from: date, today: date
) -> Decision:
    """Whether such a row may be entered: something to call or to look for, and honest about what was checked."""
    refusals = (
        (ReferralRefusal.NO_NUMBER, not (number or find)),
        (ReferralRefusal.BAD_NUMBER, bool(number) and not is_a_number(number)),
        (ReferralRefusal.HALF_SEEN, (checked_on is None) != (not source)),
        (ReferralRefusal.NOT_YET, checked_on is not None and checked_on > today),
        (ReferralRefusal.LONG_AGO, checked_on is not None and checked_on < today - STALE_AFTER),
        (ReferralRefusal.OVER, valid_from < today),
        (ReferralRefusal.TOO_FAR, valid_from > today + FURTHEST_AHEAD),
    )
    return next((refused(reason.code) for reason, holds in refusals if holds), ALLOWED)
