"""Words of a Japanese text, cut by a process of its own on this machine; no worker holds the dictionary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

import structlog

from models.rules.masking.plain import plain
from models.rules.masking.word import Word

LONGEST_WAIT = 15.0
AT_ONCE = 2
APART = Path(__file__).with_name("words_apart.py")

_turn = BoundedSemaphore(AT_ONCE)
_log = structlog.get_logger()


class NoAnalysis(Exception):
    """The process that cuts words did not answer; nothing is said of the text."""


def words_of(original: str) -> tuple[Word, ...]:
    """The words of a text in one width. Raises NoAnalysis when the analysis cannot be had."""
    text = plain(original).text
    if not text.strip():
        return ()
    return tuple(_read(line) for line in _cut(text).split("\n") if line)


def words_if_there_are(original: str) -> tuple[Word, ...] | None:
    """The words of a text, or None when the analysis cannot be had; people are told, and go by the forms alone."""
    try:
        return words_of(original)
    except NoAnalysis:
        _log.warning("words.no_analysis")
        return None


def _cut(text: str) -> str:
    # Isolated, with an empty environment: neither the settings nor a secret of the server reach it.
    command = (sys.executable, "-I", "-B", str(APART))
    if not _turn.acquire(timeout=LONGEST_WAIT):
        raise NoAnalysis
    try:
        done = subprocess.run(  # noqa: S603 - the project's own program; the text goes in by the pipe alone
            command, input=text.encode(), capture_output=True, check=True, timeout=LONGEST_WAIT, env={}
        )
    except (OSError, subprocess.SubprocessError):
        # The error would carry the text or what the process said of it: neither goes any further.
        raise NoAnalysis from None
    finally:
        _turn.release()
    return done.stdout.decode()


def _read(line: str) -> Word:
    start, end, known, reading, parts = line.split("\t")
    return Word(int(start), int(end), tuple(parts.split(",")), reading, is_known=known == "1")
