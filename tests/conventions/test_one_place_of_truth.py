"""What is worked out from rows and kept beside them, for those who ask often, is written where it is worked out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_tree import ROOT

WORKED_OUT = {"joined_on": "models/company.py", "left_on": "models/company.py"}
"""Which column of a company is written by which module alone: Company.take_standing, from its memberships."""


def written(source: str) -> Iterator[str]:
    """The attributes that a module assigns, one by one or several at once."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def test_what_a_membership_comes_to_is_written_by_the_company_alone() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} writes {name}"
        for folder in ("app", "models")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in written(path.read_text(encoding="utf-8"))
        if WORKED_OUT.get(name, str(path.relative_to(ROOT))) != str(path.relative_to(ROOT))
    ]
    assert not wrong, f"Change a Membership and call Company.take_standing: {wrong}"


def test_the_walk_sees_every_way_of_writing() -> None:
    assert set(written("a.left_on = b\na.joined_on, a.c = d\na.e += 1\nf(a.g)")) == {"left_on", "joined_on", "c", "e"}
    assert {"left_on", "joined_on"} <= set(written(Path(ROOT / "models/company.py").read_text(encoding="utf-8")))
