"""Modules and functions stay small enough to read, open with a sentence, and end transactions in one place."""

import ast

import pytest

from app.pipeline.ids import READABLE
from tests.support.source_tree import imports_of, name_of, python_files, tree_of

LONGEST_MODULE = 500
LONGEST_FUNCTION = 60
MIGRATIONS = (
    "models/migrations/versions/",
    "models/migrations/first_tables/",
    "models/key_store_migrations/versions/",
)
ENDS_THE_TRANSACTION = "app/pipeline/transaction.py"
COMMITS = {
    ENDS_THE_TRANSACTION,
    "models/schema.py",  # A migration is not part of any request.
    "app/pipeline/secrets.py",  # The key store is a database of its own, with short transactions of its own.
}
STORES_FOR_GOOD = "app.pipeline.together.store_whole"
MAY_STORE_FOR_GOOD = "app/intake/actions.py"
"""A consultation is all that the request of its sender stores, and is stored with those that others send just then."""
ENDS = {f"app.pipeline.transaction.{name}" for name in ("*", "commit", "committed_first", "roll_back", "transaction")}
ENDS |= {STORES_FOR_GOOD, "app.pipeline.together.*"}
# The request, the pipeline it passes through, and what works by the clock or is typed by an administrator.
MAY_END = ("app/__init__.py", "app/pipeline/", "app/operations/")


def code():
    """Every Python file but the numbered migrations, which are lists of tables and are never changed again."""
    return [path for path in python_files() if not name_of(path).startswith(MIGRATIONS)]


def test_every_module_opens_with_a_sentence():
    # An empty file that only makes a test folder a package has nothing to say.
    silent = [
        name_of(path)
        for path in code()
        if not ast.get_docstring(tree_of(path)) and not (name_of(path).startswith("tests/") and not tree_of(path).body)
    ]
    assert not silent, f"Say in one sentence what the module is: {silent}"


def test_no_module_is_longer_than_a_person_reads():
    long = {
        name_of(path): lines
        for path in code()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert not long, f"More than {LONGEST_MODULE} lines; give the second noun its own file: {long}"


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name_of(path)}::{node.name} ({lines} lines)"
        for path in code()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long, f"More than {LONGEST_FUNCTION} lines; name its steps: {long}"


def test_nothing_commits_but_the_transaction():
    commits = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("app", "models")
        if name_of(path) not in COMMITS and not name_of(path).startswith(MIGRATIONS)
        for node in ast.walk(tree_of(path))
        if ends_a_transaction(node)
    ]
    assert not commits, f"Actions never commit; {ENDS_THE_TRANSACTION} ends the transaction, once: {commits}"


def ends_a_transaction(node: ast.AST) -> bool:
    """A session's or a connection's own ending, called at once or put aside for later, and the same said in SQL."""
    if isinstance(node, ast.Attribute):
        return node.attr == "commit"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "begin"
    words = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return words.strip(" ;").casefold() in {"commit", "end transaction"}


def test_only_the_pipeline_and_the_commands_end_a_transaction():
    """A page, a form, an action and a query, in whatever file, leave it to the request that they are part of."""
    wrong = [
        f"{name_of(path)}:{line} imports {name}"
        for path in python_files("app", "models", "crypto")
        if not name_of(path).startswith(MAY_END)
        for name, line in imports_of(path).items()
        if name in ENDS or name in {"app.pipeline.transaction", "app.pipeline.together"}
        if (name_of(path), name) != (MAY_STORE_FOR_GOOD, STORES_FOR_GOOD)
    ]
    assert not wrong, f"Return for what should be kept, raise for what should not: {wrong}"


def test_no_module_is_a_drawer_for_leftovers():
    drawers = {"utils.py", "helpers.py", "misc.py", "common.py"}
    found = [name_of(path) for path in code() if path.name in drawers]
    assert not found, f"Name the file after the noun it is about: {found}"


def test_every_test_can_fail():
    """A test states a promise by an assertion, an expected refusal, or a function named for what it checks."""
    idle = [
        f"{name_of(path)}::{node.name}"
        for path in python_files("tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not any(states_something(part) for part in ast.walk(node))
    ]
    assert not idle, f"What would make this test fail? {idle}"


def looks_without_waiting(line):
    """A state asked for at this very moment, or an address right after a press, is a race with the browser."""
    asks = line.strip().startswith("assert ") and (".is_visible()" in line or ".is_hidden()" in line)
    return asks or line.strip().startswith(("assert page.url", "assert worker.page.url"))


def test_a_test_of_the_browser_waits_for_what_it_expects():
    hasty = [
        f"{name_of(path)}:{number}"
        for path in python_files("tests")
        if name_of(path).startswith("tests/browser/")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if looks_without_waiting(line)
    ]
    assert not hasty, f"Say expect(...).to_be_visible() or expect(page).to_have_url(...), which wait: {hasty}"


@pytest.mark.parametrize(
    "line",
    [
        "    assert page.get_by_text('x').is_visible()",
        "assert not a.is_hidden()",
        "    assert page.url.endswith('/leave')",
    ],
)
def test_a_hasty_look_is_found(line):
    assert looks_without_waiting(line)


def drawn_in(decorator):
    """The calls in a decorator that give something else in every process."""
    calls = [ast.unparse(node.func) for node in ast.walk(decorator) if isinstance(node, ast.Call)]
    return [name for name in calls if name.rpartition(".")[2] in DRAWN_ANEW or name.startswith(("random.", "secrets."))]


DRAWN_ANEW = frozenset({"uuid4", "uuid1", "new_id", "now", "today", "urandom", "token_hex", "token_bytes"})


def test_the_cases_of_a_test_are_the_same_in_every_process():
    """Each worker of a run collects the tests by itself; cases that are drawn differ, and nothing is run at all."""
    drawn = [
        f"{name_of(path)}::{node.name} draws {found}"
        for path in python_files("tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if "parametrize" in ast.unparse(decorator) and (found := drawn_in(decorator))
    ]
    assert not drawn, f"Write the value down: {drawn}"


def looked_for_in_vain(line):
    """The few letters whose absence a test states, where any number that is drawn may hold them."""
    return [
        node.left.value
        for node in ast.walk(ast.parse(line))
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.NotIn)
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
        and len(node.left.value) < 5
        and set(node.left.value) <= set(READABLE + "-")
        and ast.unparse(node.comparators[0]).endswith((".text", ".html"))
    ]


def test_no_test_states_the_absence_of_letters_that_a_drawn_number_may_hold():
    """``"K-" not in page.text`` fails whenever a number happens to end its first group with K."""
    found = [
        f"{name_of(path)} looks for {letters}"
        for path in python_files("tests")
        if (letters := looked_for_in_vain(path.read_text("utf-8")))
    ]
    assert not found, f"Look for the whole number: {found}"


@pytest.mark.parametrize("line", ['assert "K-" not in page.text', 'assert "34" not in page.html, "why"'])
def test_letters_that_may_be_drawn_are_found(line):
    assert looked_for_in_vain(line)


def states_something(part):
    if isinstance(part, ast.Assert):
        return True
    name = part.attr if isinstance(part, ast.Attribute) else part.id if isinstance(part, ast.Name) else ""
    return name in {"raises", "fail"} or name.startswith(("assert", "expect", "check", "verify"))
