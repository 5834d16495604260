"""What the desk keys for somebody: how the words were confirmed, and whether it was she herself who spoke.

A complaint by a consumer is no consultation and is not keyed: ``app/phone_desk/actions/complaints.py`` counts it.

Source: domain, 1.3 (phone desk), 3.2 (IC-), 3.8 (raising the level needs the consulter's own act) and 7.39.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from models.rules.consent import DEFAULT, ConsentLevel
from models.rules.labelled import Labelled
from models.rules.taxonomy.intake_route import TYPED_BY_THE_CONSULTER, IntakeRoute


class ReadBack(Labelled):
    """How the words that were keyed were confirmed."""

    # fmt: off
    READ_ALOUD = "read_aloud", "読み返して、本人に確かめた",         "Read back to the person"
    COMPARED   = "compared",   "書かれたものと見比べて確かめた",     "Compared with what was written"
    NOT_YET    = "not_yet",    "確かめられなかった(通話が切れたなど)", "Not confirmed, for example because the call ended"
    # fmt: on


class Source(Enum):
    """Whose words they are, and how they reached the desk."""

    HER_VOICE = "her_voice"
    HER_HAND = "her_hand"
    SOMEBODY_ELSE = "somebody_else"


@dataclass(frozen=True, slots=True)
class WayIn:
    """What belongs to one way in: whose words they are, and how they may be confirmed."""

    source: Source
    read_backs: tuple[ReadBack, ...]

    @property
    def is_spoken(self) -> bool:
        """Whether there is somebody at the other end to whom things are read out."""
        return self.source is not Source.HER_HAND


_R = IntakeRoute
_B = ReadBack

# Somebody else may tell us of her, and cannot consent for her: whatever came by way of the officer or of a third party
# stays at CN-0 until she herself raises it with her receipt.
# fmt: off
WAYS_IN: Mapping[IntakeRoute, WayIn] = MappingProxyType({
    #                        whose words           confirmed by
    _R.PHONE_DESK:  WayIn(Source.HER_VOICE,     (_B.READ_ALOUD, _B.NOT_YET)),
    _R.LETTER:      WayIn(Source.HER_HAND,      (_B.COMPARED, _B.NOT_YET)),
    _R.VISIT:       WayIn(Source.HER_VOICE,     (_B.READ_ALOUD, _B.NOT_YET)),
    _R.KEYED:       WayIn(Source.HER_VOICE,     (_B.READ_ALOUD, _B.COMPARED, _B.NOT_YET)),
    _R.EMAIL:       WayIn(Source.HER_HAND,      (_B.COMPARED, _B.NOT_YET)),
    _R.VIA_OFFICER: WayIn(Source.SOMEBODY_ELSE, (_B.READ_ALOUD, _B.COMPARED, _B.NOT_YET)),
    _R.THIRD_PARTY: WayIn(Source.SOMEBODY_ELSE, (_B.READ_ALOUD, _B.COMPARED, _B.NOT_YET)),
})
# fmt: on

KEYED_ROUTES = tuple(route for route in IntakeRoute if route not in TYPED_BY_THE_CONSULTER)


def may_be_told_at_intake(route: IntakeRoute, level: ConsentLevel) -> bool:
    """Whether this level may be entered for what came this way: anything she said herself, nothing that others said."""
    way = WAYS_IN.get(route)
    return way is None or way.source is not Source.SOMEBODY_ELSE or level is DEFAULT
