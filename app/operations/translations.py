"""The words of each language: gathered from code and templates for the translator, and compiled for the program."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "app" / "translations"
TEMPLATE = "messages.pot"
WHO = "Kikite"
"""Stands where a catalogue asks for somebody's address; nobody's is in the repository."""
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
SOURCES = {
    "app": [("**.py", "python")],
    "templates": [("**.html", "jinja2")],
}
JINJA = {"**.html": {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
MOMENTS = re.compile(rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By): .*\n', re.MULTILINE)


def compile_catalogues(folder: Path = CATALOGUES) -> list[Path]:
    """Compile each catalogue that is newer than what was compiled from it; tell which were."""
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as written:
            write_mo(written, catalogue)
        Path(written.name).chmod(0o644)
        Path(written.name).replace(target)
        compiled.append(target)
    return compiled


def extract(folder: Path = CATALOGUES, *, root: Path = ROOT) -> list[Path]:
    """Gather every text that a person sees, and bring each language's catalogue up to it; tell which files changed.

    A text that changed is left untranslated and not guessed: a wrong word costs more than a missing one.
    """
    template = gathered(root)
    changed = [folder / TEMPLATE] if _write(folder / TEMPLATE, template) else []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = WHO
        if _write(source, catalogue):
            changed.append(source)
    return changed


def untranslated(source: Path) -> list[str]:
    """The texts of a catalogue that nobody has translated yet."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    return [str(message.id) for message in catalogue if message.id and (not message.string or message.fuzzy)]


def gathered(root: Path) -> Catalog:
    """Every text of code and templates, as a catalogue without translations."""
    catalogue = Catalog(
        project="Kikite",
        version="1",
        fuzzy=False,
        header_comment="# The texts of Kikite, in Japanese.",
        msgid_bugs_address=WHO,
        last_translator=WHO,
        language_team=WHO,
    )
    for folder, methods in SOURCES.items():
        found = extract_from_dir(
            root / folder, method_map=methods, options_map=JINJA, keywords=KEYWORDS, comment_tags=("NOTE:",)
        )
        for name, _line, message, comments, context in found:
            # No line numbers: they change with every edit above them and tell a translator nothing.
            catalogue.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def _write(path: Path, catalogue: Catalog) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as written:
        write_po(written, catalogue, width=120, sort_by_file=True, include_lineno=False)
        written.seek(0)
        text = written.read()
    if path.exists() and MOMENTS.sub(b"", path.read_bytes()) == MOMENTS.sub(b"", text):
        return False
    beside = path.with_suffix(f"{path.suffix}.{os.getpid()}")
    beside.write_bytes(text)
    beside.replace(path)
    return True
