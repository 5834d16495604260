"""Pages that are the same for everybody but for a few places: drawn once, then only the places are filled."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from flask import current_app, render_template, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from app.presentation.filters import current_language

MOST_KEPT = 64
"""Each is some twenty kilobytes; a template whose page has more variants than this is not one to keep."""
_TOKEN = "{the token of this visitor}"  # noqa: S105 - a place, not a token


def kept_page(template: str, *, variant: Hashable = (), places: Mapping[str, str] | None = None, **shown: Any) -> str:
    """A page drawn from its template, or from when it was last drawn in this language and variant.

    What is ``shown`` must follow from the variant alone. ``places`` are marks that the page shows, with what stands
    there for this visitor. What a page says only once (a flashed message) is never kept.
    """
    if "_flashes" in session:
        return _filled(render_template(template, **shown), places)
    token = generate_csrf()
    pages: dict[Hashable, str] = current_app.extensions.setdefault("kikite_kept_pages", {})
    key = (template, current_language(), variant)
    page = pages.get(key)
    if page is None:
        if len(pages) >= MOST_KEPT:
            pages.clear()
        page = pages[key] = render_template(template, **shown).replace(token, _TOKEN)
    return _filled(page, {**(places or {}), _TOKEN: token})


def _filled(page: str, places: Mapping[str, str] | None) -> str:
    for mark, value in (places or {}).items():
        page = page.replace(mark, str(escape(value)))
    return page
