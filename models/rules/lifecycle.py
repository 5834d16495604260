"""What any lifecycle is: rows that say who may do what in which state, and what that makes of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.rules.labelled import Labelled

State = TypeVar("State", bound=Labelled)
Act = TypeVar("Act", bound=Labelled)


@dataclass(frozen=True, slots=True)
class Row(Generic[State, Act]):
    """One line of a lifecycle: while in this state, this act, by whoever holds this permission, makes that state.

    ``event`` is recorded in the same breath, with exactly the facts that the actor ``gives``: identifiers, codes and
    facet tokens, never a person's words. The record must already hold what the row ``needs``; from then on it also
    holds what the row gives and the moments it ``marks`` (each the time of the act itself), and no longer what it
    ``clears``.
    """

    while_in: State
    act: Act
    makes: State
    by: str
    event: str
    gives: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether the act leaves the state as it is."""
        return self.while_in is self.makes

    def missing(self, held: Iterable[str]) -> tuple[str, ...]:
        """What the record lacks for this act, in the order of the row."""
        there = frozenset(held)
        return tuple(fact for fact in self.needs if fact not in there)

    def facts_after(self, held: Iterable[str]) -> frozenset[str]:
        """What the record holds once this act is done."""
        return (frozenset(held) | {*self.needs, *self.gives, *self.marks}) - frozenset(self.clears)


class NotAllowedNow(Exception):
    """The act does not exist in this state; someone else may have acted in the meantime."""

    def __init__(self, lifecycle: str, state: Labelled, act: Labelled) -> None:
        super().__init__(f"{lifecycle}: {act.code} is not allowed while {state.code}")
        self.lifecycle = lifecycle
        self.state = state
        self.act = act


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[State, Act]):
    """A lifecycle: where it begins, where it may rest for good, and every row there is. What is absent is refused.

    ``overtakes`` names what no act leaves standing: a question that was asked about the record as it was before.
    """

    name: str
    begins: State
    ends: frozenset[State]
    rows: tuple[Row[State, Act], ...]
    overtakes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Row[State, Act]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def states(self) -> tuple[State, ...]:
        """Every state, in the order of its enumeration."""
        return tuple(type(self.begins))

    @property
    def acts(self) -> tuple[Act, ...]:
        """Every act that a row uses, in the order of its enumeration."""
        used = {row.act for row in self.rows}
        return tuple(act for act in type(self.rows[0].act) if act in used)

    def acts_from(self, state: State) -> tuple[Row[State, Act], ...]:
        """The rows that lead out of a state (or leave it as it is), in table order."""
        return tuple(row for row in self.rows if row.while_in is state)

    def row_for(self, state: State, act: Act) -> Row[State, Act]:
        """The one row for an act in a state. Raises NotAllowedNow when the table has none."""
        for row in self.rows:
            if row.while_in is state and row.act is act:
                return row
        raise NotAllowedNow(self.name, state, act)

    def allows(self, state: State, act: Act) -> bool:
        """Whether the table has a row for this act in this state."""
        return any(row.while_in is state and row.act is act for row in self.rows)


def each(
    while_in: Iterable[State],
    act: Act,
    makes: State | None,
    by: str,
    event: str,
    *,
    gives: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    marks: tuple[str, ...] = (),
    clears: tuple[str, ...] = (),
) -> tuple[Row[State, Act], ...]:
    """The same row from each of several states; ``makes=None`` leaves each state as it is."""
    return tuple(
        Row(state, act, state if makes is None else makes, by, event, gives, needs, marks, clears) for state in while_in
    )


def row_for(lifecycle: Lifecycle[State, Act], state: State, act: Act) -> Row[State, Act]:
    """The one row for an act in a state. Raises NotAllowedNow when the table has none."""
    return lifecycle.row_for(state, act)


def acts_from(lifecycle: Lifecycle[State, Act], state: State) -> tuple[Row[State, Act], ...]:
    """The rows that lead out of a state (or leave it as it is), in table order."""
    return lifecycle.acts_from(state)
