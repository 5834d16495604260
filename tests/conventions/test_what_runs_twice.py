"""A test that runs on one database alone cannot be one that a database could fail."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.database_option import touches_the_database
from tests.support.source_tree import ROOT

TESTS = ROOT / "tests"
KNOWS_THE_RUN = {"getoption", "GIVEN_URL", "KIKITE_TEST_POSTGRES_URL"}
MAY_ASK = {
    # The option itself, the server that it starts, and who starts both.
    "tests/support/database_option.py",
    "tests/support/postgres.py",
    "tests/support/run_suite.py",
    # Asks for the seed of the run.
    "tests/support/drawn.py",
    # Says of a server of its own that the environment can name another.
    "tests/conventions/test_postgres_support.py",
    # Names every variable that the documents explain.
    "tests/conventions/test_documents.py",
    "tests/conventions/test_what_runs_twice.py",
}


def python_files() -> list[Path]:
    return sorted(TESTS.rglob("*.py"))


def words_of(tree: ast.AST) -> set[str]:
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found


def test_only_the_fixture_tells_a_test_which_database_the_run_is_on():
    asking = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if KNOWS_THE_RUN & words_of(ast.parse(path.read_text("utf-8")))
    ]
    assert set(asking) <= MAY_ASK, "ask the fixture database_kind, so that the test runs on both databases"


def test_no_fixture_is_asked_for_while_running_without_naming_the_database():
    """What ``getfixturevalue`` brings is unseen when the tests are chosen; so whoever uses it names
    database_kind, or the application, which asks for it.
    """
    careless = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("test_no_fixture_is_asked"):
                continue
            names = {argument.arg for argument in node.args.args}
            calls = any(isinstance(one, ast.Attribute) and one.attr == "getfixturevalue" for one in ast.walk(node))
            if calls and not names & {"app", "database_kind", "postgres_url"}:
                careless.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not careless, "name database_kind beside request.getfixturevalue, so that the test runs on both databases"


def test_the_tests_of_the_application_touch_a_database(request: pytest.FixtureRequest):
    """The choice itself: with the kept application, directly or not, a test is chosen; without, it is not."""
    items = request.session.items
    chosen = {item.nodeid for item in items if touches_the_database(item)}
    with_app = {item.nodeid for item in items if {"installation", "template", "two_databases"} & set(item.fixturenames)}
    assert with_app <= chosen
    assert request.node.nodeid not in chosen
