"""What a command says to the person who typed it: always in Japanese and in English."""

from __future__ import annotations

import sys


def say(ja: str, en: str) -> None:
    """One thing, in both languages."""
    print(ja)
    print(en, flush=True)


def complain(ja: str, en: str) -> None:
    """The same where errors are read."""
    print(ja, file=sys.stderr)
    print(en, file=sys.stderr, flush=True)


def speak_any_letter() -> None:
    """Let a terminal that lacks Japanese letters show something instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
