"""Every index costs a page for each row that is written; none stands there that finds nothing which others do not."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint

from models.key_store import KeyStoreBase
from models.registry import metadata
from models.schema import for_both_databases


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


def test_an_index_of_some_rows_is_of_the_same_rows_on_both_databases() -> None:
    partial = [
        index
        for tables in (metadata, KeyStoreBase.metadata)
        for table in for_both_databases(tables).sorted_tables
        for index in table.indexes
        if _is_partial(index)
    ]
    assert len(partial) > 30
    for index in partial:
        assert index.dialect_options["postgresql"]["where"] is index.dialect_options["sqlite"]["where"], index.name


def _is_partial(index: Index) -> bool:
    return index.dialect_options["sqlite"]["where"] is not None
