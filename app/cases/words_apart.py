"""A process of its own that cuts a text into words: the text comes in by a pipe, and the words leave by another.

It is started for one text and ends with it. So a dictionary of a hundred megabytes lies in no worker, and what a person
wrote is in memory for a moment and nowhere else: no file, no argument, no environment, no core dump.

Started as a file, without the project on its path; it imports nothing of the project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sudachipy import Dictionary, SplitMode

# The analyser takes 49,149 bytes at once, and a sign takes three of them.
MOST_AT_ONCE = 12_000
ENDS = "\n。"


def without_a_dump() -> None:
    """If this process fails, the system keeps no picture of its memory."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces that the analyser takes, cut behind a sentence where there is one."""
    start = 0
    while start < len(text):
        end = min(start + MOST_AT_ONCE, len(text))
        if end < len(text):
            cut = max(text.rfind(sign, start, end) for sign in ENDS)
            end = cut + 1 if cut > start else end
        yield start, text[start:end]
        start = end


def lines(text: str) -> Iterator[str]:
    """One line for each word: where it begins and ends, whether the dictionary knows it, its reading, its parts."""
    tokenizer = Dictionary(dict="small").tokenizer(SplitMode.C)
    for start, piece in pieces(text):
        at = start
        for word in tokenizer.tokenize(piece):
            end = at + len(word.surface())
            known = "0" if word.is_oov() else "1"
            reading = word.reading_form().replace("\t", " ").replace("\n", " ")
            yield f"{at}\t{end}\t{known}\t{reading}\t{','.join(word.part_of_speech()[:4])}\n"
            at = end


if __name__ == "__main__":
    without_a_dump()
    written = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write("".join(lines(written)).encode())
