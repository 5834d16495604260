"""A letter becomes a file: the same letter, the same bytes, whoever asks for it and whenever."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Final

from flask import Flask, current_app, has_app_context

from app.letters.paper import Paper, paragraphs

APART: Final = Path(__file__).with_name("setting") / "__main__.py"
NO_GLYPH: Final = 3
LONGEST_WAIT: Final = 20
PRESS: Final = "kikite_press"
Press = Callable[[Paper], bytes]
LACKING: Final = "\N{APPROXIMATELY EQUAL TO OR THE IMAGE OF}"
"""The one sign of the common Japanese set that the fonts do not have."""


class NotInTheFont(ValueError):
    """Signs that no font of ours has: a letter with a hole where a name stands is never made."""

    def __init__(self, signs: str) -> None:
        super().__init__("signs without a glyph")
        self.signs = signs


class PressStopped(Exception):
    """The file could not be made; why is not told, because it would carry the letter's words."""


def set_as_pdf(paper: Paper) -> bytes:
    """The letter as PDF/A-2a. Raises NotInTheFont for a sign that cannot be set."""
    press: Press | None = current_app.extensions.get(PRESS) if has_app_context() else None
    return (press or _set_apart)(paper)


def use_press(app: Flask, press: Press) -> None:
    """Let an application that makes letters by the thousand set them by itself; a server never carries the setter."""
    app.extensions[PRESS] = press


def set_here(paper: Paper) -> bytes:
    """The same letter, set in this process, which keeps the setter and the font in its memory from then on."""
    setter = import_module("app.letters.setting.__main__")
    made: bytes | str = setter.set_letter(paper.as_data())
    if isinstance(made, str):
        raise NotInTheFont(made)
    return made


def _set_apart(paper: Paper) -> bytes:
    command = (sys.executable, "-I", "-B", str(APART))
    try:
        done = subprocess.run(  # noqa: S603 - the project's own program; the letter goes in by the pipe alone
            command,
            input=json.dumps(paper.as_data()).encode(),
            capture_output=True,
            check=False,
            timeout=LONGEST_WAIT,
            env={},
        )
    except (OSError, subprocess.SubprocessError):
        raise PressStopped from None
    if done.returncode == NO_GLYPH:
        raise NotInTheFont(done.stdout.decode())
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise PressStopped
    return done.stdout


def signs_outside(text: str) -> str:
    """The first signs of a text that no letter can show, or nothing. Common Japanese is known to be there."""
    rest = "".join(sorted({sign for sign in text if not _is_common(sign)}))
    if not rest:
        return ""
    paper = Paper(
        number="-", day=date(2000, 1, 1), title="-", to=(), sender=("-",), pieces=paragraphs("\n\n".join(rest))
    )
    try:
        set_as_pdf(paper)
    except NotInTheFont as missing:
        return missing.signs
    return ""


def _is_common(sign: str) -> bool:
    if sign in "\r\n":
        return True
    if sign in LACKING:
        return False
    try:
        sign.encode("cp932")
    except UnicodeEncodeError:
        return False
    return sign.isprintable()
