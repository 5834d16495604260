"""What the public may know: the list and the status behind one number, the same as data, and as a signed statement."""

from app.registry.queries.feed import SHAPE, feed
from app.registry.queries.listing import (
    Entry,
    Published,
    StatusAnswer,
    listed,
    published_revocations,
    status_behind,
)
from app.registry.queries.statements import (
    LONGEST,
    Read,
    keys_as_data,
    public_keys,
    read_statement,
    statement_of,
    status_of,
)

__all__ = [
    "LONGEST",
    "SHAPE",
    "Entry",
    "Published",
    "Read",
    "StatusAnswer",
    "feed",
    "keys_as_data",
    "listed",
    "public_keys",
    "published_revocations",
    "read_statement",
    "statement_of",
    "status_behind",
    "status_of",
]
