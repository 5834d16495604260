"""A question that a module asks again and again: the library puts it together once, and then takes the values alone.

To put a question together costs the library more than to ask it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, Generic, ParamSpec, TypeVar, TypeVarTuple, cast

from sqlalchemy import Result, ScalarResult, bindparam
from sqlalchemy.sql.selectable import TypedReturnsRows

from app.pipeline.transaction import db

P = ParamSpec("P")
T = TypeVar("T")
Columns = TypeVarTuple("Columns")
Asked = TypeVar("Asked", bound=TypedReturnsRows[*tuple[Any, ...]])
Other = TypeVar("Other", bound=TypedReturnsRows[*tuple[Any, ...]])
MANY = ("Sequence[", "Collection[", "Iterable[", "tuple[")


class MadeOnce(Generic[P, Asked]):
    """A question with places for its values; whoever asks it in this transaction hands the values in."""

    def __init__(self, build: Callable[P, Asked]) -> None:
        self._build = build
        self._names = tuple(inspect.signature(build).parameters)

    @cached_property
    def statement(self) -> Asked:
        """The question as the library puts it together."""
        kinds = inspect.get_annotations(self._build)
        places: dict[str, Any] = {
            name: bindparam(name, expanding=str(kinds[name]).startswith(MANY)) for name in self._names
        }
        return cast(Callable[..., Asked], self._build)(**places)

    def changed(self, change: Callable[[Asked], Other]) -> MadeOnce[P, Other]:
        """Another question made of this one, by the same values: locked, limited, or of other columns."""

        @wraps(self._build)
        def build(*args: P.args, **kwargs: P.kwargs) -> Other:
            return change(self._build(*args, **kwargs))

        return MadeOnce(build)

    def scalar(self: MadeOnce[P, TypedReturnsRows[T]], *values: P.args, **named: P.kwargs) -> T | None:
        """The first value that is found."""
        return db().scalar(self.statement, self._given(values, named))

    def scalars(self: MadeOnce[P, TypedReturnsRows[T]], *values: P.args, **named: P.kwargs) -> ScalarResult[T]:
        """All values that are found."""
        return db().scalars(self.statement, self._given(values, named))

    def rows(self: MadeOnce[P, TypedReturnsRows[*Columns]], *values: P.args, **named: P.kwargs) -> Result[*Columns]:
        """All rows that are found, of several columns."""
        return db().execute(self.statement, self._given(values, named))

    def _given(self, values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        given = dict(zip(self._names, values, strict=False)) | named
        if None in given.values() or len(given) != len(self._names):
            raise TypeError(f"{self._build.__qualname__} asks for {', '.join(self._names)}, and for a value of each")
        return given


def made_once(build: Callable[P, Asked]) -> MadeOnce[P, Asked]:
    """Call ``build`` once, with places for its values.

    ``build`` sees places and no values: nothing in it may depend on what a value is, and none may be None, because
    that is another question. A value whose annotation names many of something stands in an IN.
    """
    return MadeOnce(build)
