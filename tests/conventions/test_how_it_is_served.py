"""A server is started alike everywhere, and what goes before it compiles the code that the server then only loads.

Code that the serving process compiles itself leaves holes in memory, five megabytes of every worker.
"""

from __future__ import annotations

import re
import subprocess

import pytest

from benchmarks.servers import SERVICE
from tests.support.source_tree import ROOT

PYTHON = re.compile(r"\.venv/bin/python (.*?) ?-m (?:app (\w+)|(benchmarks)\b)")
FLAGS = " ".join(SERVICE[1 : SERVICE.index("-m")])


def recipe(target: str) -> str:
    """What make would do for a target."""
    return subprocess.run(
        ["make", "--dry-run", "--no-print-directory", target], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def told(text: str) -> list[tuple[str, str]]:
    """Each command of the program in a text, with what Python is told for it."""
    return [(command or other, flags) for flags, command, other in PYTHON.findall(text)]


@pytest.mark.parametrize(
    ("where", "last"), [("run", "serve"), ("bench", "benchmarks"), ("deploy/kikite.service", "serve")]
)
def test_what_goes_before_a_server_compiles_what_the_server_loads(where, last):
    path = ROOT / where
    commands = told(path.read_text(encoding="utf-8") if path.suffix else recipe(where))
    assert [command for command, _ in commands] == ["translations", last]
    # Only the server of a measurement is started by what the target starts.
    assert {flags for command, flags in commands if command != "benchmarks"} == {FLAGS}


def test_the_operator_is_told_to_serve_in_the_same_way():
    served = re.findall(r"python (.*?)-m app serve", (ROOT / "docs/operations.md").read_text(encoding="utf-8"))
    assert served
    assert {flags.strip() for flags in served} == {FLAGS}
