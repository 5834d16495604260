"""Where a person is sent back to: only ever a page of this site, whatever an address or a form says."""

from __future__ import annotations

import re

# A browser drops tabs and line ends out of an address and reads a backslash as a slash, so that what looks like a
# path here would lead to another site there.
_A_PATH_OF_OURS = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def inside(address: str | None) -> str:
    """The path when it is one of this site; empty otherwise."""
    path = address or ""
    return path if _A_PATH_OF_OURS.fullmatch(path) else ""
