"""How the ledger of consent is read: its lines in order, which of them hold now, and which later line ended one.

Source: domain, 3.8 (each dated, versioned, revocable), 7.12 and 7.20. A line is never changed: a later line of the same
reach, for all companies or for one, takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from models.rules.consent import DEFAULT, Consent, ConsentLevel, ConsentOption, stricter


class Line(Protocol):
    """What the ledger is read by; the company is None for a word about all of them."""

    @property
    def number(self) -> int: ...
    @property
    def company_id(self) -> object | None: ...
    @property
    def level(self) -> ConsentLevel: ...
    @property
    def options(self) -> str: ...


AnyLine = TypeVar("AnyLine", bound=Line)


@dataclass(frozen=True, slots=True)
class Validity(Generic[AnyLine]):
    """A line with the one that ended it; None while it holds."""

    line: AnyLine
    ended_by: AnyLine | None


def options_in(codes: str) -> frozenset[ConsentOption]:
    """The further options that a line names."""
    return frozenset(ConsentOption(code) for code in codes.split())


def history(lines: Iterable[AnyLine]) -> list[Validity[AnyLine]]:
    """Every line, oldest first, with the next one of the same reach, which ended it."""
    ordered = sorted(lines, key=lambda line: line.number)
    return [
        Validity(line, next((later for later in ordered[place:] if later.company_id == line.company_id), None))
        for place, line in enumerate(ordered, start=1)
    ]


def holding(lines: Sequence[AnyLine], company_id: object | None) -> AnyLine | None:
    """The line that holds for this reach, and no other one."""
    own = [line for line in lines if line.company_id == company_id]
    return max(own, key=lambda line: line.number, default=None)


def in_force(lines: Sequence[Line], company_id: object | None = None) -> Consent:
    """What is allowed now: the word for this company, as far as the word for all reaches, and the options.

    Agreeing to a wider copy is also a wider word for all; so whatever is narrower for one company was meant so.
    """
    general = holding(lines, None)
    if general is None:
        return Consent()
    own = holding(lines, company_id) if company_id is not None else None
    level = stricter(own.level, general.level) if own is not None else general.level
    return Consent(level, options_in(general.options))


def provided_on(lines: Sequence[AnyLine], company_id: object) -> AnyLine | None:
    """The line on which something is told to this company: her word for it, or else her word for all."""
    found = holding(lines, company_id) or holding(lines, None)
    return found if found is not None and found.level is not DEFAULT else None
