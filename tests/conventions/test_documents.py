"""What the documents say is there: links, paths, functions, commands, settings, and the glossary's words."""

import ast
import re
from functools import cache
from html import unescape
from importlib import import_module
from pathlib import Path

import pytest

from app.operations.settings import SETTINGS
from models.rules.labelled import Labelled
from tests.support.screenshots import SHOTS
from tests.support.source_tree import ROOT, name_of, project_files, text_of, tree_of

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r'<img\b[^>]*\bsrc="([^"]+)"')
IMAGE_TAG = re.compile(r"<img\b[^>]*>")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
TOPS = ("app", "models", "crypto", "templates", "tests", "docs", "requirements", "benchmarks", "config.py", ".ci")
A_PATH = re.compile(r"(?P<path>[\w.-]+(?:/[\w.-]+)*/?)(?:::(?P<name>\w+))?")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
COMMAND = re.compile(r"python -m app ([a-z][a-z-]*)")
SETTING = re.compile(r"\bKIKITE_([A-Z_]+)\b")
MEMBER = re.compile(r"^([A-Z]\w+)\.([A-Z][A-Z0-9_]*)$")
ENVIRONMENT_OF_THE_TESTS = {"KIKITE_CHROMIUM", "KIKITE_SECRETS_DIR", "KIKITE_POSTGRES", "KIKITE_TEST_POSTGRES_URL"}
LONGEST_DECISION = 60


def documents() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def both_readmes() -> tuple[str, str]:
    return (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / "README.ja.md").read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """The document without its blocks of code."""
    return FENCE.sub("", text_of(path) or "")


def anchor_of(heading: str) -> str:
    """The anchor under which a heading is linked to, as the common renderers make it."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.strip().replace(" ", "-")


def anchors_in(path: Path) -> set[str]:
    return {anchor_of(line.lstrip("# ")) for line in prose(path).splitlines() if line.startswith("#")}


def links_in(path: Path) -> list[str]:
    text = prose(path)
    found = [unescape(target) for target in [*LINK.findall(text), *IMAGE.findall(text)]]
    return [target for target in found if "://" not in target and not target.startswith("mailto:")]


def broken(path: Path, target: str) -> bool:
    file, _, anchor = target.partition("#")
    there = (path.parent / file).resolve() if file else path
    return not there.exists() or (bool(anchor) and there.suffix == ".md" and anchor not in anchors_in(there))


def test_every_link_of_a_document_leads_somewhere():
    dead = [f"{name_of(path)}: {target}" for path in documents() for target in links_in(path) if broken(path, target)]
    assert not dead, f"Correct the link, or run `make screenshots` for the tour's pictures: {dead}"


def test_every_picture_says_in_words_what_it_shows():
    mute = [
        f"{name_of(path)}: {found}"
        for path in documents()
        for found in [*re.findall(r"!\[\]\([^)]+\)", prose(path)), *IMAGE_TAG.findall(prose(path))]
        if not re.search(r'alt="[^"]+"', found)
    ]
    assert not mute, f"Who cannot see the picture reads its alt text: {mute}"


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a module defines: functions, classes with what is in them, and values."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return frozenset(found)


def mentions(path: Path) -> list[tuple[str, str | None]]:
    """Every path of the repository that the document writes as code, with the name after ``::`` where there is one."""
    found = []
    for code in CODE.findall(prose(path)):
        match = A_PATH.fullmatch(code)
        if match and match["path"].split("/")[0] in TOPS and ("/" in match["path"] or match["path"] in TOPS):
            found.append((match["path"], match["name"]))
    return found


def test_every_path_and_function_that_a_document_names_exists():
    wrong = []
    for path in documents():
        for place, name in mentions(path):
            there = ROOT / place
            if not there.exists():
                wrong.append(f"{name_of(path)}: {place} is not there")
            elif name and (there.suffix != ".py" or name not in names_in(there)):
                wrong.append(f"{name_of(path)}: {place} has no {name}")
    assert not wrong, "\n".join(wrong)


def test_a_document_that_names_what_is_not_there_is_found(tmp_path):
    document = tmp_path / "wrong.md"
    document.write_text("Read [this](nowhere.md), `models/rules/case_lifecycle.py::no_such_rule`.", encoding="utf-8")
    assert broken(document, *links_in(document))
    ((place, name),) = mentions(document)
    assert (ROOT / place).exists()
    assert name not in names_in(ROOT / place)


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        (name_of(path), target)
        for path in documents()
        for code in [*CODE.findall(prose(path)), *FENCE.findall(text_of(path) or "")]
        for target in MAKE.findall(code)
    }
    assert named
    assert not {(name, target) for name, target in named if target not in targets}


def test_every_setting_that_a_document_names_is_read():
    known = {f"KIKITE_{field.upper()}" for field in SETTINGS} | ENVIRONMENT_OF_THE_TESTS
    unknown = [
        f"{name_of(path)}: {found.group(0)}"
        for path in documents()
        for found in SETTING.finditer(text_of(path) or "")
        if found.group(0) not in known
    ]
    assert not unknown, f"config.py reads no such setting: {unknown}"


def test_every_command_that_a_document_names_exists():
    sources = "".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "app/operations").glob("*commands.py"))
    )
    known = set(re.findall(r"\badd\(\s*\"([a-z-]+)\"", sources))
    named = {(name_of(path), typed) for path in documents() for typed in COMMAND.findall(text_of(path) or "")}
    assert named
    assert not {(name, typed) for name, typed in named if typed not in known}


def commands_in(text: str) -> list[str]:
    """What a person is told to type, in order, without the words beside it."""
    lines = [line for block in FENCE.findall(text) for line in block.splitlines()[1:-1]]
    return [typed for line in lines if (typed := line.split("#")[0].strip()).startswith("make")]


def test_both_readmes_tell_the_same_commands():
    english, japanese = map(commands_in, both_readmes())
    assert english[:2] == ["make run", "make test"]
    assert japanese == english


def test_both_readmes_lead_to_the_same_places():
    english, japanese = ([place for place, _name in mentions(ROOT / name)] for name in ("README.md", "README.ja.md"))
    assert sorted(set(english)) == sorted(set(japanese))


def test_the_tour_shows_exactly_the_pictures_that_are_taken():
    taken = {f"docs/pictures/{shot.file}" for shot in SHOTS}
    for text in both_readmes():
        shown = set(re.findall(r"docs/pictures/tour-[\w-]+\.png", text))
        assert shown == taken


@cache
def enumerations() -> dict[str, type[Labelled]]:
    """Every enumeration of the rules, by its name."""
    for path in project_files():
        name = name_of(path)
        if name.startswith("models/rules/") and path.suffix == ".py" and path.name != "__init__.py":
            import_module(name.removesuffix(".py").replace("/", "."))
    of_the_rules = (each for each in Labelled.__subclasses__() if each.__module__.startswith("models."))
    return {each.__name__: each for each in of_the_rules}


def glossary_rows() -> list[tuple[str, str, str]]:
    """Each row of the glossary: its Japanese, its English, and its name in the code."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    named = [(row[0], row[1], match[1]) for row in rows if (match := re.fullmatch(r"`([^`]+)`", row[3]))]
    assert named
    return named


@pytest.mark.parametrize(
    ("ja", "en", "member"), [(ja, en, name) for ja, en, name in glossary_rows() if MEMBER.match(name)]
)
def test_the_glossary_says_what_the_code_shows(ja, en, member):
    enumeration, name = member.split(".")
    found = enumerations()[enumeration][name]
    assert (ja, en) == (found.ja, found.en)


def test_every_row_of_the_glossary_names_something_in_the_code():
    assert all(MEMBER.match(name) or (ROOT / name).exists() for _ja, _en, name in glossary_rows())


def decisions() -> list[Path]:
    return [path for path in documents() if name_of(path).startswith("docs/decisions/0")]


def test_every_decision_says_its_context_its_choice_and_its_cost():
    assert decisions()
    for path in decisions():
        text = text_of(path) or ""
        assert all(f"**{part}.**" in text for part in ("Context", "Choice", "Cost")), name_of(path)
        assert len(text.splitlines()) <= LONGEST_DECISION, f"{name_of(path)} is longer than a page"


def test_every_decision_is_numbered_without_a_gap_and_listed():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [int(path.name[:4]) for path in decisions()] == list(range(1, len(decisions()) + 1))
    assert not [path.name for path in decisions() if f"({path.name})" not in index]


def test_every_document_is_reached_from_the_index():
    reached, waiting = set(), [ROOT / "README.md", ROOT / "docs" / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md" or not path.exists():
            continue
        reached.add(path)
        waiting += [(path.parent / target.partition("#")[0]).resolve() for target in links_in(path)]
    lost = [name_of(path) for path in documents() if path not in reached and name_of(path).startswith("docs/")]
    assert not lost, f"Link to it from docs/README.md: {lost}"


def places_of_scenarios() -> dict[str, set[str]]:
    """For each number in docs/scenarios.md the files that its rows name."""
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for numbers, row in re.findall(r"^\| ([67]\.[\d., ]+) \|(.*)\|$", text, re.MULTILINE):
        files = {match["path"] for code in CODE.findall(row) if (match := A_PATH.fullmatch(code))}
        for number in numbers.split(", "):
            found.setdefault(number, set()).update(files)
    return found


def test_every_scenario_of_the_domain_has_its_place_or_is_said_to_be_missing():
    (not_yet,) = re.findall(r"^Not yet, .*$", (ROOT / "docs" / "scenarios.md").read_text("utf-8"), re.MULTILINE)
    placed, missing = set(places_of_scenarios()), set(re.findall(r"7\.\d+", not_yet))
    assert placed | missing >= {f"7.{number}" for number in range(1, 49)}
    assert not placed & missing


def test_every_rule_that_cites_a_scenario_is_found_under_its_number():
    places = places_of_scenarios()
    lost = [
        f"{name_of(path)} cites {number}"
        for path in project_files()
        if name_of(path).startswith("models/rules/") and path.suffix == ".py"
        for number in sorted(set(re.findall(r"\b7\.\d+\b", path.read_text(encoding="utf-8"))))
        if name_of(path) not in places.get(number, set())
    ]
    assert not lost, f"Name the file in docs/scenarios.md, in the row of the sentence: {lost}"


def test_the_architecture_names_every_slice():
    """A slice that is added gets a row in docs/architecture.md: a newcomer finds its noun there."""
    said = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = sorted(path.parent.name for path in (ROOT / "app").glob("*/__init__.py"))
    assert [folder for folder in folders if f"`app/{folder}/`" not in said] == []
