"""How a row's sealed column is written and opened: always under the context of its table, column and row."""

from __future__ import annotations

import json
from typing import Any

from crypto import Context, KeyRing, open_text, seal_text
from models.base import Identified
from models.rules.sealed_fields import purpose_of


def context_of(row: Identified, column: str) -> Context:
    """The one place a sealed value opens: this table, column and row, under the purpose that the inventory names."""
    table = row.__tablename__
    return Context(table=table, column=column, row=row.id.hex, purpose=purpose_of(table, column))


def seal_into(row: Identified, column: str, text: str, *, key: bytes) -> None:
    """Put a text, sealed under a compartment's key, into a row's column; the row needs its id first."""
    setattr(row, column, seal_text(text, key=key, context=context_of(row, column)))


def open_from(row: Identified, column: str, *, key: bytes) -> str:
    """The text of a sealed column; CannotOpen under any other key or in any other place."""
    return open_text(getattr(row, column), key=key, context=context_of(row, column))


def seal_answers_into(row: Identified, column: str, answers: dict[str, Any], *, key: bytes) -> None:
    """Put several named answers into one sealed column."""
    seal_into(row, column, json.dumps(answers, ensure_ascii=False, separators=(",", ":")), key=key)


def open_answers(row: Identified, column: str, *, key: bytes) -> dict[str, Any]:
    """The named answers of a sealed column."""
    answers: dict[str, Any] = json.loads(open_from(row, column, key=key))
    return answers


def seal_by_server(row: Identified, column: str, text: str, *, ring: KeyRing) -> None:
    """Put what the server itself must use, such as an officer's mail address, under the key ring."""
    context = context_of(row, column)
    setattr(row, column, ring.seal(text, purpose=context.purpose, context=context))


def open_by_server(row: Identified, column: str, *, ring: KeyRing) -> str:
    """A column that the server itself may use."""
    context = context_of(row, column)
    return ring.open(getattr(row, column), purpose=context.purpose, context=context)
