"""The switch between Japanese and English, and the quick way out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.language import blueprint
from app.pipeline.access import public
from app.pipeline.identity import Door, forget_visit
from app.pipeline.inside import inside
from app.pipeline.language import LANGUAGES, language_cookie

NEUTRAL_PAGE = "https://www.jma.go.jp/"


@blueprint.post("/language")
@public()
def choose() -> ResponseReturnValue:
    """Answer in the chosen language from now on, and go back to the page one came from."""
    chosen = request.form.get("language", "")
    response = redirect(_page_before())
    if chosen in LANGUAGES:
        secure = bool(current_app.config["SERVES_HTTPS"])
        response.set_cookie(language_cookie(), chosen, samesite="Lax", httponly=True, secure=secure, path="/")
    return response


@blueprint.get("/leave")
@public()
def leave() -> ResponseReturnValue:
    """Leave at once for a page that anybody might have open; the session's cookie goes too."""
    response: Response = redirect(NEUTRAL_PAGE)  # type: ignore[assignment]
    return forget_visit(response, Door.MAILBOX)


def _page_before() -> str:
    return inside(urlsplit(request.form.get("back", "")).path) or url_for("intake.start")
