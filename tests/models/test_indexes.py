"""Every index costs a page for each row that is written; none stands there that finds nothing which others do not."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint

from models.registry import metadata


def test_no_index_is_the_beginning_of_another() -> None:
    needless = []
    for table in metadata.sorted_tables:
        whole = {
            str(index.name): [one.name for one in index.columns] for index in table.indexes if not _is_partial(index)
        }
        whole |= {
            str(constraint.name): [one.name for one in constraint.columns]
            for constraint in table.constraints
            if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
        }
        for index in table.indexes:
            own = [one.name for one in index.columns]
            longer = [name for name, columns in whole.items() if name != index.name and columns[: len(own)] == own]
            if longer and not index.unique:
                needless.append(f"{index.name} is the beginning of {longer[0]}")
    assert needless == []


def _is_partial(index: Index) -> bool:
    return index.dialect_options["sqlite"]["where"] is not None
