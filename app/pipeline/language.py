"""In which language this request is answered: Japanese, unless this browser asked for English."""

from __future__ import annotations

from functools import cached_property
from types import SimpleNamespace
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain

LANGUAGES = ("ja", "en")
LANGUAGE_COOKIE = "kikite_language"
_LOCALES = {language: Locale(language) for language in LANGUAGES}


def language_cookie() -> str:
    """What the cookie is called here; with TLS by a name that no other host can set."""
    return f"__Host-{LANGUAGE_COOKIE}" if current_app.config["SERVES_HTTPS"] else LANGUAGE_COOKIE


def chosen_language() -> str:
    """Its code."""
    chosen = request.cookies.get(language_cookie(), "") if has_request_context() else ""
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def chosen_locale() -> Locale:
    """What Flask-Babel is told; it would read a code anew for each request."""
    return _LOCALES[chosen_language()]


class Languages(Babel):  # type: ignore[misc]  # Flask-Babel's types do not say what a domain is.
    """Flask-Babel, with the words of a language looked up once for each request and not once for each word."""

    @cached_property
    def domain_instance(self) -> Domain:
        return _OnceARequest(domain=self.domain)


class _OnceARequest(Domain):  # type: ignore[misc]  # As above.
    """The translations lie where Flask-Babel itself forgets them when the language changes in between."""

    def get_translations(self) -> NullTranslations:
        here: Any = g.get("_flask_babel") if has_app_context() else None
        found: NullTranslations | None = getattr(here, "babel_translations", None)
        if found is None:
            found = super().get_translations()
            if has_app_context():
                here = g.setdefault("_flask_babel", SimpleNamespace())
                here.babel_translations = found
        return found
