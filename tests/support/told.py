"""Where each scenario of a case and of a certification is told and seen: read from the tests, written into the docs.

``python -m tests.support.told`` writes the table of docs/scenarios.md anew; a convention compares it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_tree import ROOT

DOCUMENT = ROOT / "docs" / "scenarios.md"
BEGIN, END = "<!-- told: begin -->", "<!-- told: end -->"
OF_A_CASE = tuple(f"7.{number}" for number in (*range(1, 23), *range(34, 43), 44, 46, 47))
"""The scenarios that speak of a case; the others tell of certification, the board, keys and erasure."""
OF_A_CERTIFICATION = tuple(f"7.{number}" for number in (*range(23, 34), 43, 48))
"""Those of certification, of the board and of its proof; the road as a whole is seen in a browser, not each of them."""
SEEN_BY_NOBODY = {"7.2": "画面のことではない / not a matter of pages"}
"""Of what no person sees a page, and why."""
AT_THE_BROWSER = "tests/browser/test_scenarios.py"
GIVEN = re.compile(r"\b(7\.\d+): Given\b")
SEEN_HERE = re.compile(r"^Seen here: (7\.\d+(?:, 7\.\d+)*)\.$", re.MULTILINE)


def _functions(folder: str) -> Iterator[tuple[str, str, str]]:
    """File, name and docstring of every function in a folder of tests."""
    for path in sorted((ROOT / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path.relative_to(ROOT).as_posix(), node.name, ast.get_docstring(node) or ""


def told() -> dict[str, list[str]]:
    """The journeys of each scenario, as file::name."""
    found: dict[str, list[str]] = {}
    for folder in ("tests/journeys", "tests/browser"):
        for file, name, says in _functions(folder):
            for number in GIVEN.findall(says):
                found.setdefault(number, []).append(f"{file}::{name}")
    return found


def shown_again() -> set[str]:
    """The scenarios whose journeys a browser walks (SEEN of the test)."""
    for node in ast.walk(ast.parse((ROOT / AT_THE_BROWSER).read_text(encoding="utf-8"))):
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SEEN" and node.value is not None:
            return {
                one.value
                for one in ast.walk(node.value)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    raise LookupError(f"no SEEN in {AT_THE_BROWSER}")


def seen() -> dict[str, list[str]]:
    """The browser tests in which somebody sees each scenario, as file::name."""
    found = {number: [f"{AT_THE_BROWSER}::test_a_scenario_is_seen_page_for_page"] for number in shown_again()}
    for file, name, says in _functions("tests/browser"):
        numbers = [*GIVEN.findall(says), *(one for line in SEEN_HERE.findall(says) for one in line.split(", "))]
        for number in numbers:
            found.setdefault(number, []).append(f"{file}::{name}")
    return found


def table() -> str:
    """The rows as they stand in the document."""
    journeys, browser = told(), seen()
    rows = [
        f"| {number} | {_codes(journeys.get(number, []))} |"
        f" {_codes(browser.get(number, [])) or SEEN_BY_NOBODY.get(number, '')} |"
        for number in (*OF_A_CASE, *OF_A_CERTIFICATION)
    ]
    head = ("| | 旅として / Told as a journey | ブラウザーで / Seen in a browser |", "| --- | --- | --- |")
    return "\n".join((BEGIN, "", *head, *rows, "", END))


def _codes(places: list[str]) -> str:
    return ", ".join(f"`{place}`" for place in places)


def written(text: str) -> str:
    """The document with the table of now."""
    return re.sub(f"{BEGIN}.*{END}", lambda _old: table(), text, flags=re.DOTALL)


def main(document: Path = DOCUMENT) -> int:
    """Write the table anew; gives the exit status."""
    document.write_text(written(document.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
