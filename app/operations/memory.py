"""What the GNU library is asked about memory; elsewhere there is nothing to ask for."""

from __future__ import annotations

import ctypes
from contextlib import suppress

# M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h.
POOLS_AT_MOST, APART_FROM, GIVEN_BACK_FROM = -8, -3, -1
LARGE = 128 * 1024


def keep_memory_together() -> None:
    """Let threads share their memory pools, and let what is large, or free at the end of a pool, go at once.

    Each thread would keep a pool of its own, though only one runs at a time; and the library would hold on to ever
    larger pieces once it has seen a large one.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(POOLS_AT_MOST, 1)
        library.mallopt(APART_FROM, LARGE)
        library.mallopt(GIVEN_BACK_FROM, LARGE)


def give_memory_back() -> None:
    """Return to the system what a crowd of requests needed for a moment."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
