"""The pages of resolutions."""

from __future__ import annotations

from flask import render_template_string
from flask.typing import ResponseReturnValue

from app.pipeline.access import asks
from app.resolutions import blueprint
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.RESOLUTION_LIST)
def items() -> ResponseReturnValue:
    return render_template_string(
        '{% extends "layouts/desk.html" %}{% set heading = "理事会" %}{% block content %}<h1>{{ heading }}</h1>{% endblock %}'
    )
