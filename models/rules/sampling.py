"""Drawing a sample so that anybody can draw the same one again: from a seed that stood in the record before (scenario 7.43).

Each of those that could be drawn is ranked by SHA-256 over the seed and its identifier, and the first so many are the sample.
Nobody can steer it: the seed is random and recorded, with the number and the digest of all that could be drawn, before
anything is ranked, and the ranking depends on nothing else.
What an auditor sees of a case that was drawn: ``permissions`` (audit:read_sample) and ``app/audits/samples.py``.
"""

import hashlib
from collections.abc import Iterable

from models.rules.labelled import Labelled

USUAL_SIZE = 10
LARGEST_SIZE = 50
SEED_BYTES = 16


class SampleOf(Labelled):
    """What is drawn."""

    # fmt: off
    CASES    = "cases",    "相談案件(受け付けた日)",       "Cases, by the day they came"
    REQUESTS = "requests", "会社への正式な要請(出した日)", "Formal requests to companies, by the day they were issued"
    # fmt: on


def drawn(identifiers: Iterable[str], *, seed: str, size: int) -> tuple[str, ...]:
    """The sample, in the order in which it is drawn."""
    return tuple(sorted(set(identifiers), key=lambda one: _rank(seed, one))[:size])


def digest_of_all(identifiers: Iterable[str]) -> str:
    """The digest of all that could be drawn, whatever order they come in."""
    return hashlib.sha256("\n".join(sorted(set(identifiers))).encode()).hexdigest()


def _rank(seed: str, identifier: str) -> bytes:
    return hashlib.sha256(f"{seed}:{identifier}".encode()).digest()
