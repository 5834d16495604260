"""The pages on which a consultation is written, checked, sent and receipted."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.intake import blueprint
from app.pipeline.access import public


@blueprint.get("/")
@public()
def start() -> ResponseReturnValue:
    return render_template("intake/start.html")
