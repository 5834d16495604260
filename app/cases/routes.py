"""The pages of cases."""

from __future__ import annotations

from flask import render_template_string
from flask.typing import ResponseReturnValue

from app.cases import blueprint
from app.pipeline.access import asks
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.CASE_LIST)
def board() -> ResponseReturnValue:
    return render_template_string(
        '{% extends "layouts/desk.html" %}{% set heading = "相談" %}{% block content %}<h1>{{ heading }}</h1>{% endblock %}'
    )
