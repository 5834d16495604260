"""How one of the first tables refers to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def reference(table: str, column: str, *, to: str) -> sa.ForeignKeyConstraint:
    """A column holds another row's id; checked at the end of the transaction, so that rows come in any order."""
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, initially="DEFERRED", deferrable=True)
