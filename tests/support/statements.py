"""Every statement that changes or finds anything, whether the library says it or the driver's own hand.

Not heard are the beginning of a transaction, SQLite's own orders, and the question by which a process asks whether what
it remembers is still so (app/pipeline/remembered.py): none of them changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Connection, Engine, event

from app.pipeline import transaction
from app.pipeline.inserting import Parameters


@contextmanager
def heard(engines: Iterable[Engine], hear: Callable[[str], object]) -> Iterator[None]:
    """Have each statement heard before it is carried out; what is raised then keeps it from that."""
    listened_to, by_hand = tuple(engines), transaction._by_the_driver

    def by_the_library(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        hear(statement)

    def by_the_driver(statement: str, parameters: Sequence[Parameters], connection: Connection) -> Any:
        hear(statement)
        return by_hand(statement, parameters, connection)

    for engine in listened_to:
        event.listen(engine, "before_cursor_execute", by_the_library)
    try:
        with mock.patch.object(transaction, "_by_the_driver", by_the_driver):
            yield
    finally:
        for engine in listened_to:
            event.remove(engine, "before_cursor_execute", by_the_library)
