"""Gives the template engine its strictness, its filters and the few names that every page may use."""

import hashlib
from pathlib import Path

from flask import Flask, url_for
from jinja2 import StrictUndefined

from app.presentation import filters
from app.presentation.form import summary_items
from app.presentation.workers_words import to_the_worker


def init_presentation(app: Flask) -> None:
    """Sets the template engine up; comes after Flask-Babel, which provides ``_`` to templates."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(
        ja_date=filters.ja_date,
        ja_datetime=filters.ja_datetime,
        iso=filters.iso,
        label=filters.label,
        label_since=filters.label_since,
        to_the_worker=to_the_worker,
        linebreaks=filters.linebreaks,
        grouped=filters.grouped,
    )
    # The short name leads straight to the words; by way of its alias every word on a page would be called twice.
    environment.globals["_"] = environment.globals["gettext"]
    environment.globals.update(
        asset=_Assets(app),
        current_language=filters.current_language,
        summary_items=summary_items,
    )


class _Assets:
    """The address of a static file, with a mark of its content so that a browser may keep it for long."""

    def __init__(self, app: Flask) -> None:
        self._folder = Path(app.static_folder or "")
        self._marks: dict[str, str] = {}

    def __call__(self, filename: str) -> str:
        mark = self._marks.get(filename)
        if mark is None:
            mark = hashlib.sha256((self._folder / filename).read_bytes()).hexdigest()[:10]
            self._marks[filename] = mark
        return url_for("static", filename=filename, v=mark)
