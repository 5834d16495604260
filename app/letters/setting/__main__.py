"""Reads a letter as JSON from the pipe and writes its PDF/A; for signs without a glyph it writes those instead.

It runs isolated with an empty environment. The setter knows no clock here: the date in the file is the letter's own.
"""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pylopdf_fonts_jp
import typst

NO_GLYPH: Final = 3
_NOT_DISPLAYED = re.compile(r'the text `?"(.*?)"`? could not be displayed', re.DOTALL)


def main() -> int:
    """Set the one letter that comes in."""
    letter = json.load(sys.stdin.buffer)
    year, month, day = letter["paper"]["date"]
    layout = Path(__file__).with_name(f"layout_{int(letter['layout'])}.typ")
    try:
        made = typst.compile(
            layout.read_bytes(),
            format="pdf",
            font_paths=typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[pylopdf_fonts_jp.serif_path().parent],
            ),
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(letter["paper"], ensure_ascii=False)},
            pdf_standards="a-2a",
            timestamp=datetime(year, month, day, tzinfo=UTC),
        )
    except typst.TypstError as error:
        found = _NOT_DISPLAYED.search(str(error.message))
        if found is None:
            raise
        sys.stdout.buffer.write(found[1].encode())
        return NO_GLYPH
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
