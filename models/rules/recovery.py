"""The recovery kit of a seat: how many cards there are, how many are needed, and how often they are tried out.

Source: architecture, 4 (the desk seat has an offline recovery kit, so that losing every holder does not lose the cases).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.people import SeatKind

SEATS_WITH_KITS = (SeatKind.DESK, SeatKind.HANDLERS)
"""The seats that open consultations; those of companies begin anew with their people."""


@dataclass(frozen=True, slots=True)
class RecoveryPolicy:
    """How a kit is made and looked after, from a day on."""

    version: str
    valid_from: date
    needed: int
    cards: int
    drill_every: timedelta
    """After this long without a trial the clock reminds."""
    reminded_every: timedelta


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
RECOVERY_POLICIES: tuple[RecoveryPolicy, ...] = (
    #              version    from               needed  cards  tried out every        reminded every
    RecoveryPolicy("2026-11", date(2025, 10, 1), 2,      3,     timedelta(days=182),   timedelta(days=30)),
)
# fmt: on


def recovery_policy_at(moment: datetime, policies: Iterable[RecoveryPolicy] = RECOVERY_POLICIES) -> RecoveryPolicy:
    """The rule in force at a moment."""
    return row_at(moment, policies)


class KitStanding(Labelled):
    """What a kit is good for."""

    # fmt: off
    WHOLE      = "whole",      "すべての世代の鍵を戻せます",                               "Opens everything up to now"
    OLDER_ONLY = "older_only", "席の鍵が新しい世代に替わりました。このカードで戻せるのは、前の世代までです。新しいカードを作ってください。", "The seat has a newer key; this kit opens older things only. Make a new one."
    ENDED      = "ended",      "使えません(終わらせました)",                             "Ended"
    # fmt: on


def standing_of(*, ended: bool, covers_present_epoch: bool) -> KitStanding:
    """Where a kit stands."""
    if ended:
        return KitStanding.ENDED
    return KitStanding.WHOLE if covers_present_epoch else KitStanding.OLDER_ONLY


def drill_is_due(*, made_at: datetime, tried_at: datetime | None, at: datetime) -> bool:
    """Whether a kit should be tried out again; the making of it counts as no trial, and yet begins the term."""
    return at >= (tried_at or made_at) + recovery_policy_at(at).drill_every


class KitRefusal(Labelled):
    """Why it cannot be done; it says what to do instead."""

    # fmt: off
    NOT_A_HOLDER  = "not_a_holder",  "この席の鍵を持つ人だけが作れます。鍵を持つ管理者が申し出て、作ってください。",       "Only a holder of the seat makes its kit."
    NOT_ALL_KEYS  = "not_all_keys",  "前の世代の鍵をまだ受け取っていないため、全部を戻せるカードを作れません。ほかの人から鍵が渡るのを待ってください。", "You do not hold all its older keys yet."
    ENDED         = "ended",         "このカードは、終わらせたため使えません。",                                           "This kit was ended."
    FEW_CARDS     = "few_cards",     "カードの枚数が足りません。別のカードも入力してください。",                           "More cards are needed."
    OTHER_KIT     = "other_kit",     "別の組のカードです。画面に書いてある組の番号と、カードの番号を見比べてください。",   "This card belongs to another kit."
    SAME_CARD     = "same_card",     "同じカードが二度入力されています。別のカードを入力してください。",                   "The same card was typed twice."
    NOT_THE_KEYS  = "not_the_keys",  "カードからは、席の鍵を開けられませんでした。このカードは使わず、新しいカードを作ってください。", "The cards do not open the seat's keys."
    NOT_FIT       = "not_fit",       "この人には、この席の鍵を渡せません。本人の登録が済んでいて、この席に着ける役割の人を選んでください。", "This person cannot hold the seat."
    # fmt: on
