"""docs/asvs.md: every requirement once, with its level, and nothing is called met without something that shows it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conventions.test_documents import A_PATH, CODE, TOPS, names_in
from tests.support.source_tree import ROOT

PAGE = ROOT / "docs" / "asvs.md"
NUMBERS = Path(__file__).parent / "asvs_numbers.txt"
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([123]) \| (met|does not apply|not met) \| (.+) \|$")
SUMMARY = re.compile(r"^\| ([123]) \| (\d+) \| (\d+) \| (\d+) \|$")
MORE_PLACES = ("deploy", "pyproject.toml", "SECURITY.md")
STATES = ("met", "does not apply", "not met")
SHORTEST_REASON = 15


@dataclass(frozen=True)
class Requirement:
    number: str
    level: str
    state: str
    words: str


def requirements(text: str) -> list[Requirement]:
    return [Requirement(*found.groups()) for line in text.splitlines() if (found := ROW.match(line))]


def faults(text: str) -> list[str]:
    """What is wrong with a page: numbers, levels, what is named, and what is not said."""
    rows = requirements(text)
    wanted = dict(line.split() for line in NUMBERS.read_text(encoding="utf-8").splitlines())
    times = Counter(row.number for row in rows)
    found = [f"{number} stands here {times[number]} times" for number in wanted if times[number] != 1]
    found += [f"{row.number} is no requirement" for row in rows if row.number not in wanted]
    found += [
        f"{row.number} is of level {wanted[row.number]}"
        for row in rows
        if row.number in wanted and wanted[row.number] != row.level
    ]
    found += [f"cannot be read: {line}" for line in text.splitlines() if line.startswith("| V") and not ROW.match(line)]
    shown_before = False
    for row in rows:
        places = [code for code in CODE.findall(row.words) if is_a_place(code)]
        leans = row.words.startswith(("The same ", "As V")) and shown_before
        if row.state == "met" and not places and not leans:
            found.append(f"{row.number} is called met, and nothing is named that shows it")
        if row.state != "met" and len(row.words) < SHORTEST_REASON and not row.words.startswith("As V"):
            found.append(f"{row.number}: say why")
        if row.state == "not met" and "would take" not in row.words and not row.words.startswith("As V"):
            found.append(f"{row.number}: say what it would take")
        found += [f"{row.number}: {place} is not there" for place in places if not is_there(place)]
        shown_before = shown_before or bool(places)
    return found


def is_a_place(code: str) -> bool:
    match = A_PATH.fullmatch(code)
    return bool(match) and (match["path"].split("/")[0] in (*TOPS, *MORE_PLACES))


def is_there(code: str) -> bool:
    match = A_PATH.fullmatch(code)
    assert match is not None
    path, name = ROOT / match["path"], match["name"]
    return path.exists() and (name is None or (path.suffix == ".py" and name in names_in(path)))


def test_every_requirement_stands_once_and_what_is_met_is_shown():
    assert not faults(PAGE.read_text(encoding="utf-8"))


def test_the_summary_counts_what_stands_below_it():
    text = PAGE.read_text(encoding="utf-8")
    counted = Counter((row.level, row.state) for row in requirements(text))
    said = {
        found[1]: tuple(int(number) for number in found.groups()[1:])
        for line in text.splitlines()
        if (found := SUMMARY.match(line))
    }
    assert said == {level: tuple(counted[level, state] for state in STATES) for level in "123"}
    assert sum(counted.values()) == len(NUMBERS.read_text(encoding="utf-8").splitlines())


SOUND = "| V1.1.1 | 2 | met | `app/__init__.py`. |"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("| V1.1.1 | 2 | met | Certainly so. |", "nothing is named"),
        ("| V1.1.1 | 2 | met | `app/nowhere.py`. |", "app/nowhere.py is not there"),
        ("| V1.1.1 | 2 | met | `app/__init__.py::no_such_name`. |", "no_such_name is not there"),
        ("| V1.1.1 | 1 | met | `app/__init__.py`. |", "is of level 2"),
        ("| V1.1.1 | 2 | not met | Nobody has done it so far. |", "what it would take"),
        ("| V1.1.1 | 2 | does not apply | No. |", "say why"),
        ("| V1.1.1 | 2 | perhaps | `app/__init__.py`. |", "cannot be read"),
        (f"{SOUND}\n{SOUND}", "stands here 2 times"),
        ("| V99.9.9 | 2 | met | `app/__init__.py`. |", "is no requirement"),
    ],
)
def test_a_page_that_says_too_much_is_found(row: str, fault: str):
    assert any(fault in one for one in faults(row))


def test_an_honest_row_is_left_alone():
    assert not [one for one in faults(SOUND) if one.startswith("V1.1.1")]
