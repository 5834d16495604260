"""What all tables share: names of constraints, the kinds of columns, and the row's own identity."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    TextClause,
    TypeDecorator,
    Uuid,
    inspect,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

E = TypeVar("E", bound=Enum)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

CODE_LENGTH = 40
ONLY_WHERE = "kikite_only_where"


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment cannot be kept")
        in_utc = value.astimezone(UTC)
        return in_utc if dialect.name == "postgresql" else in_utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CodeOf(TypeDecorator[E]):
    """A member of one of the rules' enums, kept as its code."""

    impl = String(CODE_LENGTH)
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: E | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(self.members(value).value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> E | None:
        return None if value is None else self.members(value)


class Sealed(LargeBinary):
    """Bytes that only a key opens; the inventory of them is models/rules/sealed_fields.py."""

    cache_ok = True


class Token(LargeBinary):
    """A keyed token: equal values have equal tokens, and without the key ring it says nothing."""

    cache_ok = True


class Base(DeclarativeBase):
    """A table of the main database."""

    metadata = MetaData(naming_convention=NAMES)

    def __init__(self, **given: Any) -> None:
        """A new row. Raises TypeError for what the table does not have."""
        # Nothing was there before: what the columns are given is put down, and not followed value by value as a
        # change would be, which takes several times as long and is on the road of every consultation.
        values, columns = self.__dict__, _columns_of(type(self))
        for name, value in given.items():
            if name in columns:
                values[name] = value
            elif hasattr(type(self), name):
                setattr(self, name, value)
            else:
                message = f"{type(self).__name__} has no {name}"
                raise TypeError(message)

    type_annotation_map = {datetime: UtcMoment(), uuid.UUID: Uuid()}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute


@cache
def _columns_of(kind: type[Base]) -> frozenset[str]:
    return frozenset(inspect(kind).column_attrs.keys())


class Identified(Base):
    """A table whose rows are named by a random id, which tells neither order nor count."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


def one_of(column: str, members: Iterable[Enum]) -> CheckConstraint:
    """The database's own refusal of a code that the rules do not know."""
    codes = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({codes})", name=f"{column}_is_known")


def index_where_given(table: str, *columns: str, name: str = "", is_unique: bool = False) -> Index:
    """An index of those rows alone that have the first column: the others are never looked for by it."""
    given = text(f"{columns[0]} IS NOT NULL")
    name = name or f"{'uq' if is_unique else 'ix'}_{table}_{'_'.join(columns)}"
    return Index(name, *columns, unique=is_unique, **only_where(given))


def only_where(condition: ColumnElement[Any] | TextClause) -> dict[str, Any]:
    """Which rows alone an index is of, on both databases.

    Said to SQLite at once and kept for PostgreSQL: to say it there loads that dialect in every process that answers,
    though only who changes tables needs it (models/schema.py).
    """
    return {"sqlite_where": condition, "info": {ONLY_WHERE: condition}}


def refers_to(target: str) -> ForeignKey:
    """A foreign key that is checked at the end of the transaction, so that a whole case can be added in any order."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")
