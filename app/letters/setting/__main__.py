"""Reads a letter as JSON from the pipe and writes its PDF/A; for signs without a glyph it writes those instead.

It runs isolated with an empty environment. The setter knows no clock here: the date in the file is the letter's own.
"""

import json
import re
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_jp
import typst

NO_GLYPH: Final = 3
_NOT_DISPLAYED = re.compile(r'the text `?"(.*?)"`? could not be displayed', re.DOTALL)


def main() -> int:
    """Set the one letter that comes in."""
    made = set_letter(json.load(sys.stdin.buffer))
    if isinstance(made, str):
        sys.stdout.buffer.write(made.encode())
        return NO_GLYPH
    sys.stdout.buffer.write(made)
    return 0


def set_letter(letter: dict[str, Any]) -> bytes | str:
    """The file of a letter; for one with signs without a glyph, those signs."""
    year, month, day = letter["paper"]["date"]
    layout = Path(__file__).with_name(f"layout_{int(letter['layout'])}.typ")
    try:
        return typst.compile(
            layout.read_bytes(),
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(letter["paper"], ensure_ascii=False)},
            pdf_standards="a-2a",
            timestamp=datetime(year, month, day, tzinfo=UTC),
        )
    except typst.TypstError as error:
        found = _NOT_DISPLAYED.search(str(error.message))
        if found is None:
            raise
        return found[1]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[pylopdf_fonts_jp.serif_path().parent],
    )


if __name__ == "__main__":
    sys.exit(main())
