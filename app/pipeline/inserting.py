"""Whole new rows as the database's driver takes them: each statement is made once and each value converted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table, inspect
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.base import Base, CodeOf, UtcMoment

Converter = Callable[[Any], Any]
Parameters = tuple[Any, ...] | dict[str, Any]
_KEPT = 32
_ROWS_AT_ONCE = 100


@dataclass(frozen=True)
class Insertion:
    """One statement with the rows that it inserts, ready for the driver."""

    statement: str
    parameters: list[Parameters]


@dataclass(frozen=True)
class _Prepared:
    statement: str
    columns: tuple[tuple[str, Any, Converter | None], ...]
    """Name, value when the row gives none, and conversion of each column, in the statement's order."""
    is_positional: bool

    def insertion(self, rows: Sequence[Base]) -> Insertion:
        """These rows, in one statement where the driver counts its places.

        With every row of its own the interpreter would go to another thread, and come back while all who write wait.
        """
        parameters = [self.parameters(row.__dict__) for row in rows]
        if not self.is_positional:
            return Insertion(self.statement, parameters)
        return Insertion(_for_rows(self.statement, len(rows)), [tuple(chain.from_iterable(parameters))])

    def parameters(self, given: dict[str, Any]) -> Parameters:
        values = []
        for name, default, convert in self.columns:
            value = given.get(name, default)
            values.append(value if convert is None else convert(value))
        if self.is_positional:
            return tuple(values)
        return {name: value for (name, _default, _convert), value in zip(self.columns, values, strict=True)}


def insertions_of(rows: Iterable[Base], dialect: Dialect) -> Iterator[Insertion]:
    """The statements that insert these rows, table after table in the order in which the tables first appear."""
    found: defaultdict[type[Base], list[Base]] = defaultdict(list)
    for row in rows:
        found[type(row)].append(row)
    for kind, rows_of_kind in found.items():
        prepared = _prepared(kind, dialect)
        for begin in range(0, len(rows_of_kind), _ROWS_AT_ONCE):
            yield prepared.insertion(rows_of_kind[begin : begin + _ROWS_AT_ONCE])


@lru_cache(maxsize=128)
def _for_rows(statement: str, count: int) -> str:
    into, values = statement.split(" VALUES ", 1)
    return f"{into} VALUES {', '.join([values] * count)}"


@cache
def _prepared(kind: type[Base], dialect: Dialect) -> _Prepared:
    table = cast(Table, inspect(kind).local_table)
    names = [column.name for column in table.columns]
    compiled = table.insert().compile(dialect=dialect, column_keys=names)
    order = compiled.positiontup if compiled.positiontup is not None else names
    columns = tuple((name, _default(table.columns[name]), _converter(table.columns[name], dialect)) for name in order)
    return _Prepared(str(compiled), columns, is_positional=compiled.positiontup is not None)


def _default(column: Column[Any]) -> Any:
    # A default that is computed, such as a random id, is always given by whoever makes a whole new thing.
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


def _converter(column: Column[Any], dialect: Dialect) -> Converter | None:
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    # One moment stands in a dozen columns of what is made together, and a code is one of a few.
    return lru_cache(maxsize=_KEPT)(convert) if convert and isinstance(column.type, UtcMoment | CodeOf) else convert
