"""What the GNU library is asked about memory; elsewhere there is nothing to ask for."""

from __future__ import annotations

import ctypes
from contextlib import suppress

POOLS_AT_MOST = -8  # M_ARENA_MAX of malloc.h.


def keep_memory_together() -> None:
    """Let threads share their memory pools; each would keep one of its own, though only one thread runs at a time."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(POOLS_AT_MOST, 1)


def give_memory_back() -> None:
    """Return to the system what a crowd of requests needed for a moment."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
