"""In which language this request is answered: Japanese, unless this browser asked for English."""

from __future__ import annotations

from flask import has_request_context, request

LANGUAGES = ("ja", "en")
LANGUAGE_COOKIE = "kikite_language"


def chosen_language() -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "") if has_request_context() else ""
    return chosen if chosen in LANGUAGES else LANGUAGES[0]
