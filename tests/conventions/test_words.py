"""Every word a person sees goes through gettext, in Japanese, and has its English beside it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.operations.translations import gathered
from tests.support.source_tree import ROOT

JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ㐀-鿿豈-﫿]")
CATALOGUE = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
IN_GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext"}
# What carries Japanese that is no message of ours: each with the reason.
TERMINAL = "the terminal speaks both languages at once"
ROAD = "texts of the fictional people of a demonstration, a journey or a simulation, and the pages that it reads"
LETTER = "a letter or a paper of the board is Japanese in any language of the page"
CARRIES_JAPANESE = {
    "app/operations/backup_commands.py": TERMINAL,
    "app/operations/commands.py": TERMINAL,
    "app/operations/data_folder.py": TERMINAL,
    "app/operations/demo_data.py": TERMINAL,
    "app/operations/file_commands.py": TERMINAL,
    "app/operations/key_commands.py": TERMINAL,
    "app/operations/policy_commands.py": TERMINAL,
    "app/operations/record_commands.py": TERMINAL,
    "app/operations/recovery_commands.py": TERMINAL,
    "app/operations/registry_commands.py": TERMINAL,
    "app/operations/ring_words.py": TERMINAL,
    "app/operations/serving.py": TERMINAL,
    "app/operations/settings.py": TERMINAL,
    "app/operations/terminal.py": TERMINAL,
    "app/operations/verification.py": TERMINAL,
    "app/certifications/certificates.py": LETTER,
    "app/escalations/issuing.py": LETTER,
    "app/letters/actions.py": LETTER,
    "app/letters/queries.py": LETTER,
    "app/letters/samples.py": LETTER,
    "app/resolutions/files.py": LETTER,
    "app/resolutions/letters.py": LETTER,
    "app/operations/rule_tables.py": "the tables of the documents stand in both languages",
    "app/operations/demo/ladders.py": ROAD,
    "app/operations/demo/load.py": ROAD,
    "app/operations/journey/consultation.py": ROAD,
    "app/operations/journey/run.py": ROAD,
    "app/operations/journey/silence.py": ROAD,
    "app/operations/journey/words.py": ROAD,
    "app/operations/simulation/applying.py": ROAD,
    "app/operations/simulation/boardroom.py": ROAD,
    "app/operations/simulation/following.py": ROAD,
    "app/operations/simulation/founding.py": ROAD,
    "app/operations/simulation/members.py": ROAD,
    "app/operations/simulation/run.py": ROAD,
    "app/operations/simulation/secretariat.py": ROAD,
    "app/operations/simulation/workers.py": ROAD,
    "app/presentation/fields.py": "how a Japanese date may be typed",
    "app/presentation/filters.py": "how a Japanese date is written",
    "app/presentation/typed_text.py": "which letters are taken for one another",
}
NAMES_OF_THEMSELVES = {
    "components/site.html": "the product's name and each language's own name are the same in every language"
}


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def words_outside_gettext(markup: str) -> list[str]:
    """Japanese that stands in a template by itself."""
    without = re.sub(r"\{#.*?#\}", "", markup, flags=re.DOTALL)
    without = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", _without_messages, without, flags=re.DOTALL)
    return [line.strip() for line in without.splitlines() if JAPANESE.search(line)]


def _without_messages(found: re.Match[str]) -> str:
    return re.sub(r"""\b(?:_|ngettext)\(\s*(?:"[^"]*"|'[^']*')(?:\s*,\s*(?:"[^"]*"|'[^']*'))?""", "", found.group(0))


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_says_nothing_outside_gettext(path: Path):
    if str(path.relative_to(ROOT / "templates")) in NAMES_OF_THEMSELVES:
        return
    loose = words_outside_gettext(path.read_text(encoding="utf-8"))
    assert not loose, f'put these words into {{{{ _("…") }}}}: {loose}'


def python_files() -> list[Path]:
    return [
        path for path in sorted((ROOT / "app").rglob("*.py")) if str(path.relative_to(ROOT)) not in CARRIES_JAPANESE
    ]


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_python_says_nothing_outside_gettext(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in IN_GETTEXT:
            said.update(id(inner) for inner in ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said.add(id(node.value))
        if isinstance(node, ast.ClassDef) and any(_name(base) == "Labelled" for base in node.bases):
            # A labelled enumeration carries its words in both languages beside each code.
            said.update(id(inner) for inner in ast.walk(node))
    loose = [
        f"{node.lineno}: {node.value[:40]}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and JAPANESE.search(node.value)
        and id(node) not in said
    ]
    assert not loose, f"put these words into _() or _l(), or say in CARRIES_JAPANESE why not: {loose}"


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


@cache
def messages() -> frozenset[str]:
    """Every message of the source; of one in singular and plural, both. The source is read once for all tests."""
    ids = (message.id for message in gathered(ROOT) if message.id)
    return frozenset(one for found in ids for one in (found if isinstance(found, list | tuple) else (found,)))


def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {
        one: str(entry.string if isinstance(entry.string, str) else entry.string[0])
        for entry in catalogue
        if entry.id and not entry.fuzzy
        for one in (entry.id if isinstance(entry.id, list | tuple) else (entry.id,))
    }


def test_every_message_has_its_english():
    catalogue = english()
    missing = sorted(message for message in messages() if not catalogue.get(message))
    assert not missing, (
        f"{len(missing)} messages without English, such as {missing[:8]}: python -m app translations --extract"
    )


def test_english_keeps_every_placeholder_and_no_japanese():
    wrong = [
        message
        for message, words in english().items()
        if set(PLACEHOLDER.findall(message)) != set(PLACEHOLDER.findall(words)) or JAPANESE.search(words)
    ]
    assert not wrong


STIFF = re.compile(r"\b(anew|of now|opens? no more)\b|(?<!24-hour )\bclocks?\b(?!\))", re.IGNORECASE)
"""English that only translates: one recalculates a deadline, and does not count a clock anew."""
SAID_OTHERWISE = re.compile("いのちや身体|生命や身体|届いた方法|深刻さ")
"""What the pages call by one name each: 命や体, 届き方, 重大さ."""
SAID_AGAIN = re.compile(r"(.{12,})\1", re.DOTALL)
GLUED = re.compile(r"[a-z)][.?!][A-Z][a-z]")


def test_english_is_what_one_would_say_and_one_thing_has_one_name():
    stiff = [words for words in english().values() if STIFF.search(words)]
    assert not stiff, f"Say it as one would: {stiff}"
    otherwise = [message for message in messages() if SAID_OTHERWISE.search(message)]
    assert not otherwise, f"It has another name elsewhere: {otherwise}"


def test_english_says_nothing_twice_in_a_row():
    stuttering = [words for words in english().values() if SAID_AGAIN.search(words) or GLUED.search(words)]
    assert not stuttering, f"Once is enough: {stuttering}"


def test_the_catalogue_holds_nothing_that_is_no_longer_said():
    unused = sorted(set(english()) - messages())
    assert not unused, f"remove from the catalogue: {unused[:10]}"
