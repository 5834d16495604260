"""The coverage-guided fuzzer over every sealed format: ``make fuzz SECONDS=3600``.

What reaches lines that nothing reached before is kept in tests/crypto/corpus and tried by every run of the suite. The
first byte of an input chooses the format, the rest is what is opened. Atheris (libFuzzer for Python) stops at the first
input that gives anything but the one error of its format, and writes that input into the corpus' folder.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crypto", "json"]):
    from tests.support.sealed_formats import FORMATS, mutated

CORPUS = Path(__file__).parent.parent / "crypto" / "corpus"
LARGEST_INPUT = 4096
ONE_IN = 2


def try_one(given: bytes) -> None:
    """What the fuzzer calls."""
    if given:
        FORMATS[given[0] % len(FORMATS)].try_to_open(given[1:])


def alter(given: bytes, largest: int, seed: int) -> bytes:
    """Every other time by our own alterations, which begin from something that opens; else by libFuzzer's."""
    if seed % ONE_IN or not given:
        return bytes(atheris.Mutate(given, largest))
    chosen = given[0] % len(FORMATS)
    entropy = seed.to_bytes(4, "big") * 10 + given
    example = FORMATS[chosen].examples[seed % len(FORMATS[chosen].examples)]
    return (bytes([chosen]) + mutated(example, entropy))[:largest]


def main(arguments: list[str]) -> None:
    """Run for as many seconds as the first argument says; what follows goes to libFuzzer as it is."""
    seconds, *more = arguments or ["60"]
    CORPUS.mkdir(exist_ok=True)
    for number, kind in enumerate(FORMATS):
        for example in kind.examples:
            name = f"{kind.name.replace(' ', '-')}-{sha256(bytes([number]) + example).hexdigest()[:8]}"
            (CORPUS / name).write_bytes(bytes([number]) + example)
    limits = [f"-max_total_time={seconds}", f"-max_len={LARGEST_INPUT}", "-timeout=20", "-rss_limit_mb=1024"]
    written = [f"-artifact_prefix={CORPUS}/found-", str(CORPUS), *more]
    atheris.Setup([sys.argv[0], *limits, *written], try_one, custom_mutator=alter)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
