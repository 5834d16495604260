"""The technical log: a constant name and fields from a short list; what is not on the list is left out."""

from __future__ import annotations

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {"event", "level", "timestamp", "kind", "place", "endpoint", "count", "name", "status", "seconds", "attempt", "row"}
)


def init_logging() -> None:
    """One JSON line for each event, on standard output; no address, no cookie, no word of anybody."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=True,
    )


def only_allowed(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    """Leave out whatever is not on the list, so that a careless field cannot leak."""
    return {name: value for name, value in fields.items() if name in ALLOWED}
