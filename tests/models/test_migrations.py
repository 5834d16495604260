"""Migrations lead to exactly the tables, both ways, on whichever database the run is for."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import CheckConstraint, Column, Engine, MetaData, String, inspect, text
from sqlalchemy.exc import DatabaseError

from models import schema
from models.base import UtcMoment
from models.migrations.in_place import add_unique, drop_unique, replace_check
from tests.support.source_tree import ROOT

KEPT_APART = {"key_store"}
"""The tables of the second database."""
SCHEMAS = pytest.mark.parametrize("which", [schema.MAIN, schema.KEY_STORE], ids=["main", "key_store"])


@SCHEMAS
def test_the_newest_migration_is_exactly_the_tables(empty: Engine, which: schema.Schema):
    schema.upgrade(empty, which)
    assert schema.current_revision(empty) == schema.newest_revision(which)
    assert schema.differences(empty, which) == []


def test_every_table_is_in_the_registry():
    # Whoever asks for the whole picture must not depend on what else happens to be imported.
    tables = {path.stem for path in (ROOT / "models").glob("*.py") if "__tablename__ = " in path.read_text("utf-8")}
    registered = set(
        re.findall(r"^from models\.(\w+) import", (ROOT / "models/registry.py").read_text("utf-8"), re.MULTILINE)
    )
    assert tables - KEPT_APART - registered == set()


@SCHEMAS
def test_every_migration_goes_back_and_comes_again(empty: Engine, which: schema.Schema):
    schema.upgrade(empty, which)
    schema.downgrade(empty, which, to="base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    schema.upgrade(empty, which)
    assert schema.differences(empty, which) == []


def codes_of_checks(found: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Each named CHECK with the codes in its words: these are what both databases write alike."""
    return {name: frozenset(re.findall(r"'([^']*)'", words)) for name, words in found}


def checks_of(engine: Engine, table: str) -> dict[str, frozenset[str]]:
    constraints = inspect(engine).get_check_constraints(table)
    return codes_of_checks((str(one["name"]), str(one["sqltext"])) for one in constraints)


@SCHEMAS
def test_every_check_of_the_tables_is_in_the_database_with_its_codes(empty: Engine, which: schema.Schema):
    schema.upgrade(empty, which)
    for table in which[1].sorted_tables:
        constraints = [one for one in table.constraints if isinstance(one, CheckConstraint)]
        wanted = codes_of_checks((str(one.name), str(one.sqltext)) for one in constraints)
        assert checks_of(empty, table.name) == wanted, table.name


def test_a_check_is_given_other_words_and_holds(empty: Engine):
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE t (a VARCHAR(9), b INTEGER, CONSTRAINT ck_t_a CHECK (a IN ('(x', 'y')))"))
        connection.execute(text("CREATE TABLE u (a VARCHAR(9), CONSTRAINT ck_u_a CHECK (a <> 'z'))"))
        connection.execute(text("INSERT INTO t VALUES ('y', 1)"))
        with Operations.context(MigrationContext.configure(connection)):
            replace_check("t", "ck_t_a", "a IN ('y', 'z)')")
    assert checks_of(empty, "t") == {"ck_t_a": frozenset({"y", "z)"})}
    assert checks_of(empty, "u") == {"ck_u_a": frozenset({"z"})}
    with empty.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES ('z)', 2)"))
    with pytest.raises(DatabaseError), empty.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES ('(x', 3)"))


def test_a_check_that_the_rows_break_is_refused(empty: Engine):
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE t (a VARCHAR(9), CONSTRAINT ck_t_a CHECK (a IN ('x', 'y')))"))
        connection.execute(text("INSERT INTO t VALUES ('y')"))
    with (
        pytest.raises((DatabaseError, ValueError)),
        empty.begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        replace_check("t", "ck_t_a", "a IN ('x')")
    assert checks_of(empty, "t") == {"ck_t_a": frozenset({"x", "y"})}


def test_a_unique_is_taken_from_a_table_and_given_back_and_the_others_hold(empty: Engine):
    with empty.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE t (a INTEGER, b VARCHAR(9) NOT NULL, c INTEGER, CONSTRAINT pk_t PRIMARY KEY (b),"
                " CONSTRAINT uq_t_a UNIQUE (a), CONSTRAINT uq_t_c UNIQUE (c))"
            )
        )
        connection.execute(text("INSERT INTO t VALUES (1, 'x', 1)"))
        with Operations.context(MigrationContext.configure(connection)):
            drop_unique("t", "uq_t_a")
    with empty.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (1, 'y', 2)"))
    for broken in ("(3, 'z', 1)", "(3, 'x', 3)"):
        with pytest.raises(DatabaseError), empty.begin() as connection:
            connection.execute(text(f"INSERT INTO t VALUES {broken}"))
    with empty.begin() as connection:
        connection.execute(text("DELETE FROM t WHERE b = 'y'"))
        with Operations.context(MigrationContext.configure(connection)):
            add_unique("t", "uq_t_a", "a")
    assert {str(one["name"]) for one in inspect(empty).get_unique_constraints("t")} == {"uq_t_a", "uq_t_c"}
    with pytest.raises(DatabaseError), empty.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (1, 'y', 2)"))


@pytest.mark.parametrize("act", ["UPDATE audit_record SET name = 'x'", "DELETE FROM audit_record"])
def test_the_database_refuses_to_change_the_record(empty: Engine, act: str):
    schema.upgrade(empty, schema.MAIN)
    with empty.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_record"
                " (id, subject_kind, subject_id, number, name, facts, actor_role, at, key_id, link)"
                " VALUES (:id, 'case', :id, 1, 'case.note', '{}', 'counselor', '2026-11-24 01:00:00', :bytes, :bytes)"
            ),
            {"id": uuid.uuid4().hex, "bytes": b"12345678"},
        )
    with pytest.raises(DatabaseError, match="never changed"), empty.begin() as connection:
        connection.execute(text(act))


def test_a_draft_holds_every_changed_column_by_the_plain_name_of_its_type(empty: Engine, tmp_path: Path):
    folder, tables = schema.MAIN
    scripts = tmp_path / "scripts"
    shutil.copytree(folder, scripts)
    changed = MetaData(naming_convention=tables.naming_convention)
    for table in tables.sorted_tables:
        table.to_metadata(changed)
    changed.tables["lease"].c.holder.type = String(61)
    changed.tables["lease"].append_column(Column("renewed_at", UtcMoment()))
    schema.upgrade(empty, (scripts, changed))
    schema.write_revision(empty, (scripts, changed), message="longer", number="9999")
    draft = (scripts / "versions" / "9999_longer.py").read_text(encoding="utf-8")
    assert "type_=sa.String(length=61)" in draft
    assert "sa.Column('renewed_at', sa.DateTime(timezone=True)" in draft
