"""One matter of a request: whether the association may still ask for it."""

from __future__ import annotations

from models.exchange import Exchange
from models.request_matter import RequestMatter

OVER_BUT_OWED = frozenset({"no_answer", "finished"})


def is_moot(matter: RequestMatter, exchange: Exchange | None) -> bool:
    """Whether the consultation was taken back, so that the company owes nothing of it any more.

    A case that was concluded for want of an answer is no reason: the company still owes what it did not do.
    """
    if matter.settled_at is not None or exchange is None or exchange.state != "closed":
        return False
    return exchange.closed_because not in OVER_BUT_OWED
