"""A changed or new CHECK or UNIQUE, and a new column that refers to another table, of a table that is there already: on both databases.

SQLite changes no constraint by a statement. Making the table anew would lose its CHECKs and touch every table that refers to
it, so the words of the table are changed where SQLite keeps them, which is its own advice for what does not move a stored
byte (its page on ALTER TABLE, last procedure).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

_KEPT_AS_INDEX = re.compile(r"CONSTRAINT \w+ (?:UNIQUE|PRIMARY KEY)")


def check_references() -> None:
    """Check now what is checked at the end of the transaction: PostgreSQL alters no table of which a row waits for it."""
    if op.get_context().dialect.name != "sqlite":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")


def replace_check(table: str, name: str, condition: str) -> None:
    """Give a table's named CHECK another condition. The rows that are there must keep it, or this raises."""
    if op.get_context().dialect.name != "sqlite":
        check_references()
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, condition)
        return
    words = _words_of(table)
    begins = words.index("(", words.index(f"CONSTRAINT {name} CHECK"))
    _keep(table, f"{words[:begins]}({condition}){words[_closing(words, begins) + 1 :]}")


def add_check(table: str, name: str, condition: str) -> None:
    """A new named CHECK of a table that is there. The rows must keep it, or this raises."""
    if op.get_context().dialect.name != "sqlite":
        op.create_check_constraint(op.f(name), table, condition)
        return
    _keep(table, f"{_words_of(table).rstrip()[:-1]}, CONSTRAINT {name} CHECK ({condition}))")


def drop_check(table: str, name: str) -> None:
    """Take a named CHECK away again, before the columns that it speaks of."""
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
        return
    words = _words_of(table)
    begins = words.index(f"CONSTRAINT {name} CHECK")
    ends = _closing(words, words.index("(", begins))
    _keep(table, words[: words.rindex(",", 0, begins)] + words[ends + 1 :])


def drop_unique(table: str, name: str) -> None:
    """Take a named UNIQUE of a table away.

    SQLite keeps one as an index of its own that no statement drops. It is made an ordinary one, which one does; those that
    come after it in the table's words are counted anew, because SQLite finds them by their number.
    """
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="unique")
        return
    words = _words_of(table)
    begins = words.index(f"CONSTRAINT {name} UNIQUE")
    ends = _closing(words, words.index("(", begins))
    columns = words[words.index("(", begins) : ends + 1]
    number = len(_KEPT_AS_INDEX.findall(words[:begins])) + 1
    later = len(_KEPT_AS_INDEX.findall(words[ends:]))
    own = f"sqlite_autoindex_{table}_"
    renamed: dict[str, tuple[str, str | None]] = {
        f"{own}{number}": (name, f"CREATE UNIQUE INDEX {name} ON {table} {columns}")
    }
    renamed |= {f"{own}{one}": (f"{own}{one - 1}", None) for one in range(number + 1, number + later + 1)}
    _keep(table, words[: words.rindex(",", 0, begins)] + words[ends + 1 :], indexes=renamed)
    op.drop_index(name, table)


def add_unique(table: str, name: str, *columns: str) -> None:
    """A new named UNIQUE, last of a table's words. The rows must keep it, or this raises."""
    if op.get_context().dialect.name != "sqlite":
        op.create_unique_constraint(op.f(name), table, list(columns))
        return
    words = _words_of(table).rstrip()
    op.create_index(name, table, list(columns), unique=True)
    kept_as = f"sqlite_autoindex_{table}_{len(_KEPT_AS_INDEX.findall(words)) + 1}"
    words = f"{words[:-1]}, CONSTRAINT {name} UNIQUE ({', '.join(columns)}))"
    _keep(table, words, indexes={name: (kept_as, None)})


def add_reference(table: str, column: str, to: str) -> None:
    """A new column without a value, which refers to another table's id and is checked at the end of the transaction."""
    name = f"fk_{table}_{column}"
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    if op.get_context().dialect.name != "sqlite":
        op.create_foreign_key(op.f(name), table, to, [column], ["id"], initially="DEFERRED", deferrable=True)
        return
    words = _words_of(table).rstrip()
    refers = f"CONSTRAINT {name} FOREIGN KEY({column}) REFERENCES {to} (id) DEFERRABLE INITIALLY DEFERRED"
    _keep(table, f"{words[:-1]}, {refers})")


def drop_reference(table: str, column: str) -> None:
    """Take such a column away again; what indexes and CHECKs say of it goes before."""
    name = f"fk_{table}_{column}"
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="foreignkey")
    else:
        words = _words_of(table)
        begins = words.rindex(",", 0, words.index(f"CONSTRAINT {name} "))
        ends = words.find(", CONSTRAINT", begins + 1)
        _keep(table, words[:begins] + (words[ends:] if ends > 0 else ")"))
    op.drop_column(table, column)


def _words_of(table: str) -> str:
    query = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    return str(op.get_bind().execute(query, {"table": table}).scalar_one())


def _keep(table: str, words: str, *, indexes: Mapping[str, tuple[str, str | None]] | None = None) -> None:
    """Other words for a table and, by their old names, other names and words for indexes of it."""
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :words WHERE type = 'table' AND name = :table"),
        {"words": words, "table": table},
    )
    for index, (index_name, index_words) in (indexes or {}).items():
        connection.execute(
            sa.text("UPDATE sqlite_schema SET name = :name, sql = :words WHERE type = 'index' AND name = :index"),
            {"name": index_name, "words": index_words, "index": index},
        )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    broken = connection.exec_driver_sql(f'PRAGMA integrity_check("{table}")').scalars().all()
    if broken != ["ok"]:
        raise ValueError(f"{table} holds rows that its new words refuse: {broken[:3]}")


def _closing(words: str, begins: int) -> int:
    """Where the bracket closes that opens here; what stands in quotes is passed over."""
    depth, quoted = 0, False
    for place in range(begins, len(words)):
        sign = words[place]
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return place
    raise ValueError("a bracket without an end")
