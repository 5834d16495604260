"""The public list as files for the association's own site: pages in both languages, and the data.

Everything is made before anything is touched. Each file is replaced whole; a company that is gone from the list is
taken away first. Killed at any point, the folder holds whole files alone, and the next export finishes the work.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from babel import Locale
from flask import current_app, render_template, url_for
from flask_babel import force_locale

from app.pipeline.clock import today
from app.pipeline.language import LANGUAGES
from app.registry.queries import Entry, Published, feed, keys_as_data, listed, published_revocations

LIST_OF_OURS: Final = ".kikite-registry"
OURS: Final = re.compile(r"(index|registry|keys|company-[^/]+)(\.[a-z]+)?\.(html|json)")
READABLE, OPEN_FOLDER = 0o644, 0o755
"""A web server that is somebody else reads them; all of it is public."""


class FolderNotOurs(Exception):
    """The folder holds other files, and no earlier export."""


def export_registry(folder: Path) -> int:
    """Write the list of today; gives how many companies are on it. Raises FolderNotOurs."""
    on = today()
    # Pages are made as for somebody who asks, and nobody does.
    with current_app.test_request_context("/"):
        entries, revocations = listed(on), published_revocations()
        made = dict(_files(entries, revocations, on))
    earlier = _take(folder)
    for name, content in made.items():
        _write(folder / _staged(name), content)
    # From here on both are ours, whatever happens in between.
    _replace(folder, LIST_OF_OURS, _as_lines(earlier | set(made)))
    for name in sorted(earlier - set(made)):
        (folder / name).unlink(missing_ok=True)
    for name in made:
        (folder / _staged(name)).replace(folder / name)
    _replace(folder, LIST_OF_OURS, _as_lines(set(made)))
    return len(entries)


def _files(entries: list[Entry], revocations: list[Published], on: date) -> Iterator[tuple[str, bytes]]:
    """Each file with what stands in it, the list last: it leads to the others."""
    for language in LANGUAGES:
        for entry in entries:
            live = _service() + url_for("registry.status", number=entry.number)
            name = _file_of(entry, language)
            other = _file_of(entry, _other(language))
            yield name, _page(language, other, on=on, live=live, entry=entry)
    yield "keys.json", _as_json(keys_as_data())
    yield "registry.json", _as_json(feed(entries, revocations, on=on))
    for language in LANGUAGES:
        companies = [(entry, _file_of(entry, language)) for entry in entries]
        other = _index(_other(language))
        live = _service() + url_for("registry.listing")
        more = {"entry": None, "companies": companies, "revocations": revocations}
        yield _index(language), _page(language, other, on=on, live=live, **more)


def _page(language: str, other: str, **more: Any) -> bytes:
    code = _other(language)
    with force_locale(language):
        html = render_template(
            "registry/export.html",
            other=(other, code, str(Locale(code).get_language_name(code))),
            association=current_app.config["KIKITE"].association_name,
            **more,
        )
    return html.lstrip().encode()


def _service() -> str:
    """The address that people open, without a path."""
    base: str = current_app.config["KIKITE"].base_url
    return base.rstrip("/")


def _file_of(entry: Entry, language: str) -> str:
    return f"company-{quote(entry.number, safe='')}{_ending(language)}"


def _index(language: str) -> str:
    return f"index{_ending(language)}"


def _ending(language: str) -> str:
    return ".html" if language == LANGUAGES[0] else f".{language}.html"


def _other(language: str) -> str:
    return next(code for code in LANGUAGES if code != language)


def _as_json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _as_lines(names: set[str]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(names)).encode()


def _take(folder: Path) -> set[str]:
    """Make the folder, and say which files an earlier export left in it. Raises FolderNotOurs."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(OPEN_FOLDER)
    if not folder.is_dir():
        raise FolderNotOurs
    known = folder / LIST_OF_OURS
    if not known.is_file():
        if any(entry.name != _staged(LIST_OF_OURS) for entry in folder.iterdir()):
            raise FolderNotOurs
        _replace(folder, LIST_OF_OURS, b"")
    for half in folder.glob(_staged("*")):
        half.unlink()
    # Only what an export makes, in this folder, is ever taken away.
    return {name for name in known.read_text("utf-8").splitlines() if OURS.fullmatch(name)}


def _staged(name: str) -> str:
    return f".{name}.new"


def _replace(folder: Path, name: str, content: bytes) -> None:
    _write(folder / _staged(name), content)
    (folder / _staged(name)).replace(folder / name)


def _write(file: Path, content: bytes) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READABLE), "wb") as opened:
        os.fchmod(opened.fileno(), READABLE)
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
