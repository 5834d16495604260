"""The pages of the desk, grouped as its day is."""

from __future__ import annotations

from app.cases.routes import (
    board,
    case,
    closing,
    consents,
    copies,
    emergency,
    linking,
    masking,
    review,
    search,
    sending,
    triage,
    withdrawing,
)

__all__ = [
    "board",
    "case",
    "closing",
    "consents",
    "copies",
    "emergency",
    "linking",
    "masking",
    "review",
    "search",
    "sending",
    "triage",
    "withdrawing",
]
