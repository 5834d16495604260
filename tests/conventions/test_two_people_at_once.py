"""Whoever acts on a page that has changed meanwhile is told so: every view that changes something shared compares."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from models.rules.permissions import Kind, Permission, kind_of
from tests.support.source_tree import ROOT

SHARED = frozenset({"adviser", "case", "report", "response", "escalation", "resolution", "mailbox"})
COMPARES = frozenset({"asked", "must_be_as_seen", "find_as_seen"})

# Each of these may be done on a page of any age, and why.
NEEDS_NO_COMPARISON = {
    "advisers.advise": "adds a note that nobody else's act depends on",
    "advisers.promise": "notes the first promise, and only the first",
    "advisers.recuse": "gives back the own access, once, whatever else has changed",
    "attachments.desk_give": "adds files that nobody else's act depends on",
    "attachments.desk_offer": "asks about one file that never changes, once for each company, under the consent of now",
    "attachments.desk_remove": "takes away one file of the desk's own, once",
    "attachments.office_give": "adds files that nobody else's act depends on",
    "attachments.office_remove": "takes away one file of the office's own, once",
    "attachments.own_decide": "decides about one file that never changes and still waits for her word, once",
    "attachments.own_give": "what a consulter gives always arrives",
    "attachments.own_remove": "takes away one file of her own, once",
    "cases.link": "adds a line that nobody else's act depends on, once",
    "cases.note": "adds a line that nobody else's act depends on",
    "cases.pick_company": "searches and changes nothing",
    "cases.unlink": "takes back one link, once",
    "cases.propose_masking": "looks through a text and stores nothing",
    "cases.take_masking": "fills in the form of the copy, which compares before it stores",
    "cases.search_words": "looks through what one may open and changes nothing",
    "certifications.stop_use": "confirms one place, once, whatever else has changed",
    "duty.acknowledge": "says that one alarm was heard; it stays with whoever said so first",
    "intake.send": "makes a case that was not there before, once for each check page",
    "intake.write": "reads back and stores nothing",
    "phone_desk.lost_code": "whatever else has changed, whoever answers the agreed questions gets her new code",
    "phone_desk.repeat": "notes the first repetition of a code, and only the first",
    "mailbox.write": "what a consulter writes always arrives",
    "mailbox.wish_erasure": "what a consulter writes always arrives",
    "mailbox.leave": "ends her own session",
    "resolutions.new_meeting": "makes a meeting that was not there before",
    "resolutions.interest": "a declared interest holds whatever has changed",
    "watch.answer": "answers one question, once, whatever else has changed",
    "merging.merge": "locks both cases and looks at them as they are then",
    "watch.tell": "begins a case of its own, once for each sheet",
    "watch.see": "says that one answer was seen; it stays seen",
    "responses.discard": "throws away what the office began, on purpose",
    "responses.keep": "compares the draft, which is what a colleague may have changed, and not the matter",
    "responses.print_": "numbers a copy of what was approved, which never changes",
    "responses.open_": "notes the first opening, and only the first",
}


def views() -> Iterator[tuple[str, ast.FunctionDef, dict[str, ast.FunctionDef]]]:
    """Every view that takes a POST and asks for a permission that changes something shared."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        if not (path.stem.endswith("routes") or path.parent.name == "routes"):
            continue
        functions = {
            node.name: node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        for name, function in functions.items():
            decorators = [ast.unparse(one) for one in function.decorator_list]
            if any("blueprint.post" in one or "'POST'" in one for one in decorators) and _changes_shared(decorators):
                yield f"{_slice_of(path)}.{name}", function, functions


def _slice_of(path: Path) -> str:
    return path.relative_to(ROOT / "app").parts[0]


def _changes_shared(decorators: list[str]) -> bool:
    asked = [found for one in decorators for found in re.findall(r"Permission\.(\w+)", one)]
    permissions = [Permission[name] for name in asked]
    return any(one.resource in SHARED and kind_of(one) is Kind.WRITE for one in permissions)


def compares(function: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> bool:
    """Whether a view, or a helper beside it that it calls, compares the version that the page showed."""
    waiting, looked_at = [function], set()
    while waiting:
        here = waiting.pop()
        looked_at.add(here.name)
        called = {
            node.func.id for node in ast.walk(here) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        if called & COMPARES:
            return True
        waiting += [functions[name] for name in called if name in functions and name not in looked_at]
    return False


def test_every_view_that_changes_something_shared_compares_what_was_read() -> None:
    silent = [name for name, function, functions in views() if not compares(function, functions)]
    unexplained = sorted(set(silent) - NEEDS_NO_COMPARISON.keys())
    assert not unexplained, (
        "Another person may have acted since this page was opened. Take a ChangingForm and ask must_be_as_seen() "
        f"before the action, or say above why it needs none: {unexplained}"
    )
    gone = sorted(NEEDS_NO_COMPARISON.keys() - set(silent))
    assert not gone, f"These compare by now, or are gone; strike them from the list: {gone}"


def test_the_walk_sees_the_views_at_all() -> None:
    assert len(list(views())) > 50
