"""A statement that every act comes by, as the database's driver takes it: made once for each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any] | None


@dataclass(frozen=True)
class Prepared:
    """What the library makes of a statement: its words, and how each value goes in and comes out."""

    words: str
    order: tuple[str, ...] | None
    """The names of the values in their order, where the driver counts its places."""
    fixed: Mapping[str, Any]
    going_in: Mapping[str, Convert]
    coming_out: tuple[Convert, ...]

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """All its values as the driver takes them."""
        given = {name: converted(self.going_in[name], value) for name, value in values.items()}
        given = {**self.fixed, **given}
        return given if self.order is None else tuple(given[name] for name in self.order)

    def row(self, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """One row as the driver gave it, in the values of the columns."""
        return tuple(converted(convert, value) for convert, value in zip(self.coming_out, found, strict=True))


@lru_cache(maxsize=64)
def prepared(statement: Executable, dialect: Dialect) -> Prepared:
    """A statement of a module, which is there for good. What is asked for with it are all its unset bind parameters."""
    compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("what is prepared asks or changes rows")
    kinds = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
    }
    fixed = {
        name: converted(kinds[name], bind.value) for bind, name in compiled.bind_names.items() if not bind.required
    }
    columns = getattr(statement, "selected_columns", ())
    return Prepared(
        compiled.string,
        None if compiled.positiontup is None else tuple(compiled.positiontup),
        fixed,
        kinds,
        tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
    )


def converted(convert: Convert, value: Any) -> Any:
    return value if convert is None else convert(value)
