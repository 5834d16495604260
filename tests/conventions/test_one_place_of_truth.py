"""What is worked out from rows and kept beside them, for those who ask often, is written where it is worked out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_tree import ROOT

COMPANY, MEMBERSHIP = "models/company.py", "models/membership.py"
WORKED_OUT = {
    "joined_on": frozenset({COMPANY}),
    "left_on": frozenset({COMPANY}),
    # A membership has a type of its own, of which the company's is worked out.
    "member_type": frozenset({COMPANY, MEMBERSHIP}),
}
"""Which column of a company is written by which modules alone: Company.take_standing, from its memberships."""
NO_MEMBER = "MemberType.NONE"
"""What a company is entered as, before its first membership."""


def written(source: str) -> Iterator[str]:
    """What a module assigns of anything, one by one or several at once, by name, and what it makes a company with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Call):
            yield from _given(node)


def _given(call: ast.Call) -> Iterator[str]:
    named = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
    if named in {"Company", "values"}:
        yield from (one.arg for one in call.keywords if one.arg and ast.unparse(one.value) != NO_MEMBER)
        dicts = [one for one in call.args if isinstance(one, ast.Dict)]
        yield from (key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant))
    elif named == "setattr" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
        yield call.args[1].value


def test_what_a_membership_comes_to_is_written_by_the_company_alone() -> None:
    """Migrations bring over what stood before there were memberships, and are left as they are."""
    wrong = [
        f"{path.relative_to(ROOT)} writes {name}"
        for folder in ("app", "models")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
        for name in written(path.read_text(encoding="utf-8"))
        if name in WORKED_OUT and str(path.relative_to(ROOT)) not in WORKED_OUT[name]
    ]
    assert not wrong, f"Change a Membership and call Company.take_standing: {wrong}"


def test_the_walk_sees_every_way_of_writing() -> None:
    assert set(written("a.left_on = b\na.joined_on, a.c = d\na.e += 1\nf(a.g)")) == {"left_on", "joined_on", "c", "e"}
    assert set(written("Company(member_type=kind, joined_on=a)\nModule.Company(left_on=b)")) == set(WORKED_OUT)
    assert set(written("update(Company).values(member_type=kind)\nf().values({'left_on': a})")) == {
        "member_type",
        "left_on",
    }
    assert set(written("setattr(a, 'member_type', kind)\nMembership(left_on=a)")) == {"member_type"}
    assert set(written("Company(member_type=MemberType.NONE)\nCompany(member_type=MemberType.REGULAR)")) == {
        "member_type"
    }
    assert not set(written("Company(member_type=MemberType.NONE)"))
    assert set(written(Path(ROOT / COMPANY).read_text(encoding="utf-8"))) >= set(WORKED_OUT)
    assert "member_type" in set(written(Path(ROOT / MEMBERSHIP).read_text(encoding="utf-8")))
