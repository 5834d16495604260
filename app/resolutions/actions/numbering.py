"""The numbers of the board's notices and resolutions, each series without a gap."""

from __future__ import annotations

from app.letters.actions import next_number

__all__ = ["DECISION_NOTICE", "HEARING_NOTICE", "RESOLUTION", "next_number"]

HEARING_NOTICE = "KBN"
RESOLUTION = "KRS"
DECISION_NOTICE = "KDN"
