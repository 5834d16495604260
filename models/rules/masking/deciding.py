"""What a person makes of a proposal: she takes it, says it otherwise, or leaves what was written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.rules.labelled import Labelled
from models.rules.masking.kinds import Kind, Reason
from models.rules.masking.proposals import Proposal


class Choice(Labelled):
    """What becomes of one proposal."""

    # fmt: off
    TAKE      = "take",      "案のとおり置きかえる",     "Replace it as proposed"
    OTHERWISE = "otherwise", "別の言葉に置きかえる",     "Replace it with other words"
    LEAVE     = "leave",     "そのまま残す",             "Leave it as it is"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Question:
    """One decision: the same words with the same proposal, at every place where they stand."""

    kind: Kind
    reason: Reason
    words: str
    instead: str
    places: tuple[tuple[int, int], ...]


def questions(proposals: Iterable[Proposal]) -> tuple[Question, ...]:
    """The decisions to make, in the order in which they first come up in the text."""
    together: dict[tuple[Kind, str, str], list[Proposal]] = {}
    for proposal in proposals:
        together.setdefault((proposal.kind, proposal.words, proposal.instead), []).append(proposal)
    return tuple(
        Question(same[0].kind, same[0].reason, words, instead, tuple((one.start, one.end) for one in same))
        for (_kind, words, instead), same in together.items()
    )


def rewritten(original: str, decided: Iterable[tuple[Question, str | None]]) -> str:
    """The text with every place of a decided question replaced; None leaves what was written."""
    places = [(start, end, words) for question, words in decided if words is not None for start, end in question.places]
    text = original
    for start, end, words in sorted(places, reverse=True):
        text = text[:start] + words + text[end:]
    return text


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text, and the number of the question about it, where there is one."""

    text: str
    number: int | None = None


def parts_of(original: str, asked: Sequence[Question]) -> tuple[Part, ...]:
    """The text in stretches, so that each place can be shown with the number of its question."""
    places = sorted((start, end, number) for number, one in enumerate(asked, start=1) for start, end in one.places)
    parts: list[Part] = []
    at = 0
    for start, end, number in places:
        parts.append(Part(original[at:start]))
        parts.append(Part(original[start:end], number))
        at = end
    parts.append(Part(original[at:]))
    return tuple(part for part in parts if part.text)
