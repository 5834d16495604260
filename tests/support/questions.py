"""What is asked of a database while something happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, event


@dataclass
class Questions:
    """The statements that went through the library, and how often a connection was taken, to ask the driver too."""

    statements: list[str] = field(default_factory=list)
    parameters: list[object] = field(default_factory=list)
    connections: int = 0


@contextmanager
def noted(engine: Engine) -> Iterator[Questions]:
    """Note what is asked of an engine inside."""
    questions = Questions()

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        questions.statements.append(statement)
        questions.parameters.append(parameters)

    def count(*_told: object) -> None:
        questions.connections += 1

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine.pool, "checkout", count)
    try:
        yield questions
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine.pool, "checkout", count)
