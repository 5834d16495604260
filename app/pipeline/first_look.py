"""A first look: which of many pieces of work have anything to do, asked of the database in one question.

Nearly always nothing of most of them is due. Each would take the pen and open a transaction to find that out, and ask
in a sentence that is put together anew; the first look is put together once, takes no pen, and is one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Date, Dialect, Integer, Select, String, bindparam, literal, or_, select
from sqlalchemy.types import TypeEngine

from app.pipeline.clock import now, today
from app.pipeline.prepared import Prepared, converted
from app.pipeline.transaction import db
from models.base import UtcMoment

Moment: TypeAlias = datetime | BindParameter[datetime]
Day: TypeAlias = date | BindParameter[date]
Count: TypeAlias = int | BindParameter[int]
Code: TypeAlias = str | BindParameter[str]
AT: BindParameter[datetime] = bindparam("at", type_=UtcMoment())
"""The moment of the look, in a query that is made before anybody looks."""
DAY: BindParameter[date] = bindparam("day", type_=Date())
"""The day of the look, likewise."""
Waiting: TypeAlias = Select[*tuple[Any, ...]]
"""What finds the things that wait for a piece of work, by AT, DAY, and what the rules of the moment say."""
Reasons: TypeAlias = tuple[Waiting, ...]
"""All that a piece of work may begin for: nothing waits for it while none of these finds anything."""


def moment_by_rule(rule: Callable[[], datetime]) -> BindParameter[datetime]:
    """A moment that is worked out at each look."""
    return _by_rule(rule, UtcMoment())


def day_by_rule(rule: Callable[[], date]) -> BindParameter[date]:
    """A day that is worked out at each look."""
    return _by_rule(rule, Date())


def count_by_rule(rule: Callable[[], int]) -> BindParameter[int]:
    """A number that is worked out at each look."""
    return _by_rule(rule, Integer())


def code_by_rule(rule: Callable[[], str]) -> BindParameter[str]:
    """A code that is worked out at each look."""
    return _by_rule(rule, String())


def _by_rule(rule: Callable[[], Any], kind: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam("by_rule", callable_=rule, type_=kind, unique=True)


def at_rest(waiting: Mapping[str, Reasons]) -> frozenset[str]:
    """Of these, by their names, those for which nothing waits at this moment."""
    if not waiting:
        return frozenset()
    connection = db().connection()
    asked, rules = _question(tuple(waiting.items()), connection.dialect)
    values = asked.parameters({name: rule() for name, rule in rules.items()})
    found = connection.exec_driver_sql(asked.words, values).one()
    return frozenset(name for name, waits in zip(waiting, found, strict=True) if not waits)


@lru_cache(maxsize=64)
def _question(
    waiting: tuple[tuple[str, Reasons], ...], dialect: Dialect
) -> tuple[Prepared, Mapping[str, Callable[[], Any]]]:
    """What is always the same is worked out once; the rules say the rest at each look."""
    one = literal(1, literal_execute=True)
    compiled = select(
        *(
            or_(*(query.with_only_columns(one, maintain_column_froms=True).exists() for query in reasons)).label(name)
            for name, reasons in waiting
        )
    ).compile(dialect=dialect)
    names = compiled.bind_names.items()
    rules: dict[str, Callable[[], Any]] = {AT.key: now, DAY.key: today}
    rules |= {name: bind.callable for bind, name in names if bind.callable is not None}
    convert = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in names}
    state = compiled.construct_expanded_state(dict.fromkeys(rules))
    of_lists = {one: convert[name] for name, ones in state.parameter_expansion.items() for one in ones}
    asked = Prepared(
        state.statement,
        None if state.positiontup is None else tuple(state.positiontup),
        {
            name: converted((convert | of_lists).get(name), value)
            for name, value in state.parameters.items()
            if name not in rules
        },
        convert,
        (),
    )
    return asked, {name: rule for name, rule in rules.items() if name in convert}
